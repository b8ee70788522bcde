"""Hiding what somebody wrote, showing it again, and letting through what was held for a look."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from community.events import recording
from community.models import ActKind, EventAction
from community.moderation import log, targets
from community.moderation.refusals import AlreadyDone
from community.moderation.targets import ModerationTarget, TargetRow
from community.posting.refusals import InvalidInput, NotAllowed


def hide(row: TargetRow, moderator: User, reason: str) -> None:
    """Hide it from all but its author and moderators, and tell the author.

    Raises `NotAllowed`, `AlreadyDone`, and `InvalidInput` without words.
    """
    with transaction.atomic():
        target = _lock(row, moderator)
        _require_reason(reason)
        if target.is_hidden:
            raise AlreadyDone(_("This is hidden already."))
        target.mark_hidden()
        _log_and_notify(ActKind.HIDDEN, EventAction.HIDDEN, target, moderator, reason)


def restore(row: TargetRow, moderator: User, reason: str) -> None:
    """Show again what was hidden, and notify the author; raises `AlreadyDone`, and what `hide` raises."""
    with transaction.atomic():
        target = _lock(row, moderator)
        _require_reason(reason)
        if not target.is_hidden:
            raise AlreadyDone(_("This is not hidden."))
        target.mark_shown()
        _log_and_notify(ActKind.RESTORED, EventAction.RESTORED, target, moderator, reason)


def release(row: TargetRow, moderator: User, reason: str = "") -> None:
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
        _log_and_notify(ActKind.RELEASED, EventAction.RELEASED, target, moderator, reason)


def _lock(row: TargetRow, moderator: User) -> ModerationTarget:
    target = targets.lock(row)
    if not target.may_be_moderated_by(moderator):
        raise NotAllowed(target.explain_refusal(moderator))
    return target


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput(_("Say why: the log keeps it."))


def _log_and_notify(kind: ActKind, action: EventAction, target: ModerationTarget, moderator: User, reason: str) -> None:
    log.write(kind, moderator, person=target.owner, target=target.key, reason=reason)
    if target.owner is not None:
        recording.record_moderation(target.owner, action, message=reason, **target.event_fields)
