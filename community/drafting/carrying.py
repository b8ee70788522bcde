"""Carry a suggestion for a retired skill over to the skill that it was merged into.

The author gets the form of the other skill, filled in; nothing is saved before they save it. The earlier suggestion
stays as it is until the new one is submitted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.drafting.typed import TypedCell, TypedForm, build_typed_cell
from community.models import State, Suggestion
from community.suggestions import states
from community.suggestions.changes import list_open_changes
from community.suggestions.choices import get_field_label
from community.suggestions.whole_skills import find_suggestion_retirement
from skills.content.changes import Change, SkillContent
from skills.content.matrix import Cell
from skills.content.places import Places
from skills.models import Skill


@dataclass(frozen=True)
class LeftOutChange:
    """A change that has no place in the form of the other skill: a label of what it is about, and its text."""

    label: str
    text: str


def find_original(author: User | None, skill: Skill, suggestion_id: int | None) -> Suggestion | None:
    """Return the suggestion with this primary key if its author may carry it over to a skill, None otherwise.

    It is an undecided one of `author` for a retired skill whose successor is `skill`.
    """
    if suggestion_id is None or author is None or skill.pk is None:
        return None
    rows = Suggestion.objects.select_related("skill__framework")
    suggestion = rows.filter(pk=suggestion_id, author=author, skill__framework=skill.framework_id).first()
    retirement = find_suggestion_retirement(suggestion) if suggestion else None
    is_successor = retirement is not None and retirement.successor is not None and retirement.successor.pk == skill.pk
    return suggestion if is_successor else None


def carry_over(typed: TypedForm, original: Suggestion, today: SkillContent, places: Places) -> TypedForm:
    """Return a blank form with the cells, the reason and the source of a suggestion for another skill.

    `today` is the current content of the skill of the form, `places` those of its framework. See `list_left_out` for
    the changes that are not in it.
    """
    cells = [cell for change in list_open_changes(original) if (cell := _build_cell(change, today, places)) is not None]
    return replace(
        typed, cells=tuple(cells), reason=original.reason, source=original.source, carried_from_id=original.pk
    )


def list_left_out(original: Suggestion, today: SkillContent, places: Places) -> list[LeftOutChange]:
    """Return the changes of a suggestion that `carry_over` leaves out, so that their texts are not lost.

    These are changes of the skill's own fields, removals of what the other skill does not require, and changes for
    a role or level that the framework no longer has. The arguments are those of `carry_over`.
    """
    changes = list_open_changes(original)
    left_out = [change for change in changes if _build_cell(change, today, places) is None]
    return [LeftOutChange(" · ".join(_build_label(change, places)), _get_text(change)) for change in left_out]


def _build_cell(change: Change, today: SkillContent, places: Places) -> TypedCell | None:
    """Return the change as a cell of the other skill's form, None if it has no place there."""
    if change.place is None or places.get_refusal_reason(change.place):
        return None
    current = today.matrix.get(change.place)
    if change.proposed is None and current is None:
        return None
    return build_typed_cell(change.place, change.proposed, current)


def _build_label(change: Change, places: Places) -> Iterator[str]:
    if change.place is None:
        yield get_field_label(change.field)
        return
    role, step = places.roles.get(change.place.role), places.find_step(change.place)
    yield role.name if role else change.place.role
    yield step.name if step else change.place.level


def _get_text(change: Change) -> str:
    if isinstance(change.proposed, Cell):
        return change.proposed.description
    return change.proposed if change.proposed is not None else _("Remove this requirement altogether")


def withdraw_original(suggestion: Suggestion, author: User) -> None:
    """Withdraw the suggestion that a locked one was carried over from, before the locked one is submitted.

    1. Lock the original, and stop if it was decided meanwhile or its skill was brought back.
    2. Change its state to withdrawn and end a reviewer's claim.
    """
    if suggestion.carried_from is None:
        return
    original = states.lock_suggestion(suggestion.carried_from)  # locked by the caller before the new one
    may_withdraw = State.WITHDRAWN in states.TRANSITIONS[State(original.state)] and rules.is_author(author, original)
    if may_withdraw and find_suggestion_retirement(original) is not None:
        # No message: it would stay in the author's language. The page of the original names the new one itself.
        states.change_state(original, State.WITHDRAWN, author, "", claimed_by=None, claimed_until=None)
