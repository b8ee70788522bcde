"""The values a reader can narrow the list of skills by, each with how many skills it would leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, F, Max, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from skills.browse.filters import FACETS, SkillFilters, build_requirement_condition, filter_skills
from skills.content.ladder import Ladder
from skills.models import Obligation

LABELS = {
    "framework": _("Framework"),
    "domain": _("Domain"),
    "group": _("Group"),
    "role": _("Role"),
    "level": _("Level"),
    "obligation": _("Obligation"),
}
INITIALLY_OPEN = frozenset({"framework", "domain", "level"})

# Where a facet's values and their names stand, seen from a skill.
_COLUMNS: Mapping[str, tuple[Any, Any]] = {
    "framework": (F("framework__slug"), F("framework__name")),
    "domain": (F("group__domain__slug"), F("group__domain__name")),
    "group": (
        Concat("group__domain__slug", Value("/"), "group__slug", output_field=CharField()),
        Concat("group__domain__name", Value(" › "), "group__name", output_field=CharField()),
    ),
    "role": (F("requirements__role__slug"), F("requirements__role__name")),
    "level": (F("requirements__level__slug"), F("requirements__level__name")),
    "obligation": (F("requirements__obligation"), F("requirements__obligation")),
}
_REQUIREMENT_FACETS = frozenset({"role", "level", "obligation"})


@dataclass(frozen=True)
class FacetValue:
    """A value a reader can choose, and how many skills it would leave."""

    facet: str
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """All values of one facet: levels from the lowest up, others by name."""

    name: str
    values: Sequence[FacetValue]

    @property
    def label(self) -> str:
        """The facet's name in the reader's language."""
        return str(LABELS[self.name])

    @property
    def is_content(self) -> bool:
        """Whether the values' names come from a framework rather than from the interface."""
        return self.name != "obligation"

    @property
    def is_open(self) -> bool:
        """Whether its values are shown from the start: asked for often, or already chosen."""
        return self.name in INITIALLY_OPEN or any(value.is_chosen for value in self.values)


def build_facets(filters: SkillFilters, found_ids: Sequence[int] | None, ladders: Mapping[int, Ladder]) -> list[Facet]:
    """Return every facet with counts under all the *other* facets, in one query.

    `found` are the skills that a search left, `ladders` give levels their order.
    """
    parts = [_build_query(facet, filters.without(facet), found_ids) for facet in FACETS]
    values: dict[str, list[FacetValue]] = {facet: [] for facet in FACETS}
    for facet, value, label, count in parts[0].union(*parts[1:], all=True).order_by():
        values[facet].append(_build_value(filters, facet, value, label, count))
    for facet, value, name in _find_values_without_skills(filters, values):
        values[facet].append(_build_value(filters, facet, value, name, 0))
    levels = [step.slug for ladder in ladders.values() for step in ladder.steps]
    position = {slug: index for index, slug in reversed(list(enumerate(levels)))}
    return [
        Facet(facet, sorted(values[facet], key=lambda value: (position.get(value.value, 0), value.label.casefold())))
        if facet == "level"
        else Facet(facet, sorted(values[facet], key=lambda value: (value.label.casefold(), value.value)))
        for facet in FACETS
    ]


def _find_values_without_skills(
    filters: SkillFilters, values: Mapping[str, Sequence[FacetValue]]
) -> list[tuple[str, str, str]]:
    """Return facet, value and name of what was chosen and leaves no skill: it stays on the page, to be taken back."""
    known = {facet: {value.value for value in of_facet} for facet, of_facet in values.items()}
    missing = [
        (facet, value) for facet, chosen in filters.chosen.items() for value in chosen if value not in known[facet]
    ]
    names = _load_value_names(missing) if missing else {}
    return [(facet, value, names.get((facet, value), value)) for facet, value in missing]


def _load_value_names(chosen: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the names of values, in one query; what no skill has is without one."""
    parts = [
        _build_query(facet, SkillFilters(), None).filter(
            facet_value__in=[value for other, value in chosen if other == facet]
        )
        for facet in {facet for facet, _chosen in chosen}
    ]
    rows = parts[0].union(*parts[1:], all=True).order_by()
    return {(facet, value): name for facet, value, name, _count in rows}


def _build_value(filters: SkillFilters, facet: str, value: str, label: str, count: int) -> FacetValue:
    if facet == "obligation" and value in Obligation.values:
        label = str(Obligation(value).label)
    return FacetValue(facet, value, label, count, value in filters.chosen.get(facet, ()))


def _build_query(facet: str, filters: SkillFilters, found_ids: Sequence[int] | None) -> QuerySet[Any, Any]:
    value, label = _COLUMNS[facet]
    skills = filter_skills(filters, found_ids)
    if facet in _REQUIREMENT_FACETS:
        skills = skills.filter(build_requirement_condition(filters, "requirements__"), requirements__isnull=False)
    return (
        skills.order_by()
        .annotate(facet=Value(facet, output_field=CharField()), facet_value=value)
        .values_list("facet", "facet_value")
        .annotate(
            facet_label=Max(label, output_field=CharField()),
            facet_count=Count("pk", distinct=facet in _REQUIREMENT_FACETS),
        )
    )
