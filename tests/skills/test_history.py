"""The page of one revision: what it changed, before and after."""

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from skills import revisions
from skills.matrix import Place
from skills.models import Group, Level, Revision, Role, Skill
from skills.revisions import Change, Field, Value
from tests.factories import cell, make_catalogue, make_domain, make_group, make_role, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def skill() -> Skill:
    make_catalogue(roles=1)
    return Skill.objects.with_place().get()


def publish(skill: Skill, *changes: Change) -> Revision:
    return revisions.publish(
        skill, changes, author=make_user(name="Jana Weiß"), origin=Revision.Origin.ADMIN, summary="Clearer"
    )


def cell_change(skill: Skill, proposed: Value) -> Change:
    place, today = min(revisions.content_of(skill).matrix.cells.items())
    return Change(Field.REQUIREMENT, today, proposed, place)


def page_of(client: Client, skill: Skill, number: int, language: str = "en") -> BeautifulSoup:
    response = client.get(f"/{language}/skills/{skill.slug}/history/{number}/")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def words(tag: Tag | None) -> str:
    assert tag
    return " ".join(tag.get_text().split())


def test_a_cell_is_shown_before_and_after_with_its_words_marked(client: Client, skill: Skill) -> None:
    publish(skill, cell_change(skill, cell("Role tests carefully.", "optional")))
    page = page_of(client, skill, 2)
    role, level = Role.objects.get(), Level.objects.get(slug=min(Level.objects.values_list("slug", flat=True)))
    assert words(page.select_one(".change h2")) == f"{role.name} · {level.name}"
    before, after = page.select(".side")
    assert [mark.get_text() for mark in after.select("mark")] == ["tests carefully."]
    assert before.select("mark") != []
    assert ("Mandatory" in words(before), "optional" in words(after)) == (True, True)
    assert "by Jana Weiß" in words(page.select_one("main"))
    assert "Clearer" in words(page.select_one("main"))


def test_a_new_cell_has_nothing_before_and_a_removed_one_nothing_after(client: Client, skill: Skill) -> None:
    role = make_role(skill.framework, "Astrologer")
    publish(skill, Change(Field.REQUIREMENT, None, cell("Reads stars."), Place(role.key, "junior")))
    publish(skill, Change(Field.REQUIREMENT, cell("Reads stars."), None, Place(role.key, "junior")))
    for number, side in ((2, "before"), (3, "after")):
        page = page_of(client, skill, number)
        assert "nothing" in words(page.select_one(f".side-{side}"))
        assert page.select("mark") == []


def test_fields_of_the_skill_are_shown_as_text(client: Client, skill: Skill) -> None:
    publish(skill, Change(Field.SUMMARY, "", "<b>One</b> & two"), Change(Field.NAME, skill.name, "Other name"))
    page = page_of(client, Skill.objects.get(pk=skill.pk), 2, "de")
    assert [words(title) for title in page.select(".change h2")] == ["Zusammenfassung", "Name"]
    assert page.select(".change b") == []
    assert "<b>One</b> & two" in words(page.select_one("main"))


def test_a_change_of_the_group_names_both(client: Client, skill: Skill) -> None:
    other = make_group(make_domain(skill.framework, "Cosmos"), "Stars")
    before = Group.objects.select_related("domain").get(pk=skill.group_id)
    change = Change(Field.GROUP, f"{before.domain.key}/{before.key}", f"{other.domain.key}/{other.key}")
    publish(skill, change)
    sides = [words(side) for side in page_of(client, skill, 2).select(".side")]
    assert sides == [f"Before {before.domain.name} › {before.name}", "After Cosmos › Stars"]


def test_revisions_lead_to_each_other(client: Client, skill: Skill) -> None:
    for text in ("One.", "Two."):
        publish(skill, cell_change(skill, cell(text)))
    hrefs = {
        number: [str(link["href"]).split("/")[-2] for link in page_of(client, skill, number).select("a[rel]")]
        for number in (1, 2, 3)
    }
    assert {number: [part for part in parts if part.isdigit()] for number, parts in hrefs.items()} == {
        1: ["2"],
        2: ["1", "3"],
        3: ["2"],
    }


def test_a_role_that_is_gone_is_named_by_its_key(client: Client, skill: Skill) -> None:
    role = make_role(skill.framework, "Astrologer")
    place = Place(role.key, "junior")
    publish(skill, Change(Field.REQUIREMENT, None, cell("Reads stars."), place))
    publish(skill, Change(Field.REQUIREMENT, cell("Reads stars."), None, place))
    role.delete()
    assert words(page_of(client, skill, 2).select_one(".change h2")) == "astrologer · Junior"


@pytest.mark.parametrize("number", ["0", "2", str(2**70)])
def test_a_revision_there_is_not_is_not_found(client: Client, skill: Skill, number: str) -> None:
    assert client.get(f"/en/skills/{skill.slug}/history/{number}/").status_code == 404
    assert client.get(f"/en/skills/there-is-none/history/{number}/").status_code == 404


def test_the_history_follows_a_skill_that_was_renamed(client: Client, skill: Skill) -> None:
    former = skill.slug
    publish(skill, Change(Field.NAME, skill.name, "Other name"))
    response = client.get(f"/en/skills/{former}/history/1/")
    assert (response.status_code, response.headers["Location"]) == (301, "/en/skills/other-name/history/1/")


def test_a_revision_costs_the_same_however_much_it_changed(client: Client, skill: Skill) -> None:
    make_catalogue(roles=4)
    large = Skill.objects.with_place().exclude(pk=skill.pk).get()
    counts = []
    for each in (skill, large):
        with CaptureQueriesContext(connection) as queries:
            page_of(client, each, 1)
        counts.append(len(queries))
    assert counts[0] == counts[1]
