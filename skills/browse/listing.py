"""The list of all skills: those that fit, in the order asked for, with what narrows them further."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from skills import search
from skills.browse.facets import Facet, FacetValue, build_facets
from skills.browse.filters import SkillFilters, filter_skills
from skills.content.ladder import Ladder
from skills.models import Skill

PAGE_SIZE = 20


@dataclass(frozen=True)
class Listing:
    """The skills that fit, as ids in their order, and the facets that narrow them further."""

    filters: SkillFilters
    skill_ids: Sequence[int]
    facets: Sequence[Facet]

    @property
    def chosen(self) -> list[tuple[FacetValue, str]]:
        """Every chosen value with the query string that is without it."""
        return [
            (value, self.filters.toggle(facet.name, value.value).build_query_string())
            for facet in self.facets
            for value in facet.values
            if value.is_chosen
        ]


def build_listing(filters: SkillFilters, ladders: Mapping[int, Ladder]) -> Listing:
    """Return what fits the filters, in two queries, three with a search; `ladders` give levels their order.

    Raises `search.InvalidQuery` for a query that cannot be searched.
    """
    found = search.find_skill_ids(filters.query) if filters.query else None
    ids = _order_ids(filter_skills(filters, found), filters, found)
    return Listing(filters, ids, build_facets(filters, found, ladders))


def _order_ids(skills: QuerySet[Skill], filters: SkillFilters, found_ids: Sequence[int] | None) -> list[int]:
    if filters.sort == "updated":
        skills = skills.annotate(updated_at=Max("revisions__published_at"))
        return list(skills.order_by("-updated_at", "name", "pk").values_list("pk", flat=True))
    if filters.sort == "size":
        skills = skills.annotate(size=Count("requirements"))
        return list(skills.order_by("-size", "name", "pk").values_list("pk", flat=True))
    ids = list(skills.order_by("name", "pk").values_list("pk", flat=True))
    if filters.sort == "relevance" and found_ids is not None:
        rank = {pk: position for position, pk in enumerate(found_ids)}
        ids.sort(key=rank.__getitem__)
    return ids
