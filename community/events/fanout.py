"""Telling people: from events to notices.

A worker takes an event by a conditional update and holds it for `LEASE`, renewed with each
batch. A batch is one transaction: it moves `told_up_to` on and writes the notices, so that
who is interrupted, even by kill -9, has told each person wholly or not at all, and who goes on
begins where that ended. Should two hold one event, only one moves `told_up_to` from where it
was. Events of one skill are told in their order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from community.events import audience
from community.events.audience import Batch, Recipient
from community.models import Event, EventAction, Frequency, Kind, Notification
from community.notifications.mail_times import calculate_due_at, get_time_zone, is_for_digest

BURST = timedelta(minutes=30)
LEASE = timedelta(minutes=5)
QUERY_BATCH_SIZE = 1000

type MailPreference = tuple[str, str]  # a person's time zone, and how often they want mail


def notify_of_event(event: Event) -> None:
    """Tell everybody of an event, after the earlier events of its skill and before the later ones.

    Whoever tells of this skill already goes on to this event by themselves; then nothing is done here.
    """
    unfinished = Event.objects.filter(skill=event.skill_id, finished_at__isnull=True)
    events = unfinished.select_related("suggestion", "decision").order_by("pk")
    while (first := events.first()) and _claim(first) and _notify_everyone(first):
        pass


def notify_of_unfinished_events() -> None:
    """Go on with events not everybody was told of: a worker was interrupted, or a task was lost."""
    unfinished = Event.objects.filter(_build_free_condition(timezone.now()), finished_at__isnull=True)
    for event in list(unfinished.order_by("pk")[:QUERY_BATCH_SIZE]):
        notify_of_event(event)


def prune() -> None:
    """Delete notices read NOTIFICATION_KEEP_DAYS ago, and events as old that no notice refers to."""
    long_ago = timezone.now() - timedelta(days=settings.NOTIFICATION_KEEP_DAYS)
    read = Notification.objects.filter(read_at__lt=long_ago).order_by("pk")
    while ids := list(read.values_list("pk", flat=True)[:QUERY_BATCH_SIZE]):
        Notification.objects.filter(pk__in=ids).delete()
    is_referred_to = Exists(Notification.objects.filter(event=OuterRef("pk")))
    old = Event.objects.filter(~is_referred_to, finished_at__lt=long_ago).order_by("pk")
    while ids := list(old.values_list("pk", flat=True)[:QUERY_BATCH_SIZE]):
        Event.objects.filter(pk__in=ids).delete()


def _build_free_condition(now: datetime) -> Q:
    return Q(leased_until__isnull=True) | Q(leased_until__lt=now)


def _claim(event: Event) -> bool:
    """Take an event to tell of it; returns whether it was free."""
    now = timezone.now()
    free = Event.objects.filter(_build_free_condition(now), pk=event.pk, finished_at__isnull=True)
    if not free.update(leased_until=now + LEASE):
        return False
    event.refresh_from_db(fields=["notified_up_to"])
    return True


def _notify_everyone(event: Event) -> bool:
    """Tell batch by batch; returns False when somebody else has gone on with the event meanwhile."""
    for batch in audience.build_recipient_batches(event, event.notified_up_to):
        if not _notify_batch(event, batch):
            return False
    return bool(_filter_unchanged(event).update(finished_at=timezone.now(), leased_until=None))


def _notify_batch(event: Event, batch: Batch) -> bool:
    with transaction.atomic():
        if not _filter_unchanged(event).update(notified_up_to=batch.last_user_id, leased_until=timezone.now() + LEASE):
            return False
        if batch.recipients:
            _write_notices(event, batch.recipients)
    event.notified_up_to = batch.last_user_id
    return True


def _filter_unchanged(event: Event) -> models.QuerySet[Event]:
    """Return the event's row, but only if nobody has gone on with it."""
    return Event.objects.filter(pk=event.pk, notified_up_to=event.notified_up_to, finished_at__isnull=True)


def _write_notices(event: Event, recipients: Sequence[Recipient]) -> None:
    """Write the notices of one batch in five statements: new ones, or added to one not read yet of the same burst."""
    now = timezone.now()
    people = _load_mail_preferences(recipients)
    unread = _lock_unread_notices(event, recipients)
    new, merged, changed = [], [], []
    for user_id, kind, *why in recipients:
        if user_id not in people:
            continue  # the account went, or was switched off, a moment ago
        # What moderators say is never one of several.
        found = unread.get((user_id, kind)) if kind != Kind.MODERATION else None
        notice = found or Notification(user_id=user_id, kind=kind, event=event, skill_id=event.skill_id)
        before = _get_changeable_values(notice)
        notice.reason, notice.reason_name = why
        notice.mail_due_at = _calculate_mail_due_at(notice, event, people[user_id], now)
        if kind == Kind.DECISION:
            notice.tally = {**notice.tally, event.action: notice.tally.get(event.action, 0) + 1}
        if found is None:
            notice.is_first = event.action == EventAction.FIRST
            notice.updated_at = event.happened_at
            new.append(notice)
            continue
        merged.append(notice.pk)
        if before != _get_changeable_values(notice):
            changed.append(notice)
    Notification.objects.bulk_create(new)
    added_to = Notification.objects.filter(pk__in=merged)
    first = {"is_first": True} if event.action == EventAction.FIRST else {}
    added_to.update(event=event, updated_at=event.happened_at, count=F("count") + 1, **first)
    Notification.objects.bulk_update(changed, ["reason", "reason_name", "mail_due_at", "tally"])


def _get_changeable_values(notice: Notification) -> tuple[object, ...]:
    """Return what an event may change of a notice that it is added to, but for what it changes of all of them."""
    return notice.reason, notice.reason_name, notice.mail_due_at, notice.tally


def _load_mail_preferences(recipients: Sequence[Recipient]) -> Mapping[int, MailPreference]:
    """Return time zone and mail frequency of each person, by primary key; weekly where nothing was chosen."""
    kinds = {recipient.user_id: recipient.kind for recipient in recipients}
    users = User.objects.filter(pk__in=kinds, is_active=True)
    chosen = FilteredRelation("email_choices", condition=Q(email_choices__kind__in=set(kinds.values())))
    rows = users.annotate(chosen=chosen).values_list("pk", "time_zone", "chosen__kind", "chosen__frequency")
    people: dict[int, MailPreference] = {}
    for pk, zone, kind, frequency in rows:
        if kind == kinds[pk]:
            people[pk] = zone, frequency
        else:
            people.setdefault(pk, (zone, Frequency.WEEKLY))
    return people


def _lock_unread_notices(event: Event, recipients: Sequence[Recipient]) -> Mapping[tuple[int, str], Notification]:
    """Return the notice of each person and kind that the event adds to. Locked: read meanwhile it would hide it."""
    notices = Notification.objects.filter(
        user__in=[recipient.user_id for recipient in recipients],
        kind__in={recipient.kind for recipient in recipients},
        skill=event.skill_id,
        read_at__isnull=True,
        updated_at__gte=event.happened_at - BURST,
    )
    locked = notices.select_for_update(of=("self",)).select_related("mail").order_by("updated_at", "pk")
    return {(notice.user_id, notice.kind): notice for notice in locked}


def _calculate_mail_due_at(
    notice: Notification, event: Event, preference: MailPreference, now: datetime
) -> datetime | None:
    zone, frequency = preference
    mailed_at = notice.mail.created_at if notice.mail else None
    waits = is_for_digest(event.kind, event.significance, event.action)
    due = calculate_due_at(frequency, get_time_zone(zone), now, waits_for_digest=waits, mailed_at=mailed_at)
    return min(due, notice.mail_due_at) if due and notice.mail_due_at else due
