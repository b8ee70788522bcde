"""One suggestion as its reviewer sees it: who wrote it, what may be done, the texts to decide on and to edit."""

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
from community.models import Decision, DeclineReason, State, Suggestion, Verdict
from community.posting.refusals import InvalidInput
from community.review.deciding import Edits
from community.suggestions.page import ChangeLine, SuggestionPage, build_suggestion_page
from skills.content.changes import Change, ChangeValue, Field
from skills.content.matrix import Cell
from skills.models import Obligation, Significance
from skills.text.word_difference import Conflict, merge

RECENT_DECISION_COUNT = 100
CONFLICT_START, CONFLICT_SEPARATOR, CONFLICT_END = "⟦", "¦", "⟧"
"""Mark a stretch that both sides changed: ⟦today¦proposed⟧. No text with such a mark is published."""


@dataclass(frozen=True)
class AuthorRecord:
    """What only reviewers see of an author: how many suggestions, and how the last decisions went."""

    suggestion_count: int
    decided_count: int
    accepted_count: int

    @property
    def rate(self) -> int:
        """Accepted of the last 100 decisions, in percent."""
        return round(100 * self.accepted_count / self.decided_count)


@dataclass(frozen=True)
class EditLine:
    """One change with what a reviewer may make of it."""

    line: ChangeLine
    typed: Mapping[str, str]

    @property
    def pk(self) -> int:
        return self.line.row.pk

    @property
    def is_editable(self) -> bool:
        """Whether there is a text to edit; a removal or a move is taken or left."""
        return self.line.change.field not in (Field.GROUP, Field.STATUS) and self.line.change.proposed is not None

    @property
    def is_conflict(self) -> bool:
        return self.line.is_outdated

    @property
    def merged_value(self) -> ChangeValue:
        """The proposed value, joined with what changed meanwhile."""
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
            kept = {
                part: getattr(self.line.today, part)
                for part in ("obligation", "proficiency")
                if getattr(proposed, part) == getattr(change.base, part)
            }
            proposed = replace(proposed, **kept)
        return replace(proposed, description=text)

    @property
    def text(self) -> str:
        """What stands in the field: what was typed, else, or where today's text moved on since, the prefilled one."""
        prefilled = get_value_text(self.merged_value)
        return prefilled if self.is_stale else self.typed.get(f"text-{self.pk}", prefilled)

    @property
    def is_stale(self) -> bool:
        """Whether what was typed was joined with another text than today's."""
        return self.is_conflict and self.typed.get(f"seen-{self.pk}") != self.fingerprint

    @property
    def lost_text(self) -> str:
        """What was typed and no longer stands in the field, for its writer to take up again."""
        typed = self.typed.get(f"text-{self.pk}", "")
        return typed if self.is_stale and typed.strip() != self.text.strip() else ""

    @property
    def has_marks(self) -> bool:
        return CONFLICT_START in self.text

    @property
    def obligation(self) -> str:
        default = self.merged_value.obligation if isinstance(self.merged_value, Cell) else ""
        return self.typed.get(f"obligation-{self.pk}", default)

    @property
    def obligations(self) -> list[tuple[str, Any]]:
        return list(Obligation.choices) if isinstance(self.line.change.proposed, Cell) else []

    @property
    def fingerprint(self) -> str:
        """Names today's value, so that a text merged with it is not published over another one."""
        shown = self.line.change.as_json() | {"base": _dump_value(self.line.today)}
        return hashlib.blake2b(json.dumps(shown, sort_keys=True).encode(), digest_size=12).hexdigest()

    def build_edit(self) -> Change | None:
        """Return what the reviewer made of the change, None when nothing; raises `InvalidInput` while marks stand."""
        change = self.line.change
        has_seen_today = self.typed.get(f"seen-{self.pk}") == self.fingerprint
        base = self.line.today if has_seen_today else change.base
        if not self.is_editable:
            wants_anyway = self.is_conflict and f"anyway-{self.pk}" in self.typed
            return replace(change, base=base) if wants_anyway else None
        if f"text-{self.pk}" not in self.typed:
            return None
        text = self.typed[f"text-{self.pk}"]
        if any(mark in text for mark in (CONFLICT_START, CONFLICT_END)):
            raise InvalidInput(
                _("Choose between today's and the proposed words where %(mark)s stands.") % {"mark": CONFLICT_START}
            )
        wanted = self._build_edited_value(text)
        if not self.is_conflict and wanted == change.proposed:
            return None
        return replace(change, base=base, proposed=wanted)

    def _build_edited_value(self, text: str) -> ChangeValue:
        proposed = self.merged_value
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
    typed: Mapping[str, str]

    @property
    def suggestion(self) -> Suggestion:
        return self.page.suggestion

    @cached_property
    def edit_lines(self) -> list[EditLine]:
        return [EditLine(line, self.typed) for line in self.page.lines]

    @property
    def is_waiting(self) -> bool:
        return self.suggestion.state == State.OPEN

    @property
    def is_own(self) -> bool:
        return rules.is_author(self.reviewer, self.suggestion)

    @cached_property
    def may_decide(self) -> bool:
        """Whether this reviewer may decide now; the page has let in nobody but reviewers."""
        if not self.is_waiting or not (self.is_own or self.suggestion.second_reader_asked):
            return self.is_waiting  # without a query
        return rules.may_decide(self.reviewer, self.suggestion)

    @property
    def needs_own_reason(self) -> bool:
        """Whether the form asks why this reviewer decides on their own suggestion."""
        return rules.needs_own_reason(self.reviewer, self.suggestion)

    @cached_property
    def author(self) -> AuthorRecord | None:
        return build_author_record(self.suggestion.author) if self.suggestion.author else None

    @property
    def minutes_left(self) -> int:
        """How long the claim holds."""
        return count_minutes_left(self.suggestion.claimed_until) if self.is_waiting else 0

    @property
    def has_own_claim(self) -> bool:
        return bool(self.minutes_left) and self.suggestion.claimed_by_id == self.reviewer.pk

    @property
    def decline_reasons(self) -> list[DeclineReason]:
        return list(DeclineReason.objects.filter(is_offered=True))

    @property
    def significance(self) -> str:
        """A slip of the pen is a typo; anything else matters until the reviewer says otherwise."""
        pending = [line.row.is_tiny for line in self.page.lines if line.is_pending]
        default = Significance.TYPO if pending and all(pending) else Significance.MEDIUM
        return self.typed.get("significance", default.value)

    @property
    def significances(self) -> list[tuple[str, Any]]:
        return list(Significance.choices)

    @cached_property
    def decision(self) -> Decision | None:
        """The decision in force."""
        in_force = (one for one in self.page.decisions if one.is_closing and one.undone_at is None)
        return next(in_force, None)

    @property
    def may_undo(self) -> bool:
        return self.decision is not None and rules.may_undo(self.reviewer, self.suggestion)

    def collect_edits(self, ticked_ids: set[int]) -> Edits:
        """Return the reviewer's edits of the ticked changes by their pk; raises `InvalidInput`."""
        edited = {one.pk: one.build_edit() for one in self.edit_lines if one.pk in ticked_ids and one.line.is_pending}
        return {pk: change for pk, change in edited.items() if change is not None}


def build_pane(suggestion: Suggestion, reviewer: User, typed: Mapping[str, str] | None = None) -> Pane:
    """Return the pane; the suggestion comes with its skill, that one's place, author and who claimed it.

    `typed` are the fields of its form by name; to publish them, as `AcceptForm.get_edited_fields` returns them.
    """
    return Pane(build_suggestion_page(suggestion, reviewer), reviewer, typed or {})


def build_author_record(person: User) -> AuthorRecord:
    """Return an author's record, in two queries."""
    verdicts = Decision.objects.filter(author=person, is_closing=True, undone_at__isnull=True).order_by("-pk")
    last = list(verdicts.values_list("verdict", flat=True)[:RECENT_DECISION_COUNT])
    count = Suggestion.objects.filter(author=person).exclude(state=State.DRAFT).count()
    return AuthorRecord(count, len(last), last.count(Verdict.ACCEPT.value))


def count_minutes_left(until: datetime | None) -> int:
    """Return the minutes until then, begun ones counted, 0 when it has passed."""
    return max(0, ceil((until - timezone.now()).total_seconds() / 60)) if until else 0


def merge_texts(base: str, today: str, proposed: str) -> str:
    """Return both changes in one text; where both touch the same words the stretch is marked."""
    pieces = merge(base, today, proposed)
    return "".join(
        f"{CONFLICT_START}{piece.mine}{CONFLICT_SEPARATOR}{piece.theirs}{CONFLICT_END}"
        if isinstance(piece, Conflict)
        else piece
        for piece in pieces
    )


def get_value_text(value: ChangeValue) -> str:
    """Return the words of a value."""
    return value.description if isinstance(value, Cell) else value or ""


def _dump_value(value: ChangeValue) -> Any:
    return [value.description, value.obligation, value.proficiency] if isinstance(value, Cell) else value
