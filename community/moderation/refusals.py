"""Why an action of moderation comes too late."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import Report
from community.posting.refusals import Refused


class AlreadyDone(Refused):
    """Somebody else did it, or it stands otherwise by now (409). The message says what, in the reader's language."""


class AlreadyDecided(AlreadyDone):
    """No report waits any more (409); `report` is the one decided last, if there is one."""

    def __init__(self, report: Report | None) -> None:
        self.report = report
        super().__init__(_describe_decision(report) if report else _("Nothing is reported here."))


def _describe_decision(report: Report) -> str:
    assert report.decided_at is not None
    known = {
        "who": report.decided_by.get_full_name() if report.decided_by else _("A deleted account"),
        "when": format_datetime(report.decided_at),
        "what": report.get_outcome_display(),
    }
    return _("%(who)s decided on %(when)s: %(what)s.") % known


def format_datetime(at: datetime) -> str:
    """Return a moment in words."""
    return formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def format_person_name(person: User | None) -> str:
    """Return the name of somebody who may be gone."""
    return person.get_full_name() if person else _("A deleted account")
