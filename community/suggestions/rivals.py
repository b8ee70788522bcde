"""Which other undecided suggestions change the same fields, and which proposes the very same."""

from collections.abc import Sequence

from community.models import ChangeOutcome, State, SuggestedChange, Suggestion
from community.models.suggestions import OPEN_STATES
from skills.content.changes import Change

type ChangeKey = tuple[str, str, str]  # field, role, level, as a kept change has them


def get_change_key(change: Change) -> ChangeKey:
    """Return which field of the skill a change touches."""
    place = change.place
    return (change.field.value, place.role if place else "", place.level if place else "")


def find_rival_changes(suggestion: Suggestion, changes: Sequence[Change]) -> list[SuggestedChange]:
    """Return what other undecided suggestions change in the same fields, oldest first, in one query.

    `suggestion` need not be saved; each row comes with its suggestion and that one's author.
    """
    wanted = {get_change_key(change) for change in changes}
    rows = SuggestedChange.objects.filter(
        suggestion__skill=suggestion.skill_id, suggestion__state__in=OPEN_STATES, outcome=ChangeOutcome.PENDING
    ).filter(suggestion__hidden_at__isnull=True, suggestion__held_at__isnull=True)
    others = rows.exclude(suggestion=suggestion.pk) if suggestion.pk else rows
    return [row for row in others.select_related("suggestion__author") if (row.field, row.role, row.level) in wanted]


def find_same_suggestion(suggestion: Suggestion, changes: Sequence[Change]) -> Suggestion | None:
    """Return another open suggestion that proposes the same for one of the same fields, or None."""
    return find_same_among(find_rival_changes(suggestion, changes), changes)


def find_same_among(rival_changes: Sequence[SuggestedChange], changes: Sequence[Change]) -> Suggestion | None:
    """Return the first open suggestion of `find_rival_changes` that proposes the same as one of the changes."""
    proposed = {
        get_change_key(change): change.as_json()["proposed"] for change in changes if change.proposed != change.base
    }
    for row in rival_changes:
        slot = (row.field, row.role, row.level)
        if row.suggestion.state == State.OPEN and slot in proposed and proposed[slot] == row.proposed:
            return row.suggestion
    return None
