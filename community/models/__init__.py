"""The models of the community: watches, events, suggestions, comments, moderation and write limits."""

from community.models.discussion import Comment, CommentVersion, Helpful, ThreadMute
from community.models.moderation import Act, ActKind, Fault, Report, Sweep, SweptThing, WatchedWord
from community.models.notifications import EmailChoice, Event, EventAction, Frequency, Kind, Notification, Reason
from community.models.posting import CountedWrite, WriteKind
from community.models.suggestions import (
    ChangeOutcome,
    Decision,
    DeclineReason,
    State,
    Step,
    SuggestedChange,
    Suggestion,
    Verdict,
    Vote,
)
from community.models.watching import Watch

__all__ = [
    "Act",
    "ActKind",
    "ChangeOutcome",
    "Comment",
    "CommentVersion",
    "CountedWrite",
    "Decision",
    "DeclineReason",
    "EmailChoice",
    "Event",
    "EventAction",
    "Fault",
    "Frequency",
    "Helpful",
    "Kind",
    "Notification",
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
