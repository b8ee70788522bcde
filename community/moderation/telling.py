"""What moderators did, told to the one person it concerns; see community/events/recording.py."""

from accounts.models import User
from community.events import recording
from community.models import Deed, Report
from community.models.moderation import Outcome
from community.moderation import targets
from community.moderation.targets import Target

OF_OUTCOME = {
    Outcome.AGREED: Deed.REPORT_AGREED,
    Outcome.DISAGREED: Deed.REPORT_DISAGREED,
    Outcome.IGNORED: Deed.REPORT_IGNORED,
}


def outcome(report: Report, target: Target) -> None:
    """Have who reported it told what came of it; who decided is nobody's business."""
    if report.reporter is not None:
        tell(report.reporter, OF_OUTCOME[Outcome(report.outcome)], target)


def tell(person: User, deed: Deed, target: Target | None = None, words: str = "") -> None:
    """Have somebody told of a deed that concerns them alone."""
    if target is None or isinstance(target, User):
        recording.moderated(person, deed, None, words)
        return
    recording.moderated(person, deed, target.skill_id, words, **{targets.kind_of(target): target})
