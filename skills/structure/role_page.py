"""The data of a role's page: its levels, and the requirements of each level compared with the level below."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.utils.safestring import SafeString

from skills.content.ladder import Ladder, LadderStep, Track, build_ladder
from skills.models import Level, Obligation, Requirement, Role, RoleLevel, Skill
from skills.text.markup import markdown


class LadderChange(StrEnum):
    """How a requirement differs from the requirement of the same skill on the level below."""

    FIRST = "first"  # the role has no level below
    NEW = "new"
    SAME = "same"
    CHANGED = "changed"


@dataclass(frozen=True)
class RoleRequirement:
    """What a skill requires of the role on one step. Two are equal if all their fields are."""

    skill: Skill
    description: str
    obligation: str
    proficiency: str

    @property
    def html(self) -> SafeString:
        """The description, rendered."""
        return markdown.render(self.description)

    @property
    def is_mandatory(self) -> bool:
        """Whether the obligation is "mandatory", not only "optional" or "not stated"."""
        return self.obligation == Obligation.MANDATORY


@dataclass(frozen=True)
class RoleStep:
    """A step of the framework's ladder as the role has it; `exists` is False if the role has no such level."""

    step: LadderStep
    title: str
    introduction: str
    requirements: Sequence[RoleRequirement]
    exists: bool

    @property
    def mandatory_count(self) -> int:
        """How many of the requirements are mandatory."""
        return sum(requirement.is_mandatory for requirement in self.requirements)

    @property
    def introduction_html(self) -> SafeString:
        """The introduction, rendered."""
        return markdown.render(self.introduction)


@dataclass(frozen=True)
class ComparedRequirement:
    """A requirement and the one of the same skill on the level below; `below` is None if there is none."""

    requirement: RoleRequirement
    below: RoleRequirement | None
    change: LadderChange

    @property
    def becomes_mandatory(self) -> bool:
        """Whether the requirement is mandatory and the one below is not."""
        return bool(self.below and self.requirement.is_mandatory and not self.below.is_mandatory)


@dataclass(frozen=True)
class RoleProfile:
    """A role as its page shows it; `steps` are all steps of the framework's ladder, from the lowest up."""

    role: Role
    ladder: Ladder
    steps: Sequence[RoleStep]

    @cached_property
    def tracks(self) -> list[Track]:
        """The tracks on which the role has at least one level."""
        used = {step.step.track for step in self.steps if step.exists}
        return [track for track in self.ladder.tracks if track.name in used]

    @cached_property
    def skills(self) -> list[Skill]:
        """Every skill that the role needs, by domain, group and name."""
        skills = {requirement.skill for step in self.steps for requirement in step.requirements}
        return sorted(skills, key=_get_sort_key)

    @cached_property
    def rows(self) -> list[tuple[Skill, list[tuple[LadderStep, RoleRequirement | None]]]]:
        """Every skill with its requirement on each step of the role's tracks."""
        columns = [step for track in self.tracks for step in track.steps]
        by_place = {(row.skill, step.step): row for step in self.steps for row in step.requirements}
        return [(skill, [(step, by_place.get((skill, step))) for step in columns]) for skill in self.skills]

    def find(self, slug: str) -> RoleStep | None:
        """Return the step of the level with this slug, None if the ladder has no such level.

        The step is returned even if the role has no such level, see `RoleStep.exists`.
        """
        return next((step for step in self.steps if step.step.slug == slug), None)

    def find_step_below(self, step: LadderStep) -> RoleStep | None:
        """Return the nearest lower step of the role, None if `step` is its lowest.

        Only steps of the same track that exist for the role count.
        """
        lower = [
            other
            for other in self.steps
            if other.exists and other.step.track == step.track and other.step.rank < step.rank
        ]
        return lower[-1] if lower else None  # `steps` go from the lowest up, so the last one is the nearest

    def compare_step(self, role_step: RoleStep) -> list[ComparedRequirement]:
        """Return the requirements of a step, each compared with that of the same skill on the step below.

        Requirements that exist only on the step below are not part of the result.
        """
        below = self.find_step_below(role_step.step)
        before = {row.skill: row for row in below.requirements} if below else {}  # at most one for each skill
        return [
            ComparedRequirement(row, before.get(row.skill), _classify_change(row, before.get(row.skill), below))
            for row in role_step.requirements
        ]


def load_role_profile(role: Role) -> RoleProfile:
    """Return the current profile of a role, in three queries.

    The requirements of each step are by domain, group and name of their skills.
    """
    ladder = build_ladder(Level.objects.filter(framework=role.framework_id))
    rows = Requirement.objects.filter(role=role).select_related("skill__group__domain")
    by_level: dict[int, list[RoleRequirement]] = {}
    for row in sorted(rows, key=lambda row: _get_sort_key(row.skill)):
        requirement = RoleRequirement(row.skill, row.description, row.obligation, row.proficiency)
        by_level.setdefault(row.level_id, []).append(requirement)
    # What the role says of its levels: title and introduction; a role need not have a row for each level.
    levels = {row.level_id: row for row in RoleLevel.objects.filter(role=role)}
    steps = [
        RoleStep(
            step=step,
            title=levels[step.pk].title if step.pk in levels else "",
            introduction=levels[step.pk].introduction if step.pk in levels else "",
            requirements=by_level.get(step.pk, []),
            # A requirement is enough: the role need not have title or introduction on a level.
            exists=step.pk in levels or step.pk in by_level,
        )
        for step in ladder.steps
    ]
    return RoleProfile(role, ladder, steps)


def _get_sort_key(skill: Skill) -> tuple[int, str, int, str, str, int]:
    """Return the order of domain, group and name; the primary key makes it total."""
    group = skill.group
    return (
        group.domain.position,
        group.domain.sort_key,
        group.position,
        group.sort_key,
        skill.sort_key,
        skill.pk,
    )


def _classify_change(row: RoleRequirement, before: RoleRequirement | None, below: RoleStep | None) -> LadderChange:
    """Compare a requirement with the one `before` it on the step `below`; either may be missing."""
    if below is None:
        return LadderChange.FIRST
    if before is None:
        return LadderChange.NEW
    return LadderChange.SAME if before == row else LadderChange.CHANGED
