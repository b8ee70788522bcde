"""How often somebody wants mail about each kind of event, and what that means for notices that wait."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from community.models import EmailChoice, Frequency, Kind, Notification
from community.notifications.mail_times import calculate_due_at, get_time_zone, is_for_digest

EVENT_FIELDS = ("event__significance", "event__action")


def get_email_choices(user_id: int) -> dict[Kind, Frequency]:
    """Return a frequency for every kind of event; weekly where nothing was chosen."""
    chosen = dict(EmailChoice.objects.filter(user=user_id).values_list("kind", "frequency"))
    return {kind: Frequency(chosen.get(kind, Frequency.WEEKLY)) for kind in Kind}


def save_email_choices(user_id: int, choices: Mapping[Kind, Frequency]) -> dict[Kind, Frequency]:
    """Write down what somebody wishes, and date the mail that waits anew; return what has changed, as it was before.

    Somebody who is gone wishes nothing any more. Their row is locked, so that no digest of
    the same person is made meanwhile, and of two forms sent at once the second comes after the first.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
        before = get_email_choices(user_id)
        changed = {kind: frequency for kind, frequency in choices.items() if before[kind] != frequency}
        if user is None or not changed:
            return {}
        EmailChoice.objects.bulk_create(
            [EmailChoice(user=user, kind=kind, frequency=frequency) for kind, frequency in changed.items()],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["frequency"],
        )
        _update_due_dates(user, changed, timezone.now())
        return {kind: before[kind] for kind in changed}


def _update_due_dates(user: User, changed: Mapping[Kind, Frequency], now: datetime) -> None:
    waiting = Notification.objects.filter(user=user, mail_due_at__isnull=False)
    stopped = [kind for kind, frequency in changed.items() if frequency == Frequency.NEVER]
    waiting.filter(kind__in=stopped).update(mail_due_at=None)
    rest = waiting.filter(kind__in=changed.keys())
    zone = get_time_zone(user.time_zone)
    for kind, significance, deed in rest.order_by().values_list("kind", *EVENT_FIELDS).distinct():
        due = calculate_due_at(changed[Kind(kind)], zone, now, waits_for_digest=is_for_digest(kind, significance, deed))
        rest.filter(kind=kind, **dict(zip(EVENT_FIELDS, (significance, deed), strict=True))).update(mail_due_at=due)
