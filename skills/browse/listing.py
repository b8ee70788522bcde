"""The list of all skills: those that match the reader's filters, in the chosen order, with the facets."""

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
    """The matching skills, as ids in their order, and the facets for further filtering."""

    filters: SkillFilters
    skill_ids: Sequence[int]
    facets: Sequence[Facet]

    @property
    def chosen(self) -> list[tuple[FacetValue, str]]:
        """Every chosen value with the query string of the list without it."""
        return [
            (value, self.filters.toggle(facet.name, value.value).build_query_string())
            for facet in self.facets
            for value in facet.values
            if value.is_chosen
        ]


def build_listing(filters: SkillFilters, ladders: Mapping[int, Ladder]) -> Listing:
    """Return the skills that match the filters, and the facets, in two queries, three with a search.

    `ladders` (by framework id) give levels their order.
    Raises `search.InvalidQuery` for a query that cannot be searched.
    """
    # All ids, not only those of a page: the paginator needs their number, and relevance is sorted in Python.
    found_ids = search.find_skill_ids(filters.query) if filters.query else None
    ids = _order_ids(filter_skills(filters, found_ids), filters, found_ids)
    return Listing(filters, ids, build_facets(filters, found_ids, ladders))


def _order_ids(skills: QuerySet[Skill], filters: SkillFilters, found_ids: Sequence[int] | None) -> list[int]:
    """Return the skills' ids in the chosen order; `found_ids` are in the order of their relevance."""
    # Every order is total (name and id at its end, or the search's rank): no skill is on two pages or on none.
    if filters.sort == "updated":
        skills = skills.annotate(updated_at=Max("revisions__published_at"))
        return list(skills.order_by("-updated_at", "sort_key", "pk").values_list("pk", flat=True))
    if filters.sort == "size":
        skills = skills.annotate(size=Count("requirements"))
        return list(skills.order_by("-size", "sort_key", "pk").values_list("pk", flat=True))
    ids = list(skills.order_by("sort_key", "pk").values_list("pk", flat=True))
    if filters.sort == "relevance" and found_ids is not None:
        rank = {pk: position for position, pk in enumerate(found_ids)}
        ids.sort(key=rank.__getitem__)  # every id is in `rank`: `filter_skills` only removes some
    return ids
