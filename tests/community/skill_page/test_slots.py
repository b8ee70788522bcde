"""What suggestions show on a skill's own page: the way to the form, the pencil of every cell, what is open."""

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from community.drafting import drafts
from community.models import State, Suggestion
from community.review import deciding
from community.suggestions import voting
from tests.community.suggestions.world import MIDDLE, World
from tests.factories import make_user


def profile(client: Client, world: World, query: str = "", language: str = "en") -> Tag:
    response = client.get(f"/{language}/skills/{world.skill.slug}/{query}")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def lines(page: Tag) -> list[str]:
    return [str(link["href"]) for link in page.select("#community .suggestion-line .name a")]


def test_visitors_get_to_the_form_through_signing_in(client: Client, world: World) -> None:
    (button,) = profile(client, world, language="de").select(".actions a.btn-primary")
    assert button.get_text().strip() == "Anmelden, um Änderungen vorzuschlagen"
    assert str(button["href"]).endswith(f"?next=/de/skills/{world.skill.slug}/suggestions/new/")


def test_members_get_to_the_form(client: Client, world: World) -> None:
    client.force_login(world.author)
    (button,) = profile(client, world, language="de").select(".actions a.btn-primary")
    assert button.get_text().strip() == "Änderung vorschlagen"
    assert client.get(str(button["href"])).status_code == 200


@pytest.mark.parametrize("query", ["", "?view=grid"])
def test_the_pencil_of_a_cell_links_to_the_form_of_that_cell(client: Client, world: World, query: str) -> None:
    client.force_login(world.author)
    pencils = {str(link["href"]) for link in profile(client, world, query).select(".pencil")}
    address = f"/en/skills/{world.skill.slug}/suggestions/new/?role=baker&level="
    assert {f"{address}junior", f"{address}middle"} <= pencils
    assert (f"{address}senior" in pencils) is (query == "?view=grid")  # an empty cell has one, too
    form = BeautifulSoup(client.get(f"{address}middle").content, "html.parser")
    assert [area.get_text().strip() for area in form.select(".suggest-cell textarea")] == ["Bakes."]


def test_a_kept_page_shows_at_once_what_is_suggested_edited_voted_and_decided(client: Client, world: World) -> None:
    assert "No suggestions yet for Baking." in profile(client, world).get_text()
    suggestion = world.suggested()
    assert lines(profile(client, world)) == [f"/en/suggestions/{suggestion.pk}/"]
    voting.vote(suggestion, make_user(), 1)
    assert "+1" in profile(client, world).select_one("#community .score").get_text()  # type: ignore[union-attr]
    drafts.save(suggestion, world.author, [world.kneading()], reason="Much clearer.")
    assert "Much clearer." in profile(client, world).get_text()
    drafts.withdraw(suggestion, world.author)
    assert "withdrawn" in profile(client, world).get_text()


def test_german_block_says_that_there_are_none_yet(client: Client, world: World) -> None:
    page = profile(client, world, language="de")
    assert "Noch keine Vorschläge für Baking." in page.get_text()
    assert page.select(f'#community a[href="/de/skills/{world.skill.slug}/suggestions/"]') != []


def test_drafts_are_not_shown_to_others(client: Client, world: World) -> None:
    drafts.start(world.author, world.skill, [world.kneading()], reason="Secret.")
    page = profile(client, world)
    assert "Secret." not in page.get_text()
    assert page.select("[data-open-cell]") == []


def test_cells_with_an_open_suggestion_are_named_until_it_is_decided(client: Client, world: World) -> None:
    suggestion = world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes rolls."))
    for query in ("", "?view=grid"):
        page = profile(client, world, query)
        assert [link["data-open-cell"] for link in page.select("[data-open-cell]")] == ["baker/middle"]
        assert len(page.select('[data-cell="baker/middle"]')) == 1
    deciding.decline(suggestion, world.reviewer, world.spam)
    assert profile(client, world).select("[data-open-cell]") == []
    assert Suggestion.objects.get().state == State.DECLINED
