"""What the worker does for the community; it closes its connection, so nothing here is rolled back."""

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from community.models import Event, Kind, Notification
from skills.models import Skill
from tests.community.events.factories import change_cell, make_watchers
from tests.factories import make_catalogue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def skill() -> Skill:
    with transaction.atomic():
        make_catalogue()
    return Skill.objects.with_group().get()


@pytest.fixture
def user(skill: Skill) -> User:
    return make_watchers(skill, 1)[0]


def work() -> None:
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)


def test_the_worker_notifies_of_what_was_published(skill: Skill, user: User) -> None:
    revision = change_cell(skill)
    work()
    notice = user.notifications.get()
    assert (notice.kind, notice.skill, notice.event.revision) == (Kind.CONTENT_CHANGED, skill, revision)
    assert (notice.count, notice.read_at) == (1, None)


def test_a_change_that_was_rolled_back_notifies_nobody(skill: Skill, user: User) -> None:
    with transaction.atomic():
        change_cell(skill)
        transaction.set_rollback(True)
    work()
    assert not Notification.objects.exists()


def test_a_task_for_a_deleted_event_does_nothing(skill: Skill, user: User) -> None:
    change_cell(skill)
    Event.objects.all().delete()
    work()
    assert not Notification.objects.exists()
