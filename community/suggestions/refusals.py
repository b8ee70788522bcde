"""Why an action on a suggestion is refused. Pages, admin and API each show these errors to the user."""

from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext as _

from accounts.models import User
from community.models import Decision, State, Suggestion
from community.posting.refusals import ChangedElsewhere, InvalidInput, Refused
from skills.content.retirement import Retirement
from skills.web.times import format_moment


class TooLate(Refused):
    """The suggestion has changed its state meanwhile (409); `decision` is the one in force, None for none."""

    def __init__(self, suggestion: Suggestion, decision: Decision | None) -> None:
        self.suggestion, self.decision, self.state = suggestion, decision, State(suggestion.state)
        super().__init__(_("This is no longer possible: the suggestion is %(state)s.") % {"state": self.state.label})


class ClaimedByOther(TooLate):
    """Another reviewer has claimed the suggestion and is reading it (409); the claim can be taken over."""

    def __init__(self, suggestion: Suggestion, claimed_by: User, claimed_until: datetime) -> None:
        super().__init__(suggestion, None)
        values = {"who": claimed_by.get_full_name(), "time": format_moment(claimed_until, "TIME_FORMAT")}
        # Replace the message of `TooLate`, which only names the state.
        self.args = (_("%(who)s has claimed this suggestion until %(time)s – take it over first.") % values,)


class SuggestionChanged(Refused):
    """The suggestion differs from what the reviewer read (409): its author changed it, or a part is decided."""

    def __init__(self) -> None:
        super().__init__(_("The suggestion was changed meanwhile. Look at it again before you decide."))


class ProposalMovedOn(ChangedElsewhere):
    """What a suggestion proposes, or the current text, is not what its author saw before renewing it (409)."""

    def __init__(self, suggestion: Suggestion) -> None:
        self.suggestion = suggestion  # the page of the refusal links to it
        super().__init__(_("The suggestion or today's text was changed since this page was opened. Look at it again."))


class AlreadySuggested(InvalidInput):
    """An open suggestion proposes the same for the same field (422); `same_suggestion` is the one to vote for."""

    def __init__(self, same_suggestion: Suggestion, *reasons: str) -> None:
        super().__init__(_("An open suggestion proposes the same change: vote for that one instead."), *reasons)
        self.same_suggestion = same_suggestion


class SkillRetired(InvalidInput):
    """The skill is no longer part of its framework (409); `retirement` says since when, and names its successor."""

    status = HTTPStatus.CONFLICT

    def __init__(self, retirement: Retirement) -> None:
        super().__init__(retirement.message, _("Nothing can be published there unless the skill is brought back."))
        self.retirement = retirement
