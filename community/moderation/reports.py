"""Reports: made once by a person, decided once for all who made one about the same thing."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.events import recording
from community.models import ActKind, Deed, Fault, Report, WriteKind
from community.models.moderation import WORDS_MAX_LENGTH, ReportOutcome
from community.moderation import hiding, log, targets
from community.moderation.refusals import AlreadyDecided
from community.moderation.targets import Moderatable, Moderated
from community.posting import limiter
from community.posting.refusals import NotAllowed, Unfit

DEED_OF_OUTCOME = {
    ReportOutcome.AGREED: Deed.REPORT_AGREED,
    ReportOutcome.DISAGREED: Deed.REPORT_DISAGREED,
    ReportOutcome.IGNORED: Deed.REPORT_IGNORED,
}


def report(row: Moderatable, reporter: User, fault: Fault, words: str = "") -> tuple[Report, bool]:
    """Return a person's report of a row and whether it is new; a second report is the first one.

    Raises `NotAllowed`, `OverLimit`, `Unfit`.
    """
    target = targets.adapt(row)
    require_not_own(target, reporter)
    words = words.strip()
    if fault == Fault.OTHER and not words:
        raise Unfit(_("Say in words what is wrong."))
    if len(words) > WORDS_MAX_LENGTH:
        raise Unfit(_("These words are too long."))
    with transaction.atomic():
        made, is_new = Report.objects.get_or_create(
            reporter=reporter, **target.as_field, defaults={"fault": fault, "words": words}
        )
        if is_new:
            limiter.take(reporter, WriteKind.POST)
    return made, is_new


def require_not_own(target: Moderated, reporter: User) -> None:
    """Raise `NotAllowed` for what the reporter wrote themselves."""
    if not rules.may_report(reporter, target.owner):
        raise NotAllowed(_("One reports what others wrote."))


def decide(row: Moderatable, moderator: User, outcome: ReportOutcome, words: str = "", *, hide: bool = False) -> None:
    """Decide all reports of a row that wait, and `hide` it; raises `NotAllowed`, `AlreadyDecided`.

    Those who reported it are notified. Of two moderators at once one decides, the other reads who.
    """
    with transaction.atomic():
        target = targets.lock(row)
        is_clearing = outcome == ReportOutcome.DISAGREED and not hide
        if not (target.may_be_cleared_by if is_clearing else target.may_be_moderated_by)(moderator):
            raise NotAllowed(target.explain_refusal(moderator))
        about = Report.objects.filter(**target.as_field)
        waiting = list(about.filter(outcome="").order_by("pk").select_for_update(no_key=True))  # not as they leave
        if not waiting:
            raise AlreadyDecided(about.select_related("decided_by").order_by("-decided_at", "-pk").first())
        for each in waiting:
            each.outcome, each.decided_by, each.decided_at = outcome, moderator, timezone.now()
            each.save(update_fields=["outcome", "decided_by", "decided_at"])
            if each.reporter is not None:  # who decided is nobody's business
                recording.moderated(each.reporter, DEED_OF_OUTCOME[outcome], words="", **target.in_notice)
        target.evidence.delete()
        log.write(ActKind(outcome.value), moderator, person=target.owner, target=target.key, words=words)
        if hide and not target.is_hidden:
            faults = ", ".join(sorted({each.get_fault_display() for each in waiting}))
            hiding.hide(target.row, moderator, words or faults)
