"""Warning a person, suspending them until a date, and ending the suspension."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.events import recording
from community.models import ActKind, EventAction
from community.moderation import log
from community.moderation.refusals import AlreadyDone
from community.posting.refusals import Gone, InvalidInput, NotAllowed

MAX_SUSPENSION = timedelta(days=3660)


def warn(person: User, moderator: User, reason: str) -> None:
    """Warn a person.

    1. Lock the account and check `rules.may_warn`.
    2. Write a line to the log of moderation.
    3. Record an event: the person is notified and reads the reason.

    Raises `NotAllowed`, `InvalidInput` without a reason, and `Gone` if the account was deleted meanwhile.
    """
    with transaction.atomic():
        account = _lock_person(person, moderator, reason)
        log.write(ActKind.WARNED, moderator, person=account, reason=reason)
        recording.record_moderation(account, EventAction.WARNED, None, reason)


def suspend(person: User, moderator: User, until: datetime, reason: str) -> None:
    """Suspend a person: until that moment they can only read.

    1. Lock the account and check `rules.may_warn`.
    2. Save end and reason of the suspension; a new end replaces an earlier one.
    3. Write a line to the log of moderation.
    4. Record an event: the person is notified and reads the reason.

    Raises `InvalidInput` if `until` is in the past, or later than `MAX_SUSPENSION`, and what `warn` raises.
    """
    now = timezone.now()
    # Needs no row, so it is checked before anything is locked.
    if not now < until <= now + MAX_SUSPENSION:
        raise InvalidInput(_("Choose a date in the next ten years."), field="until")
    with transaction.atomic():
        account = _lock_person(person, moderator, reason)
        account.suspended_until, account.suspension_reason = until, reason
        account.save(update_fields=["suspended_until", "suspension_reason"])
        log.write(ActKind.SUSPENDED, moderator, person=account, reason=reason, until=until)
        recording.record_moderation(account, EventAction.SUSPENDED, None, reason)


def end_suspension(person: User, moderator: User, reason: str) -> None:
    """End a suspension before its date.

    1. Lock the account and check `rules.may_warn`.
    2. Clear end and reason of the suspension.
    3. Write a line to the log of moderation.
    4. Record an event: the person is notified.

    Raises `AlreadyDone` if the account is not suspended, and what `warn` raises.
    """
    with transaction.atomic():
        account = _lock_person(person, moderator, reason)
        # False as well if the suspension has ended by itself meanwhile.
        if not account.is_suspended:
            raise AlreadyDone(_("This account is not suspended."))
        account.suspended_until, account.suspension_reason = None, ""
        account.save(update_fields=["suspended_until", "suspension_reason"])
        log.write(ActKind.FREED, moderator, person=account, reason=reason)
        recording.record_moderation(account, EventAction.FREED, None, reason)


def _lock_person(person: User, moderator: User, reason: str) -> User:
    """Return the account, locked and with current values, after the checks that all three actions share."""
    # `no_key` lets other transactions insert rows that refer to the account.
    account = User.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    if account is None:
        raise Gone(_("This account is deleted."))
    if not rules.may_warn(moderator, account):
        raise NotAllowed(_("Administrators cannot be suspended; only they can suspend staff and moderators."))
    if not reason.strip():
        raise InvalidInput(_("Say why: the person reads it."), field="reason")
    return account
