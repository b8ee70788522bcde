"""The only way a skill's content changes: compare with today, apply all or nothing, write it down.

Rules: docs/decisions.md "Content changes one way only".
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from skills import naming, search
from skills.matrix import Cell, Matrix, Place, difference
from skills.models import (
    CatalogueVersion,
    Framework,
    Group,
    Level,
    Obligation,
    Requirement,
    Revision,
    Role,
    Significance,
    Skill,
)
from skills.models.catalogue import DESCRIPTION_MAX_LENGTH

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

NAME_MAX_LENGTH = 200
SUMMARY_MAX_LENGTH = 2000
TAG_LINE_MAX_LENGTH = 500
PROFICIENCY_MAX_LENGTH = 80
REVISION_SUMMARY_MAX_LENGTH = 300


class Field(StrEnum):
    """What of a skill a change can touch."""

    NAME = "name"
    SUMMARY = "summary"
    TAG_LINE = "tag_line"
    GROUP = "group"
    REQUIREMENT = "requirement"


type Value = str | Cell | None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a skill from `base`, the value it was made against, to `proposed`.

    A requirement names its `place`; there None means "no requirement". The group is
    written "domain key/group key".
    """

    field: Field
    base: Value
    proposed: Value
    place: Place | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the change as JSON, as a revision keeps it."""
        return {
            "field": self.field.value,
            "role": self.place.role if self.place else "",
            "level": self.place.level if self.place else "",
            "base": _plain(self.base),
            "proposed": _plain(self.proposed),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Change":
        """Return the change that `as_json` wrote."""
        field = Field(data["field"])
        place = Place(data["role"], data["level"]) if field is Field.REQUIREMENT else None
        return cls(field, _value(data["base"]), _value(data["proposed"]), place)


@dataclass(frozen=True, slots=True)
class SkillContent:
    """Everything of a skill that is versioned. `group` is "domain key/group key"."""

    name: str
    summary: str
    tag_line: str
    group: str
    matrix: Matrix

    def value(self, change: Change) -> Value:
        """Return what stands today where `change` wants to change something."""
        if change.field is Field.REQUIREMENT:
            assert change.place is not None
            return self.matrix.get(change.place)
        return str(getattr(self, change.field.value))

    def after(self, change: Change) -> "SkillContent":
        """Return this content with the change made."""
        if change.field is Field.REQUIREMENT:
            assert change.place is not None
            assert not isinstance(change.proposed, str)
            return replace(self, matrix=self.matrix.with_cell(change.place, change.proposed))
        return replace(self, **{change.field.value: change.proposed})  # type: ignore[arg-type]

    def as_json(self) -> dict[str, Any]:
        """Return the content as JSON, as a revision keeps it."""
        return {
            "name": self.name,
            "summary": self.summary,
            "tag_line": self.tag_line,
            "group": self.group,
            "requirements": self.matrix.as_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "SkillContent":
        """Return the content that `as_json` wrote."""
        matrix = Matrix.from_json(data["requirements"])
        return cls(data["name"], data["summary"], data["tag_line"], data["group"], matrix)


@dataclass(frozen=True, slots=True)
class Review:
    """Who decided that something is published, and whether they changed its text and are co-author."""

    reviewer: "AbstractUser"
    is_co_written: bool = False


NO_CONTENT = SkillContent("", "", "", "", Matrix())


class NothingToPublish(Exception):
    """Every change proposes what already stands there."""


class Conflict(Exception):
    """Somebody changed the same fields meanwhile; `conflicts` pairs each such change with today's value."""

    def __init__(self, conflicts: Sequence[tuple[Change, Value]]) -> None:
        super().__init__(_("The text was changed meanwhile."))
        self.conflicts = conflicts


class InvalidChange(Exception):
    """A change that could never be published; the message says why in the reader's language."""

    def __init__(self, change: Change, reason: str) -> None:
        super().__init__(reason)
        self.change = change


def content_of(skill: Skill) -> SkillContent:
    """Return a skill's content as it stands in the database."""
    return contents_of([skill])[skill.pk]


def contents_of(skills: Sequence[Skill]) -> dict[int, SkillContent]:
    """Return the content of each skill by its primary key, in one query when they were loaded `with_place`."""
    cells: dict[int, dict[Place, Cell]] = {skill.pk: {} for skill in skills}
    rows = Requirement.objects.filter(skill__in=cells).values_list(
        "skill_id", "role__key", "level__slug", "description", "obligation", "proficiency"
    )
    for skill_id, role, level, *cell in rows:
        cells[skill_id][Place(role, level)] = Cell(*cell)
    return {
        skill.pk: SkillContent(
            skill.name,
            skill.summary,
            skill.tag_line,
            f"{skill.group.domain.key}/{skill.group.key}",
            Matrix(cells[skill.pk]),
        )
        for skill in skills
    }


def changes_between(before: SkillContent, after: SkillContent) -> list[Change]:
    """Return the changes that lead from one content to another, `before` being their base."""
    changes = [
        Change(field, getattr(before, field.value), getattr(after, field.value))
        for field in (Field.NAME, Field.SUMMARY, Field.TAG_LINE, Field.GROUP)
        if getattr(before, field.value) != getattr(after, field.value)
    ]
    changes += [
        Change(Field.REQUIREMENT, cell.before, cell.after, cell.place)
        for cell in difference(before.matrix, after.matrix)
    ]
    return changes


def publish(
    skill: Skill,
    changes: Iterable[Change],
    *,
    author: "AbstractUser | None",
    origin: Revision.Origin,
    summary: str = "",
    significance: Significance = Significance.MEDIUM,
    published_at: datetime | None = None,
    review: "Review | None" = None,
) -> Revision:
    """Apply changes to a skill as one new revision, all or nothing, and return the revision.

    A change whose base is no longer today's value raises `Conflict`, unless today's
    value is already the proposed one: such a change is left out. `InvalidChange` for
    what the model cannot hold, `NothingToPublish` when nothing is left to do. Whoever
    REVISION_LISTENERS names is called with the revision, in the same transaction.
    """
    with transaction.atomic():
        locked = Skill.objects.select_for_update(of=("self",)).with_place().get(pk=skill.pk)
        before = content_of(locked)
        effective = _effective(before, changes)
        _apply(locked, effective)
        after = before
        for change in effective:
            after = after.after(change)
        return _record(
            locked,
            effective,
            after,
            author=author,
            origin=origin,
            summary=summary,
            significance=significance,
            reviewer=review.reviewer if review else None,
            is_co_written=bool(review and review.is_co_written),
            published_at=published_at or timezone.now(),
        )


def create(
    framework: Framework,
    key: str,
    content: SkillContent,
    *,
    author: "AbstractUser | None",
    origin: Revision.Origin,
    summary: str = "",
    published_at: datetime | None = None,
) -> Skill:
    """Make a skill with its first revision and return it; raises `InvalidChange` as `publish` does."""
    with transaction.atomic():
        changes = changes_between(NO_CONTENT, content)
        for change in changes:
            check(change)
        group = _group(framework, content.group, Change(Field.GROUP, None, content.group))
        skill = Skill(framework=framework, group=group, key=key, name=content.name)
        skill.summary, skill.tag_line = content.summary, content.tag_line
        naming.assign_slug(skill)
        skill.save(force_insert=True)
        _write_cells(skill, [change for change in changes if change.field is Field.REQUIREMENT])
        _record(
            skill,
            changes,
            content,
            author=author,
            origin=origin,
            summary=summary,
            significance=Significance.MEDIUM,
            published_at=published_at or timezone.now(),
        )
        return skill


def _effective(today: SkillContent, changes: Iterable[Change]) -> list[Change]:
    effective, conflicts = [], []
    for change in changes:
        check(change)
        value = today.value(change)
        if value == change.proposed:
            continue
        if value == change.base:
            effective.append(change)
        else:
            conflicts.append((change, value))
    if conflicts:
        raise Conflict(conflicts)
    if not effective:
        raise NothingToPublish
    return effective


def check(change: Change) -> None:
    """Raise `InvalidChange` for what no database row could hold; SQLite would not notice some of it."""
    value = change.proposed
    texts = [value.description, value.proficiency] if isinstance(value, Cell) else [value or ""]
    limits = {Field.NAME: NAME_MAX_LENGTH, Field.SUMMARY: SUMMARY_MAX_LENGTH, Field.TAG_LINE: TAG_LINE_MAX_LENGTH}
    limit = limits.get(change.field, DESCRIPTION_MAX_LENGTH)
    if any("\0" in text or any("\ud800" <= char <= "\udfff" for char in text) for text in texts):
        raise InvalidChange(change, _("The text holds a character that cannot be kept."))
    if any(len(text) > limit for text in texts):
        raise InvalidChange(change, _("The text is longer than %(limit)s characters.") % {"limit": limit})
    if change.field is Field.NAME and not texts[0].strip():
        raise InvalidChange(change, _("A skill needs a name."))
    if isinstance(value, Cell) and not value.description.strip():
        raise InvalidChange(change, _("A requirement needs a description."))
    if isinstance(value, Cell) and len(value.proficiency) > PROFICIENCY_MAX_LENGTH:
        limit = PROFICIENCY_MAX_LENGTH
        raise InvalidChange(change, _("The text is longer than %(limit)s characters.") % {"limit": limit})
    if isinstance(value, Cell) and value.obligation not in Obligation.values:
        raise InvalidChange(change, _("The obligation is not known."))


def _apply(skill: Skill, changes: Sequence[Change]) -> None:
    for change in changes:
        if change.field is Field.NAME:
            naming.rename(skill, str(change.proposed))
        elif change.field is Field.GROUP:
            skill.group = _group(skill.framework, str(change.proposed), change)
            skill.save(update_fields=["group"])
        elif change.field is not Field.REQUIREMENT:
            setattr(skill, change.field.value, change.proposed)
            skill.save(update_fields=[change.field.value])
    _write_cells(skill, [change for change in changes if change.field is Field.REQUIREMENT])


def _group(framework: Framework, path: str, change: Change) -> Group:
    domain, _slash, key = path.partition("/")
    group = Group.objects.select_related("domain").filter(domain__framework=framework, domain__key=domain, key=key)
    found = group.first()
    if found is None:
        raise InvalidChange(change, _("There is no such group in this framework."))
    return found


def _write_cells(skill: Skill, changes: Sequence[Change]) -> None:
    """Write requirements in three statements, however many there are."""
    if not changes:
        return
    roles = dict(Role.objects.filter(framework=skill.framework_id).values_list("key", "pk"))
    levels = dict(Level.objects.filter(framework=skill.framework_id).values_list("slug", "pk"))
    existing = {(row.role_id, row.level_id): row for row in skill.requirements.all()}
    new, changed, gone = [], [], []
    for change in changes:
        assert change.place is not None
        if change.place.role not in roles or change.place.level not in levels:
            raise InvalidChange(change, _("There is no such role or level in this framework."))
        role, level = roles[change.place.role], levels[change.place.level]
        row = existing.get((role, level))
        if not isinstance(change.proposed, Cell):
            gone.append((row or Requirement()).pk)
            continue
        fields = asdict(change.proposed)
        if row is None:
            new.append(Requirement(skill=skill, role_id=role, level_id=level, **fields))
        else:
            changed.append(Requirement(pk=row.pk, skill=skill, role_id=role, level_id=level, **fields))
    skill.requirements.filter(pk__in=gone).delete()
    Requirement.objects.bulk_update(changed, ["description", "obligation", "proficiency"])
    Requirement.objects.bulk_create(new)


def _record(
    skill: Skill, changes: Sequence[Change], content: SkillContent, *, published_at: datetime, **fields: Any
) -> Revision:
    last = skill.revisions.order_by("-number").values_list("number", flat=True).first()
    revision = Revision.objects.create(
        skill=skill,
        number=(last or 0) + 1,
        published_at=published_at,
        changes=[change.as_json() for change in changes],
        content=content.as_json(),
        **fields,
    )
    search.index([skill.pk])
    for listener in settings.REVISION_LISTENERS:
        import_string(listener)(revision)
    CatalogueVersion.objects.advance()
    return revision


def _value(data: str | dict[str, str] | None) -> Value:
    return Cell(**data) if isinstance(data, dict) else data


def _plain(value: Value) -> str | dict[str, str] | None:
    return asdict(value) if isinstance(value, Cell) else value
