"""The list of all skills: filters, counts per filter value, order, pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import CharField, Count, F, IntegerField, Max, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from skills import search
from skills.models import Obligation, Requirement, Skill

LABELS = {
    "framework": _("Framework"),
    "domain": _("Domain"),
    "group": _("Group"),
    "role": _("Role"),
    "level": _("Level"),
    "obligation": _("Obligation"),
}
FACETS = tuple(LABELS)
SORTS = ("relevance", "name", "updated", "size")
PAGE_SIZE = 20

_REQUIREMENT_FACETS = frozenset({"role", "level", "obligation"})


_NO_LABEL = Value("", output_field=CharField())
_NO_ORDER = Value(0)


@dataclass(frozen=True)
class FacetColumns:
    """Where a facet's values, their labels and their order stand, seen from a skill."""

    value: Any
    label: Any = _NO_LABEL
    order: Any = _NO_ORDER


_COLUMNS: Mapping[str, FacetColumns] = {
    "framework": FacetColumns(F("framework__slug"), F("framework__name"), F("framework__position")),
    "domain": FacetColumns(F("group__domain__slug"), F("group__domain__name")),
    "group": FacetColumns(
        Concat("group__domain__slug", Value("/"), "group__slug", output_field=CharField()),
        Concat("group__domain__name", Value(" › "), "group__name", output_field=CharField()),
    ),
    "role": FacetColumns(F("requirements__role__slug"), F("requirements__role__name")),
    "level": FacetColumns(
        F("requirements__level__slug"), F("requirements__level__name"), F("requirements__level__rank")
    ),
    "obligation": FacetColumns(F("requirements__obligation")),
}


@dataclass(frozen=True)
class Filters:
    """What the reader asked for. Within a facet values are alternatives, facets narrow each other."""

    query: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""

    @classmethod
    def from_query(cls, data: QueryDict) -> "Filters":
        """Read the filters from a query string; unknown sorts fall back to the default one."""
        query = " ".join(data.get("q", "").split())
        chosen = {facet: tuple(sorted({value for value in data.getlist(facet) if value})) for facet in FACETS}
        sort = data.get("sort", "")
        default = "relevance" if query else "name"
        allowed = sort in SORTS and (query or sort != "relevance")
        return cls(query, {facet: values for facet, values in chosen.items() if values}, sort if allowed else default)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order was chosen."""
        return bool(self.query or self.chosen)

    def without(self, facet: str) -> "Filters":
        """Return the filters with one facet left open."""
        return replace(self, chosen={name: values for name, values in self.chosen.items() if name != facet})

    def toggled(self, facet: str, value: str) -> "Filters":
        """Return the filters with one value switched on or off."""
        values = set(self.chosen.get(facet, ())) ^ {value}
        chosen = {**self.chosen, facet: tuple(sorted(values))}
        return replace(self, chosen={name: chosen[name] for name in FACETS if chosen.get(name)})

    def query_string(self, **extra: str) -> str:
        """Return these filters as a query string, without what is the default anyway."""
        data = QueryDict(mutable=True)
        if self.query:
            data["q"] = self.query
        for facet in FACETS:
            data.setlist(facet, list(self.chosen.get(facet, ())))
        if self.sort != ("relevance" if self.query else "name"):
            data["sort"] = self.sort
        for name, value in extra.items():
            data[name] = value
        return data.urlencode(safe="/")


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
    """All values of one facet, in their own order where they have one, else by name."""

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
        """Whether its values are shown from the start: few and asked for often, or already chosen."""
        return self.name in {"framework", "domain", "level"} or any(value.is_chosen for value in self.values)


@dataclass(frozen=True)
class Listing:
    """The skills that fit, as ids in their order, and the facets that narrow them further."""

    filters: Filters
    skill_ids: Sequence[int]
    facets: Sequence[Facet]

    @property
    def chosen(self) -> list[tuple[FacetValue, str]]:
        """Every chosen value with the query string that is without it."""
        return [
            (value, self.filters.toggled(facet.name, value.value).query_string())
            for facet in self.facets
            for value in facet.values
            if value.is_chosen
        ]


def listing_for(filters: Filters) -> Listing:
    """Return what fits the filters, in three queries.

    Raises `search.InvalidQuery` for a query that cannot be searched.
    """
    found = search.matching(filters.query) if filters.query else None
    ids = _ordered(_narrowed(filters, found), filters, found)
    return Listing(filters, ids, _facets(filters, found))


def _narrowed(filters: Filters, found: Sequence[int] | None) -> QuerySet[Skill]:
    """Return the skills that fit. Role, level and obligation must be met by one and the same requirement."""
    skills = Skill.objects.all()
    if found is not None:
        skills = skills.filter(pk__in=found)
    if values := filters.chosen.get("framework"):
        skills = skills.filter(framework__slug__in=values)
    if values := filters.chosen.get("domain"):
        skills = skills.filter(group__domain__slug__in=values)
    if values := filters.chosen.get("group"):
        skills = skills.filter(_groups(values))
    requirement = _requirement_condition(filters)
    if requirement:
        skills = skills.filter(pk__in=Requirement.objects.filter(requirement).values("skill"))
    return skills


def _groups(paths: Iterable[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        domain, _slash, group = path.partition("/")
        condition |= Q(group__domain__slug=domain, group__slug=group)
    return condition


def _requirement_condition(filters: Filters, prefix: str = "") -> Q:
    condition = Q()
    for facet, column in (("role", "role__slug"), ("level", "level__slug"), ("obligation", "obligation")):
        if values := filters.chosen.get(facet):
            condition &= Q(**{f"{prefix}{column}__in": values})
    return condition


def _ordered(skills: QuerySet[Skill], filters: Filters, found: Sequence[int] | None) -> list[int]:
    if filters.sort == "updated":
        skills = skills.annotate(updated_at=Max("revisions__published_at"))
        return list(skills.order_by("-updated_at", "name", "pk").values_list("pk", flat=True))
    if filters.sort == "size":
        skills = skills.annotate(size=Count("requirements"))
        return list(skills.order_by("-size", "name", "pk").values_list("pk", flat=True))
    ids = list(skills.order_by("name", "pk").values_list("pk", flat=True))
    if filters.sort == "relevance" and found is not None:
        rank = {pk: position for position, pk in enumerate(found)}
        ids.sort(key=rank.__getitem__)
    return ids


def _facets(filters: Filters, found: Sequence[int] | None) -> list[Facet]:
    """Return every facet with counts under all the *other* facets, in one query."""
    parts = [_facet_query(facet, filters.without(facet), found) for facet in FACETS]
    rows: dict[str, list[tuple[int, FacetValue]]] = {facet: [] for facet in FACETS}
    for facet, value, label, order, count in parts[0].union(*parts[1:], all=True).order_by():
        is_chosen = value in filters.chosen.get(facet, ())
        rows[facet].append((order, FacetValue(facet, value, _label(facet, value, label), count, is_chosen)))
    for facet, values in filters.chosen.items():
        known = {value.value for _order, value in rows[facet]}
        rows[facet] += [(0, FacetValue(facet, value, value, 0, True)) for value in values if value not in known]
    return [Facet(facet, [value for _order, value in sorted(rows[facet], key=_by_order)]) for facet in FACETS]


def _label(facet: str, value: str, label: str) -> str:
    return str(Obligation(value).label) if facet == "obligation" else label


def _by_order(row: tuple[int, FacetValue]) -> tuple[int, str, str]:
    order, value = row
    return (order, value.label.casefold(), value.value)


def _facet_query(facet: str, others: Filters, found: Sequence[int] | None) -> QuerySet[Any, Any]:
    columns = _COLUMNS[facet]
    skills = _narrowed(others, found)
    if facet in _REQUIREMENT_FACETS:
        skills = skills.filter(_requirement_condition(others, "requirements__"), requirements__isnull=False)
    return (
        skills.order_by()
        .annotate(facet=Value(facet, output_field=CharField()), facet_value=columns.value)
        .values_list("facet", "facet_value")
        .annotate(
            facet_label=Max(columns.label, output_field=CharField()),
            facet_order=Max(columns.order, output_field=IntegerField()),
            facet_count=Count("pk", distinct=True),
        )
    )
