"""Hiding what somebody wrote, showing it again, and letting through what was held for a look."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.events import recording
from community.events.recording import announce
from community.models import ActKind, Comment, Deed, Suggestion
from community.moderation import log, targets, telling
from community.moderation.refusals import AlreadyDone, refusal_to_moderate
from community.moderation.targets import Target
from community.posting.refusals import NotAllowed, Unfit
from skills.revisions import authorship

PROFILE = ("profile_hidden_at", "name", "hidden_name", "is_public", "was_public")


def hide(target: Target, moderator: User, words: str) -> None:
    """Hide it from all but its author and moderators, and tell the author.

    Raises `NotAllowed`, `AlreadyDone`, and `Unfit` without words.
    """
    with transaction.atomic():
        found = _locked(target, moderator)
        _require(words)
        if targets.is_hidden(found):
            raise AlreadyDone(_("This is hidden already."))
        cover(found)
        _logged_and_told(ActKind.HIDDEN, Deed.HIDDEN, found, moderator, words)


def restore(target: Target, moderator: User, words: str) -> None:
    """Show again what was hidden, and tell the author; raises as `hide` does."""
    with transaction.atomic():
        found = _locked(target, moderator)
        _require(words)
        if not targets.is_hidden(found):
            raise AlreadyDone(_("This is not hidden."))
        uncover(found)
        _logged_and_told(ActKind.RESTORED, Deed.RESTORED, found, moderator, words)


def release(target: Target, moderator: User, words: str = "") -> None:
    """Let everybody see what was held for a look; only now watchers and reviewers are told of it."""
    with transaction.atomic():
        found = _locked(target, moderator)
        if getattr(found, "held_at", None) is None:
            raise AlreadyDone(_("This is not held any more."))
        if targets.is_hidden(found):
            raise AlreadyDone(_("This is hidden already."))
        found.held_at = None
        found.save(update_fields=["held_at"])
        if isinstance(found, Suggestion):
            announce(found)
        elif isinstance(found, Comment):
            recording.commented(found)
        _logged_and_told(ActKind.RELEASED, Deed.RELEASED, found, moderator, words)


def _locked(target: Target, moderator: User) -> Any:
    found = targets.locked(target)
    if not targets.may_moderate(moderator, found):
        raise NotAllowed(refusal_to_moderate(found, moderator))
    return found


def _require(words: str) -> None:
    if not words.strip():
        raise Unfit(_("Say why: the log keeps it."))


def _logged_and_told(kind: ActKind, deed: Deed, found: Target, moderator: User, words: str) -> None:
    owner = targets.owner_of(found)
    log.write(kind, moderator, person=owner, target=(targets.kind_of(found), found.pk), words=words)
    if owner is not None:
        telling.tell(owner, deed, found, words)


def cover(found: Target) -> None:
    """Hide a locked target; nobody is asked or told."""
    if isinstance(found, User):
        found.profile_hidden_at, found.hidden_name, found.name = timezone.now(), found.name, ""
        found.was_public, found.is_public = found.is_public, False
        found.save(update_fields=PROFILE)
        authorship.rename(found)
        return
    found.hidden_at = timezone.now()
    found.save(update_fields=["hidden_at"])


def uncover(found: Target) -> None:
    """Show a locked target again; nobody is asked or told."""
    if isinstance(found, User):
        found.profile_hidden_at, found.name, found.hidden_name = None, found.hidden_name, ""
        found.is_public, found.was_public = found.was_public, False
        found.save(update_fields=PROFILE)
        authorship.rename(found)
        return
    found.hidden_at = None
    found.save(update_fields=["hidden_at"])
