"""The history of a skill: what each revision changed, who wrote it, and how lists and comparisons show it.

Nothing here loads `Revision.content` of more than two revisions: lists need only `Revision.changes`.
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

PAGE_SIZE = 25  # revisions
MAX_NAMED_CELLS = 3
"""Up to this many changed requirements are named one by one in a list; more are only counted."""

type FieldKey = tuple[str, str, str]  # a field with its role and level, both '' for a field of the skill


class Source(NamedTuple):
    """Where a revision came from, for example a suggestion, as a link."""

    label: str
    url: str
    note: str = ""
    """What readers should know about the decision if it was unusual; '' otherwise."""


@dataclass(frozen=True)
class ShownChange:
    """One change as pages show it. `role` and `step` are those of a requirement, None for a field of the skill.

    `before` and `after` are None where there is nothing. The text of a field of the skill is put into a `Cell`
    as well, as its description, so that templates treat both alike.
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
        """The kind of change: "added", "removed" or "changed"."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def is_choice(self) -> bool:
        """Whether the value is chosen from a list, as groups and statuses are."""
        return self.change.field in CHOICE_FIELDS

    @property
    def text_before(self) -> str:
        """The text before the change, '' if there was none."""
        return self.before.description if self.before else ""

    @property
    def text_after(self) -> str:
        """The text after the change, '' if there is none."""
        return self.after.description if self.after else ""

    @property
    def changes_obligation(self) -> bool:
        """Whether a requirement that existed before has another obligation now."""
        return bool(self.before and self.after and self.before.obligation != self.after.obligation)

    @property
    def changes_proficiency(self) -> bool:
        """Whether a requirement that existed before has another proficiency now."""
        return bool(self.before and self.after and self.before.proficiency != self.after.proficiency)


@dataclass(frozen=True)
class HistoryEntry:
    """One revision in a list, with its changes and the source it came from."""

    revision: Revision
    changes: Sequence[ShownChange]
    source: Source | None

    @property
    def author_label(self) -> str:
        """The author's name, or "Import" or "deleted account" in the reader's language."""
        return describe_author(self.revision)

    @property
    def day(self) -> date:
        """The day of publication in the active time zone."""
        return timezone.localdate(self.revision.published_at)

    @property
    def is_first(self) -> bool:
        """Whether the revision created the skill."""
        return self.revision.number == 1

    @cached_property
    def field_labels(self) -> list[str]:
        """The labels of the skill's own fields that changed."""
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
        """How many requirements were added, changed and removed, one text for each that is not zero."""
        kinds = [shown.kind for shown in self.cells]
        added, changed, removed = (kinds.count(kind) for kind in ("added", "changed", "removed"))
        labels = [
            (added, ngettext("%(count)d requirement added", "%(count)d requirements added", added)),
            (changed, ngettext("%(count)d requirement changed", "%(count)d requirements changed", changed)),
            (removed, ngettext("%(count)d requirement removed", "%(count)d requirements removed", removed)),
        ]
        return [label % {"count": count} for count, label in labels if count]


def select_for_list(revisions: QuerySet[Revision]) -> QuerySet[Revision]:
    """Return revisions as a list needs them.

    Author and reviewer are loaded in the same query; `content`, the largest column, is deferred.
    """
    return revisions.select_related("author", "reviewer").defer("content")


def build_entries(revisions: Sequence[Revision], names: Mapping[int, Names] | Names) -> list[HistoryEntry]:
    """Return a history entry for each revision, in the given order.

    `names` are those of the one framework, or, for revisions of several frameworks, a mapping by the primary
    key of the framework; then each revision has its skill loaded.
    """
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
    """Return the sources of revisions by the revisions' primary keys; a revision may have none.

    The functions that the setting REVISION_SOURCES names find them, in one query each.
    """
    # Apps above this one own the suggestions: the setting lets them answer without being imported here.
    revision_ids = [revision.pk for revision in revisions if revision.origin == Revision.Origin.SUGGESTION]
    sources: dict[int, Source] = {}
    for name in settings.REVISION_SOURCES if revision_ids else ():
        sources |= import_string(name)(revision_ids)
    return sources


def build_shown_changes(changes: Sequence[Change], names: Names) -> list[ShownChange]:
    """Return changes as pages show them.

    Fields of the skill come first, then requirements from the lowest level up; `names` are those of the framework.
    """
    fields = [_build_shown_field(change, names) for change in changes if change.place is None]
    cells = [
        ShownChange(
            change,
            names.get_role(change.place.role),
            names.get_step(change.place.level),
            change.base if isinstance(change.base, Cell) else None,  # None: the requirement is new
            change.proposed if isinstance(change.proposed, Cell) else None,  # None: it is removed
        )
        for change in changes
        if change.place is not None
    ]
    # Every element has role and step; the condition only satisfies the type checker.
    cells.sort(key=lambda shown: names.get_sort_key(shown.role, shown.step) if shown.role and shown.step else (0, ""))
    return [*fields, *cells]


def _build_shown_field(change: Change, names: Names) -> ShownChange:
    """Return the change of a field of the skill, its texts as descriptions of cells."""
    before, after = (
        Cell(format_field_text(change.field, str(value), names)) if value else None
        for value in (change.base, change.proposed)
    )
    return ShownChange(change, None, None, before, after)


def format_field_text(field: Field, value: str, names: Names) -> str:
    """Return the value of a field of the skill as readers see it.

    A status becomes a phrase in the active language, a group, stored as "domain key/group key", becomes
    "Domain › Group"; all other values are texts already.
    """
    if field is Field.STATUS:
        return describe_status(value, names.skill_names)
    if field is not Field.GROUP:
        return value
    group = names.get_group(value)
    return f"{group.domain.name} › {group.name}"


def get_contents_at(skill: Skill, *numbers: int) -> dict[int, SkillContent]:
    """Return the content after each of these revisions, by number, in one query.

    `numbers` are revision numbers of the skill; a number without a revision is missing from the result.
    """
    rows = skill.revisions.filter(number__in=numbers).values_list("number", "content")
    return {number: SkillContent.from_json(content) for number, content in rows}
