"""Reports: made once by a person, decided once for all who made one about the same thing."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.events import recording
from community.models import ActKind, EventAction, Fault, Report, WriteKind
from community.models.moderation import MESSAGE_MAX_LENGTH, ReportOutcome
from community.moderation import hiding, log, targets
from community.moderation.refusals import AlreadyDecided
from community.moderation.targets import ModerationTarget, TargetRow
from community.posting import limiter
from community.posting.refusals import InvalidInput, NotAllowed

ACTION_BY_OUTCOME = {
    ReportOutcome.AGREED: EventAction.REPORT_AGREED,
    ReportOutcome.DISAGREED: EventAction.REPORT_DISAGREED,
    ReportOutcome.IGNORED: EventAction.REPORT_IGNORED,
}


def create_report(row: TargetRow, reporter: User, fault: Fault, message: str = "") -> tuple[Report, bool]:
    """Return a person's report of a row and whether it is new; a second report is the first one.

    Raises `NotAllowed`, `OverLimit`, `InvalidInput`.
    """
    target = targets.adapt(row)
    require_not_own(target, reporter)
    message = message.strip()
    if fault == Fault.OTHER and not message:
        raise InvalidInput(_("Say in words what is wrong."))
    if len(message) > MESSAGE_MAX_LENGTH:
        raise InvalidInput(_("These words are too long."))
    with transaction.atomic():
        made, is_new = Report.objects.get_or_create(
            reporter=reporter, **target.report_fields, defaults={"fault": fault, "message": message}
        )
        if is_new:
            limiter.count_write(reporter, WriteKind.POST)
    return made, is_new


def require_not_own(target: ModerationTarget, reporter: User) -> None:
    """Raise `NotAllowed` for what the reporter wrote themselves."""
    if not rules.may_report(reporter, target.owner):
        raise NotAllowed(_("One reports what others wrote."))


def decide(row: TargetRow, moderator: User, outcome: ReportOutcome, reason: str = "", *, hide: bool = False) -> None:
    """Decide all reports of a row that wait, and `hide` it; raises `NotAllowed`, `AlreadyDecided`.

    Those who reported it are notified. Of two moderators at once one decides, the other reads who.
    """
    with transaction.atomic():
        target = targets.lock(row)
        is_clearing = outcome == ReportOutcome.DISAGREED and not hide
        if not (target.may_be_cleared_by if is_clearing else target.may_be_moderated_by)(moderator):
            raise NotAllowed(target.explain_refusal(moderator))
        about = Report.objects.filter(**target.report_fields)
        waiting = list(about.filter(outcome="").order_by("pk").select_for_update(no_key=True))  # not as they leave
        if not waiting:
            raise AlreadyDecided(about.select_related("decided_by").order_by("-decided_at", "-pk").first())
        for each in waiting:
            each.outcome, each.decided_by, each.decided_at = outcome, moderator, timezone.now()
            each.save(update_fields=["outcome", "decided_by", "decided_at"])
            if each.reporter is not None:  # who decided is nobody's business
                recording.record_moderation(
                    each.reporter, ACTION_BY_OUTCOME[outcome], message="", **target.event_fields
                )
        target.evidence.delete()
        log.write(ActKind(outcome.value), moderator, person=target.owner, target=target.key, reason=reason)
        if hide and not target.is_hidden:
            faults = ", ".join(sorted({each.get_fault_display() for each in waiting}))
            hiding.hide(target.row, moderator, reason or faults)
