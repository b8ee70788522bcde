"""The changes of a suggestion as values of the catalogue."""

from community.models import ChangeOutcome, SuggestedChange, Suggestion
from skills.content.changes import Change


def build_change(row: SuggestedChange) -> Change:
    """Return a kept change as a value."""
    return Change.from_json(
        {"field": row.field, "role": row.role, "level": row.level, "base": row.base, "proposed": row.proposed}
    )


def list_pending_changes(suggestion: Suggestion) -> list[Change]:
    """Return what of a suggestion waits for a decision."""
    return [build_change(row) for row in suggestion.changes.filter(outcome=ChangeOutcome.PENDING)]
