"""What people do together: watch, and be told."""

from community.models.comments import Comment, CommentVersion, Helpful, ThreadMute
from community.models.limits import CountedWrite, WriteKind
from community.models.moderation import Act, ActKind, Fault, Report, Sweep, SweptThing, WatchedWord
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
    "Act",
    "ActKind",
    "Comment",
    "CommentVersion",
    "CountedWrite",
    "Decision",
    "DeclineReason",
    "Deed",
    "EmailChoice",
    "Event",
    "Fault",
    "Frequency",
    "Helpful",
    "Kind",
    "Notification",
    "Outcome",
    "Reason",
    "Report",
    "State",
    "Step",
    "SuggestedChange",
    "Suggestion",
    "Sweep",
    "SweptThing",
    "ThreadMute",
    "Verdict",
    "Vote",
    "Watch",
    "WatchedWord",
    "WriteKind",
]
