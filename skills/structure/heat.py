"""Heat overviews: how much is required where, as a table of counts."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from skills.content.ladder import Ladder, LadderStep, build_ladder
from skills.models import Domain, Framework, Group, Level, Obligation, Requirement, Role, Skill


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
    cells: Sequence[tuple[LadderStep | Role, Heat]]


@dataclass(frozen=True)
class HeatGroup:
    """A group with the rows of its skills."""

    group: Group
    rows: Sequence[HeatRow]


@dataclass(frozen=True)
class Overview:
    """Skills by levels, or skills by roles."""

    columns: Sequence[LadderStep | Role]
    groups: Sequence[HeatGroup]

    @property
    def is_by_role(self) -> bool:
        return bool(self.columns) and isinstance(self.columns[0], Role)


def build_overview_by_level(skills: QuerySet[Skill], ladder: Ladder) -> Overview:
    """Return how much each skill requires on each level of the tracks it uses; two queries."""
    counts = _count_requirements(skills, "level")
    used = {level for _skill, level in counts}
    tracks = [track for track in ladder.tracks if any(step.pk in used for step in track.steps)]
    return _build_overview(skills, counts, [step for track in tracks for step in track.steps])


def build_overview_by_role(skills: QuerySet[Skill]) -> Overview:
    """Return how much each skill requires of each role that it concerns; three queries."""
    counts = _count_requirements(skills, "role")
    roles = Role.objects.filter(pk__in={role for _skill, role in counts}).order_by("name")
    return _build_overview(skills, counts, list(roles))


@dataclass(frozen=True, slots=True)
class DomainSummary:
    """A domain of `Domain.objects.for_list()` with its requirements by level."""

    domain: Domain
    strip: Sequence[tuple[LadderStep, Heat]]


@dataclass(frozen=True, slots=True)
class FrameworkSummary:
    """A framework of `Framework.objects.for_list()` with its ladder."""

    framework: Framework
    ladder: Ladder


def list_framework_summaries(ladders: Mapping[int, Ladder]) -> list[FrameworkSummary]:
    """Return every framework with its ladder; one query."""
    return [FrameworkSummary(row, ladders.get(row.pk, Ladder(()))) for row in Framework.objects.for_list()]


def get_ladders_by_framework() -> dict[int, Ladder]:
    """Return the ladder of every framework by its id; one query."""
    levels: dict[int, list[Level]] = {}
    for level in Level.objects.all():
        levels.setdefault(level.framework_id, []).append(level)
    return {framework: build_ladder(rows) for framework, rows in levels.items()}


def list_domain_summaries(ladders: Mapping[int, Ladder]) -> list[DomainSummary]:
    """Return every domain with how much it requires on each step of the tracks it uses; two queries."""
    rows = Requirement.objects.values_list("skill__group__domain_id", "level_id").annotate(total=Count("pk"))
    totals = {(domain, level): Heat(total) for domain, level, total in rows}
    return [
        DomainSummary(domain, _build_strip(ladders.get(domain.framework_id, Ladder(())), domain.pk, totals))
        for domain in Domain.objects.for_list()
    ]


def _build_strip(ladder: Ladder, owner_id: int, heats: Mapping[tuple[int, int], Heat]) -> list[tuple[LadderStep, Heat]]:
    """Return the heat on every step of the tracks that `owner` uses."""
    pairs = [(step, heats.get((owner_id, step.pk), Heat())) for step in ladder.steps]
    used = {step.track for step, heat in pairs if heat.total}
    return [(step, heat) for step, heat in pairs if step.track in used]


def build_level_strips(
    skills: Iterable[Skill], ladders: Mapping[int, Ladder]
) -> dict[int, list[tuple[LadderStep, Heat]]]:
    """Return for each skill its heat on every step of the tracks it uses; one query. `ladders` by framework."""
    skills = list(skills)
    counts = _count_requirements(Skill.objects.filter(pk__in=[skill.pk for skill in skills]), "level")
    return {skill.pk: _build_strip(ladders[skill.framework_id], skill.pk, counts) for skill in skills}


def _count_requirements(skills: QuerySet[Skill], column: str) -> dict[tuple[int, int], Heat]:
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


def _build_overview[Column: (LadderStep, Role)](
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
