"""Three ways in which a deed on a suggestion is refused; page, admin and API each put them into plain words."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import Decision, State, Suggestion
from skills.revisions import Change, Value


class NotAllowed(Exception):
    """This person may not do this, now or later (403). The message says why in the reader's language."""


class OverLimit(NotAllowed):
    """A new account may not write more just now (429); it may again in `retry_after` seconds.

    `is_of_review` where a decision on a suggestion makes room, so that the time is only when to look again.
    """

    def __init__(self, words: str, retry_after: int, *, is_of_review: bool = False) -> None:
        super().__init__(words)
        self.retry_after, self.is_of_review = retry_after, is_of_review


class TooLate(Exception):
    """The suggestion has moved on meanwhile (409); `decision` is the one in force, if there is one."""

    def __init__(self, suggestion: Suggestion, decision: Decision | None) -> None:
        self.suggestion, self.decision, self.state = suggestion, decision, State(suggestion.state)
        super().__init__(_("This is no longer possible: the suggestion is %(state)s.") % {"state": self.state.label})


class Held(TooLate):
    """Another reviewer has claimed the suggestion and reads it just now (409); it can be taken over."""

    def __init__(self, suggestion: Suggestion, holder: User, until: datetime) -> None:
        super().__init__(suggestion, None)
        words = {"who": holder.get_full_name(), "time": time_format(timezone.localtime(until))}
        self.args = (_("%(who)s has claimed this suggestion until %(time)s – take it over first.") % words,)


class ChangedMeanwhile(Exception):
    """Today's text is neither the base nor the proposed one (409); `conflicts` pairs each change with today's value."""

    def __init__(self, conflicts: Sequence[tuple[Change, Value]]) -> None:
        super().__init__(_("The text was changed meanwhile."))
        self.conflicts = conflicts


class Rewritten(ChangedMeanwhile):
    """What somebody read is not what waits any more (409): its author has changed it, or a part is decided."""

    def __init__(self) -> None:
        super().__init__([])
        self.args = (_("The suggestion was changed meanwhile. Look at it again before you decide."),)


class Gone(Exception):
    """What a deed is about was deleted meanwhile (409). The message says so in the reader's language."""


class Unfit(Exception):
    """What was typed cannot be submitted (422); `reasons` say why in the reader's language."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class SameAsOpen(Unfit):
    """An open suggestion proposes the same for the same field; `same` is the one to vote for."""

    def __init__(self, same: Suggestion, *reasons: str) -> None:
        super().__init__(_("An open suggestion proposes the very same: vote for that one instead."), *reasons)
        self.same = same
