"""Heat overviews: tables that count how many requirements each skill has by level or by role."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from skills.content.ladder import Ladder, LadderStep, build_ladder
from skills.models import Domain, Framework, Group, Level, Obligation, Requirement, Role, Skill


@dataclass(frozen=True, slots=True)
class Heat:
    """Counts of the requirements in one cell: all, mandatory ones, and those that state an obligation.

    An obligation is stated if it is "mandatory" or "optional", not "not stated".
    """

    total: int = 0
    mandatory: int = 0
    stated: int = 0


@dataclass(frozen=True)
class HeatRow:
    """A skill and its heat in each column of the overview."""

    skill: Skill
    cells: Sequence[tuple[LadderStep | Role, Heat]]


@dataclass(frozen=True)
class HeatGroup:
    """A group with the rows of its skills."""

    group: Group
    rows: Sequence[HeatRow]


@dataclass(frozen=True)
class Overview:
    """A table of skills by levels or by roles; its rows are in the order of the groups."""

    columns: Sequence[LadderStep | Role]
    groups: Sequence[HeatGroup]

    @property
    def is_by_role(self) -> bool:
        """Whether the columns are roles; False for an overview without any column."""
        return bool(self.columns) and isinstance(self.columns[0], Role)


def build_overview_by_level(skills: QuerySet[Skill], ladder: Ladder) -> Overview:
    """Return the heat of each skill on each level, in two queries.

    `ladder` is that of the skills' framework. The columns are all steps of the tracks that at least one skill uses.
    """
    counts = _count_requirements(skills, "level")
    used = {level_id for _skill_id, level_id in counts}
    # Whole tracks: a level without any requirement stays visible as an empty column.
    tracks = [track for track in ladder.tracks if any(step.pk in used for step in track.steps)]
    return _build_overview(skills, counts, [step for track in tracks for step in track.steps])


def build_overview_by_role(skills: QuerySet[Skill]) -> Overview:
    """Return the heat of each skill for each role, in three queries.

    The columns are the roles, by name, of which at least one skill requires something.
    """
    counts = _count_requirements(skills, "role")
    roles = Role.objects.filter(pk__in={role_id for _skill_id, role_id in counts}).order_by("sort_key", "pk")
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
    """Return every framework with its ladder, in one query.

    `ladders` come from `get_ladders_by_framework`; a framework without levels has an empty ladder.
    """
    return [FrameworkSummary(row, ladders.get(row.pk, Ladder(()))) for row in Framework.objects.for_list()]


def get_ladders_by_framework() -> dict[int, Ladder]:
    """Return the ladder of every framework by the framework's id, in one query."""
    levels: dict[int, list[Level]] = {}
    for level in Level.objects.all():
        levels.setdefault(level.framework_id, []).append(level)
    return {framework_id: build_ladder(rows) for framework_id, rows in levels.items()}


def list_domain_summaries(ladders: Mapping[int, Ladder]) -> list[DomainSummary]:
    """Return every domain with its heat on each step of the tracks it uses, in two queries.

    `ladders` come from `get_ladders_by_framework`.
    """
    rows = Requirement.objects.values_list("skill__group__domain_id", "level_id").annotate(total=Count("pk"))
    totals = {(domain_id, level_id): Heat(total) for domain_id, level_id, total in rows}  # a strip shows totals only
    return [
        DomainSummary(domain, _build_strip(ladders.get(domain.framework_id, Ladder(())), domain.pk, totals))
        for domain in Domain.objects.for_list()
    ]


def _build_strip(ladder: Ladder, owner_id: int, heats: Mapping[tuple[int, int], Heat]) -> list[tuple[LadderStep, Heat]]:
    """Return the heat on every step of the tracks that a domain or a skill uses.

    `heats` are by the primary keys of owner and level.
    """
    pairs = [(step, heats.get((owner_id, step.pk), Heat())) for step in ladder.steps]
    used = {step.track for step, heat in pairs if heat.total}
    return [(step, heat) for step, heat in pairs if step.track in used]


def build_level_strips(
    skills: Iterable[Skill], ladders: Mapping[int, Ladder]
) -> dict[int, list[tuple[LadderStep, Heat]]]:
    """Return the heat of each skill on every step of the tracks it uses, by the skill's primary key, in one query.

    `ladders` come from `get_ladders_by_framework`; every skill's framework must be among them.
    """
    skills = list(skills)
    counts = _count_requirements(Skill.objects.filter(pk__in=[skill.pk for skill in skills]), "level")
    return {skill.pk: _build_strip(ladders[skill.framework_id], skill.pk, counts) for skill in skills}


def _count_requirements(skills: QuerySet[Skill], column: str) -> dict[tuple[int, int], Heat]:
    """Return the heat of skills by the primary keys of skill and `column`, which is "level" or "role"."""
    rows = (
        # The subquery needs no order and only one column.
        Requirement.objects.filter(skill__in=skills.order_by().values("pk"))
        .values_list("skill_id", f"{column}_id")
        .annotate(
            total=Count("pk"),
            mandatory=Count("pk", filter=Q(obligation=Obligation.MANDATORY)),
            stated=Count("pk", filter=~Q(obligation=Obligation.NOT_STATED)),
        )
    )
    return {
        (skill_id, column_id): Heat(total, mandatory, stated) for skill_id, column_id, total, mandatory, stated in rows
    }


def _build_overview[Column: (LadderStep, Role)](
    skills: QuerySet[Skill], counts: dict[tuple[int, int], Heat], columns: Sequence[Column]
) -> Overview:
    """Return the table with a row for every skill, even without any requirement, grouped by the skills' groups."""
    ordered = skills.select_related("group__domain").order_by(
        "group__domain__position", "group__position", "group__sort_key", "group_id", "sort_key", "pk"
    )
    groups: dict[Hashable, HeatGroup] = {}
    rows: dict[Hashable, list[HeatRow]] = {}
    for skill in ordered:
        row = HeatRow(skill, [(column, counts.get((skill.pk, column.pk), Heat())) for column in columns])
        rows.setdefault(skill.group_id, []).append(row)
        # The group shares the list of rows, so later rows of it need no second step.
        groups.setdefault(skill.group_id, HeatGroup(skill.group, rows[skill.group_id]))
    return Overview(columns, list(groups.values()))
