"""The only way a skill's content changes: compare with today, apply all or nothing, write it down.

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
    check,
    find_changes,
    select_applicable,
)
from skills.content.matrix import Cell, Matrix, Place
from skills.models import CatalogueVersion, Framework, Requirement, Revision, RevisionRole, Significance, Skill
from skills.revisions import writing

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser


@dataclass(frozen=True, slots=True)
class Review:
    """Who decided that something is published, and whether they changed its text and are co-author."""

    reviewer: "AbstractUser"
    is_co_written: bool = False


class NothingToPublish(Exception):
    """Every change proposes what already stands there."""


def get_content(skill: Skill) -> SkillContent:
    """Return a skill's content as it stands in the database."""
    return get_contents([skill])[skill.pk]


def get_contents(skills: Sequence[Skill]) -> dict[int, SkillContent]:
    """Return the content of each skill by its primary key, in one query when they were loaded `with_group`.

    One query more where one of them is no longer part of its framework: what it last said stands in its history.
    """
    cells: dict[int, dict[Place, Cell]] = {skill.pk: {} for skill in skills}
    rows = Requirement.objects.filter(skill__in=cells).values_list(
        "skill_id", "role__key", "level__slug", "description", "obligation", "proficiency"
    )
    for skill_id, role, level, *cell in rows:
        cells[skill_id][Place(role, level)] = Cell(*cell)
    retired = _get_last_contents([skill.pk for skill in skills if not skill.is_current and not skill.is_suggested])
    return {skill.pk: retired.get(skill.pk) or _build_content(skill, cells[skill.pk]) for skill in skills}


def _build_content(skill: Skill, cells: dict[Place, Cell]) -> SkillContent:
    if skill.is_suggested:
        return SUGGESTED_CONTENT
    group = f"{skill.group.domain.key}/{skill.group.key}"
    return SkillContent(skill.name, skill.summary, skill.tag_line, group, Matrix(cells))


def _get_last_contents(skill_ids: Sequence[int]) -> dict[int, SkillContent]:
    if not skill_ids:
        return {}
    latest = Revision.objects.filter(skill=OuterRef("skill")).order_by("-number").values("pk")
    rows = Revision.objects.filter(skill__in=skill_ids, pk=Subquery(latest[:1])).values_list("skill", "content")
    return {skill: SkillContent.from_json(content) for skill, content in rows}


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

    A change whose base is no longer today's value raises `ChangedMeanwhile`, unless today's
    value is already the proposed one: such a change is left out. `InvalidChange` for
    what the model cannot hold, `NothingToPublish` when nothing is left to do. Whoever
    REVISION_LISTENERS names is called with the revision, in the same transaction.
    """
    with transaction.atomic():
        changes = list(changes)
        locked = writing.lock_skill(skill, changes)
        before = get_content(locked)
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
    """Make a skill with its first revision and return it; raises `InvalidChange` as `publish` does."""
    with transaction.atomic():
        changes = find_changes(NO_CONTENT, content)
        for change in changes:
            check(change)
        group = writing.get_group(framework, Change(Field.GROUP, None, content.group))
        writing.refuse_taken_name(group, content.name, None)
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
    """Make of a skill again what it was before its first revision: only suggested, without content; as a revision."""
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
    for change in changes:
        check(change)
    effective = select_applicable(current, changes)
    if not effective:
        raise NothingToPublish
    return effective


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
    role_keys = sorted({change.place.role for change in changes if change.place})
    RevisionRole.objects.bulk_create(RevisionRole(revision=revision, role_key=key) for key in role_keys)
    search.index([skill.pk])
    for listener in settings.REVISION_LISTENERS:
        import_string(listener)(revision)
    CatalogueVersion.objects.advance()
    return revision
