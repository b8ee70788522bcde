"""What was typed into the form of a suggestion, as a value, and what it proposes; nothing of it is ever thrown away.

Bases never come from the form itself: it names the revision of the skill that it was made
from, and what a kept draft was based on stands in the database.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.models import Suggestion
from community.posting.refusals import Unfit
from community.suggestions.changes import changes_of
from community.suggestions.whole_skills import BECOMES_PUBLISHED
from skills.content.changes import SUGGESTED, Change, Field, InvalidChange, SkillContent, Value, check
from skills.content.matrix import Cell, Place
from skills.content.places import Places
from skills.models import Obligation, Skill

MOST_CELLS = 400
"""So many cells one form may hold: twice the places of the largest framework that ships (36 roles of 5 levels)."""
MOST_UNKNOWN_CELLS = 40
"""So many of them the framework may not have: a role or a level can go while the form is open, not most of them."""
type Options = Mapping[Field, Mapping[str, str]]  # what may be chosen of a field, in words
TEXT_FIELDS = (Field.NAME, Field.SUMMARY, Field.TAG_LINE, Field.GROUP, Field.STATUS)


@dataclass(frozen=True)
class TypedCell:
    """One cell of the form."""

    place: Place
    description: str
    obligation: str
    is_removed: bool = False

    def proposed(self, base: Value) -> Cell | None:
        """Return what is proposed; the source's own word for the depth stays as it is."""
        if self.is_removed:
            return None
        return Cell(self.description, self.obligation, base.proficiency if isinstance(base, Cell) else "")


@dataclass(frozen=True)
class Typed:
    """The whole form. `number` is the revision it was made from, `faults` are why reason or source cannot be kept."""

    key: uuid.UUID
    number: int
    cells: Sequence[TypedCell] = ()
    texts: Mapping[Field, str] = field(default_factory=dict)
    reason: str = ""
    source: str = ""
    is_confirmed: bool = False
    faults: Sequence[str] = ()

    @property
    def is_full(self) -> bool:
        """Whether the form holds as many cells as it may."""
        return len(self.cells) >= MOST_CELLS

    def with_cell(self, cell: TypedCell) -> "Typed":
        """Return the form with a cell more."""
        return replace(self, cells=(*self.cells, cell))

    def without(self, place: Place) -> "Typed":
        """Return the form without a cell."""
        return replace(self, cells=tuple(cell for cell in self.cells if cell.place != place))


@dataclass(frozen=True)
class Basis:
    """What the form's changes are based on: the content at its revision, and what a kept draft knows better."""

    content: SkillContent
    kept: Mapping[tuple[Field, Place | None], Value] = field(default_factory=dict)

    def of(self, change: Change) -> Value:
        """Return the base of a change."""
        where = (change.field, change.place)
        return self.kept[where] if where in self.kept else self.content.value(change)


@dataclass(frozen=True)
class Proposal:
    """What a form changes. `faults` are why it cannot even be kept as a draft, each in the reader's language."""

    typed: Typed
    changes: Sequence[Change]
    faults: Sequence[str]


def require_few_cells(count: int) -> None:
    """Raise `Unfit` for a form of more than `MOST_CELLS` cells."""
    if count > MOST_CELLS:
        raise Unfit(why_no_more())


def why_no_more() -> str:
    """Return the message that a form holds no more cells."""
    message = ngettext(
        "One suggestion holds at most %(count)d cell. Please split it into several suggestions.",
        "One suggestion holds at most %(count)d cells. Please split it into several suggestions.",
        MOST_CELLS,
    )
    return message % {"count": MOST_CELLS}


def require_known(typed: Typed, places: Places) -> None:
    """Raise `Unfit` for more than `MOST_UNKNOWN_CELLS` cells that the framework does not have: nobody typed them."""
    unknown = [cell.place for cell in typed.cells if not places.has(cell.place)]
    if len(unknown) > MOST_UNKNOWN_CELLS:
        raise Unfit(places.why_not(unknown[0]))


def find_place(places: Places, role: str, level: str) -> Place:
    """Return the place that an address or a select names; a role goes by its key or its slug."""
    key = next((found.key for found in places.roles.values() if found.slug == role), role)
    return Place(key, level)


def typed_of(suggestion: Suggestion, number: int) -> Typed:
    """Return a kept suggestion as its form shows it."""
    cells, texts = [], {}
    for change in changes_of(suggestion):
        if change.place is None:
            texts[change.field] = str(change.proposed)
        else:
            cells.append(cell_of(change.place, change.proposed, change.base))
    return Typed(suggestion.key, number, tuple(cells), texts, suggestion.reason, suggestion.source)


def cell_of(place: Place, value: Value, base: Value = None) -> TypedCell:
    """Return the cell as a form begins with it: what is proposed, or what stands there where that is its removal."""
    shown = value if isinstance(value, Cell) else base
    if not isinstance(shown, Cell):
        return TypedCell(place, "", Obligation.NOT_STATED.value)
    return TypedCell(place, shown.description, shown.obligation, is_removed=value is None)


def latest_number(skill: Skill) -> int:
    """Return the number of a skill's latest revision."""
    numbers = skill.revisions.order_by("-number").values_list("number", flat=True) if skill.pk else ()
    return next(iter(numbers[:1]), 0)


def propose(
    skill: Skill, suggestion: Suggestion | None, typed: Typed, today: SkillContent, places: Places, options: Options
) -> Proposal:
    """Return what a form changes, cells that are still as they were included, and why it cannot be kept.

    A form that names a revision which the skill never had is a fault; it then goes on from `today`.
    """
    basis, faults = _basis_of(skill, typed.number, suggestion), list[str]()
    if basis is None:
        faults.append(_("This form says it was made from a text that never stood here. Nothing was saved."))
        typed, basis = replace(typed, number=latest_number(skill)), Basis(today)
    changes = _changes_in(typed, basis)
    faults += [*typed.faults, *_faults_of(changes, places, options)]
    return Proposal(typed, changes, list(dict.fromkeys(faults)))


def _basis_of(skill: Skill, number: int, suggestion: Suggestion | None) -> Basis | None:
    """Return what a form made from this revision is based on, None where there never was such a revision."""
    if skill.is_suggested:
        return Basis(SUGGESTED)
    content = skill.revisions.filter(number=number).values_list("content", flat=True).first() if number > 0 else None
    if content is None:
        return None
    kept = changes_of(suggestion) if suggestion else []
    return Basis(SkillContent.from_json(content), {(change.field, change.place): change.base for change in kept})


def _changes_in(typed: Typed, basis: Basis) -> list[Change]:
    changes = [Change(name, basis.of(Change(name, None, None)), text) for name, text in typed.texts.items()]
    changes = [change for change in changes if change.proposed != change.base]
    if basis.content == SUGGESTED:
        changes = [change for change in changes if change.field is not Field.STATUS] + [BECOMES_PUBLISHED]
    for cell in typed.cells:
        base = basis.of(Change(Field.REQUIREMENT, None, None, cell.place))
        changes.append(Change(Field.REQUIREMENT, base, cell.proposed(base), cell.place))
    return changes


def _faults_of(changes: Sequence[Change], places: Places, options: Options) -> Iterator[str]:
    for change in changes:
        if change.place and (why := places.why_not(change.place)):
            yield why
        if change.field is Field.GROUP and change.proposed not in options[Field.GROUP]:
            yield _("There is no such group in this framework.")
        if change.field is Field.STATUS and change.proposed not in options[Field.STATUS]:
            yield _("The status is not known.")
        if not _is_empty(change.proposed):
            try:
                check(change)
            except InvalidChange as error:
                yield str(error)


def _is_empty(value: Value) -> bool:
    """Whether something is simply not written yet, which a draft may be."""
    return not (value.description if isinstance(value, Cell) else value or "").strip()
