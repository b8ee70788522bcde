"""Pages of how a text came to be: parse, ask, render."""

from functools import partial

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from skills import search
from skills.content.changes import changes_between
from skills.content.matrix import Place
from skills.content.names import Names, names_of
from skills.feeds import views
from skills.history import entries, recent_changes
from skills.history.blame import blame_lines
from skills.history.past_profile import profile_then
from skills.models import Domain, Revision, Role, Significance, Skill
from skills.profile.views import table_view
from skills.revisions import authorship
from skills.web.addresses import find_skill
from skills.web.cache import cached_page
from skills.web.paging import links_of, links_to, page_of
from skills.web.requests import HtmxRequest
from skills.web.typed_input import LARGEST_REVISION, number_in

BY_FRAMEWORK = ("framework__position", "framework__name", "name")


@require_safe
@cached_page
@find_skill
def skill_history(request: HttpRequest, skill: Skill) -> HttpResponse:
    """All revisions of a skill, latest first, and who contributed."""
    pages = Paginator(entries.listed(skill.revisions.order_by("-number")), entries.PAGE_SIZE)
    page = page_of(pages, request.GET.get("page", "1"))
    context = {
        "skill": skill,
        "page": page,
        "page_links": links_of(request, page),
        "entries": entries.entries_of(page.object_list, names_of(skill.framework)),
        "contributors": authorship.contributors(skill),
        "latest": pages.count,
    }
    return render(request, "skills/history/list.html", context)


@require_safe
@cached_page
@find_skill
def revision(request: HtmxRequest, skill: Skill, number: int) -> HttpResponse:
    """What one revision changed, and the profile as it was after it."""
    found, names = _revision(skill, number), names_of(skill.framework)
    then = profile_then(skill, found, names)
    (entry,) = entries.entries_of([found], names)
    context = {
        "skill": then.skill,
        "today": skill,
        "entry": entry,
        "revision": found,
        "latest": _latest(skill),
        "profile": then,
        "is_past": True,
        "filter_address": reverse("skills:revision", args=[skill.slug, number]),
        **table_view(request, then, None),
    }
    template = "skills/history/revision.html#body" if request.htmx else "skills/history/revision.html"
    return render(request, template, context)


@require_safe
@cached_page
@find_skill
def compare(request: HttpRequest, skill: Skill) -> HttpResponse:
    """Compare any two revisions, cell by cell; or what one role and level meant then and now.

    Raises Http404 where the skill has no such revision.
    """
    latest, names = _latest(skill), names_of(skill.framework)
    place = _place(request, names)
    first, last = _asked(request, latest, 1 if place else max(1, latest - 1))
    revisions = {row.number: row for row in entries.listed(skill.revisions.filter(number__in=(first, last)))}
    contents = entries.contents_at(skill, first, last)
    if first not in contents or last not in contents:
        raise Http404(_("This skill has no such revision."))
    context = {
        "skill": skill,
        "latest": latest,
        "first": revisions[first],
        "last": revisions[last],
        "changes": entries.shown_changes(changes_between(contents[first], contents[last]), names),
    }
    if place:
        context |= {
            "role": names.role(place.role),
            "step": names.step(place.level),
            "then": contents[first].matrix.get(place),
            "now": contents[last].matrix.get(place),
        }
    return render(request, "skills/history/compare.html", context)


@require_safe
@cached_page
@find_skill
def blame(request: HttpRequest, skill: Skill) -> HttpResponse:
    """Since when, and from whom, each text of today is."""
    lines = blame_lines(skill, names_of(skill.framework))
    return render(request, "skills/history/blame.html", {"skill": skill, "lines": lines, "latest": _latest(skill)})


@require_safe
@cached_page
def changes(request: HtmxRequest) -> HttpResponse:
    """List recent changes of everything, or those that filters leave; raises `BadRequest` for an invalid search."""
    try:
        filters = recent_changes.ChangeFilters.from_query(request.GET)
    except search.InvalidQuery as error:
        raise BadRequest(str(error)) from error
    roles = list(Role.objects.select_related("framework").order_by(*BY_FRAMEWORK))
    role = next((role for role in roles if role.slug == filters.role), None)
    pages = Paginator(recent_changes.revisions_for(filters, role), recent_changes.PAGE_SIZE)
    page = page_of(pages, request.GET.get("page", "1"))
    domains = list(
        Domain.objects.select_related("framework").order_by("framework__position", "framework__name", "name")
    )
    context = {
        "filters": filters,
        "feed": views.announced(),
        "page": page,
        "page_links": links_to(page, partial(_changes_url, filters)),
        "entries": entries.entries_of(page.object_list, recent_changes.names_of_all(roles)),
        "roles": roles,
        "domains": domains,
        "frameworks": list({domain.framework: None for domain in domains}),
        "significances": Significance.choices,
        "origins": Revision.Origin.choices,
    }
    if not request.htmx:
        return render(request, "skills/history/changes.html", context)
    response = render(request, "skills/history/changes.html#results", context)
    response["HX-Push-Url"] = _changes_url(filters, page.number)
    return response


def _changes_url(filters: recent_changes.ChangeFilters, number: int) -> str:
    query = filters.query_string(**({"page": str(number)} if number > 1 else {}))
    return reverse("skills:changes") + (f"?{query}" if query else "")


def _revision(skill: Skill, number: int) -> Revision:
    found = skill.revisions.select_related("author", "reviewer").filter(number=number).first()
    if found is None:
        raise Http404(_("This skill has no such revision."))
    return found


def _latest(skill: Skill) -> int:
    return skill.revisions.order_by("-number").values_list("number", flat=True).first() or 0


def _place(request: HttpRequest, names: Names) -> Place | None:
    """Read `role` and `level`, which are of use together only; raises Http404 for what the framework does not have."""
    role, level = request.GET.get("role", ""), request.GET.get("level", "")
    if not role and not level:
        return None
    found = next((known for known in names.roles.values() if known.slug == role), None)
    if found is None or names.ladder.find(level) is None:
        raise Http404(_("This framework has no such role or level."))
    return Place(found.key, level)


def _asked(request: HttpRequest, latest: int, first: int) -> tuple[int, int]:
    """Read `from` and `to`, by default `first` and the latest; raises BadRequest for what cannot be compared."""
    named = [request.GET.get(name, "").strip() for name in ("from", "to")]
    if any(text and number_in(text, LARGEST_REVISION) is None for text in named):
        raise BadRequest(_("The revisions to compare are given as numbers."))
    older, newer = (int(text) if text else default for text, default in zip(named, (first, latest), strict=True))
    if any(named) and older == newer:
        raise BadRequest(_("These are one and the same revision: choose two different ones."))
    if older > newer:
        raise BadRequest(_("The first of the two revisions must be the older one."))
    return older, newer
