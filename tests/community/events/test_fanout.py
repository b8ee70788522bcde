"""The fan-out of events: one notice each, bursts, mail, interruption, and what a batch costs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Delivery, User
from community.events import audience, fanout
from community.events.audience import BATCH_SIZE
from community.events.fanout import BURST, LEASE
from community.models import EmailChoice, Event, Frequency, Kind, Notification, Watch
from community.watching import watches
from skills.models import Role, Significance, Skill
from tests.community.events.factories import change_cell, list_notified, make_watchers, notify_everyone
from tests.factories import make_catalogue

pytestmark = pytest.mark.django_db

MAJOR = Significance.MAJOR


@pytest.fixture
def skill() -> Skill:
    make_catalogue(roles=2)
    return Skill.objects.with_group().get()


@pytest.fixture
def user(skill: Skill) -> User:
    return make_watchers(skill, 1)[0]


def set_happened_at(event: Event, before_now: timedelta) -> None:
    Event.objects.filter(pk=event.pk).update(happened_at=timezone.now() - before_now)


def change_long_ago(skill: Skill, before_now: timedelta, **fields: Any) -> Event:
    change_cell(skill, **fields)
    event = Event.objects.order_by("-pk")[0]
    set_happened_at(event, before_now)
    return event


def test_a_burst_becomes_one_notice(skill: Skill, user: User) -> None:
    for minutes in (50, 25, 0):
        change_long_ago(skill, timedelta(minutes=minutes))
        notify_everyone()
    notice = user.notifications.get()
    latest = Event.objects.order_by("-pk")[0]
    assert (notice.count, notice.event, notice.updated_at) == (3, latest, latest.happened_at)


def test_a_late_event_starts_a_new_notice(skill: Skill, user: User) -> None:
    for minutes in (31, 0):
        change_long_ago(skill, timedelta(minutes=minutes))
        notify_everyone()
    assert list(user.notifications.values_list("count", flat=True)) == [1, 1]


def test_what_was_read_is_not_added_to(skill: Skill, user: User) -> None:
    change_cell(skill)
    notify_everyone()
    user.notifications.update(read_at=timezone.now())
    change_cell(skill)
    notify_everyone()
    assert [(each.count, each.read_at is None) for each in user.notifications.order_by("pk")] == [(1, False), (1, True)]


def test_bursts_of_two_skills_are_two_notices(skill: Skill, user: User) -> None:
    make_catalogue()
    other = Skill.objects.with_group().exclude(pk=skill.pk).get()
    watches.set_level(user, other, Watch.Level.WATCH)
    for each in (skill, other, skill):
        change_cell(each)
    notify_everyone()
    assert sorted(user.notifications.values_list("skill", "count")) == sorted([(skill.pk, 2), (other.pk, 1)])


def test_events_notified_late_merge_as_if_notified_in_time(skill: Skill, user: User) -> None:
    """A worker that was away for a day still makes one notice of each burst."""
    for hours in (26, 26, 25, 24):
        change_long_ago(skill, timedelta(hours=hours))
    notify_everyone()
    assert list(user.notifications.order_by("pk").values_list("count", flat=True)) == [2, 1, 1]


def test_the_reason_is_that_of_the_latest_event(skill: Skill, user: User) -> None:
    change_cell(skill)
    notify_everyone()
    watches.set_level(user, skill, None)
    watches.set_level(user, skill.group, Watch.Level.WATCH)
    change_cell(skill)
    notify_everyone()
    assert list_notified() == {user.username: ("group", skill.group.name)}


@pytest.mark.parametrize(
    ("frequency", "significance", "is_due_now"),
    [
        (Frequency.AT_ONCE, MAJOR, True),
        (Frequency.AT_ONCE, Significance.MEDIUM, False),
        (Frequency.DAILY, MAJOR, False),
        (None, MAJOR, False),
    ],
)
def test_major_is_mailed_at_once_to_those_who_chose_it(
    skill: Skill, user: User, frequency: str | None, significance: Significance, is_due_now: bool
) -> None:
    if frequency:
        EmailChoice.objects.create(user=user, kind=Kind.CONTENT_CHANGED, frequency=frequency)
    change_cell(skill, significance=significance)
    notify_everyone()
    due = user.notifications.get().mail_due_at
    assert due is not None
    assert (due <= timezone.now()) is is_due_now


def test_without_a_choice_mail_comes_weekly_in_one_s_own_time_zone(skill: Skill, user: User) -> None:
    User.objects.filter(pk=user.pk).update(time_zone="Asia/Tokyo")
    EmailChoice.objects.create(user=user, kind=Kind.COMMENT, frequency=Frequency.AT_ONCE)
    change_cell(skill)
    notify_everyone()
    due = user.notifications.get().mail_due_at
    assert due is not None
    due = due.astimezone(UTC)
    assert (due.weekday(), due.hour, due.minute) == (6, 23, 0)  # Monday, eight o'clock in Tokyo
    assert timedelta(0) < due - timezone.now() <= timedelta(days=7)


def test_who_wants_no_mail_is_notified_on_the_site_only(skill: Skill, user: User) -> None:
    EmailChoice.objects.create(user=user, kind=Kind.CONTENT_CHANGED, frequency=Frequency.NEVER)
    change_cell(skill, significance=MAJOR)
    notify_everyone()
    assert user.notifications.get().mail_due_at is None


def test_mail_about_a_burst_is_not_put_off_by_more_of_it(skill: Skill, user: User) -> None:
    EmailChoice.objects.create(user=user, kind=Kind.CONTENT_CHANGED, frequency=Frequency.AT_ONCE)
    change_cell(skill, significance=MAJOR)
    notify_everyone()
    first = user.notifications.get().mail_due_at
    for significance in (Significance.MEDIUM, MAJOR):
        change_cell(skill, significance=significance)
        notify_everyone()
        assert user.notifications.get().mail_due_at == first


def test_a_burst_mailed_already_is_mailed_again_half_an_hour_later(skill: Skill, user: User) -> None:
    EmailChoice.objects.create(user=user, kind=Kind.CONTENT_CHANGED, frequency=Frequency.AT_ONCE)
    change_cell(skill, significance=MAJOR)
    notify_everyone()
    mail = Delivery.objects.create(user=user, kind="digest", to=user.email, created_at=timezone.now())
    user.notifications.update(mail=mail, mail_due_at=None)
    change_cell(skill, significance=MAJOR)
    notify_everyone()
    notice = user.notifications.get()
    assert (notice.count, notice.mail_due_at) == (2, mail.created_at + timedelta(minutes=30))


def test_ten_thousand_are_notified_with_the_same_number_of_queries_each_batch(skill: Skill) -> None:
    users = make_watchers(skill, 10_000)
    batches = len(users) // BATCH_SIZE
    counts = []
    for _ in range(2):  # the second time every notice is added to
        change_cell(skill, significance=MAJOR)
        with CaptureQueriesContext(connection) as queries:
            notify_everyone()
        counts.append(len(queries))
    assert Notification.objects.filter(count=2).count() == len(users)
    around = 12  # finding and claiming the event, the skill, its roles, the end
    assert max(counts) <= batches * 9 + around
    assert max(len(query["sql"]) for query in queries.captured_queries) < 1_000_000


def test_a_batch_is_all_that_is_ever_in_memory(skill: Skill) -> None:
    make_watchers(skill, 3 * BATCH_SIZE)
    change_cell(skill)
    seen = []
    for batch in audience.build_recipient_batches(Event.objects.get()):
        seen.append(len(batch.recipients))
        assert Notification.objects.count() == 0  # a generator: no batch is read before the one before it is notified
    assert seen == [BATCH_SIZE] * 3


class Killed(BaseException):
    """The worker was killed."""


def test_an_interrupted_fanout_continues_and_notifies_nobody_twice(
    skill: Skill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "BATCH_SIZE", 4)
    users = make_watchers(skill, 10)
    change_cell(skill)
    write, written = fanout._write_notices, []

    def write_and_be_killed(event: Event, recipients: Any) -> None:
        write(event, recipients)
        written.append(recipients)
        if len(written) == 2:
            raise Killed

    monkeypatch.setattr(fanout, "_write_notices", write_and_be_killed)
    with pytest.raises(Killed):
        fanout.notify_of_unfinished_events()
    event = Event.objects.get()
    assert (event.notified_up_to, event.finished_at) == (users[3].pk, None)
    assert Notification.objects.count() == 4
    fanout.notify_of_unfinished_events()
    assert Notification.objects.count() == 4  # the other worker still holds the event
    Event.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    notify_everyone()
    assert sorted(list_notified()) == sorted(user.username for user in users)
    assert set(Notification.objects.values_list("count", flat=True)) == {1}


def test_who_lost_the_event_to_another_worker_writes_nothing(skill: Skill) -> None:
    make_watchers(skill, 3)
    change_cell(skill)
    event = Event.objects.get()
    [batch] = audience.build_recipient_batches(event)
    Event.objects.update(notified_up_to=batch.last_user_id)  # in the meantime, by the other worker
    assert fanout._notify_batch(event, batch) is False
    assert not Notification.objects.exists()


def test_an_event_that_another_worker_holds_is_left_to_it(skill: Skill, user: User) -> None:
    change_cell(skill)
    Event.objects.update(leased_until=timezone.now() + LEASE)
    fanout.notify_of_skill_events(Event.objects.get())
    assert not Notification.objects.exists()


def test_events_of_one_skill_are_notified_in_order(skill: Skill, user: User) -> None:
    first, second = (change_long_ago(skill, timedelta(hours=hours)) for hours in (3, 2))
    fanout.notify_of_skill_events(second)
    assert list(Notification.objects.order_by("pk").values_list("event", flat=True)) == [first.pk, second.pk]


def test_a_later_event_waits_for_the_one_that_a_worker_holds(skill: Skill, user: User) -> None:
    first, second = (change_long_ago(skill, timedelta(hours=hours)) for hours in (3, 2))
    Event.objects.filter(pk=first.pk).update(leased_until=timezone.now() + LEASE)
    fanout.notify_of_skill_events(second)
    fanout.notify_of_unfinished_events()
    assert not Notification.objects.exists()


def test_the_database_keeps_one_notice_of_one_event(skill: Skill, user: User) -> None:
    change_cell(skill)
    notify_everyone()
    notice = user.notifications.get()
    again = Notification(user=user, kind=notice.kind, event=notice.event, skill=skill, reason="skill")
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


def test_old_read_notices_are_pruned_with_what_only_they_refer_to(skill: Skill, settings: Settings) -> None:
    settings.NOTIFICATION_KEEP_DAYS = 30
    now = datetime.now(UTC)
    users = {name: make_watchers(skill, 1)[0] for name in ("read long ago", "read lately", "unread")}
    change_cell(skill, Role.objects.all()[0])
    notify_everyone()
    users["read long ago"].notifications.update(read_at=now - timedelta(days=31))
    users["read lately"].notifications.update(read_at=now - timedelta(days=29))
    Event.objects.update(finished_at=now - timedelta(days=400))
    fanout.prune()
    assert not users["read long ago"].notifications.exists()
    assert Notification.objects.count() == 2
    assert Event.objects.count() == 1
    Notification.objects.update(read_at=now - timedelta(days=31))
    fanout.prune()
    assert not Event.objects.exists()


def test_pruning_leaves_unfinished_events(skill: Skill, user: User) -> None:
    change_long_ago(skill, timedelta(days=400))
    fanout.prune()
    notify_everyone()
    assert user.notifications.count() == 1


def test_a_burst_is_as_long_as_the_rules_say() -> None:
    assert timedelta(minutes=30) == BURST
