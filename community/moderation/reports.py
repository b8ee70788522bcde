"""Reports: a person makes one, and all reports about one target are decided at once."""

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
from community.posting.refusals import FormUsedBefore, InvalidInput, NotAllowed

ACTION_BY_OUTCOME = {
    ReportOutcome.AGREED: EventAction.REPORT_AGREED,
    ReportOutcome.DISAGREED: EventAction.REPORT_DISAGREED,
    ReportOutcome.IGNORED: EventAction.REPORT_IGNORED,
}


def get_or_create_report(row: TargetRow, reporter: User, fault: Fault, message: str = "") -> tuple[Report, bool]:
    """Create a report and return it with True; return the existing report with False if the person made one before.

    1. Check that the reporter did not write the row, and that `message` fits; `Fault.OTHER` needs a message.
    2. Lock the row, so that its author cannot delete it meanwhile, and save the report.
    3. Count it as one write of the reporter, only if it is new.

    Raises `NotAllowed`, `OverLimit`, `InvalidInput`, and `Gone` if the row was deleted meanwhile.
    """
    target = targets.adapt(row)
    require_not_own(target, reporter)
    message = message.strip()
    if fault == Fault.OTHER and not message:
        raise InvalidInput(_("Say what is wrong."), field="message")
    if len(message) > MESSAGE_MAX_LENGTH:
        raise InvalidInput(_("This text is too long."), field="message")
    with transaction.atomic():
        targets.lock(row)
        report, is_new = Report.objects.get_or_create(
            reporter=reporter, **target.report_fields, defaults={"fault": fault, "message": message}
        )
        if is_new:
            # `OverLimit` rolls the new report back.
            limiter.record_write(reporter, WriteKind.POST)
    return report, is_new


def require_same_message(report: Report, message: str) -> None:
    """Check that a report has the message that its reporter has just sent, or that none was sent.

    Raises `FormUsedBefore` otherwise: the person has reported this before, so this message would be lost.
    """
    if message not in {"", report.message}:
        text = _("You have reported this already: “%(text)s”. This text was not sent; copy it if you need it.")
        raise FormUsedBefore(text % {"text": report.message or report.get_fault_display()})


def require_not_own(target: ModerationTarget, reporter: User) -> None:
    """Check that a target may be reported by a person.

    Raises `NotAllowed` if the reporter wrote it.
    """
    if not rules.may_report(reporter, target.owner):
        raise NotAllowed(_("You can only report what others wrote."))


def decide(row: TargetRow, moderator: User, outcome: ReportOutcome, reason: str = "", *, hide: bool = False) -> None:
    """Decide all waiting reports of a row, and `hide` the row if asked to.

    1. Lock the row and check that the moderator may decide about it, or may disagree with reports of it.
    2. Save the outcome in each waiting report and record an event: its reporter is notified.
    3. Delete the texts that were kept as evidence for the reports.
    4. Write a line to the log of moderation.
    5. With `hide`, hide the row; without a reason the faults of the reports are the reason.

    Raises `NotAllowed`, and `AlreadyDecided` if no report waits: of two moderators who decide at the same time, one
    decides and the other reads who decided.
    """
    with transaction.atomic():
        target = targets.lock(row)
        # Disagreeing needs less than moderating: reports of some profiles can only be closed.
        is_clearing = outcome == ReportOutcome.DISAGREED and not hide
        if not (target.may_be_cleared_by if is_clearing else target.may_be_moderated_by)(moderator):
            raise NotAllowed(target.explain_refusal(moderator))
        all_reports = Report.objects.filter(**target.report_fields)
        # Locked, because a reporter may delete their account at the same time.
        waiting = list(all_reports.filter(outcome="").order_by("pk").select_for_update(no_key=True))
        if not waiting:
            raise AlreadyDecided(all_reports.select_related("decided_by").order_by("-decided_at", "-pk").first())
        for report in waiting:
            report.outcome, report.decided_by, report.decided_at = outcome, moderator, timezone.now()
            report.save(update_fields=["outcome", "decided_by", "decided_at"])
            if report.reporter is not None:  # the event does not say which moderator decided
                recording.record_moderation(
                    report.reporter, ACTION_BY_OUTCOME[outcome], message="", **target.event_fields
                )
        target.evidence.delete()
        log.write(ActKind(outcome.value), moderator, person=target.owner, target=target.key, reason=reason)
        if hide and not target.is_hidden:
            faults = ", ".join(sorted({report.get_fault_display() for report in waiting}))
            hiding.hide(target.row, moderator, reason or faults)
