"""Pages of the catalogue: parse, ask, render."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from skills import feeds, history, listing, naming, overview, search
from skills.filters import Filters
from skills.ladder import ladder_of
from skills.models import Domain, Framework, Group, Level, Requirement, Role, Skill
from skills.page_cache import cached_page
from skills.paging import links_to, page_of
from skills.profile import Comparison, Profile, profile_of, skill_for_profile
from skills.results import results_for
from skills.role_profile import role_profile_of

RECENT_SKILLS = 8
RECENT_PER_FRAMEWORK = 3
MOST_CONTRIBUTORS = 5
"""So many stand on a skill's own page; its history names them all."""


class HtmxRequest(HttpRequest):
    """A request as django-htmx's middleware leaves it."""

    htmx: HtmxDetails


def follow_moves(request: HttpRequest, path: str, rest: str = "") -> HttpResponsePermanentRedirect:
    """Lead from a former path to where its thing stands now, `rest` of the path and query kept; raises Http404."""
    target = naming.resolve(path)
    if target is None:
        raise Http404(_("There is nothing at this address."))
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(target.get_absolute_url() + rest + (f"?{query}" if query else ""))


@require_safe
@cached_page
def home(request: HttpRequest) -> HttpResponse:
    """What this is, the search, the domains, the frameworks, what changed last."""
    ladders = overview.ladders_by_framework()
    context = {
        "domains": overview.domain_summaries(ladders),
        "frameworks": overview.framework_summaries(ladders),
        "recent": Skill.objects.current().with_place().recently_changed(RECENT_PER_FRAMEWORK)[:RECENT_SKILLS],
        "role_count": Role.objects.count(),
        "has_own_search": True,
        "feed": feeds.announced(),
    }
    return render(request, "skills/home.html", context)


@require_safe
@cached_page
def skill_list(request: HtmxRequest) -> HttpResponse:
    """All skills, or those that a search and filters leave."""
    ladders = overview.ladders_by_framework()
    try:
        filters = Filters.from_query(request.GET)
        found = listing.listing_for(filters, ladders)
    except search.InvalidQuery as error:
        raise BadRequest(str(error)) from error
    page = page_of(Paginator(found.skill_ids, listing.PAGE_SIZE), request.GET.get("page", "1"))
    context = {
        "has_own_search": True,
        "filters": filters,
        "facets": found.facets,
        "chosen": [(value, _list_url(address)) for value, address in found.chosen],
        "page": page,
        "similar": [] if found.skill_ids or not filters.query else search.similar_names(filters.query),
        "results": results_for(list(page.object_list), filters.query, ladders),
        "page_links": links_to(page, partial(_page_url, filters)),
    }
    if not request.htmx:
        return render(request, "skills/skill_list.html", context)
    response = render(request, "skills/skill_list.html#results", context)
    response["HX-Push-Url"] = _page_url(filters, page.number)
    return response


def _page_url(filters: Filters, number: int) -> str:
    return _list_url(filters.query_string(**({"page": str(number)} if number > 1 else {})))


def _list_url(query: str) -> str:
    return reverse("skills:skills") + (f"?{query}" if query else "")


@require_safe
@cached_page
def profile(request: HtmxRequest, slug: str) -> HttpResponse:
    """A skill: figures, comparison of two levels, what every level expects."""
    skill = skill_for_profile(slug)
    if skill is None:
        return follow_moves(request, f"skills/{slug}")
    if not skill.is_current:
        return _without_profile(request, skill)
    found = profile_of(skill)
    chosen = _comparison(request, found)
    context = {
        "skill": skill,
        "profile": found,
        "feed": feeds.announced(skill),
        **chosen,
        **table_view(request, found, chosen["comparison"]),
    }
    if request.htmx:
        return render(request, "skills/profile.html#body", context)
    return render(request, "skills/profile.html", context | _contributors(skill))


def _contributors(skill: Skill) -> dict[str, Any]:
    people = history.contributors(skill)
    return {"contributors": people[:MOST_CONTRIBUTORS], "more_contributors": len(people[MOST_CONTRIBUTORS:])}


def _without_profile(request: HtmxRequest, skill: Skill) -> HttpResponse:
    """Lead to the skill that this one is the same as, or say that it is gone; raises Http404 for one not there yet."""
    last = skill.revisions.defer("content", "changes").order_by("-number").first()
    if last is None:
        raise Http404(_("There is nothing at this address."))
    if request.htmx:  # a part of a page that was there a moment ago
        return HttpResponseClientRedirect(skill.get_absolute_url())
    if skill.same_as:
        return redirect(skill.same_as)
    return render(request, "skills/gone.html", {"skill": skill, "last": last}, status=HTTPStatus.GONE)


def _comparison(request: HttpRequest, found: Profile) -> dict[str, Any]:
    """Read `role` and `level`; what the profile does not have is as good as not chosen."""
    role = found.find_role(request.GET.get("role", "")) or next(iter(found.roles), None)
    step = found.ladder.find(request.GET.get("level", ""))
    return {"role": role, "step": step, "comparison": found.compare(role, step) if role and step else None}


def table_view(request: HttpRequest, found: Profile, comparison: Comparison | None) -> dict[str, Any]:
    """Read `view`, `tab`, `only` (a role) and `obligation`; the tab follows the comparison where none is named."""
    only_role = found.find_role(request.GET.get("only", ""))
    only_mandatory = request.GET.get("obligation") == "mandatory"
    shown = found.filtered(only_role.slug if only_role else "", only_mandatory=only_mandatory)
    tab = found.ladder.find(request.GET.get("tab", ""))
    if tab is None and comparison:
        tab = comparison.next.step if comparison.next else comparison.step
    return {
        "shown": shown,
        "only_role": only_role,
        "only_mandatory": only_mandatory,
        "is_grid": request.GET.get("view") == "grid",
        "tab": tab if tab in found.steps else found.first_step,
        "tables": [shown.table(step) for step in found.steps],
        "grid": shown.grid(found.steps),
    }


@require_safe
@cached_page
def role_list(request: HttpRequest) -> HttpResponse:
    """All roles, by framework."""
    return render(request, "skills/role_list.html", {"roles": Role.objects.for_list()})


@require_safe
@cached_page
def role(request: HtmxRequest, slug: str) -> HttpResponse:
    """A role: all its skills by level, or what one level asks."""
    found = Role.objects.select_related("framework").filter(slug=slug).first()
    if found is None:
        return follow_moves(request, f"roles/{slug}")
    role_profile = role_profile_of(found)
    chosen = role_profile.find(request.GET.get("level", ""))
    context = {
        "role": found,
        "profile": role_profile,
        "feed": feeds.announced(found),
        "chosen": chosen,
        "below": role_profile.below(chosen.step) if chosen else None,
        "compared": role_profile.compared(chosen) if chosen else [],
    }
    template = "skills/role.html#level" if request.htmx else "skills/role.html"
    return render(request, template, context)


@require_safe
@cached_page
def domain_list(request: HttpRequest) -> HttpResponse:
    """All domains, by framework."""
    domains = overview.domain_summaries(overview.ladders_by_framework())
    return render(request, "skills/domain_list.html", {"domains": domains})


@require_safe
@cached_page
def domain(request: HttpRequest, slug: str) -> HttpResponse:
    """A domain: its groups and a heat overview of its skills."""
    found = Domain.objects.select_related("framework").filter(slug=slug).first()
    if found is None:
        return follow_moves(request, f"domains/{slug}")
    skills = Skill.objects.current().filter(group__domain=found)
    context = {
        "domain": found,
        "groups": found.groups.all(),
        "feed": feeds.announced(found),
        **_overview(request, skills, found.framework),
    }
    return render(request, "skills/domain.html", context)


@require_safe
@cached_page
def group(request: HttpRequest, domain_slug: str, slug: str) -> HttpResponse:
    """A group of a domain: its skills and their heat."""
    found = Group.objects.select_related("domain__framework").filter(domain__slug=domain_slug, slug=slug).first()
    if found is None:
        return _moved_group(request, domain_slug, slug)
    skills = Skill.objects.current().filter(group=found)
    return render(request, "skills/group.html", {"group": found, **_overview(request, skills, found.domain.framework)})


def _moved_group(request: HttpRequest, domain_slug: str, slug: str) -> HttpResponse:
    """Follow a group that was renamed, or whose domain was, or both."""
    former_domain = naming.resolve(f"domains/{domain_slug}")
    if isinstance(former_domain, Domain) and naming.resolve(f"domains/{domain_slug}/{slug}") is None:
        moved = former_domain.groups.select_related("domain").filter(slug=slug).first()
        if moved:
            return HttpResponsePermanentRedirect(moved.get_absolute_url())
        domain_slug = former_domain.slug
    return follow_moves(request, f"domains/{domain_slug}/{slug}")


def _overview(request: HttpRequest, skills: Any, framework: Framework) -> dict[str, Any]:
    """Read `by`: skills by levels, or by roles."""
    if request.GET.get("by") == "roles":
        return {"overview": overview.by_role(skills)}
    ladder = ladder_of(Level.objects.filter(framework=framework))
    return {"overview": overview.by_level(skills, ladder)}


@require_safe
@cached_page
def framework_list(request: HttpRequest) -> HttpResponse:
    """All frameworks with their terms."""
    frameworks = overview.framework_summaries(overview.ladders_by_framework())
    return render(request, "skills/framework_list.html", {"frameworks": frameworks})


@require_safe
@cached_page
def framework(request: HttpRequest, slug: str) -> HttpResponse:
    """A framework: source, licence, attribution, ladder, domains, heat of all its skills."""
    found = get_object_or_404(Framework, slug=slug)
    ladder = ladder_of(found.levels.all())
    context = {
        "framework": found,
        "ladder": ladder,
        "roles": found.roles.order_by("name"),
        "overview": overview.by_level(Skill.objects.current().filter(framework=found), ladder),
        "skill_count": found.skills.current().count(),
        "requirement_count": Requirement.objects.filter(skill__framework=found).count(),
    }
    return render(request, "skills/framework.html", context)
