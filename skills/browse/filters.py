"""What a reader of the list of skills may ask for: a search, filters, an order; read from and written to the URL."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from skills import search
from skills.models import Requirement, Skill

FACETS = ("framework", "domain", "group", "role", "level", "obligation")
SORTS = ("relevance", "name", "updated", "size")
MOST_CHOSEN = 100  # each of them is shown with the address of the list without it

_REQUIREMENT_COLUMNS = {"role": "role__slug", "level": "level__slug", "obligation": "obligation"}


@dataclass(frozen=True)
class SkillFilters:
    """What the reader asked for. Within a facet values are alternatives, facets narrow each other."""

    query: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""

    @classmethod
    def from_query(cls, data: QueryDict) -> "SkillFilters":
        """Read the filters from a query string; unknown sorts fall back to the default one.

        Raises `search.InvalidQuery` for a value that no text can be, and for more than `MOST_CHOSEN` values.
        """
        query = " ".join(data.get("q", "").split())
        chosen = {facet: tuple(sorted({value for value in data.getlist(facet) if value})) for facet in FACETS}
        values = list(chain.from_iterable(chosen.values()))
        search.refuse_nul(*values)
        if len(values) > MOST_CHOSEN:
            raise search.InvalidQuery(_("At most %(limit)s filters can be chosen at once.") % {"limit": MOST_CHOSEN})
        sort = data.get("sort", "")
        default = "relevance" if query else "name"
        allowed = sort in SORTS and (query or sort != "relevance")
        return cls(query, {facet: values for facet, values in chosen.items() if values}, sort if allowed else default)

    def without(self, facet: str) -> "SkillFilters":
        """Return the filters with one facet left open."""
        return replace(self, chosen={name: values for name, values in self.chosen.items() if name != facet})

    def toggle(self, facet: str, value: str) -> "SkillFilters":
        """Return the filters with one value switched on or off."""
        values = set(self.chosen.get(facet, ())) ^ {value}
        chosen = {**self.chosen, facet: tuple(sorted(values))}
        return replace(self, chosen={name: chosen[name] for name in FACETS if chosen.get(name)})

    def build_query_string(self, **extra: str) -> str:
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


def filter_skills(filters: SkillFilters, found_ids: Sequence[int] | None) -> QuerySet[Skill]:
    """Return the skills that fit, of those found by a search if there was one.

    Role, level and obligation must be met by one and the same requirement.
    """
    skills = Skill.objects.current()
    if found_ids is not None:
        skills = skills.filter(pk__in=search.build_id_subquery(found_ids))
    if values := filters.chosen.get("framework"):
        skills = skills.filter(framework__slug__in=values)
    if values := filters.chosen.get("domain"):
        skills = skills.filter(group__domain__slug__in=values)
    if values := filters.chosen.get("group"):
        skills = skills.filter(_build_group_condition(values))
    requirement = build_requirement_condition(filters)
    if requirement:
        skills = skills.filter(pk__in=Requirement.objects.filter(requirement).values("skill"))
    return skills


def _build_group_condition(paths: Iterable[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        domain, _slash, group = path.partition("/")
        condition |= Q(group__domain__slug=domain, group__slug=group)
    return condition


def build_requirement_condition(filters: SkillFilters, prefix: str = "") -> Q:
    """Return what a requirement must meet; `prefix` leads to it, "requirements__" from a skill."""
    condition = Q()
    for facet, column in _REQUIREMENT_COLUMNS.items():
        if values := filters.chosen.get(facet):
            condition &= Q(**{f"{prefix}{column}__in": values})
    return condition
