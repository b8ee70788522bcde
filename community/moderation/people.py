"""Warning somebody, and suspending them until a date."""

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
from community.posting.refusals import InvalidInput, NotAllowed

MAX_SUSPENSION = timedelta(days=3660)


def warn(person: User, moderator: User, reason: str) -> None:
    """Have somebody told what moderators say to them; raises `NotAllowed`, `InvalidInput`."""
    with transaction.atomic():
        found = _lock_person(person, moderator, reason)
        log.write(ActKind.WARNED, moderator, person=found, reason=reason)
        recording.record_moderation(found, EventAction.WARNED, None, reason)


def suspend(person: User, moderator: User, until: datetime, reason: str) -> None:
    """Let somebody read only until a date; a new date replaces an earlier one.

    Raises `InvalidInput` for a date that is over, and what `warn` raises.
    """
    now = timezone.now()
    if not now < until <= now + MAX_SUSPENSION:
        raise InvalidInput(_("Choose a date in the next ten years."))
    with transaction.atomic():
        found = _lock_person(person, moderator, reason)
        found.suspended_until, found.suspension_reason = until, reason
        found.save(update_fields=["suspended_until", "suspension_reason"])
        log.write(ActKind.SUSPENDED, moderator, person=found, reason=reason, until=until)
        recording.record_moderation(found, EventAction.SUSPENDED, None, reason)


def end_suspension(person: User, moderator: User, reason: str) -> None:
    """End a suspension before its date; raises `AlreadyDone` too."""
    with transaction.atomic():
        found = _lock_person(person, moderator, reason)
        if not found.is_suspended:
            raise AlreadyDone(_("This account is not suspended."))
        found.suspended_until, found.suspension_reason = None, ""
        found.save(update_fields=["suspended_until", "suspension_reason"])
        log.write(ActKind.FREED, moderator, person=found, reason=reason)
        recording.record_moderation(found, EventAction.FREED, None, reason)


def _lock_person(person: User, moderator: User, reason: str) -> User:
    found = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not rules.may_warn(moderator, found):
        raise NotAllowed(_("Administrators cannot be suspended; only they can suspend staff and moderators."))
    if not reason.strip():
        raise InvalidInput(_("Say why: the person reads it."))
    return found
