"""The changes of a suggestion as values of the catalogue (`skills.content.changes.Change`)."""

from community.models import ChangeOutcome, SuggestedChange, Suggestion
from skills.content.changes import Change


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
