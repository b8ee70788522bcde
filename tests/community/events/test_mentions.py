"""Authors and reviewers on all pages that name them: with a link to their profile if it is public."""

from typing import cast

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import privacy
from accounts.models import User
from accounts.profile import preferences
from community.models import Suggestion
from community.review import deciding
from skills.models import CatalogueVersion, Significance
from tests.community.suggestions.world import JUNIOR, MIDDLE, World
from tests.factories import make_user

MEDIUM = Significance.MEDIUM
QUERIES_OF_A_PROFILE = 12  # four of them for the suggestions, which are kept by themselves
PAGES = {
    "suggestion": ("suggestions/{pk}/", {"author", "reviewer"}),
    "all suggestions": ("suggestions/", {"author"}),
    "suggestions of the skill": ("skills/{slug}/suggestions/", {"author"}),
    "profile": ("skills/{slug}/", {"author", "reviewer"}),
    "history": ("skills/{slug}/history/", {"author", "reviewer"}),
    "revision": ("skills/{slug}/history/2/", {"author", "reviewer"}),
    "blame": ("skills/{slug}/history/blame/", {"author", "reviewer"}),
    "recent changes": ("changes/", {"author", "reviewer"}),
}


def make_accepted(world: World, author: User | None = None, *, is_edited: bool = False) -> Suggestion:
    """Return a published suggestion, which the reviewer changed if it `is_edited`."""
    before = cast("str", world.text(JUNIOR))
    suggestion = world.suggested(world.cell(JUNIOR, before, f"{before} Well."), author=author)
    edits = {suggestion.changes.get().pk: world.cell(JUNIOR, before, f"{before} Gently.")} if is_edited else None
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM, edits=edits)
    return suggestion


def get_page(client: Client, address: str) -> Tag:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def links(page: Tag) -> set[str]:
    return {str(link["href"]) for link in page.select("main a.author")}


def contributors(client: Client, world: World) -> list[str]:
    page = get_page(client, f"/en/skills/{world.skill.slug}/")
    return [" ".join(line.get_text().split()) for line in page.select(".contributors li")]


@pytest.mark.parametrize("name", PAGES)
def test_author_and_reviewer_are_links_while_their_profiles_are_public(client: Client, world: World, name: str) -> None:
    suggestion = make_accepted(world, is_edited=True)
    address, roles = PAGES[name]
    address = "/en/" + address.format(pk=suggestion.pk, slug=world.skill.slug)
    people = {"author": world.author, "reviewer": world.reviewer}
    assert links(get_page(client, address)) == {f"/en/people/{people[role].username}/" for role in roles}
    for person in people.values():
        preferences.update_preferences(person, is_public=False)
    page = get_page(client, address)
    assert links(page) == set()
    assert {person.get_text() for person in page.select("main .author")} >= {people[role].username for role in roles}


def test_the_link_opens_the_page_of_the_person(client: Client, world: World) -> None:
    suggestion = make_accepted(world)
    (link,) = get_page(client, f"/en/suggestions/{suggestion.pk}/").select(".title-row a.author")
    assert get_page(client, str(link["href"])).select_one("h1").get_text() == world.author.username  # type: ignore[union-attr]


def test_authors_who_published_nothing_yet_hide_on_a_kept_profile_at_once(client: Client, world: World) -> None:
    world.suggested()
    address = f"/en/skills/{world.skill.slug}/"
    assert links(get_page(client, address)) == {f"/en/people/{world.author.username}/"}
    preferences.update_preferences(world.author, is_public=False)
    assert links(get_page(client, address)) == set()


def test_profile_of_an_imported_skill_names_no_contributors(client: Client, world: World) -> None:
    assert contributors(client, world) == []
    assert get_page(client, f"/en/skills/{world.skill.slug}/").select(".contributors") == []


def test_profile_names_who_wrote_and_who_helped_most_revisions_first(client: Client, world: World) -> None:
    busy = make_user("busy")
    make_accepted(world)
    make_accepted(world, busy)
    make_accepted(world, busy, is_edited=True)
    assert contributors(client, world) == [
        "busy 2 revisions",
        f"{world.author.username} 1 revision",
        f"{world.reviewer.username} 1 as co-author",
    ]


def test_profile_names_five_and_links_to_the_history_for_more(client: Client, world: World) -> None:
    for _ in range(7):
        make_accepted(world, make_user())
    page = get_page(client, f"/de/skills/{world.skill.slug}/")
    *people, more = page.select(".contributors li")
    assert len(people) == 5
    assert more.get_text() == "und 2 weitere"
    history = get_page(client, str(more.select_one("a")["href"]))  # type: ignore[index]
    assert len(history.select(".contributors li")) == 7


@pytest.mark.parametrize("is_helper", [False, True])
def test_contributor_is_renamed_at_once_on_a_kept_profile(client: Client, world: World, is_helper: bool) -> None:
    make_accepted(world, is_edited=True)
    contributors(client, world)
    person, counts = (world.reviewer, "1 as co-author") if is_helper else (world.author, "1 revision")
    preferences.update_preferences(person, name="Mara Kühn")
    assert f"Mara Kühn {counts}" in contributors(client, world)


@pytest.mark.parametrize("is_helper", [False, True])
def test_contributor_whose_account_goes_is_nameless_at_once_on_a_kept_profile(
    client: Client, world: World, is_helper: bool
) -> None:
    make_accepted(world, is_edited=True)
    contributors(client, world)
    deleted, remaining = (world.reviewer, world.author) if is_helper else (world.author, world.reviewer)
    privacy.delete_account(deleted)
    counts = {"1 revision", "1 as co-author"}
    lines = contributors(client, world)
    assert {line.removeprefix("deleted account ").removeprefix(f"{remaining.username} ") for line in lines} == counts
    assert sum(line.startswith("deleted account ") for line in lines) == 1
    page = get_page(client, f"/en/skills/{world.skill.slug}/")
    assert {link["href"] for link in page.select(".contributors a")} == {f"/en/people/{remaining.username}/"}


def test_reviewer_whose_account_goes_leaves_the_history_at_once(client: Client, world: World) -> None:
    make_accepted(world)
    address = f"/en/skills/{world.skill.slug}/history/"
    assert f"reviewed by {world.reviewer.username}" in get_page(client, address).get_text()
    privacy.delete_account(world.reviewer)
    assert "reviewed by" not in get_page(client, address).get_text()


def test_profile_costs_the_same_queries_with_many_contributors(client: Client, world: World) -> None:
    for people in (1, 12):
        for _ in range(people):
            make_accepted(world, make_user(), is_edited=True)
            world.suggested(world.cell(MIDDLE, "Bakes.", f"Bakes {Suggestion.objects.count()}."), author=make_user())
        CatalogueVersion.objects.advance()  # so that no kept copy answers
        with CaptureQueriesContext(connection) as queries:
            contributors(client, world)
        assert len(queries) == QUERIES_OF_A_PROFILE, "\n".join(query["sql"] for query in queries)
