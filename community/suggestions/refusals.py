"""Three ways in which a deed on a suggestion is refused; page, admin and API each put them into plain words."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import Decision, State, Suggestion
from community.posting.refusals import InvalidInput, Refused


class TooLate(Refused):
    """The suggestion has moved on meanwhile (409); `decision` is the one in force, if there is one."""

    def __init__(self, suggestion: Suggestion, decision: Decision | None) -> None:
        self.suggestion, self.decision, self.state = suggestion, decision, State(suggestion.state)
        super().__init__(_("This is no longer possible: the suggestion is %(state)s.") % {"state": self.state.label})


class ClaimedByOther(TooLate):
    """Another reviewer has claimed the suggestion and reads it just now (409); it can be taken over."""

    def __init__(self, suggestion: Suggestion, claimed_by: User, claimed_until: datetime) -> None:
        super().__init__(suggestion, None)
        words = {"who": claimed_by.get_full_name(), "time": time_format(timezone.localtime(claimed_until))}
        self.args = (_("%(who)s has claimed this suggestion until %(time)s – take it over first.") % words,)


class SuggestionChanged(Refused):
    """What somebody read is not what waits any more (409): its author has changed it, or a part is decided."""

    def __init__(self) -> None:
        super().__init__(_("The suggestion was changed meanwhile. Look at it again before you decide."))


class AlreadySuggested(InvalidInput):
    """An open suggestion proposes the same for the same field; `same` is the one to vote for."""

    def __init__(self, same_suggestion: Suggestion, *reasons: str) -> None:
        super().__init__(_("An open suggestion proposes the very same: vote for that one instead."), *reasons)
        self.same_suggestion = same_suggestion
