"""The changes of a suggestion as values of the catalogue."""

from community.models import ChangeOutcome, SuggestedChange, Suggestion
from skills.content.changes import Change


def change_of(row: SuggestedChange) -> Change:
    """Return a kept change as a value."""
    return Change.from_json(
        {"field": row.field, "role": row.role, "level": row.level, "base": row.base, "proposed": row.proposed}
    )


def changes_of(suggestion: Suggestion) -> list[Change]:
    """Return what of a suggestion waits for a decision."""
    return [change_of(row) for row in suggestion.changes.filter(outcome=ChangeOutcome.PENDING)]
