"""How the author's form is saved, and how it is submitted."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from community.drafting import carrying, drafts, limits
from community.models import State, Suggestion, WriteKind
from community.posting import limiter
from community.posting.refusals import InvalidInput
from community.suggestions import checking, states
from skills.content.changes import Change
from skills.models import Skill


@dataclass(frozen=True)
class FormContent:
    """The content of a form. Its `key` is the same however often the form is sent.

    `carried_from` is the suggestion of the same author, for a retired skill, that the form was filled in from.
    `page_id` and `displayed` are those of `TypedForm`.
    """

    key: uuid.UUID
    changes: Sequence[Change]
    reason: str = ""
    source: str = ""
    carried_from: Suggestion | None = None
    page_id: uuid.UUID | None = None
    displayed: str | None = None

    @property
    def opened(self) -> drafts.OpenedPage | None:
        """The page that sends the form, None if it does not say which."""
        return None if self.displayed is None else drafts.OpenedPage(self.page_id, self.displayed)


def save_form(author: User, skill: Skill, draft: FormContent, *, drafts_only: bool = False) -> Suggestion:
    """Save what was typed so far, and return the suggestion; a new form becomes a draft.

    `drafts_only` is for what a page saves by itself: it must not change what was submitted meanwhile, so that
    `TooLate` is raised then. See `drafts.start` for the steps. Raises `NotAllowed`, `TooLate`, `InvalidInput`, and
    `ChangedElsewhere` if another page has saved since this one was opened.
    """
    with transaction.atomic():
        if drafts_only and (suggestion := Suggestion.objects.filter(key=draft.key).first()):
            states.require_state(states.lock_suggestion(suggestion), State.DRAFT)
        return drafts.start(
            author,
            skill,
            draft.changes,
            reason=draft.reason,
            source=draft.source,
            key=draft.key,
            carried_from=draft.carried_from,
            opened=draft.opened,
        )


def submit_form(author: User, skill: Skill, draft: FormContent, *, confirmed: bool = False) -> Suggestion:
    """Submit what was typed for review and return the suggestion; the same form twice is one suggestion.

    1. Save it in a transaction of its own: the draft is kept even if it cannot be submitted.
    2. If it is open already, the author has edited it: check the warnings, and stop here.
    3. If it was carried over from another suggestion, withdraw that one.
    4. Check the limits for new accounts, and count the post.
    5. Submit it, see `drafts.submit_locked`.

    `confirmed` says whether the author accepts the warnings. Raises `NotAllowed`, `OverLimit`, `TooLate`,
    `InvalidInput`, `ChangedElsewhere`.
    """
    with transaction.atomic():
        suggestion = save_form(author, skill, draft)
        if suggestion.state == State.OPEN:
            # If this raises, the edit is rolled back: no open suggestion has warnings that its author did not confirm.
            _require_confirmed(suggestion, draft.changes, confirmed=confirmed)
            return suggestion
    with transaction.atomic():
        if suggestion.carried_from is not None:  # in the order of primary keys, as an erasure locks them
            states.lock_suggestion(suggestion.carried_from)
        suggestion = states.lock_suggestion(suggestion)
        if suggestion.state == State.OPEN:  # the same form was sent twice at once, and the other request was faster
            return suggestion
        carrying.withdraw_original(suggestion, author)
        limits.require_below_limit(author, suggestion)
        limiter.record_write(author, WriteKind.POST)
        drafts.submit_locked(suggestion, author, confirmed=confirmed)
        return suggestion


def _require_confirmed(suggestion: Suggestion, changes: Sequence[Change], *, confirmed: bool) -> None:
    """Raise `InvalidInput` if the changes cause warnings that the author has not confirmed."""
    findings = checking.list_findings(suggestion, changes)
    warnings = [finding.reason for finding in findings if finding.is_warning]
    if warnings and not confirmed:
        raise InvalidInput(*warnings)
