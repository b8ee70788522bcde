"""The search, filters and order that a reader chooses for the list of skills; read from and written to the URL."""

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
MAX_CHOSEN_VALUES = 100  # the page shows each of them, with the URL of the list without it

# Lookups that start at a requirement.
_REQUIREMENT_COLUMNS = {"role": "role__slug", "level": "level__slug", "obligation": "obligation"}


@dataclass(frozen=True)
class SkillFilters:
    """The reader's choices. The values of one facet are alternatives (OR); facets narrow each other (AND)."""

    query: str = ""
    # Sorted values by facet, so that equal choices give equal URLs; a facet without a choice has no key.
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""

    @classmethod
    def from_query(cls, data: QueryDict) -> "SkillFilters":
        """Return the filters of a query string; an unknown sort falls back to the default one.

        `data` is `request.GET`; unknown facets and other keys are ignored.
        Raises `search.InvalidQuery` for a value with a NUL character, and for more than `MAX_CHOSEN_VALUES` values.
        """
        # White space is normalised: "a  b" and "a b" are the same search.
        query = " ".join(data.get("q", "").split())
        chosen = {facet: tuple(sorted({value for value in data.getlist(facet) if value})) for facet in FACETS}
        values = list(chain.from_iterable(chosen.values()))
        search.require_no_nul(*values)
        if len(values) > MAX_CHOSEN_VALUES:
            raise search.InvalidQuery(
                _("At most %(limit)s filters can be chosen at once.") % {"limit": MAX_CHOSEN_VALUES}
            )
        sort = data.get("sort", "")
        # Without a search there is no relevance to sort by.
        default = "relevance" if query else "name"
        allowed = sort in SORTS and (query or sort != "relevance")
        return cls(query, {facet: values for facet, values in chosen.items() if values}, sort if allowed else default)

    def without(self, facet: str) -> "SkillFilters":
        """Return the filters without the choices of one facet.

        The counts of a facet's own values are made with these.
        """
        return replace(self, chosen={name: values for name, values in self.chosen.items() if name != facet})

    def toggle(self, facet: str, value: str) -> "SkillFilters":
        """Return the filters with one value added, or removed if it is chosen.

        Query, sort and all other values stay the same.
        """
        # Symmetric difference: adds the value if it is missing, removes it if it is there.
        values = set(self.chosen.get(facet, ())) ^ {value}
        chosen = {**self.chosen, facet: tuple(sorted(values))}
        return replace(self, chosen={name: chosen[name] for name in FACETS if chosen.get(name)})

    def build_query_string(self, **extra: str) -> str:
        """Return these filters as a URL query string, without default values; '' if nothing is chosen.

        `extra` are further parameters, such as `page`. `from_query` reads the filters back.
        """
        data = QueryDict(mutable=True)
        if self.query:
            data["q"] = self.query
        for facet in FACETS:
            data.setlist(facet, list(self.chosen.get(facet, ())))
        if self.sort != ("relevance" if self.query else "name"):
            data["sort"] = self.sort
        for name, value in extra.items():
            data[name] = value
        # A group's value, "domain/group", stays readable.
        return data.urlencode(safe="/")


def filter_skills(filters: SkillFilters, found_ids: Sequence[int] | None) -> QuerySet[Skill]:
    """Return the current skills that match the filters.

    `found_ids` limits them to the ids a search found; None if there was no search.
    Role, level and obligation must match the same requirement of a skill.
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
        # A subquery, not a join: each skill is returned once, however many of its requirements match.
        skills = skills.filter(pk__in=Requirement.objects.filter(requirement).values("skill"))
    return skills


def _build_group_condition(paths: Iterable[str]) -> Q:
    condition = Q(pk__in=[])  # matches nothing: the neutral element of OR
    for path in paths:
        domain, _slash, group = path.partition("/")
        condition |= Q(group__domain__slug=domain, group__slug=group)
    return condition


def build_requirement_condition(filters: SkillFilters, prefix: str = "") -> Q:
    """Return the condition that the chosen roles, levels and obligations set for one requirement.

    `prefix` is the lookup from the filtered model to the requirement: '' for `Requirement` itself,
    "requirements__" for `Skill`. The condition is empty if none of these facets has a choice.
    """
    condition = Q()
    for facet, column in _REQUIREMENT_COLUMNS.items():
        if values := filters.chosen.get(facet):
            condition &= Q(**{f"{prefix}{column}__in": values})
    return condition
