"""The page of a skill's profile."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from skills.feeds import views
from skills.models import Skill
from skills.profile.page import Comparison, Profile, load_profile
from skills.revisions import authorship
from skills.web.addresses import with_skill
from skills.web.cache import cached_page
from skills.web.parts import render_part
from skills.web.requests import HtmxRequest

MAX_CONTRIBUTORS = 5
"""Up to this many contributors are named on a skill's page; its history names all of them."""


@require_safe
@cached_page
@with_skill
def profile(request: HtmxRequest, skill: Skill) -> HttpResponse:
    """Show a skill: figures, comparison of two levels, the requirements of every level.

    htmx gets only the body. A duplicate is redirected, a retired skill is answered with 410.
    Raises Http404 for a skill without any revision.
    """
    if not skill.is_current:
        return _answer_without_profile(request, skill)
    loaded_profile = load_profile(skill)
    comparison_context = _build_comparison_context(request, loaded_profile)
    context = {
        "skill": skill,
        "profile": loaded_profile,
        "feed": views.get_feed_link(skill),
        **comparison_context,
        **build_table_context(request, loaded_profile, comparison_context["comparison"]),
    }
    # The body has no contributors, so htmx requests save their query.
    if request.htmx:
        return render_part(request, "skills/profile/profile.html", "body", context)
    return render(request, "skills/profile/profile.html", context | _build_contributors_context(skill))


def _build_contributors_context(skill: Skill) -> dict[str, Any]:
    people = authorship.list_contributors(skill)
    return {"contributors": people[:MAX_CONTRIBUTORS], "more_contributors": len(people[MAX_CONTRIBUTORS:])}


def _answer_without_profile(request: HtmxRequest, skill: Skill) -> HttpResponse:
    """Redirect to the skill of which this one is a duplicate, or answer 410: it is not part of its framework any more.

    Raises Http404 for a skill without any revision.
    """
    last = skill.revisions.defer("content", "changes").order_by("-number").first()
    if last is None:
        raise Http404(_("There is nothing at this address."))
    # htmx would put the response into the open page, which showed the profile a moment ago: reload it as a whole.
    if request.htmx:
        return HttpResponseClientRedirect(skill.get_absolute_url())
    if skill.same_as:
        return redirect(skill.same_as)  # 302, because the skill may become current again
    return render(request, "skills/profile/gone.html", {"skill": skill, "last": last}, status=HTTPStatus.GONE)


def _build_comparison_context(request: HttpRequest, skill_profile: Profile) -> dict[str, Any]:
    """Return the chosen role and step, from the slugs `role` and `level`, and their comparison.

    An unknown role counts as the first role of the profile, an unknown level as none.
    """
    role = skill_profile.find_role(request.GET.get("role", "")) or next(iter(skill_profile.roles), None)
    step = skill_profile.ladder.find_step(request.GET.get("level", ""))
    return {"role": role, "step": step, "comparison": skill_profile.compare(role, step) if role and step else None}


def build_table_context(request: HttpRequest, skill_profile: Profile, comparison: Comparison | None) -> dict[str, Any]:
    """Return the context of the tables of a profile, for the template that shows them.

    The query parameters are `view`, `tab` (a level), `only` (a role) and `obligation`. Without `tab`, the open
    tab follows the comparison: its next level, or the current one if there is no next.
    """
    only_role = skill_profile.find_role(request.GET.get("only", ""))
    only_mandatory = request.GET.get("obligation") == "mandatory"
    shown = skill_profile.filter_entries(only_role.slug if only_role else "", only_mandatory=only_mandatory)
    tab = skill_profile.ladder.find_step(request.GET.get("tab", ""))
    if tab is None and comparison:
        tab = comparison.next.step if comparison.next else comparison.step
    return {
        "shown": shown,
        "only_role": only_role,
        "only_mandatory": only_mandatory,
        "is_grid": request.GET.get("view") == "grid",
        # A level on a track without requirements has no tab.
        "tab": tab if tab in skill_profile.steps else skill_profile.first_step,
        # Filters empty the tables, but the tabs and columns stay: the steps are those of the whole profile.
        "tables": [shown.build_table(step) for step in skill_profile.steps],
        "grid": shown.build_grid(skill_profile.steps),
    }
