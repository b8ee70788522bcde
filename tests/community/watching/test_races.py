"""Two tabs and two workers at once, with two real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.events import audience, fanout
from community.models import Event, Notification, Watch
from community.notifications import inbox
from community.watching import watches
from skills.models import Skill
from tests.community.events.factories import change_cell, make_watchers
from tests.factories import make_catalogue, make_user
from tests.races import ON_POSTGRESQL, at_once
from tests.waiting import wait_until_another_waits

pytestmark = ON_POSTGRESQL

WATCH, MUTE = Watch.Level.WATCH, Watch.Level.MUTE


@pytest.fixture
def skill() -> Skill:
    with transaction.atomic():
        make_catalogue(roles=1)
    return Skill.objects.with_group().get()


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.mark.parametrize("_attempt", range(5))
def test_the_button_pressed_in_two_tabs_at_once_watches_once(_attempt: int, skill: Skill, user: User) -> None:
    tabs = [Client(), Client()]
    for tab in tabs:
        tab.force_login(user)
    address = f"/en/watch/skill/{skill.pk}/"
    answers = at_once(*(partial(tab.post, address, {"level": "watch"}) for tab in tabs))
    assert [getattr(answer, "status_code", answer) for answer in answers] == [302, 302]
    assert watches.get_watch_level(user, skill) == WATCH


@pytest.mark.parametrize("_attempt", range(5))
def test_of_watch_and_mute_at_once_one_stays(_attempt: int, skill: Skill, user: User) -> None:
    outcomes = at_once(*(partial(watches.set_level, user, skill, level) for level in (WATCH, MUTE, None, WATCH)))
    assert outcomes == [None] * 4
    assert user.watches.count() <= 1


@pytest.mark.parametrize("_attempt", range(3))
def test_of_two_workers_one_notifies(_attempt: int, skill: Skill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "BATCH_SIZE", 10)
    users = make_watchers(skill, 40)
    change_cell(skill)
    assert at_once(fanout.notify_of_unfinished_events, fanout.notify_of_unfinished_events) == [None, None]
    assert Notification.objects.filter(count=1).count() == len(users)
    assert Event.objects.get().finished_at is not None


@pytest.mark.parametrize("_attempt", range(3))
def test_two_workers_that_both_hold_an_event_notify_each_batch_once(
    _attempt: int, skill: Skill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker slept longer than its lease, and wakes up while the other is at work."""
    monkeypatch.setattr(audience, "BATCH_SIZE", 10)
    users = make_watchers(skill, 40)
    change_cell(skill)
    events = [Event.objects.get(), Event.objects.get()]
    outcomes = at_once(*(partial(fanout._notify_everyone, event) for event in events))
    assert sorted(outcomes, key=str) == [False, True]
    assert Notification.objects.filter(count=1).count() == len(users)


def test_an_event_is_not_added_to_a_notice_that_is_being_read(skill: Skill) -> None:
    """The worker must wait for the reader and then make a new notice: in the old one the event would never be seen."""
    [user] = make_watchers(skill, 1)
    change_cell(skill)
    fanout.notify_of_unfinished_events()
    change_cell(skill)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            inbox.mark_read(user, user.notifications.get().pk)
            notifying = other.submit(at_once, fanout.notify_of_unfinished_events)
            wait_until_another_waits()
        assert notifying.result(timeout=30) == [None]
    assert [(notice.count, notice.read_at is None) for notice in user.notifications.order_by("pk")] == [
        (1, False),
        (1, True),
    ]


def test_a_worker_takes_over_what_another_left(skill: Skill) -> None:
    make_watchers(skill, 3)
    change_cell(skill)
    Event.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    at_once(fanout.notify_of_unfinished_events, fanout.notify_of_unfinished_events)
    assert Notification.objects.count() == 3
