"""Rivals of a suggestion: other undecided suggestions that change the same fields, or propose the same."""

from collections.abc import Sequence

from community.models import ChangeOutcome, State, SuggestedChange, Suggestion
from community.models.suggestions import OPEN_STATES
from skills.content.changes import Change

type ChangeKey = tuple[str, str, str]  # field, role key, level slug, as in `SuggestedChange`


def get_change_key(change: Change) -> ChangeKey:
    """Return which field of the skill a change concerns: field, role key and level slug.

    Role and level are '' for everything but a requirement. Within one suggestion the key of a change is unique.
    """
    place = change.place
    return (change.field.value, place.role if place else "", place.level if place else "")


def find_rival_changes(suggestion: Suggestion, changes: Sequence[Change]) -> list[SuggestedChange]:
    """Return the pending changes of other undecided suggestions to the same fields, oldest first, in one query.

    `suggestion` names the skill and is left out of the result; it need not be saved. What moderators hid or hold is
    left out as well. Each row comes with its suggestion and the author of that suggestion.
    """
    keys = {get_change_key(change) for change in changes}
    rows = SuggestedChange.objects.filter(
        suggestion__skill=suggestion.skill_id, suggestion__state__in=OPEN_STATES, outcome=ChangeOutcome.PENDING
    ).filter(suggestion__hidden_at__isnull=True, suggestion__held_at__isnull=True)
    others = rows.exclude(suggestion=suggestion.pk) if suggestion.pk else rows
    return [row for row in others.select_related("suggestion__author") if (row.field, row.role, row.level) in keys]


def find_same_suggestion(suggestion: Suggestion, changes: Sequence[Change]) -> Suggestion | None:
    """Return another open suggestion that proposes the same value for one of the same fields, or None.

    `changes` are those of `suggestion`, which need not be saved. See `find_same_among` for the rule.
    """
    return find_same_among(find_rival_changes(suggestion, changes), changes)


def find_same_among(rival_changes: Sequence[SuggestedChange], changes: Sequence[Change]) -> Suggestion | None:
    """Return the first open suggestion that proposes the same value as one of the changes, or None.

    `rival_changes` is the result of `find_rival_changes`. Suggestions that went back to their author ("changes
    requested") do not count, nor do changes that change nothing against their base.
    """
    proposed = {
        get_change_key(change): change.as_json()["proposed"] for change in changes if change.proposed != change.base
    }
    for row in rival_changes:
        key = (row.field, row.role, row.level)
        # Not `proposed.get(key)`: None is a proposed value too, it removes a requirement.
        if row.suggestion.state == State.OPEN and key in proposed and proposed[key] == row.proposed:
            return row.suggestion
    return None
