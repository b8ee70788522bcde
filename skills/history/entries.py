"""The history of a skill: what each revision changed, who wrote what, since when a text stands.

Nothing here loads `Revision.content` of more than two revisions; `changes` tells what the lists show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import ngettext

from skills.content.changes import CHOICE_FIELDS, FIELD_LABELS, Change, Field, SkillContent, describe_status
from skills.content.ladder import LadderStep
from skills.content.matrix import Cell
from skills.content.names import Names
from skills.models import Revision, Role, Skill
from skills.revisions.authorship import describe_author

PAGE_SIZE = 25
MAX_NAMED_CELLS = 3
"""So many requirements of a revision are named in a list; more are counted."""

type FieldKey = tuple[str, str, str]  # a field with its role and level, both '' for a field of the skill


class Source(NamedTuple):
    """What a revision came from, for example a suggestion, as a link."""

    label: str
    url: str
    note: str = ""
    """What readers should know of how it was decided, where that was out of the ordinary."""


@dataclass(frozen=True)
class ShownChange:
    """One change as pages show it. `role` and `step` are those of a requirement, None for a field of the skill.

    The text of a field stands in a cell of its own, None where it is empty.
    """

    change: Change
    role: Role | None
    step: LadderStep | None
    before: Cell | None
    after: Cell | None

    @property
    def label(self) -> str:
        """The name of the field in the reader's language."""
        return str(FIELD_LABELS[self.change.field])

    @property
    def kind(self) -> str:
        """What became of it: "added", "removed" or "changed"."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def is_choice(self) -> bool:
        """Whether it is chosen from a list, as groups and statuses are."""
        return self.change.field in CHOICE_FIELDS

    @property
    def text_before(self) -> str:
        return self.before.description if self.before else ""

    @property
    def text_after(self) -> str:
        return self.after.description if self.after else ""

    @property
    def changes_obligation(self) -> bool:
        return bool(self.before and self.after and self.before.obligation != self.after.obligation)

    @property
    def changes_proficiency(self) -> bool:
        return bool(self.before and self.after and self.before.proficiency != self.after.proficiency)


@dataclass(frozen=True)
class HistoryEntry:
    """One revision in a list, with what it changed and what it came from."""

    revision: Revision
    changes: Sequence[ShownChange]
    source: Source | None

    @property
    def author_label(self) -> str:
        return describe_author(self.revision)

    @property
    def day(self) -> date:
        """The day on which it was published, where the reader is."""
        return timezone.localdate(self.revision.published_at)

    @property
    def is_first(self) -> bool:
        return self.revision.number == 1

    @cached_property
    def field_labels(self) -> list[str]:
        """The names of the skill's own fields that changed."""
        return [shown.label for shown in self.changes if shown.role is None]

    @cached_property
    def cells(self) -> list[ShownChange]:
        """The requirements that changed."""
        return [shown for shown in self.changes if shown.role is not None]

    @property
    def has_few_cells(self) -> bool:
        """Whether the requirements can be named one by one."""
        return len(self.cells) <= MAX_NAMED_CELLS

    @property
    def count_labels(self) -> list[str]:
        """How many requirements were added, changed and removed, each in words."""
        kinds = [shown.kind for shown in self.cells]
        added, changed, removed = (kinds.count(kind) for kind in ("added", "changed", "removed"))
        words = [
            (added, ngettext("%(count)d requirement added", "%(count)d requirements added", added)),
            (changed, ngettext("%(count)d requirement changed", "%(count)d requirements changed", changed)),
            (removed, ngettext("%(count)d requirement removed", "%(count)d requirements removed", removed)),
        ]
        return [text % {"count": count} for count, text in words if count]


def select_for_list(revisions: QuerySet[Revision]) -> QuerySet[Revision]:
    """Return revisions as a list needs them: with their people, without the content after them."""
    return revisions.select_related("author", "reviewer").defer("content")


def build_entries(revisions: Sequence[Revision], names: Mapping[int, Names] | Names) -> list[HistoryEntry]:
    """Return revisions with what they changed; `names` are those of the framework, or of each by primary key."""
    sources = find_sources(revisions)
    return [
        HistoryEntry(
            revision,
            build_shown_changes(
                [Change.from_json(change) for change in revision.changes],
                names if isinstance(names, Names) else names[revision.skill.framework_id],
            ),
            sources.get(revision.pk),
        )
        for revision in revisions
    ]


def find_sources(revisions: Sequence[Revision]) -> dict[int, Source]:
    """Return what revisions came from, by primary key: whatever REVISION_SOURCES know, in one query each."""
    wanted = [revision.pk for revision in revisions if revision.origin == Revision.Origin.SUGGESTION]
    found: dict[int, Source] = {}
    for name in settings.REVISION_SOURCES if wanted else ():
        found |= import_string(name)(wanted)
    return found


def build_shown_changes(changes: Sequence[Change], names: Names) -> list[ShownChange]:
    """Return changes as pages show them: fields of the skill first, then requirements from the lowest level up."""
    fields = [_build_shown_field(change, names) for change in changes if change.place is None]
    cells = [
        ShownChange(
            change,
            names.get_role(change.place.role),
            names.get_step(change.place.level),
            change.base if isinstance(change.base, Cell) else None,
            change.proposed if isinstance(change.proposed, Cell) else None,
        )
        for change in changes
        if change.place is not None
    ]
    cells.sort(key=lambda shown: names.get_sort_key(shown.role, shown.step) if shown.role and shown.step else (0, ""))
    return [*fields, *cells]


def _build_shown_field(change: Change, names: Names) -> ShownChange:
    before, after = (
        Cell(format_field_text(change.field, str(value), names)) if value else None
        for value in (change.base, change.proposed)
    )
    return ShownChange(change, None, None, before, after)


def format_field_text(field: Field, value: str, names: Names) -> str:
    if field is Field.STATUS:
        return describe_status(value, names.skill_names)
    if field is not Field.GROUP:
        return value
    group = names.get_group(value)
    return f"{group.domain.name} › {group.name}"


def get_contents_at(skill: Skill, *numbers: int) -> dict[int, SkillContent]:
    """Return the content after each of these revisions that exists, by number, in one query."""
    rows = skill.revisions.filter(number__in=numbers).values_list("number", "content")
    return {number: SkillContent.from_json(content) for number, content in rows}
