"""Errors for an action of moderation that comes too late."""

from django.utils.translation import gettext as _

from community.models import Report
from community.posting.refusals import Refused
from skills.web.times import format_moment


class AlreadyDone(Refused):
    """Another person did it before, or the state has changed meanwhile (409).

    The message says what happened, in the reader's language.
    """


class AlreadyDecided(AlreadyDone):
    """No report waits any more (409); `report` is the one decided last, if there is one."""

    def __init__(self, report: Report | None) -> None:
        self.report = report
        super().__init__(_describe_decision(report) if report else _("Nothing is reported here."))


def _describe_decision(report: Report) -> str:
    assert report.decided_at is not None
    placeholders = {
        "who": report.decided_by.get_full_name() if report.decided_by else _("A deleted account"),
        "when": format_moment(report.decided_at),
        "what": report.get_outcome_display(),
    }
    return _("%(who)s decided on %(when)s: %(what)s.") % placeholders
