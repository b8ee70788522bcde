"""How often a user wants mail about each kind of event, and when waiting notices are mailed after a change."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from community.models import EmailChoice, Frequency, Kind, Notification
from community.notifications.mail_times import calculate_due_at, get_time_zone, is_for_digest

# Besides kind and frequency, these decide when mail about a notice is due, see `mail_times.is_for_digest`.
EVENT_FIELDS = ("event__significance", "event__action")


def get_email_choices(user_id: int) -> dict[Kind, Frequency]:
    """Return how often a user wants mail about each kind of event, for every kind.

    `user_id` is the primary key of the user, who may be deleted. The default is weekly.
    """
    chosen = dict(EmailChoice.objects.filter(user=user_id).values_list("kind", "frequency"))
    return {kind: Frequency(chosen.get(kind, Frequency.WEEKLY)) for kind in Kind}


def save_email_choices(
    user_id: int, choices: Mapping[Kind, Frequency], *, seen_at: datetime | None = None
) -> dict[Kind, Frequency]:
    """Save how often a user wants mail, and return the previous frequency of each kind that has changed.

    1. Lock the user's row. For a deleted user nothing is saved, and {} is returned.
    2. Save the frequencies that differ; kinds that are missing in `choices` stay as they are, and so do choices made
       after `seen_at`, when the page was opened that sends these.
    3. Set a new due date for the notices of these kinds that wait for mail, or none for "never".
    """
    with transaction.atomic():
        # The lock keeps workers from building a digest of this user meanwhile. Of two forms sent at once, the second
        # waits for the first.
        user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
        before = get_email_choices(user_id)
        newer_kinds = _list_kinds_changed_after(user_id, seen_at) if seen_at else set()
        changed = {
            kind: frequency
            for kind, frequency in choices.items()
            if before[kind] != frequency and kind not in newer_kinds
        }
        if user is None or not changed:
            return {}
        now = timezone.now()
        EmailChoice.objects.bulk_create(
            [EmailChoice(user=user, kind=kind, frequency=value, changed_at=now) for kind, value in changed.items()],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["frequency", "changed_at"],
        )
        _update_due_dates(user, changed, now)
        return {kind: before[kind] for kind in changed}


def _list_kinds_changed_after(user_id: int, seen_at: datetime) -> set[str]:
    """Return the kinds for which the user has made a choice after a page was opened."""
    # Compared here and not by the database: `seen_at` comes from a form and may be a date that it cannot convert.
    rows = EmailChoice.objects.filter(user=user_id, changed_at__isnull=False).values_list("kind", "changed_at")
    return {kind for kind, changed_at in rows if changed_at and changed_at > seen_at}


def _update_due_dates(user: User, changed: Mapping[Kind, Frequency], now: datetime) -> None:
    """Set when the waiting notices of the changed kinds are mailed."""
    waiting = Notification.objects.filter(user=user, mail_due_at__isnull=False)
    stopped = [kind for kind, frequency in changed.items() if frequency == Frequency.NEVER]
    waiting.filter(kind__in=stopped).update(mail_due_at=None)
    rest = waiting.filter(kind__in=changed.keys())
    zone = get_time_zone(user.time_zone)
    # One UPDATE for each combination that occurs, because a user may have thousands of notices.
    for kind, significance, action in rest.order_by().values_list("kind", *EVENT_FIELDS).distinct():
        waits = is_for_digest(kind, significance, action)
        due = calculate_due_at(changed[Kind(kind)], zone, now, waits_for_digest=waits)
        rest.filter(kind=kind, **dict(zip(EVENT_FIELDS, (significance, action), strict=True))).update(mail_due_at=due)
