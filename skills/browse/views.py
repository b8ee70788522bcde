"""The start page and the list of all skills."""

from functools import partial

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from skills import search
from skills.browse import listing
from skills.browse.filters import SkillFilters
from skills.browse.results import build_results
from skills.feeds import views
from skills.models import Role, Skill
from skills.structure import heat
from skills.web.cache import cached_page
from skills.web.paging import build_page_links_with, get_page_or_404
from skills.web.parts import render_part
from skills.web.requests import HtmxRequest

RECENT_SKILLS = 8
RECENT_PER_FRAMEWORK = 3


@require_safe
@cached_page
def home(request: HttpRequest) -> HttpResponse:
    """Show the start page: what the site is, the search, the domains, the frameworks and the latest changes."""
    ladders = heat.get_ladders_by_framework()
    context = {
        "domains": heat.list_domain_summaries(ladders),
        "frameworks": heat.list_framework_summaries(ladders),
        "recent": Skill.objects.current().with_group().recently_changed(RECENT_PER_FRAMEWORK)[:RECENT_SKILLS],
        "role_count": Role.objects.count(),
        "has_own_search": True,
        "feed": views.get_feed_link(),
    }
    return render(request, "skills/browse/home.html", context)


@require_safe
@cached_page
def skill_list(request: HtmxRequest) -> HttpResponse:
    """Show all skills, or those that match a search and filters; htmx requests get the results only.

    Raises `BadRequest` for an invalid search.
    """
    ladders = heat.get_ladders_by_framework()
    try:
        filters = SkillFilters.from_query(request.GET)
        skill_listing = listing.build_listing(filters, ladders)
    except search.InvalidQuery as error:
        raise BadRequest(str(error)) from error
    page = get_page_or_404(request, Paginator(skill_listing.skill_ids, listing.PAGE_SIZE))
    context = {
        "has_own_search": True,
        "filters": filters,
        "facets": skill_listing.facets,
        "chosen": [(value, _build_list_url(query_string)) for value, query_string in skill_listing.chosen],
        "page": page,
        # Skills with similar names, where a search found none: the query may be mistyped.
        "similar": [] if skill_listing.skill_ids or not filters.query else search.find_similar_skills(filters.query),
        "results": build_results(list(page.object_list), filters.query, ladders),
        "page_links": build_page_links_with(page, partial(_build_page_url, filters)),
    }
    if not request.htmx:
        return render(request, "skills/browse/skill_list.html", context)
    response = render_part(request, "skills/browse/skill_list.html", "results", context)
    # The form sends every field; the address bar gets the short URL without default values.
    response["HX-Push-Url"] = _build_page_url(filters, page.number)
    return response


def _build_page_url(filters: SkillFilters, number: int) -> str:
    # The first page has no number in its URL: it is the page of the list itself.
    return _build_list_url(filters.build_query_string(**({"page": str(number)} if number > 1 else {})))


def _build_list_url(query_string: str) -> str:
    return reverse("skills:skills") + (f"?{query_string}" if query_string else "")
