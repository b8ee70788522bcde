"""What somebody typed into the form of a suggestion, as a value; nothing of it is ever thrown away.

Bases never come from the form itself: it names the revision of the skill that it was made
from, and what a kept draft was based on stands in the database.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.drafting.filing import Draft
from community.models import Suggestion
from community.models.suggestions import REASON_MAX_LENGTH, SOURCE_MAX_LENGTH
from community.posting.refusals import Unfit
from community.suggestions.changes import changes_of
from community.suggestions.rivals import Slot, slot_of
from community.suggestions.whole_skills import BECOMES_PUBLISHED
from skills.content.changes import SUGGESTED, Change, Field, InvalidChange, SkillContent, Value, check
from skills.content.matrix import Cell, Place
from skills.content.places import Places
from skills.models import Obligation, Skill
from skills.text.storable import is_storable
from skills.web.typed_input import LARGEST_REVISION, number_in

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
    """The whole form. `number` is the revision it was made from."""

    key: uuid.UUID
    number: int
    cells: Sequence[TypedCell] = ()
    texts: Mapping[Field, str] = field(default_factory=dict)
    reason: str = ""
    source: str = ""
    is_confirmed: bool = False

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
    kept: Mapping[Slot, Value] = field(default_factory=dict)

    def of(self, change: Change) -> Value:
        """Return the base of a change."""
        slot = slot_of(change)
        return self.kept[slot] if slot in self.kept else self.content.value(change)


def typed_from(data: QueryDict) -> Typed:
    """Read a sent form; what cannot be read becomes what no check lets through. Raises `Unfit` beyond `MOST_CELLS`."""
    if len(data.getlist("cell")) > MOST_CELLS:
        raise Unfit(why_no_more())
    return Typed(
        key=_uuid(data.get("key", "")),
        number=number_in(data.get("revision", ""), LARGEST_REVISION) or 0,
        cells=tuple(_cells(data)),
        texts={name: _text(data.get(name.value, "")) for name in TEXT_FIELDS if name.value in data},
        reason=_text(data.get("reason", "")),
        source=_text(data.get("source", "")),
        is_confirmed="confirmed" in data,
    )


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


def basis_of(skill: Skill, number: int, suggestion: Suggestion | None) -> Basis | None:
    """Return what a form made from this revision is based on, None where there never was such a revision."""
    if skill.is_suggested:
        return Basis(SUGGESTED)
    content = skill.revisions.filter(number=number).values_list("content", flat=True).first() if number > 0 else None
    if content is None:
        return None
    kept = {slot_of(change): change.base for change in changes_of(suggestion)} if suggestion else {}
    return Basis(SkillContent.from_json(content), kept)


def changes_in(typed: Typed, basis: Basis, *, with_idle: bool) -> list[Change]:
    """Return what the form changes; `with_idle` keeps cells that are still as they were, as a draft does."""
    changes = [Change(name, basis.of(Change(name, None, None)), text) for name, text in typed.texts.items()]
    changes = [change for change in changes if change.proposed != change.base]
    if basis.content == SUGGESTED:
        changes = [change for change in changes if change.field is not Field.STATUS] + [BECOMES_PUBLISHED]
    for cell in typed.cells:
        base = basis.of(Change(Field.REQUIREMENT, None, None, cell.place))
        changes.append(Change(Field.REQUIREMENT, base, cell.proposed(base), cell.place))
    busy = [change for change in changes if change.proposed != change.base]
    return changes if with_idle or not busy else busy


def draft_of(typed: Typed, changes: Sequence[Change]) -> Draft:
    """Return what the rules keep of the form."""
    return Draft(typed.key, changes, typed.reason, typed.source)


def faults_of(typed: Typed, changes: Sequence[Change], places: Places, options: Options) -> list[str]:
    """Return why this form cannot even be kept as a draft, each in the reader's language."""
    return list(dict.fromkeys(_faults(typed, changes, places, options)))


def _faults(typed: Typed, changes: Sequence[Change], places: Places, options: Options) -> Iterator[str]:
    if len(typed.reason) > REASON_MAX_LENGTH or len(typed.source) > SOURCE_MAX_LENGTH:
        yield _("The reason or the source is too long.")
    if not is_storable(typed.reason + typed.source):
        yield _("The text holds a character that cannot be kept.")
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


def _cells(data: QueryDict) -> Iterator[TypedCell]:
    for name in dict.fromkeys(data.getlist("cell")):
        role, _slash, level = name.partition("/")
        yield TypedCell(
            Place(role, level),
            _text(data.get(f"description:{name}", "")),
            data.get(f"obligation:{name}", Obligation.NOT_STATED.value),
            is_removed=f"remove:{name}" in data,
        )


def _text(value: str) -> str:
    """Return a text with the line ends that the catalogue has: browsers send others."""
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _uuid(value: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError:
        return uuid.uuid4()
