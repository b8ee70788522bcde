"""The values by which a reader can filter the list of skills, each with the number of skills it would leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, F, Max, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from skills.browse.filters import FACETS, SkillFilters, build_requirement_condition, filter_skills
from skills.content.ladder import Ladder
from skills.models import Obligation
from skills.text.folding import build_sort_key

LABELS = {
    "framework": _("Framework"),
    "domain": _("Domain"),
    "group": _("Group"),
    "role": _("Role"),
    "level": _("Level"),
    "obligation": _("Obligation"),
}
INITIALLY_OPEN = frozenset({"framework", "domain", "level"})

# For each facet, the expressions for its value and for the value's name; lookups start at a skill.
_COLUMNS: Mapping[str, tuple[Any, Any]] = {
    "framework": (F("framework__slug"), F("framework__name")),
    "domain": (F("group__domain__slug"), F("group__domain__name")),
    # A group's slug is unique in its domain only: the value is "domain slug/group slug".
    "group": (
        Concat("group__domain__slug", Value("/"), "group__slug", output_field=CharField()),
        Concat("group__domain__name", Value(" › "), "group__name", output_field=CharField()),
    ),
    "role": (F("requirements__role__slug"), F("requirements__role__name")),
    "level": (F("requirements__level__slug"), F("requirements__level__name")),
    "obligation": (F("requirements__obligation"), F("requirements__obligation")),
}
# Facets of requirements, not of skills: a skill has several values of each.
_REQUIREMENT_FACETS = frozenset({"role", "level", "obligation"})


@dataclass(frozen=True)
class FacetValue:
    """A value that a reader can choose; `count` is the number of skills it would leave."""

    facet: str
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """All values of one facet; levels are ordered from the lowest up, other values by name."""

    name: str
    values: Sequence[FacetValue]

    @property
    def label(self) -> str:
        """The facet's name in the reader's language."""
        return str(LABELS[self.name])

    @property
    def is_content(self) -> bool:
        """Whether the names of the values come from a framework, not from the interface: they are not translated."""
        return self.name != "obligation"

    @property
    def is_open(self) -> bool:
        """Whether the values are shown from the start: the facet is used often, or a value is chosen already."""
        return self.name in INITIALLY_OPEN or any(value.is_chosen for value in self.values)


def build_facets(filters: SkillFilters, found_ids: Sequence[int] | None, ladders: Mapping[int, Ladder]) -> list[Facet]:
    """Return every facet with its values, in one query.

    A value's count applies the choices of all *other* facets: values of one facet are alternatives.
    `found_ids` are the ids of the skills a search found, None without a search; `ladders` (by framework id)
    give levels their order.
    """
    # One row for each value of each facet; each part of the union leaves its own facet open.
    parts = [_build_query(facet, filters.without(facet), found_ids) for facet in FACETS]
    values: dict[str, list[FacetValue]] = {facet: [] for facet in FACETS}
    for facet, value, label, count in parts[0].union(*parts[1:], all=True).order_by():
        values[facet].append(_build_value(filters, facet, value, label, count))
    for facet, value, name in _find_values_without_skills(filters, values):
        values[facet].append(_build_value(filters, facet, value, name, 0))
    levels = [step.slug for ladder in ladders.values() for step in ladder.steps]
    # Reversed: of a slug that several frameworks have, the first position counts.
    position = {slug: index for index, slug in reversed(list(enumerate(levels)))}

    def get_order(value: FacetValue) -> tuple[int, str, str]:
        rank = position.get(value.value, 0) if value.facet == "level" else 0
        return rank, build_sort_key(value.label), value.value

    return [Facet(facet, sorted(values[facet], key=get_order)) for facet in FACETS]


def _find_values_without_skills(
    filters: SkillFilters, values: Mapping[str, Sequence[FacetValue]]
) -> list[tuple[str, str, str]]:
    """Return facet, value and name of each chosen value that leaves no skill.

    Such a value stays on the page, so that the reader can remove it.
    """
    counted = {facet: {value.value for value in facet_values} for facet, facet_values in values.items()}
    missing = [
        (facet, value) for facet, chosen in filters.chosen.items() for value in chosen if value not in counted[facet]
    ]
    names = _load_value_names(missing) if missing else {}
    # Without a name: a value that does not exist at all, as in a URL typed by a reader.
    return [(facet, value, names.get((facet, value), value)) for facet, value in missing]


def _load_value_names(chosen: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return names by facet and value, in one query; a value that no skill has is left out."""
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
    """Return a query for the values of one facet: rows of facet, value, name and number of skills."""
    value, label = _COLUMNS[facet]
    skills = filter_skills(filters, found_ids)
    if facet in _REQUIREMENT_FACETS:
        # The same condition once more, now on the rows that are counted: one requirement must meet all of it.
        skills = skills.filter(build_requirement_condition(filters, "requirements__"), requirements__isnull=False)
    return (
        skills.order_by()
        .annotate(facet=Value(facet, output_field=CharField()), facet_value=value)
        .values_list("facet", "facet_value")
        .annotate(
            # All rows of a value have the same name; `Max` keeps it out of GROUP BY.
            facet_label=Max(label, output_field=CharField()),
            facet_count=Count("pk", distinct=facet in _REQUIREMENT_FACETS),
        )
    )
