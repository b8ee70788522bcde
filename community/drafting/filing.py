"""What the author's form does: keep what was typed, then bring it before reviewers."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from community.drafting import drafts, limits
from community.models import State, Suggestion, WriteKind
from community.posting import limiter
from community.posting.refusals import InvalidInput
from community.suggestions import checking, moves
from skills.content.changes import Change
from skills.models import Skill


@dataclass(frozen=True)
class Draft:
    """What a form holds; its `key` is the same however often it is sent."""

    key: uuid.UUID
    changes: Sequence[Change]
    reason: str = ""
    source: str = ""


def save_form(author: User, skill: Skill, draft: Draft, *, drafts_only: bool = False) -> Suggestion:
    """Keep what was typed so far, as a draft where it is new; raises `NotAllowed`, `TooLate`, `InvalidInput`.

    `drafts_only` is for what a page sends by itself: it must not touch what was submitted meanwhile.
    """
    with transaction.atomic():
        if drafts_only and (found := Suggestion.objects.filter(key=draft.key).first()):
            moves.require_state(moves.lock_suggestion(found), State.DRAFT)
        return drafts.start(author, skill, draft.changes, reason=draft.reason, source=draft.source, key=draft.key)


def submit_form(author: User, skill: Skill, draft: Draft, *, confirmed: bool = False) -> Suggestion:
    """Bring what was typed before reviewers and return the suggestion; the same form twice is one suggestion.

    A draft is kept even when it may not be submitted. Raises `NotAllowed`, `OverLimit`, `TooLate`, `InvalidInput`.
    """
    with transaction.atomic():
        suggestion = save_form(author, skill, draft)
        if suggestion.state == State.OPEN:
            _require_confirmed(suggestion, draft.changes, confirmed=confirmed)
            return suggestion
    with transaction.atomic():
        found = moves.lock_suggestion(suggestion)
        if found.state == State.OPEN:  # the same form, sent twice at once, was faster
            return found
        limits.require_below_limit(author, found)
        limiter.count_write(author, WriteKind.POST)
        drafts.submit_locked(found, author, confirmed=confirmed)
        return found


def _require_confirmed(suggestion: Suggestion, changes: Sequence[Change], *, confirmed: bool) -> None:
    findings = checking.list_findings(suggestion, changes)
    warnings = [finding.reason for finding in findings if not finding.is_blocking]
    if warnings and not confirmed:
        raise InvalidInput(*warnings)
