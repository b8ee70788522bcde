"""What was typed into the form of a suggestion, as a value, and what it proposes. Nothing typed is ever thrown away.

The bases of changes never come from the form itself. The form only names the revision of the skill that it was made
from, and the bases of a saved draft are in the database.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.models import Suggestion
from community.posting.refusals import InvalidInput
from community.suggestions.changes import get_saved_digest, list_pending_changes
from community.suggestions.whole_skills import PUBLISHING_CHANGE
from skills.content.changes import (
    SUGGESTED_CONTENT,
    Change,
    ChangeValue,
    Field,
    InvalidChange,
    SkillContent,
    normalize_change,
    require_valid_change,
)
from skills.content.matrix import Cell, Place
from skills.content.places import Places
from skills.models import Obligation, Skill
from skills.revisions.writing import GROUP_UNKNOWN
from skills.text.blank import displays_nothing

MAX_CELLS = 400
"""The cells that one form may hold: twice the places of the largest framework that ships (36 roles of 5 levels)."""
MAX_UNKNOWN_CELLS = 40
"""The cells of a form that the framework may lack: some roles or levels can be deleted while the form is open."""
type Options = Mapping[Field, Mapping[str, str]]  # the choices of a field: each value with its label
TEXT_FIELDS = (Field.NAME, Field.SUMMARY, Field.TAG_LINE, Field.GROUP, Field.STATUS)


@dataclass(frozen=True)
class TypedCell:
    """One cell of the form. `is_removed` proposes to delete the requirement, whatever text is typed."""

    place: Place
    description: str
    obligation: str
    is_removed: bool = False

    def build_proposed_cell(self, base: ChangeValue) -> Cell | None:
        """Return the proposed requirement, None to remove it.

        `base` is the requirement that the form was based on. Its proficiency, the term of the framework's source, has
        no field in the form and stays as it is.
        """
        if self.is_removed:
            return None
        return Cell(self.description, self.obligation, base.proficiency if isinstance(base, Cell) else "")


@dataclass(frozen=True)
class TypedForm:
    """The content of the whole form.

    `key` identifies the form, `revision_number` the revision of the skill that it was made from. `carried_from_id` is
    the suggestion for a retired skill that it was filled in from. `faults` are reasons why reason or source cannot be
    saved, in the reader's language. `page_id` identifies the page in one tab, `displayed` is the digest of what was
    saved when that page was opened; both are None for a form of an earlier version of the site.
    """

    key: uuid.UUID
    revision_number: int
    cells: Sequence[TypedCell] = ()
    texts: Mapping[Field, str] = field(default_factory=dict)
    reason: str = ""
    source: str = ""
    is_confirmed: bool = False
    carried_from_id: int | None = None
    faults: Sequence[str] = ()
    page_id: uuid.UUID | None = None
    displayed: str | None = None

    @property
    def is_full(self) -> bool:
        """Whether the form holds as many cells as it may."""
        return len(self.cells) >= MAX_CELLS

    def with_cell(self, cell: TypedCell) -> "TypedForm":
        """Return the form with this cell added at its end.

        The caller checks that the form does not have a cell of the same place, and is not full.
        """
        return replace(self, cells=(*self.cells, cell))

    def without_cell(self, place: Place) -> "TypedForm":
        """Return the form without the cell of this place.

        A form that has no such cell is returned with the same cells.
        """
        return replace(self, cells=tuple(cell for cell in self.cells if cell.place != place))


@dataclass(frozen=True)
class Basis:
    """What the form's changes are based on: the content of its revision, and the bases of a saved draft.

    The bases of the draft take precedence: a draft may be older than the form, or renewed since.
    """

    content: SkillContent
    saved_bases: Mapping[tuple[Field, Place | None], ChangeValue] = field(default_factory=dict)

    def get_base(self, change: Change) -> ChangeValue:
        """Return the base of a change.

        Only field and place of `change` are used, so its values may be None.
        """
        key = (change.field, change.place)
        # Not `.get`: None is a base too, it means that there was no requirement.
        return self.saved_bases[key] if key in self.saved_bases else self.content.get_value(change)


@dataclass(frozen=True)
class Proposal:
    """What a form proposes. `faults` are reasons why it cannot even be saved as a draft, in the reader's language.

    `typed` is the form, with another revision number if it named one that never existed.
    """

    typed: TypedForm
    changes: Sequence[Change]
    faults: Sequence[str]


def require_few_cells(count: int) -> None:
    """Raise `InvalidInput` for a form with more than `MAX_CELLS` cells.

    `count` is the number of cells in the sent form. The page that shows the error shows what was typed, too.
    """
    if count > MAX_CELLS:
        raise InvalidInput(build_cell_limit_message())


def build_cell_limit_message() -> str:
    """Return the message that a form cannot have more cells, in the reader's language."""
    message = ngettext(
        "One suggestion holds at most %(count)d cell. Please split it into several suggestions.",
        "One suggestion holds at most %(count)d cells. Please split it into several suggestions.",
        MAX_CELLS,
    )
    return message % {"count": MAX_CELLS}


def require_known_places(typed: TypedForm, places: Places) -> None:
    """Raise `InvalidInput` if more than `MAX_UNKNOWN_CELLS` cells have a place that the framework does not have.

    The page never offers such cells, so a person did not type them. Each would be rendered with a message.
    """
    unknown = [cell.place for cell in typed.cells if not places.has(cell.place)]
    if len(unknown) > MAX_UNKNOWN_CELLS:
        raise InvalidInput(places.get_refusal_reason(unknown[0]))


def build_place(places: Places, role: str, level: str) -> Place:
    """Return the place that a URL or the selects of the form name.

    `role` is the key or the slug of a role, `level` the slug of a level. An unknown role or level is returned as is:
    `places` does not have such a place.
    """
    key = next((candidate.key for candidate in places.roles.values() if candidate.slug == role), role)
    return Place(key, level)


def build_typed_form(suggestion: Suggestion, revision_number: int) -> TypedForm:
    """Return a saved suggestion as its form shows it.

    Only changes that wait for a decision are in the form. `revision_number` is the latest revision of the skill; the
    bases of the saved changes stay in the database.
    """
    cells, texts = [], {}
    for change in list_pending_changes(suggestion):
        if change.place is None:
            texts[change.field] = str(change.proposed)
        else:
            cells.append(build_typed_cell(change.place, change.proposed, change.base))
    return TypedForm(
        suggestion.key,
        revision_number,
        tuple(cells),
        texts,
        suggestion.reason,
        suggestion.source,
        carried_from_id=suggestion.carried_from_id,
        page_id=uuid.uuid4(),
        displayed=get_saved_digest(suggestion),
    )


def build_typed_cell(place: Place, value: ChangeValue, base: ChangeValue = None) -> TypedCell:
    """Return the cell with which a form begins.

    `value` is the proposed or current requirement, None for a removal or an empty place. A removed cell shows the text
    of `base`, so that its author can take the removal back.
    """
    cell = value if isinstance(value, Cell) else base
    if not isinstance(cell, Cell):
        return TypedCell(place, "", Obligation.NOT_STATED.value)
    return TypedCell(place, cell.description, cell.obligation, is_removed=value is None)


def get_latest_revision_number(skill: Skill) -> int:
    """Return the number of a skill's latest revision.

    It is 0 for a skill that was never published, saved or not.
    """
    numbers = skill.revisions.order_by("-number").values_list("number", flat=True) if skill.pk else ()
    return next(iter(numbers[:1]), 0)


def build_proposal(
    skill: Skill, suggestion: Suggestion | None, typed: TypedForm, today: SkillContent, places: Places, options: Options
) -> Proposal:
    """Return what a form proposes, and why it cannot be saved.

    `suggestion` is the saved suggestion of the form, if any; `today` is the current content of the skill. Cells that
    are still unchanged are among the changes. Naming a revision that the skill never had is a fault; the form is then
    based on `today`. Nothing is saved.
    """
    basis, faults = _find_basis(skill, typed.revision_number, suggestion), list[str]()
    if basis is None:
        faults.append(_("This form says it was made from a text that was never here. Nothing was saved."))
        typed, basis = replace(typed, revision_number=get_latest_revision_number(skill)), Basis(today)
    changes = _list_changes(typed, basis)
    faults += [*typed.faults, *_find_faults(changes, places, options)]
    return Proposal(typed, changes, list(dict.fromkeys(faults)))


def _find_basis(skill: Skill, revision_number: int, suggestion: Suggestion | None) -> Basis | None:
    """Return what a form made from this revision is based on, None if the skill never had such a revision."""
    if skill.is_suggested:
        return Basis(SUGGESTED_CONTENT)
    # Only the content is read: a revision also holds its changes, which are large.
    content = (
        skill.revisions.filter(number=revision_number).values_list("content", flat=True).first()
        if revision_number > 0
        else None
    )
    if content is None:
        return None
    saved = list_pending_changes(suggestion) if suggestion else []
    return Basis(SkillContent.from_json(content), {(change.field, change.place): change.base for change in saved})


def _list_changes(typed: TypedForm, basis: Basis) -> list[Change]:
    """Return the changed fields of the skill, and all cells of the form, changed or not."""
    changes = [Change(name, basis.get_base(Change(name, None, None)), text) for name, text in typed.texts.items()]
    # A text that was not touched is no change, even if its name is not in the normal form.
    changes = [normalize_change(change) for change in changes if change.proposed != change.base]
    # A new skill always becomes current; its form has no field for the status, and a sent one is ignored.
    if basis.content == SUGGESTED_CONTENT:
        changes = [change for change in changes if change.field is not Field.STATUS] + [PUBLISHING_CHANGE]
    for cell in typed.cells:
        base = basis.get_base(Change(Field.REQUIREMENT, None, None, cell.place))
        changes.append(Change(Field.REQUIREMENT, base, cell.build_proposed_cell(base), cell.place))
    return changes


def _find_faults(changes: Sequence[Change], places: Places, options: Options) -> Iterator[str]:
    """Yield why these changes cannot be saved even as a draft, in the reader's language."""
    for change in changes:
        if change.place and (reason := places.get_refusal_reason(change.place)):
            yield reason
        if change.field is Field.GROUP and change.proposed not in options[Field.GROUP]:
            yield str(GROUP_UNKNOWN)
        if change.field is Field.STATUS and change.proposed not in options[Field.STATUS]:
            yield _("The status is not known.")
        # An empty text is no fault of a draft; `find_change_faults` refuses it when the form is submitted.
        if not _is_empty(change.proposed):
            try:
                require_valid_change(change)
            except InvalidChange as error:
                yield str(error)


def _is_empty(value: ChangeValue) -> bool:
    """Return whether a value is not written yet, which a draft allows."""
    return displays_nothing(value.description) if isinstance(value, Cell) else not (value or "").strip()
