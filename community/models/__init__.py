"""What people do together: watch, and be told."""

from community.models.limits import CountedWrite, WriteKind
from community.models.notices import Deed, EmailChoice, Event, Frequency, Kind, Notification, Reason
from community.models.suggestions import (
    Decision,
    DeclineReason,
    Outcome,
    State,
    Step,
    SuggestedChange,
    Suggestion,
    Verdict,
    Vote,
)
from community.models.watch import Watch

__all__ = [
    "CountedWrite",
    "Decision",
    "DeclineReason",
    "Deed",
    "EmailChoice",
    "Event",
    "Frequency",
    "Kind",
    "Notification",
    "Outcome",
    "Reason",
    "State",
    "Step",
    "SuggestedChange",
    "Suggestion",
    "Verdict",
    "Vote",
    "Watch",
    "WriteKind",
]
