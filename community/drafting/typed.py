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
from community.posting.refusals import InvalidInput
from community.suggestions.changes import list_pending_changes
from community.suggestions.whole_skills import PUBLISHING_CHANGE
from skills.content.changes import SUGGESTED_CONTENT, Change, ChangeValue, Field, InvalidChange, SkillContent, check
from skills.content.matrix import Cell, Place
from skills.content.places import Places
from skills.models import Obligation, Skill

MAX_CELLS = 400
"""So many cells one form may hold: twice the places of the largest framework that ships (36 roles of 5 levels)."""
MAX_UNKNOWN_CELLS = 40
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

    def build_proposed_cell(self, base: ChangeValue) -> Cell | None:
        """Return what is proposed; the source's own word for the depth stays as it is."""
        if self.is_removed:
            return None
        return Cell(self.description, self.obligation, base.proficiency if isinstance(base, Cell) else "")


@dataclass(frozen=True)
class TypedForm:
    """The whole form. `number` is the revision it was made from, `faults` are why reason or source cannot be kept."""

    key: uuid.UUID
    revision_number: int
    cells: Sequence[TypedCell] = ()
    texts: Mapping[Field, str] = field(default_factory=dict)
    reason: str = ""
    source: str = ""
    is_confirmed: bool = False
    faults: Sequence[str] = ()

    @property
    def is_full(self) -> bool:
        """Whether the form holds as many cells as it may."""
        return len(self.cells) >= MAX_CELLS

    def with_cell(self, cell: TypedCell) -> "TypedForm":
        """Return the form with a cell more."""
        return replace(self, cells=(*self.cells, cell))

    def without_cell(self, place: Place) -> "TypedForm":
        """Return the form without a cell."""
        return replace(self, cells=tuple(cell for cell in self.cells if cell.place != place))


@dataclass(frozen=True)
class Basis:
    """What the form's changes are based on: the content at its revision, and what a kept draft knows better."""

    content: SkillContent
    kept_bases: Mapping[tuple[Field, Place | None], ChangeValue] = field(default_factory=dict)

    def get_base(self, change: Change) -> ChangeValue:
        """Return the base of a change."""
        where = (change.field, change.place)
        return self.kept_bases[where] if where in self.kept_bases else self.content.get_value(change)


@dataclass(frozen=True)
class Proposal:
    """What a form changes. `faults` are why it cannot even be kept as a draft, each in the reader's language."""

    typed: TypedForm
    changes: Sequence[Change]
    faults: Sequence[str]


def require_few_cells(count: int) -> None:
    """Raise `InvalidInput` for a form of more than `MAX_CELLS` cells."""
    if count > MAX_CELLS:
        raise InvalidInput(build_cell_limit_message())


def build_cell_limit_message() -> str:
    """Return the message that a form holds no more cells."""
    message = ngettext(
        "One suggestion holds at most %(count)d cell. Please split it into several suggestions.",
        "One suggestion holds at most %(count)d cells. Please split it into several suggestions.",
        MAX_CELLS,
    )
    return message % {"count": MAX_CELLS}


def require_known_places(typed: TypedForm, places: Places) -> None:
    """Raise `InvalidInput` for over `MAX_UNKNOWN_CELLS` cells that the framework does not have: nobody typed them."""
    unknown = [cell.place for cell in typed.cells if not places.has(cell.place)]
    if len(unknown) > MAX_UNKNOWN_CELLS:
        raise InvalidInput(places.get_refusal_reason(unknown[0]))


def find_place(places: Places, role: str, level: str) -> Place:
    """Return the place that an address or a select names; a role goes by its key or its slug."""
    key = next((found.key for found in places.roles.values() if found.slug == role), role)
    return Place(key, level)


def build_typed_form(suggestion: Suggestion, revision_number: int) -> TypedForm:
    """Return a kept suggestion as its form shows it."""
    cells, texts = [], {}
    for change in list_pending_changes(suggestion):
        if change.place is None:
            texts[change.field] = str(change.proposed)
        else:
            cells.append(build_typed_cell(change.place, change.proposed, change.base))
    return TypedForm(suggestion.key, revision_number, tuple(cells), texts, suggestion.reason, suggestion.source)


def build_typed_cell(place: Place, value: ChangeValue, base: ChangeValue = None) -> TypedCell:
    """Return the cell as a form begins with it: what is proposed, or what stands there where that is its removal."""
    shown = value if isinstance(value, Cell) else base
    if not isinstance(shown, Cell):
        return TypedCell(place, "", Obligation.NOT_STATED.value)
    return TypedCell(place, shown.description, shown.obligation, is_removed=value is None)


def get_latest_revision_number(skill: Skill) -> int:
    """Return the number of a skill's latest revision."""
    numbers = skill.revisions.order_by("-number").values_list("number", flat=True) if skill.pk else ()
    return next(iter(numbers[:1]), 0)


def build_proposal(
    skill: Skill, suggestion: Suggestion | None, typed: TypedForm, today: SkillContent, places: Places, options: Options
) -> Proposal:
    """Return what a form changes, cells that are still as they were included, and why it cannot be kept.

    A form that names a revision which the skill never had is a fault; it then goes on from `today`.
    """
    basis, faults = _find_basis(skill, typed.revision_number, suggestion), list[str]()
    if basis is None:
        faults.append(_("This form says it was made from a text that never stood here. Nothing was saved."))
        typed, basis = replace(typed, revision_number=get_latest_revision_number(skill)), Basis(today)
    changes = _list_changes(typed, basis)
    faults += [*typed.faults, *_find_faults(changes, places, options)]
    return Proposal(typed, changes, list(dict.fromkeys(faults)))


def _find_basis(skill: Skill, revision_number: int, suggestion: Suggestion | None) -> Basis | None:
    """Return what a form made from this revision is based on, None where there never was such a revision."""
    if skill.is_suggested:
        return Basis(SUGGESTED_CONTENT)
    content = (
        skill.revisions.filter(number=revision_number).values_list("content", flat=True).first()
        if revision_number > 0
        else None
    )
    if content is None:
        return None
    kept = list_pending_changes(suggestion) if suggestion else []
    return Basis(SkillContent.from_json(content), {(change.field, change.place): change.base for change in kept})


def _list_changes(typed: TypedForm, basis: Basis) -> list[Change]:
    changes = [Change(name, basis.get_base(Change(name, None, None)), text) for name, text in typed.texts.items()]
    changes = [change for change in changes if change.proposed != change.base]
    if basis.content == SUGGESTED_CONTENT:
        changes = [change for change in changes if change.field is not Field.STATUS] + [PUBLISHING_CHANGE]
    for cell in typed.cells:
        base = basis.get_base(Change(Field.REQUIREMENT, None, None, cell.place))
        changes.append(Change(Field.REQUIREMENT, base, cell.build_proposed_cell(base), cell.place))
    return changes


def _find_faults(changes: Sequence[Change], places: Places, options: Options) -> Iterator[str]:
    for change in changes:
        if change.place and (why := places.get_refusal_reason(change.place)):
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


def _is_empty(value: ChangeValue) -> bool:
    """Whether something is simply not written yet, which a draft may be."""
    return not (value.description if isinstance(value, Cell) else value or "").strip()
