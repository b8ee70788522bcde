"""Which other undecided suggestions change the same fields, and which proposes the very same."""

from collections.abc import Sequence

from community.models import ChangeOutcome, State, SuggestedChange, Suggestion
from community.models.suggestions import OPEN_STATES
from skills.content.changes import Change

type RivalKey = tuple[str, str, str]  # field, role, level, as a kept change has them


def slot_of(change: Change) -> RivalKey:
    """Return which field of the skill a change touches."""
    place = change.place
    return (change.field.value, place.role if place else "", place.level if place else "")


def touching(suggestion: Suggestion, changes: Sequence[Change]) -> list[SuggestedChange]:
    """Return what other undecided suggestions change in the same fields, oldest first, in one query.

    `suggestion` need not be saved; each row comes with its suggestion and that one's author.
    """
    wanted = {slot_of(change) for change in changes}
    rows = SuggestedChange.objects.filter(
        suggestion__skill=suggestion.skill_id, suggestion__state__in=OPEN_STATES, outcome=ChangeOutcome.PENDING
    ).filter(suggestion__hidden_at__isnull=True, suggestion__held_at__isnull=True)
    others = rows.exclude(suggestion=suggestion.pk) if suggestion.pk else rows
    return [row for row in others.select_related("suggestion__author") if (row.field, row.role, row.level) in wanted]


def same_as_open(suggestion: Suggestion, changes: Sequence[Change]) -> Suggestion | None:
    """Return another open suggestion that proposes the same for one of the same fields, or None."""
    return same_among(touching(suggestion, changes), changes)


def same_among(rows: Sequence[SuggestedChange], changes: Sequence[Change]) -> Suggestion | None:
    """Return the first open suggestion among what `touching` found that proposes the same as one of the changes."""
    proposed = {slot_of(change): change.as_json()["proposed"] for change in changes if change.proposed != change.base}
    for row in rows:
        slot = (row.field, row.role, row.level)
        if row.suggestion.state == State.OPEN and slot in proposed and proposed[slot] == row.proposed:
            return row.suggestion
    return None
