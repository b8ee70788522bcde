"""What people do together: watch, and be told."""

from community.models.comments import Comment, CommentVersion, Helpful, ThreadMute
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
    "Comment",
    "CommentVersion",
    "Decision",
    "DeclineReason",
    "Deed",
    "EmailChoice",
    "Event",
    "Frequency",
    "Helpful",
    "Kind",
    "Notification",
    "Outcome",
    "Reason",
    "State",
    "Step",
    "SuggestedChange",
    "Suggestion",
    "ThreadMute",
    "Verdict",
    "Vote",
    "Watch",
]
