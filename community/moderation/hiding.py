"""Hiding what somebody wrote, showing it again, and letting through what was held for a look."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from community.events import recording
from community.models import ActKind, Deed
from community.moderation import log, targets
from community.moderation.refusals import AlreadyDone
from community.moderation.targets import Moderatable, Moderated
from community.posting.refusals import NotAllowed, Unfit


def hide(row: Moderatable, moderator: User, words: str) -> None:
    """Hide it from all but its author and moderators, and tell the author.

    Raises `NotAllowed`, `AlreadyDone`, and `Unfit` without words.
    """
    with transaction.atomic():
        target = _lock(row, moderator)
        _require(words)
        if target.is_hidden:
            raise AlreadyDone(_("This is hidden already."))
        target.mark_hidden()
        _log_and_notify(ActKind.HIDDEN, Deed.HIDDEN, target, moderator, words)


def restore(row: Moderatable, moderator: User, words: str) -> None:
    """Show again what was hidden, and notify the author; raises `AlreadyDone`, and what `hide` raises."""
    with transaction.atomic():
        target = _lock(row, moderator)
        _require(words)
        if not target.is_hidden:
            raise AlreadyDone(_("This is not hidden."))
        target.mark_shown()
        _log_and_notify(ActKind.RESTORED, Deed.RESTORED, target, moderator, words)


def release(row: Moderatable, moderator: User, words: str = "") -> None:
    """Show what was held to everybody, and notify its watchers and reviewers only now.

    Raises `AlreadyDone` for what is not held, and what `hide` raises.
    """
    with transaction.atomic():
        target = _lock(row, moderator)
        if target.held_at is None:
            raise AlreadyDone(_("This is not held any more."))
        if target.is_hidden:
            raise AlreadyDone(_("This is hidden already."))
        target.mark_released()
        _log_and_notify(ActKind.RELEASED, Deed.RELEASED, target, moderator, words)


def _lock(row: Moderatable, moderator: User) -> Moderated:
    target = targets.lock(row)
    if not target.may_be_moderated_by(moderator):
        raise NotAllowed(target.explain_refusal(moderator))
    return target


def _require(words: str) -> None:
    if not words.strip():
        raise Unfit(_("Say why: the log keeps it."))


def _log_and_notify(kind: ActKind, deed: Deed, target: Moderated, moderator: User, words: str) -> None:
    log.write(kind, moderator, person=target.owner, target=target.key, words=words)
    if target.owner is not None:
        recording.moderated(target.owner, deed, words=words, **target.in_notice)
