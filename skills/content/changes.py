"""The versioned part of a skill, as values: its content, a change of one field, and what every change must meet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skills.content.matrix import Cell, Matrix, Place, find_differences
from skills.models import Obligation, Skill
from skills.models.catalogue import DESCRIPTION_MAX_LENGTH
from skills.text.blank import displays_nothing
from skills.text.characters import cut_text
from skills.text.invisible import explain_too_many
from skills.text.names import check_name, normalize_name
from skills.text.storable import is_storable

# In characters; the fields of the models have the same limits.
NAME_MAX_LENGTH = 200
SUMMARY_MAX_LENGTH = 2000
TAG_LINE_MAX_LENGTH = 500
PROFICIENCY_MAX_LENGTH = 80
REVISION_SUMMARY_MAX_LENGTH = 300


class Field(StrEnum):
    """The part of a skill that a change touches."""

    NAME = "name"
    SUMMARY = "summary"
    TAG_LINE = "tag_line"
    GROUP = "group"
    STATUS = "status"
    REQUIREMENT = "requirement"


FIELD_MAX_LENGTHS = {
    Field.NAME: NAME_MAX_LENGTH,
    Field.SUMMARY: SUMMARY_MAX_LENGTH,
    Field.TAG_LINE: TAG_LINE_MAX_LENGTH,
}
"""The longest text of each field, in characters."""

CHOICE_FIELDS = (Field.GROUP, Field.STATUS)
"""Fields whose value is chosen from a list, not written."""

type ChangeValue = str | Cell | None  # a text; for a requirement a cell, or None for "no requirement"


class Fit(StrEnum):
    """How a change fits the current content of its skill."""

    APPLIES = "applies"
    ALREADY_DONE = "already_done"
    CONFLICTS = "conflicts"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one field of a skill from `base`, the value its author saw, to `proposed`.

    A change of a requirement has a `place`; its value None means "no requirement". A group is
    written "domain key/group key", a status as in `SkillContent.status`.
    """

    field: Field
    base: ChangeValue
    proposed: ChangeValue
    place: Place | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the change as JSON, as a revision stores it; role and level are '' where there is no place."""
        return {
            "field": self.field.value,
            "role": self.place.role if self.place else "",
            "level": self.place.level if self.place else "",
            "base": _dump_value(self.base),
            "proposed": _dump_value(self.proposed),
        }

    def compare_with(self, today: "SkillContent") -> Fit:
        """Return how the change fits `today`, the current content of its skill.

        `ALREADY_DONE` if today's value is the proposed one, whatever the base is; `APPLIES` if it is still the
        base; otherwise `CONFLICTS`. `community.suggestions.conflicts` has the same rule as a database query.
        """
        value = today.get_value(self)
        if value == self.proposed:
            return Fit.ALREADY_DONE
        return Fit.APPLIES if value == self.base else Fit.CONFLICTS

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Change":
        """Return the change that `as_json` wrote.

        `data` is not checked: it comes from a stored row, never from a request.
        """
        field = Field(data["field"])
        place = Place(data["role"], data["level"]) if field is Field.REQUIREMENT else None
        return cls(field, _load_value(data["base"]), _load_value(data["proposed"]), place)


@dataclass(frozen=True, slots=True)
class SkillContent:
    """Everything of a skill that is versioned. `group` is "domain key/group key".

    `status` is a value of `Skill.Status`, or for a skill retired as a duplicate "same-as/" and the other skill's key.
    """

    name: str
    summary: str
    tag_line: str
    group: str
    matrix: Matrix
    status: str = Skill.Status.CURRENT.value

    def get_value(self, change: Change) -> ChangeValue:
        """Return the value of this content that `change` is about.

        A text, or for a requirement the cell at its place, None if there is none.
        """
        if change.field is Field.REQUIREMENT:
            assert change.place is not None  # a change of a requirement always has one
            return self.matrix.get(change.place)
        return str(getattr(self, change.field.value))

    def apply(self, change: Change) -> "SkillContent":
        """Return this content with the change applied.

        The base is not compared: `select_applicable` does that before.
        """
        if change.field is Field.REQUIREMENT:
            assert change.place is not None
            assert not isinstance(change.proposed, str)
            return replace(self, matrix=self.matrix.with_cell(change.place, change.proposed))
        # Values of `Field` are names of attributes here.
        new_value: dict[str, Any] = {change.field.value: change.proposed}
        return replace(self, **new_value)

    def as_json(self) -> dict[str, Any]:
        """Return the content as JSON, as a revision stores it."""
        return {
            "name": self.name,
            "summary": self.summary,
            "tag_line": self.tag_line,
            "group": self.group,
            "status": self.status,
            "requirements": self.matrix.as_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "SkillContent":
        """Return the content that `as_json` wrote.

        `data` comes from a revision. Older revisions have no status: their skill was current.
        """
        matrix = Matrix.from_json(data["requirements"])
        status = data.get("status", Skill.Status.CURRENT.value)
        return cls(data["name"], data["summary"], data["tag_line"], data["group"], matrix, status)


NO_CONTENT = SkillContent("", "", "", "", Matrix())
SUGGESTED_CONTENT = replace(NO_CONTENT, status=Skill.Status.SUGGESTED.value)
"""The content of a skill that is only suggested, before its first revision."""

DUPLICATE_PREFIX = "same-as/"
PROPOSABLE_STATUSES = frozenset({Skill.Status.CURRENT.value, Skill.Status.RETIRED.value})
"""The statuses a change may propose, besides "same-as/<key>". "suggested" is only ever the first status of a skill."""


def get_original_key(status: str) -> str:
    """Return the key of the skill of which this one is a duplicate, '' if it is none.

    `status` is `SkillContent.status`: "same-as/sourdough" returns "sourdough".
    """
    return status.removeprefix(DUPLICATE_PREFIX) if status.startswith(DUPLICATE_PREFIX) else ""


def describe_status(status: str, skill_names: Mapping[str, str]) -> str:
    """Return a status in the reader's language.

    `status` is `SkillContent.status`; `skill_names` are the names of the framework's skills by key.
    A key without a name is shown itself.
    """
    if key := get_original_key(status):
        return _("the same as “%(name)s”") % {"name": skill_names.get(key, key)}
    return str(Skill.Status(status).label)


class InvalidChange(Exception):
    """A change that can never be published; the message gives the reason in the reader's language."""

    def __init__(self, change: Change, reason: str) -> None:
        super().__init__(reason)
        self.change = change


class NameTaken(InvalidChange):
    """Another skill of the group has this name: a current one, or one that was retired."""


class ChangedMeanwhile(Exception):
    """The skill was published since the base of a change. `conflicts` pairs each such change with the current value."""

    def __init__(self, conflicts: Sequence[tuple[Change, ChangeValue]]) -> None:
        super().__init__(_("The text was changed meanwhile."))
        self.conflicts = conflicts


def select_applicable(today: SkillContent, changes: Iterable[Change]) -> list[Change]:
    """Return the changes that still have to be applied to `today`, the current content, in their order.

    Changes that are already done are left out. Raises `ChangedMeanwhile` with all that conflict, if any.
    """
    compared = [(change, change.compare_with(today)) for change in changes]
    if conflicts := [(change, today.get_value(change)) for change, fit in compared if fit is Fit.CONFLICTS]:
        raise ChangedMeanwhile(conflicts)
    return [change for change, fit in compared if fit is Fit.APPLIES]


def find_changes(before: SkillContent, after: SkillContent) -> list[Change]:
    """Return the changes from one content to another; their base is the value in `before`.

    Fields come first, in the order of `Field`, then requirements by place. Equal contents give no changes.
    """
    changes = [
        Change(field, getattr(before, field.value), getattr(after, field.value))
        for field in (Field.NAME, Field.SUMMARY, Field.TAG_LINE, Field.GROUP, Field.STATUS)
        if getattr(before, field.value) != getattr(after, field.value)
    ]
    changes += [
        Change(Field.REQUIREMENT, cell.before, cell.after, cell.place)
        for cell in find_differences(before.matrix, after.matrix)
    ]
    return changes


def normalize_change(change: Change) -> Change:
    """Return a change that was typed, with a proposed name in its normal form.

    Any other change is returned as it is: a text is kept to the character.
    """
    if change.field is not Field.NAME:
        return change
    return replace(change, proposed=normalize_name(str(change.proposed)))


def cut_revision_summary(text: str) -> str:
    """Return the beginning of a text, as long as the summary of a revision may be.

    The cut is between two characters, see `cut_text`.
    """
    return cut_text(text, REVISION_SUMMARY_MAX_LENGTH)


def require_valid_change(change: Change) -> None:
    """Raise `InvalidChange` if no database row could hold the proposed value.

    SQLite would accept some of these values: it does not enforce lengths. Only the value itself is checked;
    whether group, place and name fit the skill is checked when it is published.
    """
    value = change.proposed
    # For "no requirement" an empty text is checked, which passes.
    texts = [value.description, value.proficiency] if isinstance(value, Cell) else [value or ""]
    limit = FIELD_MAX_LENGTHS.get(change.field, DESCRIPTION_MAX_LENGTH)
    if not all(is_storable(text) for text in texts):
        raise InvalidChange(change, _("The text contains a character that cannot be saved."))
    if any(len(text) > limit for text in texts):
        raise InvalidChange(change, _("The text is longer than %(limit)s characters.") % {"limit": limit})
    if reason := next(filter(None, map(explain_too_many, texts)), ""):
        raise InvalidChange(change, reason)
    if change.field is Field.NAME:
        _require_valid_name(change)
    if change.field is Field.STATUS and texts[0] not in PROPOSABLE_STATUSES and not get_original_key(texts[0]):
        raise InvalidChange(change, _("The status is not known."))
    # What follows is about cells only.
    if isinstance(value, Cell) and displays_nothing(value.description):
        raise InvalidChange(change, _("A requirement needs a description."))
    if isinstance(value, Cell) and len(value.proficiency) > PROFICIENCY_MAX_LENGTH:
        limit = PROFICIENCY_MAX_LENGTH
        raise InvalidChange(change, _("The text is longer than %(limit)s characters.") % {"limit": limit})
    if isinstance(value, Cell) and value.obligation not in Obligation.values:
        raise InvalidChange(change, _("The obligation is not known."))


def _require_valid_name(change: Change) -> None:
    name = str(change.proposed)
    if not name.strip():
        raise InvalidChange(change, _("A skill needs a name."))
    try:
        check_name(name)
    except ValidationError as error:
        raise InvalidChange(change, " ".join(error.messages)) from error


def _load_value(data: str | dict[str, str] | None) -> ChangeValue:
    return Cell(**data) if isinstance(data, dict) else data


def _dump_value(value: ChangeValue) -> str | dict[str, str] | None:
    return asdict(value) if isinstance(value, Cell) else value


# The names of the fields as readers see them.
FIELD_LABELS = {
    Field.NAME: gettext_lazy("Name"),
    Field.SUMMARY: gettext_lazy("Summary"),
    Field.TAG_LINE: gettext_lazy("Tag line"),
    Field.GROUP: gettext_lazy("Group"),
    Field.STATUS: gettext_lazy("Status"),
    Field.REQUIREMENT: gettext_lazy("Requirement"),
}
