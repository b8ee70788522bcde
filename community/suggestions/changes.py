"""The changes of a suggestion as values of the catalogue (`skills.content.changes.Change`)."""

import json
from collections.abc import Iterable

from community.models import ChangeOutcome, SuggestedChange, Suggestion
from skills.content.changes import Change
from skills.web.displayed import build_digest


def build_change(row: SuggestedChange) -> Change:
    """Return a saved change as a value.

    `row` is a row of the table of suggested changes. It stores `base` and `proposed` in the JSON form of
    `Change.as_json`; whether the change is decided makes no difference.
    """
    return Change.from_json(
        {"field": row.field, "role": row.role, "level": row.level, "base": row.base, "proposed": row.proposed}
    )


def list_pending_changes(suggestion: Suggestion) -> list[Change]:
    """Return the changes of a suggestion that wait for a decision, in the order in which they were saved.

    A part of a suggestion may be decided before the rest, so these may be fewer than all its changes.
    """
    return [build_change(row) for row in suggestion.changes.filter(outcome=ChangeOutcome.PENDING)]


def list_open_changes(suggestion: Suggestion) -> list[Change]:
    """Return the changes that nobody has decided on, as `Change`: those that wait, and those of an outdated suggestion.

    A suggestion that is not outdated has the same pending changes, see `list_pending_changes`.
    """
    outcomes = [ChangeOutcome.PENDING, ChangeOutcome.SUPERSEDED]
    return [build_change(row) for row in suggestion.changes.filter(outcome__in=outcomes)]


def build_content_digest(reason: str, source: str, changes: Iterable[Change]) -> str:
    """Return a digest of what an author has written, '' if that is nothing.

    The bases of the changes do not count: nobody writes them, and renewing a suggestion replaces them.
    """
    rows = [{**change.as_json(), "base": None} for change in changes]
    # The order of the changes means nothing.
    texts = sorted(json.dumps(row, sort_keys=True) for row in rows)
    return build_digest(reason, source, *texts) if reason or source or texts else ""


def get_saved_digest(suggestion: Suggestion) -> str:
    """Return the digest of what is saved of a suggestion and waits for a decision, '' if nothing is saved.

    A form sends it along: another digest when the form is saved means that another tab has saved meanwhile.
    """
    changes = list_pending_changes(suggestion) if suggestion.pk else ()
    return build_content_digest(suggestion.reason, suggestion.source, changes)


def build_renewal_digest(suggestion: Suggestion) -> str:
    """Return the digest of what its author compares before renewing a suggestion: the proposal and today's text."""
    # Superseded changes are renewed too, and wait afterwards: the same form sent twice finds the same digest.
    rows = suggestion.changes.filter(outcome__in=[ChangeOutcome.PENDING, ChangeOutcome.SUPERSEDED])
    proposal = build_content_digest(suggestion.reason, suggestion.source, map(build_change, rows))
    numbers = suggestion.skill.revisions.order_by("-number").values_list("number", flat=True)
    return build_digest(proposal, *map(str, numbers[:1]))
