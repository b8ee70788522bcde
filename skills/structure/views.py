"""Pages of the structure of the skills: roles, domains, groups and frameworks."""

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
from skills.web.addresses import redirect_from_former_path
from skills.web.cache import cached_page
from skills.web.parts import render_page_or_part
from skills.web.requests import HtmxRequest


@require_safe
@cached_page
def role_list(request: HttpRequest) -> HttpResponse:
    """Show all roles, by framework."""
    return render(request, "skills/structure/role_list.html", {"roles": Role.objects.for_list()})


@require_safe
@cached_page
def role(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show a role: all its skills by level, or the requirements of the level in `?level=`.

    A former slug is redirected; htmx gets only the part of the level. Raises Http404 for an unknown slug.
    """
    found_role = Role.objects.select_related("framework").filter(slug=slug).first()
    if found_role is None:
        return redirect_from_former_path(request, f"roles/{slug}")
    role_profile = load_role_profile(found_role)
    # An unknown level is no error: the page then shows all levels.
    chosen_step = role_profile.find(request.GET.get("level", ""))
    context = {
        "role": found_role,
        "profile": role_profile,
        "feed": views.get_feed_link(found_role),
        "chosen": chosen_step,
        "below": role_profile.find_step_below(chosen_step.step) if chosen_step else None,
        "compared": role_profile.compare_step(chosen_step) if chosen_step else [],
    }
    return render_page_or_part(request, "skills/structure/role.html", "level", context)


@require_safe
@cached_page
def domain_list(request: HttpRequest) -> HttpResponse:
    """Show all domains, by framework."""
    domains = heat.list_domain_summaries(heat.get_ladders_by_framework())
    return render(request, "skills/structure/domain_list.html", {"domains": domains})


@require_safe
@cached_page
def domain(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a domain: its groups and a heat overview of its skills.

    A former slug is redirected. Raises Http404 for an unknown slug.
    """
    found_domain = Domain.objects.select_related("framework").filter(slug=slug).first()
    if found_domain is None:
        return redirect_from_former_path(request, f"domains/{slug}")
    skills = Skill.objects.current().filter(group__domain=found_domain)
    context = {
        "domain": found_domain,
        "groups": found_domain.groups.all(),
        "feed": views.get_feed_link(found_domain),
        **_build_overview_context(request, skills, found_domain.framework),
    }
    return render(request, "skills/structure/domain.html", context)


@require_safe
@cached_page
def group(request: HttpRequest, domain_slug: str, slug: str) -> HttpResponse:
    """Show a group of a domain: its skills and their heat.

    A former address of the group or of its domain is redirected. Raises Http404 for an unknown one.
    """
    # A group's slug is unique in its domain only, so both slugs are needed.
    found_group = Group.objects.select_related("domain__framework").filter(domain__slug=domain_slug, slug=slug).first()
    if found_group is None:
        return _follow_moved_group(request, domain_slug, slug)
    skills = Skill.objects.current().filter(group=found_group)
    return render(
        request,
        "skills/structure/group.html",
        {"group": found_group, **_build_overview_context(request, skills, found_group.domain.framework)},
    )


def _follow_moved_group(request: HttpRequest, domain_slug: str, slug: str) -> HttpResponse:
    """Redirect to a group that was renamed, or whose domain was renamed, or both.

    Raises Http404 for an address that never was that of a group.
    """
    former_domain = naming.find_by_former_path(f"domains/{domain_slug}")
    # A group that was renamed before its domain has the whole path as a former path,
    # which `redirect_from_former_path` finds.
    if isinstance(former_domain, Domain) and naming.find_by_former_path(f"domains/{domain_slug}/{slug}") is None:
        moved_group = former_domain.groups.select_related("domain").filter(slug=slug).first()
        if moved_group:
            return HttpResponsePermanentRedirect(moved_group.get_absolute_url())
        # The domain was renamed first, then the group: its former path begins with the domain's current slug.
        domain_slug = former_domain.slug
    return redirect_from_former_path(request, f"domains/{domain_slug}/{slug}")


def _build_overview_context(request: HttpRequest, skills: Any, framework: Framework) -> dict[str, Any]:
    """Return the heat overview that the query parameter `by` asks for: "roles", or levels by default."""
    if request.GET.get("by") == "roles":
        return {"overview": heat.build_overview_by_role(skills)}
    ladder = build_ladder(Level.objects.filter(framework=framework))
    return {"overview": heat.build_overview_by_level(skills, ladder)}


@require_safe
@cached_page
def framework_list(request: HttpRequest) -> HttpResponse:
    """Show all frameworks with their source, licence and terms."""
    frameworks = heat.list_framework_summaries(heat.get_ladders_by_framework())
    return render(request, "skills/structure/framework_list.html", {"frameworks": frameworks})


@require_safe
@cached_page
def framework(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a framework: source, licence, attribution, ladder, domains, heat of all its skills.

    Raises Http404 for an unknown slug; frameworks have no former slugs.
    """
    found_framework = get_object_or_404(Framework, slug=slug)
    ladder = build_ladder(found_framework.levels.all())
    context = {
        "framework": found_framework,
        "ladder": ladder,
        "roles": found_framework.roles.order_by("sort_key", "pk"),
        "overview": heat.build_overview_by_level(Skill.objects.current().filter(framework=found_framework), ladder),
        "skill_count": found_framework.skills.current().count(),
        "requirement_count": Requirement.objects.filter(skill__framework=found_framework).count(),
    }
    return render(request, "skills/structure/framework.html", context)
