"""The only way to change a skill's content: compare with the current one, apply all or nothing, save a revision.

Rules: docs/decisions.md "Content changes one way only".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.module_loading import import_string

from skills import search
from skills.content import naming
from skills.content.changes import (
    NO_CONTENT,
    SUGGESTED_CONTENT,
    Change,
    Field,
    SkillContent,
    find_changes,
    require_valid_change,
    select_applicable,
)
from skills.content.matrix import Cell, Matrix, Place
from skills.models import CatalogueVersion, Framework, Requirement, Revision, RevisionRole, Significance, Skill
from skills.revisions import writing

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser


@dataclass(frozen=True, slots=True)
class Review:
    """The reviewer who decided to publish, and whether they changed the text and are its co-author."""

    reviewer: "AbstractUser"
    is_co_written: bool = False


class NothingToPublish(Exception):
    """Every change proposes a value that the skill already has."""


def get_content(skill: Skill) -> SkillContent:
    """Return the current content of a skill from the database.

    For a retired skill this is its last content; see `get_contents`.
    """
    return get_contents([skill])[skill.pk]


def get_contents(skills: Sequence[Skill]) -> dict[int, SkillContent]:
    """Return the current content of each skill, by its primary key.

    It takes one query if the skills were loaded `with_group`, and one more if some are retired: a retired skill
    has no requirement rows, so its content comes from its latest revision.
    """
    cells: dict[int, dict[Place, Cell]] = {skill.pk: {} for skill in skills}
    rows = Requirement.objects.filter(skill__in=cells).values_list(
        "skill_id", "role__key", "level__slug", "description", "obligation", "proficiency"
    )
    for skill_id, role, level, *cell in rows:  # `cell` holds the fields of `Cell` in their order
        cells[skill_id][Place(role, level)] = Cell(*cell)
    retired = _get_last_contents([skill.pk for skill in skills if not skill.is_current and not skill.is_suggested])
    return {skill.pk: retired.get(skill.pk) or _build_content(skill, cells[skill.pk]) for skill in skills}


def _build_content(skill: Skill, cells: dict[Place, Cell]) -> SkillContent:
    """Return the content of a skill that is not retired, from its row and its cells."""
    if skill.is_suggested:
        return SUGGESTED_CONTENT
    group = f"{skill.group.domain.key}/{skill.group.key}"
    return SkillContent(skill.name, skill.summary, skill.tag_line, group, Matrix(cells))


def _get_last_contents(skill_ids: Sequence[int]) -> dict[int, SkillContent]:
    """Return the content after the latest revision of each skill, by the skill's primary key."""
    if not skill_ids:
        return {}
    latest = Revision.objects.filter(skill=OuterRef("skill")).order_by("-number").values("pk")
    rows = Revision.objects.filter(skill__in=skill_ids, pk=Subquery(latest[:1])).values_list("skill", "content")
    return {skill_id: SkillContent.from_json(content) for skill_id, content in rows}


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

    1. Lock the skill, and the skill of which it becomes a duplicate.
    2. Compare each change with the current content; leave out those whose proposed value is already there.
    3. Write the skill and its requirements.
    4. Save the revision, update the search, call REVISION_LISTENERS and advance the catalogue's version.

    All in one transaction. Raises `ChangedMeanwhile` if the base of a change is no longer the current value,
    `InvalidChange` for a value that the model cannot hold, and `NothingToPublish` if no change is left.
    """
    with transaction.atomic():
        changes = list(changes)
        locked = writing.lock_skill(skill, changes)
        before = get_content(locked)  # read under the lock: nobody can change it until the transaction ends
        effective = _select_effective(before, changes)
        after = before
        for change in effective:
            after = after.apply(change)
        writing.write(locked, before, after, effective)
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
    """Create a skill with its first revision and return the skill.

    1. Check every field and requirement of `content`, and that the name is free in its group.
    2. Save the skill with a slug made of its name, and its requirements.
    3. Save the revision, update the search, call REVISION_LISTENERS and advance the catalogue's version.

    All in one transaction. `key` must be free in the framework. Raises `InvalidChange` as `publish` does.
    """
    with transaction.atomic():
        changes = find_changes(NO_CONTENT, content)  # the first revision adds everything
        for change in changes:
            require_valid_change(change)
        group = writing.get_group(framework, Change(Field.GROUP, None, content.group))
        writing.require_free_name(group, content.name, None)  # takes the lock that finding a free slug needs too
        skill = Skill(framework=framework, group=group, key=key, name=content.name)
        skill.summary, skill.tag_line = content.summary, content.tag_line
        naming.assign_slug(skill)
        skill.save(force_insert=True)
        writing.write_cells(skill, [change for change in changes if change.field is Field.REQUIREMENT])
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


def unpublish(skill: Skill, *, author: "AbstractUser", summary: str) -> Revision:
    """Make a published skill a suggested one again, as a new revision, and return the revision.

    1. Lock the skill, delete its requirements and set its status to suggested.
    2. Save a revision of the origin "revert" that removes all content; the earlier revisions stay.
    3. Update the search, call REVISION_LISTENERS and advance the catalogue's version.

    The skill keeps its key, its address and its history.
    """
    with transaction.atomic():
        locked = writing.lock_skill(skill, [])
        before = get_content(locked)
        locked.requirements.all().delete()
        locked.status = Skill.Status.SUGGESTED
        locked.save(update_fields=["status"])
        return _record(
            locked,
            find_changes(before, SUGGESTED_CONTENT),
            SUGGESTED_CONTENT,
            author=author,
            origin=Revision.Origin.REVERT,
            summary=summary,
            significance=Significance.MEDIUM,
            published_at=timezone.now(),
        )


def _select_effective(current: SkillContent, changes: Sequence[Change]) -> list[Change]:
    """Return the changes that alter `current`; raises `InvalidChange`, `ChangedMeanwhile` or `NothingToPublish`."""
    for change in changes:
        require_valid_change(change)
    effective = select_applicable(current, changes)
    if not effective:
        raise NothingToPublish
    return effective


def _record(
    skill: Skill, changes: Sequence[Change], content: SkillContent, *, published_at: datetime, **fields: Any
) -> Revision:
    """Save a revision whose content is written already, and let search, listeners and pages know of it."""
    last = skill.revisions.order_by("-number").values_list("number", flat=True).first()
    revision = Revision.objects.create(
        skill=skill,
        number=(last or 0) + 1,  # no gap and no race: the skill is locked or new
        published_at=published_at,
        changes=[change.as_json() for change in changes],
        content=content.as_json(),
        **fields,
    )
    # Rows for the filter of recent changes by role, which finds them by an index.
    role_keys = sorted({change.place.role for change in changes if change.place})
    RevisionRole.objects.bulk_create(RevisionRole(revision=revision, role_key=key) for key in role_keys)
    search.index([skill.pk])
    for listener in settings.REVISION_LISTENERS:
        import_string(listener)(revision)
    CatalogueVersion.objects.advance()  # last, as it locks every other writer of pages until the commit
    return revision
