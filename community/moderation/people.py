"""Warning somebody, and suspending them until a date."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.events import recording
from community.models import ActKind, Deed
from community.moderation import log
from community.moderation.refusals import AlreadyDone
from community.posting.refusals import NotAllowed, Unfit

LONGEST = timedelta(days=3660)


def warn(person: User, moderator: User, words: str) -> None:
    """Have somebody told what moderators say to them; raises `NotAllowed`, `Unfit`."""
    with transaction.atomic():
        found = _locked(person, moderator, words)
        log.write(ActKind.WARNED, moderator, person=found, words=words)
        recording.moderated(found, Deed.WARNED, None, words)


def suspend(person: User, moderator: User, until: datetime, words: str) -> None:
    """Let somebody read only until a date; a new date replaces an earlier one.

    Raises `Unfit` for a date that is over, and what `warn` raises.
    """
    now = timezone.now()
    if not now < until <= now + LONGEST:
        raise Unfit(_("Choose a date in the next ten years."))
    with transaction.atomic():
        found = _locked(person, moderator, words)
        found.suspended_until, found.suspended_for = until, words
        found.save(update_fields=["suspended_until", "suspended_for"])
        log.write(ActKind.SUSPENDED, moderator, person=found, words=words, until=until)
        recording.moderated(found, Deed.SUSPENDED, None, words)


def free(person: User, moderator: User, words: str) -> None:
    """End a suspension before its date; raises `AlreadyDone` too."""
    with transaction.atomic():
        found = _locked(person, moderator, words)
        if not found.is_suspended:
            raise AlreadyDone(_("This account is not suspended."))
        found.suspended_until, found.suspended_for = None, ""
        found.save(update_fields=["suspended_until", "suspended_for"])
        log.write(ActKind.FREED, moderator, person=found, words=words)
        recording.moderated(found, Deed.FREED, None, words)


def _locked(person: User, moderator: User, words: str) -> User:
    found = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not rules.may_warn(moderator, found):
        raise NotAllowed(_("Administrators cannot be suspended; only they can suspend staff and moderators."))
    if not words.strip():
        raise Unfit(_("Say why: the person reads it."))
    return found
