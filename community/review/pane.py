"""One suggestion as its reviewer sees it: its author, the allowed actions, the texts to decide on and to edit."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from math import ceil
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.models import Decision, State, Suggestion, Verdict
from community.posting.refusals import InvalidInput
from community.review.deciding import Edits
from community.suggestions.changes import build_content_digest
from community.suggestions.page import ChangeLine, SuggestionPage, build_suggestion_page
from skills.content.changes import Change, ChangeValue, Field, normalize_change
from skills.content.matrix import Cell
from skills.models import Obligation, Significance
from skills.text.word_difference import Conflict, merge

RECENT_DECISION_COUNT = 100
CONFLICT_START, CONFLICT_SEPARATOR, CONFLICT_END = "⟦", "¦", "⟧"
"""Mark a passage that both sides changed: ⟦today¦proposed⟧. No text with such a mark is published."""


@dataclass(frozen=True)
class AuthorRecord:
    """What only reviewers see of an author: the number of suggestions and the outcome of the last decisions."""

    suggestion_count: int
    decided_count: int
    accepted_count: int

    @property
    def rate(self) -> int:
        """The accepted share of the last 100 decisions, in percent; only for an author with decisions."""
        return round(100 * self.accepted_count / self.decided_count)


@dataclass(frozen=True)
class EditLine:
    """One change of the suggestion with the fields in which a reviewer edits it.

    `form_data` is the form as it was sent, empty when the page is opened. Its fields of this change are
    `text-<id>`, `obligation-<id>`, `anyway-<id>` (publish despite a conflict) and `seen-<id>` (a fingerprint).
    """

    line: ChangeLine
    form_data: Mapping[str, str]

    @property
    def pk(self) -> int:
        """The primary key of the `SuggestedChange`."""
        return self.line.row.pk

    @property
    def is_editable(self) -> bool:
        """Whether there is a text to edit; a removal or a move is accepted as it is, or not."""
        return self.line.change.field not in (Field.GROUP, Field.STATUS) and self.line.change.proposed is not None

    @property
    def is_conflict(self) -> bool:
        """Whether today's text is neither the base nor the proposed text."""
        return self.line.is_outdated

    @property
    def merged_value(self) -> ChangeValue:
        """The proposed value, merged with today's if that changed meanwhile."""
        change = self.line.change
        if not self.is_conflict or not self.is_editable or self.line.today is None:
            return change.proposed
        text = merge_texts(
            get_value_text(change.base), get_value_text(self.line.today), get_value_text(change.proposed)
        )
        if not isinstance(change.proposed, Cell):
            return text
        proposed = change.proposed
        if isinstance(change.base, Cell) and isinstance(self.line.today, Cell):
            # Take from today what the author of the suggestion left as it was.
            todays_parts = {
                part: getattr(self.line.today, part)
                for part in ("obligation", "proficiency")
                if getattr(proposed, part) == getattr(change.base, part)
            }
            proposed = replace(proposed, **todays_parts)
        return replace(proposed, description=text)

    @property
    def text(self) -> str:
        """The text of the field: as typed; the merged value if nothing was typed or today's text changed since."""
        prefilled = get_value_text(self.merged_value)
        return prefilled if self.is_stale else self.form_data.get(f"text-{self.pk}", prefilled)

    @property
    def is_stale(self) -> bool:
        """Whether the typed text is based on a merge with another text than today's."""
        return self.is_conflict and self.form_data.get(f"seen-{self.pk}") != self.fingerprint

    @property
    def lost_text(self) -> str:
        """The typed text that a new merge replaced in the field, shown below it so that no work is lost."""
        typed_text = self.form_data.get(f"text-{self.pk}", "")
        return typed_text if self.is_stale and typed_text.strip() != self.text.strip() else ""

    @property
    def marks_id(self) -> str:
        """The id of the note about passages that the reviewer must decide, '' if the text of the field has none."""
        return f"marks-{self.pk}" if CONFLICT_START in self.text else ""

    @property
    def unused_text(self) -> str:
        """The text typed before the skill was retired, '' if nothing was: there is no field to publish it from."""
        typed_text = self.form_data.get(f"text-{self.pk}", "")
        return typed_text if typed_text.strip() != get_value_text(self.merged_value).strip() else ""

    @property
    def obligation(self) -> str:
        """The chosen obligation of a requirement, empty for other fields of a skill."""
        default = self.merged_value.obligation if isinstance(self.merged_value, Cell) else ""
        return self.form_data.get(f"obligation-{self.pk}", default)

    @property
    def obligations(self) -> list[tuple[str, Any]]:
        """The choices of the obligation as value and label, none for other fields of a skill."""
        return list(Obligation.choices) if isinstance(self.line.change.proposed, Cell) else []

    @property
    def fingerprint(self) -> str:
        """A hash of the change and today's value, so that a text merged with one value never replaces another."""
        state = self.line.change.as_json() | {"base": _dump_value(self.line.today)}
        return hashlib.blake2b(json.dumps(state, sort_keys=True).encode(), digest_size=12).hexdigest()

    def build_edit(self) -> Change | None:
        """Return the change as the reviewer edited it, None if it is not edited.

        The base of the result is today's value if the reviewer saw that one. Otherwise it is the base of the
        suggestion, so that accepting a conflict raises `ChangedMeanwhile`. Raises `InvalidInput` while marks remain.
        """
        change = self.line.change
        has_seen_today = self.form_data.get(f"seen-{self.pk}") == self.fingerprint
        base = self.line.today if has_seen_today else change.base
        if not self.is_editable:
            # A conflicting removal or move is published only if the reviewer ticked "anyway".
            is_confirmed = self.is_conflict and f"anyway-{self.pk}" in self.form_data
            return replace(change, base=base) if is_confirmed else None
        if f"text-{self.pk}" not in self.form_data:
            return None  # a form without fields for texts accepts the change as proposed
        text = self.form_data[f"text-{self.pk}"]
        # The separator ¦ alone is no mark: it may be part of a normal text.
        if any(mark in text for mark in (CONFLICT_START, CONFLICT_END)):
            raise InvalidInput(
                _("Choose between today's and the proposed text where you see %(mark)s.") % {"mark": CONFLICT_START},
                field=f"text-{self.pk}",
            )
        edited_value = self._build_edited_value(text)
        edited = normalize_change(replace(change, base=base, proposed=edited_value))
        # Unchanged as it is, or but for the form of a name.
        if not self.is_conflict and change.proposed in (edited_value, edited.proposed):
            return None
        return edited

    def _build_edited_value(self, text: str) -> ChangeValue:
        """Return the merged value with the typed text and obligation."""
        proposed = self.merged_value
        # The form strips texts and sends LF. If nothing else differs, nothing was edited: keep the original.
        if text == get_value_text(proposed).replace("\r\n", "\n").strip():
            text = get_value_text(proposed)
        if not isinstance(proposed, Cell):
            return text
        return replace(proposed, description=text, obligation=self.obligation)


@dataclass(frozen=True)
class Pane:
    """What the pane shows of one suggestion to one reviewer."""

    page: SuggestionPage
    reviewer: User
    form_data: Mapping[str, str]

    @property
    def suggestion(self) -> Suggestion:
        """The suggestion of the page."""
        return self.page.suggestion

    @cached_property
    def edit_lines(self) -> list[EditLine]:
        """All changes of the suggestion, with their fields to edit."""
        return [EditLine(line, self.form_data) for line in self.page.lines]

    @property
    def is_waiting(self) -> bool:
        """Whether the suggestion waits for a decision."""
        return self.suggestion.state == State.OPEN

    @property
    def may_accept(self) -> bool:
        """Whether the suggestion waits and its skill is in use: otherwise nobody claims or accepts it."""
        return self.is_waiting and self.page.retirement is None

    @property
    def is_own(self) -> bool:
        """Whether the reviewer is the author."""
        return rules.is_author(self.reviewer, self.suggestion)

    @cached_property
    def may_decide(self) -> bool:
        """Whether this reviewer may decide now; only reviewers open the page."""
        # Most suggestions need no query: only the author, or a second reader, may be refused.
        if not self.is_waiting or not (self.is_own or self.suggestion.second_reader_asked):
            return self.is_waiting
        return rules.may_decide(self.reviewer, self.suggestion)

    @property
    def needs_own_reason(self) -> bool:
        """Whether the form asks why this reviewer decides on their own suggestion."""
        return rules.needs_own_reason(self.reviewer, self.suggestion)

    @cached_property
    def author(self) -> AuthorRecord | None:
        """The record of the author, None if the account was deleted."""
        return build_author_record(self.suggestion.author) if self.suggestion.author else None

    @property
    def minutes_left(self) -> int:
        """For how many minutes the claim lasts, 0 without one."""
        return count_minutes_left(self.suggestion.claimed_until) if self.may_accept else 0

    @property
    def has_own_claim(self) -> bool:
        """Whether this reviewer holds the claim."""
        return bool(self.minutes_left) and self.suggestion.claimed_by_id == self.reviewer.pk

    @property
    def displayed(self) -> str:
        """The digest of what the reviewer reads, for the forms that decline it or send it back."""
        pending = (line.change for line in self.page.lines if line.is_pending)
        return build_content_digest(self.suggestion.reason, self.suggestion.source, pending)

    @property
    def significance(self) -> str:
        """The chosen significance; by default typo if all pending changes are tiny, else medium."""
        pending = [line.row.is_tiny for line in self.page.lines if line.is_pending]
        default = Significance.TYPO if pending and all(pending) else Significance.MEDIUM
        return self.form_data.get("significance", default.value)

    @property
    def significances(self) -> list[tuple[str, Any]]:
        """The choices of the significance as value and label."""
        return list(Significance.choices)

    @cached_property
    def decision(self) -> Decision | None:
        """The decision in force, or None."""
        # At most one: a database constraint forbids a second one. Taken from the page, without a query.
        in_force = (row for row in self.page.decisions if row.is_closing and row.undone_at is None)
        return next(in_force, None)

    @property
    def may_undo(self) -> bool:
        """Whether there is a decision in force that this reviewer may undo."""
        return self.decision is not None and rules.may_undo(self.reviewer, self.suggestion)

    def collect_edits(self, ticked_ids: set[int]) -> Edits:
        """Return the reviewer's edits of the ticked changes, by the pk of the `SuggestedChange`.

        Changes without an edit, and those that are not pending, are left out. Raises `InvalidInput` if a text
        holds conflict marks.
        """
        lines = [line for line in self.edit_lines if line.pk in ticked_ids and line.line.is_pending]
        edits = {line.pk: line.build_edit() for line in lines}
        return {pk: change for pk, change in edits.items() if change is not None}


def build_pane(suggestion: Suggestion, reviewer: User, form_data: Mapping[str, str] | None = None) -> Pane:
    """Return the pane of a suggestion for a reviewer.

    Load the suggestion with its skill, the skill's place, the author and `claimed_by`, to save queries.
    `form_data` is the form as it was sent, by field name; to publish it, take `AcceptForm.get_edited_fields`.
    """
    return Pane(build_suggestion_page(suggestion, reviewer), reviewer, form_data or {})


def build_author_record(person: User) -> AuthorRecord:
    """Return the record of an author, in two queries.

    Drafts do not count as suggestions. Only closing decisions count that are not undone.
    """
    verdicts = Decision.objects.filter(author=person, is_closing=True, undone_at__isnull=True).order_by("-pk")
    last_verdicts = list(verdicts.values_list("verdict", flat=True)[:RECENT_DECISION_COUNT])
    count = Suggestion.objects.filter(author=person).exclude(state=State.DRAFT).count()
    return AuthorRecord(count, len(last_verdicts), last_verdicts.count(Verdict.ACCEPT.value))


def count_minutes_left(until: datetime | None) -> int:
    """Return the minutes from now until a time, rounded up.

    The result is 0 for None and for a time in the past.
    """
    return max(0, ceil((until - timezone.now()).total_seconds() / 60)) if until else 0


def merge_texts(base: str, today: str, proposed: str) -> str:
    """Return one text with both changes: from `base` to `today` and from `base` to `proposed`.

    A passage in which both change the same words is marked: "a b", "a x", "a y" gives "a ⟦x¦y⟧".
    """
    pieces = merge(base, today, proposed)
    return "".join(
        f"{CONFLICT_START}{piece.mine}{CONFLICT_SEPARATOR}{piece.theirs}{CONFLICT_END}"
        if isinstance(piece, Conflict)
        else piece
        for piece in pieces
    )


def get_value_text(value: ChangeValue) -> str:
    """Return the text of a value.

    It is the description of a requirement, the value itself for another field, empty for None.
    """
    return value.description if isinstance(value, Cell) else value or ""


def _dump_value(value: ChangeValue) -> Any:
    """Return a value as JSON."""
    return [value.description, value.obligation, value.proficiency] if isinstance(value, Cell) else value
