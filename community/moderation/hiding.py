"""Hiding what a person wrote, showing it again, and releasing what was held until a moderator checked it."""

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
    """Hide a row from everybody but its owner and moderators.

    1. Lock the row and check that the moderator may decide about it.
    2. Mark the row as hidden.
    3. Write a line to the log of moderation, with the reason.
    4. Record an event: the owner is notified.

    Raises `NotAllowed`, `AlreadyDone` if it is hidden already, `InvalidInput` without a reason, and `Gone`.
    """
    with transaction.atomic():
        target = _lock(row, moderator)
        _require_reason(reason)
        # Checked under the lock: of two moderators at the same time, the second gets this error.
        if target.is_hidden:
            raise AlreadyDone(_("This is hidden already."))
        target.mark_hidden()
        _log_and_notify(ActKind.HIDDEN, EventAction.HIDDEN, target, moderator, reason)


def restore(row: TargetRow, moderator: User, reason: str) -> None:
    """Show again what was hidden.

    1. Lock the row and check that the moderator may decide about it.
    2. Mark the row as shown.
    3. Write a line to the log of moderation, with the reason.
    4. Record an event: the owner is notified.

    Raises `AlreadyDone` if it is not hidden, and what `hide` raises.
    """
    with transaction.atomic():
        target = _lock(row, moderator)
        _require_reason(reason)
        if not target.is_hidden:
            raise AlreadyDone(_("This is not hidden."))
        target.mark_shown()
        _log_and_notify(ActKind.RESTORED, EventAction.RESTORED, target, moderator, reason)


def release(row: TargetRow, moderator: User, reason: str = "") -> None:
    """Show to everybody what was held; a reason is optional.

    1. Lock the row and check that the moderator may decide about it.
    2. Mark the row as released and record the event that waited for it: watchers and reviewers are notified only now.
    3. Write a line to the log of moderation.
    4. Record an event: the owner is notified.

    Raises `AlreadyDone` if it is not held or is hidden, and `NotAllowed`.
    """
    with transaction.atomic():
        target = _lock(row, moderator)
        if target.held_at is None:
            raise AlreadyDone(_("This is no longer held."))
        # It must be restored first: a release would notify people of a text that they cannot read.
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
        raise InvalidInput(_("Say why: the log keeps it."), field="reason")


def _log_and_notify(kind: ActKind, action: EventAction, target: ModerationTarget, moderator: User, reason: str) -> None:
    log.write(kind, moderator, person=target.owner, target=target.key, reason=reason)
    # Without an owner the account was deleted, and nobody is left to notify.
    if target.owner is not None:
        recording.record_moderation(target.owner, action, message=reason, **target.event_fields)
