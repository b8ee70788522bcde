"""Invisible characters of a suggestion are named wherever its author, its reviewer or a later reader looks."""

from typing import Any
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from community.models import State, SuggestedChange, Suggestion
from community.review import deciding
from skills.content.matrix import Place
from skills.models import Significance
from skills.text.invisible import find_invisible
from tests.community.drafting.test_form import form_data
from tests.community.suggestions.world import JUNIOR, World
from tests.factories import make_role

HIDDEN = "Kneads \u202edough by\u200b hand."
NAMED = "U+202E right-to-left override, 1 time; U+200B zero-width space, 1 time"


def parse(response: Any, status: int = 200) -> Tag:
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def texts(page: Tag, selector: str) -> list[str]:
    return [" ".join(element.get_text().split()) for element in page.select(selector)]


MARKS = ["U+202E right-to-left override", "U+200B zero-width space"]


def test_the_author_reads_their_names_and_confirms_them(client: Client, world: World) -> None:
    client.force_login(world.author)
    data = form_data(world, (JUNIOR, HIDDEN))
    url = f"/en/skills/{world.skill.slug}/suggestions/new/"
    for intent in ("look", "submit"):
        page = BeautifulSoup(client.post(url, data | {"intent": intent}).content, "html.parser")
        assert [text for text in texts(page, ".check-ask") if text.startswith("Junior · Baker:") and NAMED in text]
        assert texts(page, ".difference .invisible-character") == MARKS
        assert not Suggestion.objects.filter(state=State.OPEN).exists()
    client.post(url, data | {"intent": "submit", "confirmed": "on"})
    suggestion = Suggestion.objects.get(state=State.OPEN)
    assert suggestion.changes.values_list("proposed__description", flat=True).get() == HIDDEN


def test_joiners_and_soft_hyphens_are_named_and_submitted_without_a_question(client: Client, world: World) -> None:
    client.force_login(world.author)
    data = form_data(world, (JUNIOR, "Be\u00addient die Knet\u00adma\u00adschine."))
    client.post(f"/en/skills/{world.skill.slug}/suggestions/new/", data | {"intent": "submit"})
    suggestion = Suggestion.objects.get(state=State.OPEN)
    page = parse(client.get(f"/en/suggestions/{suggestion.pk}/"))
    (note,) = texts(page, ".check-note")
    assert note.startswith("Junior · Baker:")
    assert "U+00AD soft hyphen, 3 times" in note


def test_the_reviewer_and_readers_of_the_history_see_them(client: Client, world: World) -> None:
    suggestion = world.suggested(world.kneading(HIDDEN))
    client.force_login(world.reviewer)
    pane = parse(client.get(f"/en/review/{suggestion.pk}/"))
    assert [text for text in texts(pane, ".check-ask") if text.startswith("Junior · Baker:") and NAMED in text]
    assert texts(pane, ".difference .invisible-character") == MARKS
    deciding.accept(suggestion, world.reviewer, significance=Significance.MEDIUM)
    skill = f"/en/skills/{world.skill.slug}/history/"
    for path in ("2/", "compare/?from=1&to=2", "compare/?from=1&to=2&role=baker&level=junior"):
        assert texts(parse(client.get(skill + path)), ".difference .invisible-character") == MARKS
    origins = parse(client.get(f"/en/skills/{world.skill.slug}/history/blame/"))
    assert "‹U+202E right-to-left override›dough by‹U+200B zero-width space›" in origins.get_text()


def test_a_text_full_of_them_is_saved_nowhere_and_nothing_typed_is_lost(client: Client, world: World) -> None:
    client.force_login(world.author)
    typed = "Kneads" + "\u200b" * 201
    url = f"/de/skills/{world.skill.slug}/suggestions/new/"
    client.post(url, form_data(world, (JUNIOR, typed)) | {"intent": "autosave"})
    for intent in ("save", "submit"):
        data = form_data(world, (JUNIOR, typed)) | {"intent": intent, "confirmed": "on"}
        page = parse(client.post(url, data), 422)
        assert "Der Text hat mehr als 200 Zeichen, die niemand sieht. Löschen Sie sie." in page.get_text()
        assert page.select_one(".suggest-cell textarea").get_text().strip() == typed  # type: ignore[union-attr]
    assert not SuggestedChange.objects.exists()


def test_a_suggestion_of_many_such_texts_from_before_has_a_small_page(client: Client, world: World) -> None:
    framework = world.skill.framework
    levels = list(framework.levels.values_list("slug", flat=True))
    places = [Place(make_role(framework).key, level) for _ in range(90 // len(levels) + 1) for level in levels][:90]
    suggestion = world.suggested(*(world.cell(place, None, "Kneads.") for place in places))
    text = {"description": "a" + "\u200b" * 7990, "proficiency": "", "obligation": "mandatory"}
    suggestion.changes.update(proposed=text)
    searches = 0

    def count(text: str) -> Any:
        nonlocal searches
        searches += 1
        return find_invisible(text)

    with patch("skills.text.difference_html.find_invisible", count):
        response = client.get(f"/en/suggestions/{suggestion.pk}/")
    assert len(parse(response).select(".difference .invisible-character")) == len(places)
    assert searches == len(places)
    assert len(response.content) < 1_000_000


@pytest.mark.parametrize("whose", ["suggestion", "revision"])
def test_the_administration_shows_them(admin_site: Client, world: World, whose: str) -> None:
    suggestion = world.suggested(world.kneading("Kneads\u00a0dough."))
    deciding.accept(suggestion, world.reviewer, significance=Significance.MEDIUM)
    revision = world.skill.revisions.latest("number")
    path = {
        "suggestion": f"community/suggestion/{suggestion.pk}",
        "revision": f"skills/revision/{revision.pk}",
    }[whose]
    page = parse(admin_site.get(f"/admin/{path}/change/"))
    assert texts(page, ".invisible-character") == ["U+00A0 geschütztes Leerzeichen"]
