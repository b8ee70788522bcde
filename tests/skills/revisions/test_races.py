"""Two people at once, with two real connections. Without the lock on the skill's row these tests fail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from skills import revisions
from skills.content.changes import Change, ChangedMeanwhile, Field, SkillContent
from skills.content.matrix import Matrix, Place
from skills.models import Requirement, Revision, Skill
from tests.admin_pages import change_address, errors_of, page_of, typed
from tests.factories import cell, make_catalogue, make_role, make_user
from tests.races import ON_POSTGRESQL, at_once
from tests.waiting import wait_until_another_waits

pytestmark = ON_POSTGRESQL


@pytest.fixture
def skill() -> Skill:
    with transaction.atomic():
        make_catalogue(skills=2, roles=1)
    return Skill.objects.with_group().order_by("pk")[0]


def rewriting(skill: Skill, text: str) -> Callable[[], Revision]:
    """Return an action that changes the Junior cell from its current text to `text`."""
    place, current = next(iter(revisions.get_content(skill).matrix.cells.items()))
    change = Change(Field.REQUIREMENT, current, cell(text), place)
    return lambda: revisions.publish(skill, [change], author=None, origin=Revision.Origin.ADMIN)


@pytest.mark.parametrize("_attempt", range(5))
def test_of_two_who_change_one_cell_one_wins_and_the_other_gets_the_current_text(_attempt: int, skill: Skill) -> None:
    outcomes = at_once(rewriting(skill, "First."), rewriting(skill, "Second."))
    won = [outcome for outcome in outcomes if isinstance(outcome, Revision)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, ChangedMeanwhile)]
    assert (len(won), len(lost)) == (1, 1), outcomes
    proposed = won[0].changes[0]["proposed"]["description"]
    assert lost[0].conflicts[0][1] == cell(proposed)
    assert list(skill.revisions.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_changes_of_two_skills_do_not_block_each_other_for_good(skill: Skill) -> None:
    other = Skill.objects.with_group().order_by("pk")[1]
    outcomes = at_once(*(rewriting(each, f"Text {number}.") for number, each in enumerate([skill, other])))
    assert [type(outcome) for outcome in outcomes] == [Revision, Revision]


def test_renamings_and_texts_at_once_do_not_lock_each_other_out(skill: Skill) -> None:
    other = Skill.objects.with_group().order_by("pk")[1]

    def renaming(each: Skill) -> Callable[[], Revision]:
        change = Change(Field.NAME, each.name, "One name")
        return lambda: revisions.publish(each, [change], author=None, origin=Revision.Origin.ADMIN)

    outcomes = at_once(renaming(skill), rewriting(other, "New."))
    assert [type(outcome) for outcome in outcomes] == [Revision, Revision]


def test_two_new_skills_of_one_name_get_two_addresses(skill: Skill) -> None:
    group = skill.group
    framework = skill.framework

    def making(key: str, name: str) -> Callable[[], Skill]:
        content = SkillContent(name, "", "", f"{group.domain.key}/{group.key}", Matrix())
        return lambda: revisions.create(framework, key, content, author=None, origin=Revision.Origin.ADMIN)

    outcomes = at_once(making("one", "Same name"), making("two", "Same  name"))
    assert [type(outcome) for outcome in outcomes] == [Skill, Skill], outcomes
    assert Skill.objects.filter(name__startswith="Same").values("slug").distinct().count() == 2


@pytest.mark.parametrize("kind", ["role", "level"])
def test_what_a_new_cell_refers_to_can_be_edited_while_it_is_published(skill: Skill, kind: str) -> None:
    """The administrator must wait before touching a row: PostgreSQL looks at it when the publisher ends."""
    with transaction.atomic():
        role = make_role(skill.framework, "Astrologer")
    level = skill.framework.levels.get(slug="junior")
    address, changed = {
        "role": (change_address(role), {"name": "Astronomer"}),
        "level": (change_address(level), {"rank": "9"}),
    }[kind]
    browser = Client()
    browser.force_login(make_user("anna", is_staff=True, is_superuser=True))
    data = typed(page_of(browser, address)) | changed
    change = Change(Field.REQUIREMENT, None, cell("Reads stars."), Place(role.key, level.slug))
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            revisions.publish(skill, [change], author=None, origin=Revision.Origin.ADMIN)
            saving = other.submit(at_once, lambda: browser.post(address, data))
            wait_until_another_waits()
        [answer] = saving.result(timeout=30)
    assert getattr(answer, "status_code", answer) == 302
    cells = Requirement.objects.filter(role=role).values_list("role__name", "level__rank", "description")
    assert list(cells) == [
        ("Astronomer" if kind == "role" else "Astrologer", 9 if kind == "level" else 1, "Reads stars.")
    ]


def test_of_two_administrators_who_save_at_once_one_is_warned_of_the_other(skill: Skill) -> None:
    saves = []
    for name in ("anna", "berta"):
        browser = Client()
        browser.force_login(make_user(name, is_staff=True, is_superuser=True))
        data = typed(page_of(browser, change_address(skill))) | {"requirements-0-description": f"By {name}."}
        saves.append(partial(browser.post, change_address(skill), data))
    answers: list[Any] = sorted(at_once(*saves), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [200, 302]
    winner = skill.revisions.get(number=2).author
    assert str(winner) in errors_of(answers[0])[0]
    assert skill.revisions.count() == 2
