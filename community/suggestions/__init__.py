"""All transitions of a suggestion. Rules: the states in `moves`, who may what in community/rules.py."""

from community.suggestions.deciding import accept, claim, decline, release, request_changes, undo
from community.suggestions.drafting import ask_second_reader, renew, save, start, submit, withdraw
from community.suggestions.filing import file, keep
from community.suggestions.refusals import (
    ChangedMeanwhile,
    Gone,
    Held,
    NotAllowed,
    OverLimit,
    Rewritten,
    SameAsOpen,
    TooLate,
    Unfit,
)
from community.suggestions.voting import vote

__all__ = [
    "ChangedMeanwhile",
    "Gone",
    "Held",
    "NotAllowed",
    "OverLimit",
    "Rewritten",
    "SameAsOpen",
    "TooLate",
    "Unfit",
    "accept",
    "ask_second_reader",
    "claim",
    "decline",
    "file",
    "keep",
    "release",
    "renew",
    "request_changes",
    "save",
    "start",
    "submit",
    "undo",
    "vote",
    "withdraw",
]
