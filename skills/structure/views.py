"""Pages of what orders the skills: roles, domains, groups and frameworks."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from skills.content import naming
from skills.content.ladder import build_ladder
from skills.feeds import views
from skills.models import Domain, Framework, Group, Level, Requirement, Role, Skill
from skills.structure import heat
from skills.structure.role_page import load_role_profile
from skills.web.addresses import follow_moves
from skills.web.cache import cached_page
from skills.web.requests import HtmxRequest


@require_safe
@cached_page
def role_list(request: HttpRequest) -> HttpResponse:
    """All roles, by framework."""
    return render(request, "skills/structure/role_list.html", {"roles": Role.objects.for_list()})


@require_safe
@cached_page
def role(request: HtmxRequest, slug: str) -> HttpResponse:
    """A role: all its skills by level, or what one level asks."""
    found = Role.objects.select_related("framework").filter(slug=slug).first()
    if found is None:
        return follow_moves(request, f"roles/{slug}")
    role_profile = load_role_profile(found)
    chosen = role_profile.find(request.GET.get("level", ""))
    context = {
        "role": found,
        "profile": role_profile,
        "feed": views.get_feed_link(found),
        "chosen": chosen,
        "below": role_profile.find_step_below(chosen.step) if chosen else None,
        "compared": role_profile.compare_step(chosen) if chosen else [],
    }
    template = "skills/structure/role.html#level" if request.htmx else "skills/structure/role.html"
    return render(request, template, context)


@require_safe
@cached_page
def domain_list(request: HttpRequest) -> HttpResponse:
    """All domains, by framework."""
    domains = heat.list_domain_summaries(heat.get_ladders_by_framework())
    return render(request, "skills/structure/domain_list.html", {"domains": domains})


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
        "feed": views.get_feed_link(found),
        **_build_overview_context(request, skills, found.framework),
    }
    return render(request, "skills/structure/domain.html", context)


@require_safe
@cached_page
def group(request: HttpRequest, domain_slug: str, slug: str) -> HttpResponse:
    """A group of a domain: its skills and their heat."""
    found = Group.objects.select_related("domain__framework").filter(domain__slug=domain_slug, slug=slug).first()
    if found is None:
        return _follow_moved_group(request, domain_slug, slug)
    skills = Skill.objects.current().filter(group=found)
    return render(
        request,
        "skills/structure/group.html",
        {"group": found, **_build_overview_context(request, skills, found.domain.framework)},
    )


def _follow_moved_group(request: HttpRequest, domain_slug: str, slug: str) -> HttpResponse:
    """Follow a group that was renamed, or whose domain was, or both."""
    former_domain = naming.find_by_former_path(f"domains/{domain_slug}")
    if isinstance(former_domain, Domain) and naming.find_by_former_path(f"domains/{domain_slug}/{slug}") is None:
        moved = former_domain.groups.select_related("domain").filter(slug=slug).first()
        if moved:
            return HttpResponsePermanentRedirect(moved.get_absolute_url())
        domain_slug = former_domain.slug
    return follow_moves(request, f"domains/{domain_slug}/{slug}")


def _build_overview_context(request: HttpRequest, skills: Any, framework: Framework) -> dict[str, Any]:
    """Read `by`: skills by levels, or by roles."""
    if request.GET.get("by") == "roles":
        return {"overview": heat.build_overview_by_role(skills)}
    ladder = build_ladder(Level.objects.filter(framework=framework))
    return {"overview": heat.build_overview_by_level(skills, ladder)}


@require_safe
@cached_page
def framework_list(request: HttpRequest) -> HttpResponse:
    """All frameworks with their terms."""
    frameworks = heat.list_framework_summaries(heat.get_ladders_by_framework())
    return render(request, "skills/structure/framework_list.html", {"frameworks": frameworks})


@require_safe
@cached_page
def framework(request: HttpRequest, slug: str) -> HttpResponse:
    """A framework: source, licence, attribution, ladder, domains, heat of all its skills."""
    found = get_object_or_404(Framework, slug=slug)
    ladder = build_ladder(found.levels.all())
    context = {
        "framework": found,
        "ladder": ladder,
        "roles": found.roles.order_by("name"),
        "overview": heat.build_overview_by_level(Skill.objects.current().filter(framework=found), ladder),
        "skill_count": found.skills.current().count(),
        "requirement_count": Requirement.objects.filter(skill__framework=found).count(),
    }
    return render(request, "skills/structure/framework.html", context)
