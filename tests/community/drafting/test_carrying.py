"""A suggestion or draft for a merged skill is carried over to the other skill: nothing of it is lost or typed again."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.utils import timezone

from accounts.sign_in import traps
from community.drafting import drafts
from community.drafting.limits import MAX_OPEN_WHILE_NEW
from community.models import State, Step, Suggestion
from community.review import deciding, outdating
from skills.content.changes import Change, Field
from skills.content.matrix import Place
from skills.models import Requirement, Skill
from tests.community.suggestions.retired import get_words, join_words, merge, restore, retire
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World
from tests.factories import cell, make_role, make_skill, make_user

pytestmark = pytest.mark.django_db


def parse(client: Client, path: str) -> Tag:
    response = client.get(path)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def read_form(page: Tag) -> dict[str, Any]:
    """Return the form of a suggestion as a browser sends it."""
    form = page.select_one("#suggestion-form")
    assert form
    data: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name = str(field["name"])
        if field.name == "textarea":
            data[name] = field.get_text().removeprefix("\n")
        elif field.name == "select":
            option = field.select_one("option[selected]") or field.select_one("option")
            data[name] = str(option["value"]) if option else ""
        elif field.get("type") not in {"checkbox", "radio"} or field.has_attr("checked"):
            data.setdefault(name, []).append(str(field.get("value", "on")))
    return data | {"started": traps.sign_current_time()}


def carry_over(client: Client, path: str) -> Tag:
    """Press the link to carry over on a page, and return the form that it opens."""
    link = parse(client, path).select_one("a[href*='carried_from=']")
    assert link, "the page offers it"
    return parse(client, str(link["href"]))


def find_successor(world: World, text: str = "Kneads everything.") -> Skill:
    """Return a skill of the same group that asks a junior baker for this."""
    role, level = world.skill.framework.roles.get(key="baker"), world.skill.framework.levels.get(slug="junior")
    return make_skill(world.skill.group, "Roasting", {(role, level): cell(text)})


def merge_into(world: World, successor: Skill) -> None:
    world.publish(Change(Field.STATUS, "current", f"same-as/{successor.key}"))
    world.skill.refresh_from_db()


@pytest.fixture
def author(client: Client, world: World) -> Client:
    client.force_login(world.author)
    return client


def test_one_press_opens_the_form_of_the_other_skill_filled_in(author: Client, world: World) -> None:
    role = make_role(world.skill.framework, "Miller")
    mill = Place(role.key, "junior")
    original = world.suggested(
        world.kneading(),
        world.cell(MIDDLE, "Bakes.", None),
        world.cell(SENIOR, None, "Teaches."),
        world.cell(mill, None, "Mills."),
        Change(Field.SUMMARY, "", "All about dough."),
    )
    role.delete()
    successor = find_successor(world)
    merge_into(world, successor)
    page = carry_over(author, f"/en/suggestions/{original.pk}/")
    data = read_form(page)
    assert data["skill"] == [successor.slug]
    assert data["cell"] == ["baker/junior", "baker/senior"]
    assert data["description:baker/junior"] == "Kneads dough by hand."
    assert data["description:baker/senior"] == "Teaches."
    assert data["reason"] == "Clearer."
    left_out = join_words(str(page).encode(), "#left-out")
    for text in ("Summary All about dough.", "Baker · Middle Remove this requirement", "miller · Junior Mills."):
        assert text in left_out
    assert Suggestion.objects.count() == 1  # nothing is saved yet


def test_submitting_it_withdraws_the_earlier_one_and_links_both(author: Client, client: Client, world: World) -> None:
    original, successor = world.suggested(), find_successor(world)
    merge_into(world, successor)
    path = f"/en/skills/{successor.slug}/suggestions/new/"
    data = read_form(carry_over(author, "/en/me/suggestions/"))
    assert author.post(path, data | {"intent": "save"}).status_code == 302
    original.refresh_from_db()
    assert original.state == State.OPEN  # a draft leaves it as it is
    for _twice in range(2):
        assert author.post(path, data | {"intent": "submit", "confirmed": "on"}).status_code == 302
    new = Suggestion.objects.exclude(pk=original.pk).get()
    assert (new.skill, new.state, new.carried_from) == (successor, State.OPEN, original)
    original.refresh_from_db()
    assert original.state == State.WITHDRAWN
    assert original.steps.latest("pk").message == ""
    client.logout()
    assert f"Carried over to suggestion {new.pk}" in get_words(client, f"/en/suggestions/{original.pk}/")
    assert f"Carried over from suggestion {original.pk}" in get_words(client, f"/en/suggestions/{new.pk}/")
    deciding.accept(new, world.reviewer, significance="medium")  # type: ignore[arg-type]
    texts = Requirement.objects.filter(skill=successor).values_list("description", flat=True)
    assert list(texts) == ["Kneads dough by hand."]


def test_a_form_says_when_nothing_could_be_carried_over(author: Client, world: World) -> None:
    original = world.suggested(Change(Field.NAME, "Baking", "Baking bread"), Change(Field.SUMMARY, "", "About dough."))
    merge_into(world, find_successor(world))
    page = carry_over(author, f"/en/suggestions/{original.pk}/").get_text()
    assert f"No text of suggestion {original.pk} could be carried over" in page
    assert "Carried over from" not in page


def test_a_draft_is_carried_over_from_its_form(author: Client, world: World) -> None:
    draft = drafts.start(world.author, world.skill, [world.kneading("Kneads rye.")], reason="Rye.")
    merge_into(world, find_successor(world))
    data = read_form(carry_over(author, f"/en/suggestions/{draft.pk}/edit/"))
    assert (data["description:baker/junior"], data["reason"]) == ("Kneads rye.", "Rye.")
    path = f"/en/skills/{data['skill'][0]}/suggestions/new/"
    assert author.post(path, data | {"intent": "submit", "confirmed": "on"}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == State.WITHDRAWN


def test_a_draft_of_a_retired_skill_is_still_saved_but_not_submitted(author: Client, world: World) -> None:
    draft = drafts.start(world.author, world.skill, [world.kneading("Kneads rye.")], reason="Rye.")
    retire(world)
    page = parse(author, f"/en/suggestions/{draft.pk}/edit/")
    assert page.select("a[href*='carried_from=']") == []  # it was not merged
    data = read_form(page) | {"description:baker/junior": "Kneads rye by hand."}
    assert author.post(f"/en/suggestions/{draft.pk}/edit/", data | {"intent": "save"}).status_code == 302
    assert "'Kneads rye by hand.'" in str(draft.changes.get().proposed)
    response = author.post(f"/en/suggestions/{draft.pk}/edit/", data | {"intent": "submit", "confirmed": "on"})
    assert response.status_code == 422
    assert "Kneads rye by hand." in join_words(response.content, "textarea")
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_nobody_else_carries_it_over(client: Client, world: World) -> None:
    original, successor = world.suggested(), merge(world)
    client.force_login(make_user())
    assert parse(client, f"/en/suggestions/{original.pk}/").select("a[href*='carried_from=']") == []
    page = parse(client, f"/en/skills/{successor.slug}/suggestions/new/?carried_from={original.pk}")
    assert "Clearer." not in str(page)
    data = read_form(page) | {"carried_from": str(original.pk), "reason": "Mine.", "cell": "baker/junior"}
    data |= {"description:baker/junior": "Roasts.", "intent": "submit", "confirmed": "on"}
    assert client.post(f"/en/skills/{successor.slug}/suggestions/new/", data).status_code == 302
    assert Suggestion.objects.latest("pk").carried_from is None
    original.refresh_from_db()
    assert original.state == State.OPEN


def test_the_earlier_one_stays_if_its_skill_was_restored_meanwhile(author: Client, world: World) -> None:
    original, successor = world.suggested(), find_successor(world)
    merge_into(world, successor)
    data = read_form(carry_over(author, f"/en/suggestions/{original.pk}/"))
    path = f"/en/skills/{successor.slug}/suggestions/new/"
    author.post(path, data | {"intent": "save"})
    restore(world, f"same-as/{successor.key}")
    assert author.post(path, data | {"intent": "submit", "confirmed": "on"}).status_code == 302
    original.refresh_from_db()
    assert original.state == State.OPEN


def test_a_new_account_at_its_limit_can_carry_over(author: Client, world: World) -> None:
    places = [JUNIOR, MIDDLE, SENIOR, Place("baker", "lead"), Place("baker", "principal")]
    for place in places[:MAX_OPEN_WHILE_NEW]:
        original = world.suggested(world.cell(place, world.text(place), f"Works as {place.level}."))
    successor = find_successor(world)
    merge_into(world, successor)
    data = read_form(carry_over(author, f"/en/suggestions/{original.pk}/"))
    path = f"/en/skills/{successor.slug}/suggestions/new/"
    assert author.post(path, data | {"intent": "submit", "confirmed": "on"}).status_code == 302
    assert Suggestion.objects.get(skill=successor).state == State.OPEN


def test_an_outdated_suggestion_is_carried_over_with_its_texts_and_withdrawn(author: Client, world: World) -> None:
    original = world.suggested()
    world.publish(world.cell(JUNIOR, "Kneads.", "Kneads something else."))
    Step.objects.update(made_at=timezone.now() - timedelta(days=40))
    outdating.mark_outdated_suggestions()
    original.refresh_from_db()
    assert original.state == State.OUTDATED
    successor = find_successor(world)
    merge_into(world, successor)
    data = read_form(carry_over(author, f"/en/suggestions/{original.pk}/"))
    assert data["description:baker/junior"] == "Kneads dough by hand."
    path = f"/en/skills/{successor.slug}/suggestions/new/"
    assert author.post(path, data | {"intent": "submit", "confirmed": "on"}).status_code == 302
    original.refresh_from_db()
    assert original.state == State.WITHDRAWN
