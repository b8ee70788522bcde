"""The profile of a skill."""

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
from skills.web.addresses import find_skill
from skills.web.cache import cached_page
from skills.web.requests import HtmxRequest

MAX_CONTRIBUTORS = 5
"""So many stand on a skill's own page; its history names them all."""


@require_safe
@cached_page
@find_skill
def profile(request: HtmxRequest, skill: Skill) -> HttpResponse:
    """A skill: figures, comparison of two levels, what every level expects."""
    if not skill.is_current:
        return _answer_without_profile(request, skill)
    found = load_profile(skill)
    chosen = _build_comparison_context(request, found)
    context = {
        "skill": skill,
        "profile": found,
        "feed": views.get_feed_link(skill),
        **chosen,
        **build_table_context(request, found, chosen["comparison"]),
    }
    if request.htmx:
        return render(request, "skills/profile/profile.html#body", context)
    return render(request, "skills/profile/profile.html", context | _build_contributors_context(skill))


def _build_contributors_context(skill: Skill) -> dict[str, Any]:
    people = authorship.list_contributors(skill)
    return {"contributors": people[:MAX_CONTRIBUTORS], "more_contributors": len(people[MAX_CONTRIBUTORS:])}


def _answer_without_profile(request: HtmxRequest, skill: Skill) -> HttpResponse:
    """Lead to the skill that this one is the same as, or say that it is gone; raises Http404 for one not there yet."""
    last = skill.revisions.defer("content", "changes").order_by("-number").first()
    if last is None:
        raise Http404(_("There is nothing at this address."))
    if request.htmx:  # a part of a page that was there a moment ago
        return HttpResponseClientRedirect(skill.get_absolute_url())
    if skill.same_as:
        return redirect(skill.same_as)
    return render(request, "skills/profile/gone.html", {"skill": skill, "last": last}, status=HTTPStatus.GONE)


def _build_comparison_context(request: HttpRequest, skill_profile: Profile) -> dict[str, Any]:
    """Read `role` and `level`; what the profile does not have is as good as not chosen."""
    role = skill_profile.find_role(request.GET.get("role", "")) or next(iter(skill_profile.roles), None)
    step = skill_profile.ladder.find_step(request.GET.get("level", ""))
    return {"role": role, "step": step, "comparison": skill_profile.compare(role, step) if role and step else None}


def build_table_context(request: HttpRequest, skill_profile: Profile, comparison: Comparison | None) -> dict[str, Any]:
    """Read `view`, `tab`, `only` (a role) and `obligation`; the tab follows the comparison where none is named."""
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
        "tab": tab if tab in skill_profile.steps else skill_profile.first_step,
        "tables": [shown.build_table(step) for step in skill_profile.steps],
        "grid": shown.build_grid(skill_profile.steps),
    }
