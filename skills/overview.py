"""Heat overviews: how much is required where, as a table of counts."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from skills.ladder import Ladder, Step
from skills.models import Group, Obligation, Requirement, Role, Skill


@dataclass(frozen=True, slots=True)
class Heat:
    """How many requirements a place holds. `stated` is how many of them say mandatory or optional."""

    total: int = 0
    mandatory: int = 0
    stated: int = 0


@dataclass(frozen=True)
class HeatRow:
    """A skill and its heat in each column."""

    skill: Skill
    cells: Sequence[tuple[Step | Role, Heat]]


@dataclass(frozen=True)
class HeatGroup:
    """A group with the rows of its skills."""

    group: Group
    rows: Sequence[HeatRow]


@dataclass(frozen=True)
class Overview:
    """Skills by levels, or skills by roles."""

    columns: Sequence[Step | Role]
    groups: Sequence[HeatGroup]

    @property
    def by_role(self) -> bool:
        return bool(self.columns) and isinstance(self.columns[0], Role)


def by_level(skills: QuerySet[Skill], ladder: Ladder) -> Overview:
    """Return how much each skill requires on each level of the tracks it uses; two queries."""
    counts = _counts(skills, "level")
    used = {level for _skill, level in counts}
    tracks = [track for track in ladder.tracks if any(step.pk in used for step in track.steps)]
    return _overview(skills, counts, [step for track in tracks for step in track.steps])


def by_role(skills: QuerySet[Skill]) -> Overview:
    """Return how much each skill requires of each role that it concerns; three queries."""
    counts = _counts(skills, "role")
    roles = Role.objects.filter(pk__in={role for _skill, role in counts}).order_by("name")
    return _overview(skills, counts, list(roles))


def level_strips(skills: Iterable[Skill], ladders: dict[int, Ladder]) -> dict[int, list[tuple[Step, Heat]]]:
    """Return for each skill its heat on every step of the tracks it uses; one query. `ladders` by framework."""
    skills = list(skills)
    counts = _counts(Skill.objects.filter(pk__in=[skill.pk for skill in skills]), "level")
    strips = {}
    for skill in skills:
        ladder = ladders[skill.framework_id]
        heats = [(step, counts.get((skill.pk, step.pk), Heat())) for step in ladder.steps]
        used = {step.track for step, heat in heats if heat.total}
        strips[skill.pk] = [(step, heat) for step, heat in heats if step.track in used]
    return strips


def _counts(skills: QuerySet[Skill], column: str) -> dict[tuple[int, int], Heat]:
    rows = (
        Requirement.objects.filter(skill__in=skills.order_by().values("pk"))
        .values_list("skill_id", f"{column}_id")
        .annotate(
            total=Count("pk"),
            mandatory=Count("pk", filter=Q(obligation=Obligation.MANDATORY)),
            stated=Count("pk", filter=~Q(obligation=Obligation.NOT_STATED)),
        )
    )
    return {(skill, other): Heat(total, mandatory, stated) for skill, other, total, mandatory, stated in rows}


def _overview[Column: (Step, Role)](
    skills: QuerySet[Skill], counts: dict[tuple[int, int], Heat], columns: Sequence[Column]
) -> Overview:
    ordered = skills.select_related("group__domain").order_by(
        "group__domain__position", "group__position", "group__name", "name", "pk"
    )
    groups: dict[Hashable, HeatGroup] = {}
    rows: dict[Hashable, list[HeatRow]] = {}
    for skill in ordered:
        row = HeatRow(skill, [(column, counts.get((skill.pk, column.pk), Heat())) for column in columns])
        rows.setdefault(skill.group_id, []).append(row)
        groups.setdefault(skill.group_id, HeatGroup(skill.group, rows[skill.group_id]))
    return Overview(columns, list(groups.values()))
