"""Which events a publication records for watchers, and how many queries that costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from community.models import Event, Kind, Watch
from community.watching import watches
from skills.models import Role, Significance, Skill
from tests.community.events.factories import change_cell, change_summary, make_watchers
from tests.factories import cell, make_catalogue, make_skill, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def skill() -> Skill:
    make_catalogue(roles=3)
    return Skill.objects.with_group().get()


def test_a_change_is_recorded_with_its_author_and_roles(skill: Skill) -> None:
    make_watchers(skill, 1)
    author, role = make_user(), Role.objects.order_by("name")[1]
    revision = change_cell(skill, role, author=author, significance=Significance.MAJOR)
    event = Event.objects.get()
    assert (event.kind, event.skill, event.revision, event.actor) == (Kind.CONTENT_CHANGED, skill, revision, author)
    assert (event.significance, event.role_ids) == (Significance.MAJOR, [role.pk])


def test_a_typo_notifies_nobody(skill: Skill) -> None:
    make_watchers(skill, 1)
    change_cell(skill, significance=Significance.TYPO)
    assert not Event.objects.exists()


def test_a_change_of_the_whole_skill_concerns_all_its_roles(skill: Skill) -> None:
    make_watchers(skill, 1)
    change_summary(skill)
    assert sorted(Event.objects.get().role_ids) == sorted(Role.objects.values_list("pk", flat=True))


def test_a_new_skill_is_an_event_for_its_group_and_roles(skill: Skill) -> None:
    role = Role.objects.order_by("name")[0]
    make_watchers(role, 1)
    new_skill = make_skill(skill.group, cells={(role, skill.framework.levels.get(slug="junior")): cell()})
    event = Event.objects.get()
    assert (event.skill, event.role_ids) == (new_skill, [role.pk])


@pytest.mark.parametrize("level", [Watch.Level.MUTE, None])
def test_what_nobody_watches_is_no_event(skill: Skill, level: Watch.Level | None) -> None:
    watches.set_level(make_user(), skill, level)
    change_cell(skill)
    assert not Event.objects.exists()


def test_notifying_is_a_task_enqueued_when_the_change_is_committed(
    skill: Skill, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make_watchers(skill, 1)
    with django_capture_on_commit_callbacks() as callbacks:
        change_cell(skill)
    assert not DBTaskResult.objects.exists()
    for callback in callbacks:
        callback()
    task = DBTaskResult.objects.get()
    assert (task.task_path, task.args_kwargs["args"]) == (
        "community.events.tasks.notify_of_event",
        [Event.objects.get().pk],
    )


def test_publishing_costs_the_same_however_many_watch(skill: Skill) -> None:
    counts = []
    for watchers in (0, 1, 999):
        for target in (skill, skill.group, skill.group.domain, *Role.objects.all()):
            make_watchers(target, watchers)
        with CaptureQueriesContext(connection) as queries:
            change_cell(skill)
        counts.append(len(queries))
    assert counts[1] == counts[2]
    assert counts[0] == counts[1] - 1  # the event itself


def test_publishing_costs_three_statements_more_than_without_listeners(skill: Skill, settings: Settings) -> None:
    make_watchers(skill, 10)
    with CaptureQueriesContext(connection) as with_listeners:
        change_cell(skill)
    settings.REVISION_LISTENERS = []
    with CaptureQueriesContext(connection) as without_listeners:
        change_cell(skill)
    assert len(with_listeners) - len(without_listeners) == 3
