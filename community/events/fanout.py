"""Fan-out: from events to the notices of all people concerned.

A worker claims an event by a conditional update and holds it for `LEASE`, renewed with each batch. A batch is
one transaction: it advances `notified_up_to` and writes the notices. So a worker that is interrupted, even by
kill -9, has notified each person completely or not at all, and the next worker continues from there. If two
workers hold one event, only one of them can advance `notified_up_to` from its current value. Events of one
skill are handled in their order.
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
from community.models import Event, EventAction, Frequency, Kind, Notification, Suggestion
from community.notifications.mail_times import calculate_due_at, get_time_zone, is_for_digest
from skills.models import Skill

BURST = timedelta(minutes=30)
"""Events of one skill and kind within this time are added to the same unread notice."""

LEASE = timedelta(minutes=5)
"""How long an event belongs to a worker after its last batch."""

QUERY_BATCH_SIZE = 1000

type MailPreference = tuple[str, str]  # a person's time zone, and how often they want mail


def notify_of_skill_events(event: Event) -> None:
    """Notify everyone of an event, after the earlier events of its skill.

    1. Take the oldest unfinished event of the same skill. It may be an earlier one, or later ones may follow.
    2. Claim it. If another worker holds it, stop: that worker continues with all later events by itself.
    3. If its skill was retired, release the claims of reviewers on the suggestions for it.
    4. Notify everyone of it, batch by batch, and mark it as finished.
    5. Repeat until no event of the skill is unfinished.
    """
    # Events about no skill wait in one queue of their own: filter(skill=None) becomes IS NULL.
    unfinished = Event.objects.filter(skill=event.skill_id, finished_at__isnull=True)
    events = unfinished.select_related("suggestion", "decision").order_by("pk")
    while (first := events.first()) and _claim(first):
        _release_claims(first)
        if not _notify_everyone(first):
            break


def notify_of_unfinished_events() -> None:
    """Continue with unfinished events that no worker holds: a worker was interrupted, or a task was lost."""
    unfinished = Event.objects.filter(_build_free_condition(timezone.now()), finished_at__isnull=True)
    for event in list(unfinished.order_by("pk")[:QUERY_BATCH_SIZE]):
        notify_of_skill_events(event)


def prune() -> None:
    """Delete notices that were read NOTIFICATION_KEEP_DAYS ago, and events of that age without any notice."""
    long_ago = timezone.now() - timedelta(days=settings.NOTIFICATION_KEEP_DAYS)
    read = Notification.objects.filter(read_at__lt=long_ago).order_by("pk")
    while ids := list(read.values_list("pk", flat=True)[:QUERY_BATCH_SIZE]):
        Notification.objects.filter(pk__in=ids).delete()
    is_referred_to = Exists(Notification.objects.filter(event=OuterRef("pk")))
    old = Event.objects.filter(~is_referred_to, finished_at__lt=long_ago).order_by("pk")
    while ids := list(old.values_list("pk", flat=True)[:QUERY_BATCH_SIZE]):
        Event.objects.filter(pk__in=ids).delete()


def _build_free_condition(now: datetime) -> Q:
    """Return the condition for events that no worker holds at this time."""
    return Q(leased_until__isnull=True) | Q(leased_until__lt=now)


def _claim(event: Event) -> bool:
    """Claim an event for this worker; return whether it was free."""
    now = timezone.now()
    free = Event.objects.filter(_build_free_condition(now), pk=event.pk, finished_at__isnull=True)
    if not free.update(leased_until=now + LEASE):
        return False
    # Only now the value is reliable: before the claim another worker could still advance it.
    event.refresh_from_db(fields=["notified_up_to"])
    return True


def _release_claims(event: Event) -> None:
    """Release the claims on suggestions that cannot be accepted because their skill was retired.

    Not in the transaction that retires it: that one holds the lock on the skill, which comes after suggestions.
    """
    if event.skill_id is not None and event.action in {EventAction.SKILL_RETIRED, EventAction.SKILL_MERGED}:
        claimed = Suggestion.objects.affected_by_status(event.skill_id).filter(claimed_until__isnull=False)
        claimed.exclude(skill__status=Skill.Status.CURRENT).update(claimed_by=None, claimed_until=None)


def _notify_everyone(event: Event) -> bool:
    """Notify everyone, batch by batch. Return False if another worker has continued with the event in the meantime."""
    for batch in audience.build_recipient_batches(event, event.notified_up_to):
        if not _notify_batch(event, batch):
            return False
    return bool(_filter_unchanged(event).update(finished_at=timezone.now(), leased_until=None))


def _notify_batch(event: Event, batch: Batch) -> bool:
    """Advance the event past a batch and write its notices, both or neither. Return False as `_notify_everyone`."""
    with transaction.atomic():
        if not _filter_unchanged(event).update(notified_up_to=batch.last_user_id, leased_until=timezone.now() + LEASE):
            return False
        # A batch is empty if a mute decides for everyone in it.
        if batch.recipients:
            _write_notices(event, batch.recipients)
    event.notified_up_to = batch.last_user_id
    return True


def _filter_unchanged(event: Event) -> models.QuerySet[Event]:
    """Return the row of the event, but only as long as no other worker has advanced or finished it."""
    return Event.objects.filter(pk=event.pk, notified_up_to=event.notified_up_to, finished_at__isnull=True)


def _write_notices(event: Event, recipients: Sequence[Recipient]) -> None:
    """Write the notices of one batch in five statements.

    1. Read the mail preferences of the recipients, and lock their unread notices of the same burst.
    2. Add the event to each of those notices; make a new notice for everyone else.
    3. Save the new notices, what is the same for all merged ones, and what is different for each of them.
    """
    now = timezone.now()
    people = _load_mail_preferences(recipients)
    unread = _lock_unread_notices(event, recipients)
    new, merged, changed = [], [], []
    for user_id, kind, reason, reason_name in recipients:
        if user_id not in people:
            continue  # the account was deleted or deactivated a moment ago
        # Each message of moderators is a notice of its own.
        existing = unread.get((user_id, kind)) if kind != Kind.MODERATION else None
        notice = existing or Notification(user_id=user_id, kind=kind, event=event, skill_id=event.skill_id)
        before = _get_changeable_values(notice)
        notice.reason, notice.reason_name = reason, reason_name
        notice.mail_due_at = _calculate_mail_due_at(notice, event, people[user_id], now)
        if kind == Kind.DECISION:
            # A new dictionary, not a changed one: `before` refers to the old one.
            notice.tally = {**notice.tally, event.action: notice.tally.get(event.action, 0) + 1}
        if existing is None:
            notice.is_first = event.action == EventAction.FIRST
            notice.updated_at = event.happened_at
            new.append(notice)
            continue
        merged.append(notice.pk)
        if before != _get_changeable_values(notice):
            changed.append(notice)
    Notification.objects.bulk_create(new)
    # Never back to False: one first contribution is enough to mark the notice.
    first = {"is_first": True} if event.action == EventAction.FIRST else {}
    Notification.objects.filter(pk__in=merged).update(
        event=event, updated_at=event.happened_at, count=F("count") + 1, **first
    )
    Notification.objects.bulk_update(changed, ["reason", "reason_name", "mail_due_at", "tally"])


def _get_changeable_values(notice: Notification) -> tuple[object, ...]:
    """Return the values of a merged notice that may change, and that are not the same for all merged notices."""
    return notice.reason, notice.reason_name, notice.mail_due_at, notice.tally


def _load_mail_preferences(recipients: Sequence[Recipient]) -> Mapping[int, MailPreference]:
    """Return time zone and mail frequency of each active recipient, by primary key; weekly if they chose nothing."""
    kinds = {recipient.user_id: recipient.kind for recipient in recipients}
    users = User.objects.filter(pk__in=kinds, is_active=True)
    # One query for all kinds of this batch. So a row may be about another kind than the one of this person.
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
    """Return the notices that the event is added to, by person and kind; the latest of several.

    They are locked: if one was marked as read in the meantime, the new event would stay hidden in it.
    """
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
    """Return when mail about a notice is due, None for never; an earlier time that was set before stays."""
    zone, frequency = preference
    mailed_at = notice.mail.created_at if notice.mail else None
    waits_for_digest = is_for_digest(event.kind, event.significance, event.action)
    due = calculate_due_at(frequency, get_time_zone(zone), now, waits_for_digest=waits_for_digest, mailed_at=mailed_at)
    return min(due, notice.mail_due_at) if due and notice.mail_due_at else due
