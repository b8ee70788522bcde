"""Pages of the history: revisions of a skill, comparison, blame, recent changes of all skills."""

from functools import partial

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from skills import search
from skills.content.changes import find_changes
from skills.content.matrix import Place
from skills.content.names import Names, load_names
from skills.feeds import views
from skills.history import entries, recent_changes
from skills.history.blame import build_blame_lines
from skills.history.past_profile import load_past_profile
from skills.models import Domain, Revision, Role, Significance, Skill
from skills.profile.views import build_table_context
from skills.revisions import authorship
from skills.web.addresses import with_skill
from skills.web.cache import cached_page
from skills.web.paging import build_page_links, build_page_links_with, get_page_or_404
from skills.web.parts import render_page_or_part, render_part
from skills.web.requests import HtmxRequest
from skills.web.typed_input import MAX_REVISION_NUMBER, parse_number

FRAMEWORK_ORDER = ("framework__position", "framework__sort_key", "framework_id", "sort_key", "pk")


@require_safe
@cached_page
@with_skill
def skill_history(request: HttpRequest, skill: Skill) -> HttpResponse:
    """Show all revisions of a skill, latest first, and its contributors.

    Raises as `get_page_or_404` does for the number of a page.
    """
    pages = Paginator(entries.select_for_list(skill.revisions.order_by("-number")), entries.PAGE_SIZE)
    page = get_page_or_404(request, pages)
    context = {
        "skill": skill,
        "page": page,
        "page_links": build_page_links(request, page),
        "entries": entries.build_entries(page.object_list, load_names(skill.framework)),
        "contributors": authorship.list_contributors(skill),
        "latest": pages.count,
    }
    return render(request, "skills/history/list.html", context)


@require_safe
@cached_page
@with_skill
def revision(request: HtmxRequest, skill: Skill, number: int) -> HttpResponse:
    """Show what one revision changed, and the profile after it.

    htmx gets only the body. Raises Http404 if the skill has no revision of this number.
    """
    shown_revision, names = _get_revision_or_404(skill, number), load_names(skill.framework)
    past_profile = load_past_profile(skill, shown_revision, names)
    (entry,) = entries.build_entries([shown_revision], names)
    context = {
        "skill": past_profile.skill,  # with name and texts of that time; "today" is the current skill
        "today": skill,
        "entry": entry,
        "revision": shown_revision,
        "latest": _get_latest_number(skill),
        "profile": past_profile,
        "is_past": True,
        "filter_address": reverse("skills:revision", args=[skill.slug, number]),
        **build_table_context(request, past_profile, None),
    }
    return render_page_or_part(request, "skills/history/revision.html", "body", context)


@require_safe
@cached_page
@with_skill
def compare(request: HttpRequest, skill: Skill) -> HttpResponse:
    """Compare two revisions of a skill, cell by cell; or one requirement before and after.

    The query parameters are `from` and `to`, and for one requirement `role` and `level`. The revision in `from` is the
    one before, also if it is the later one. Raises Http404 if the skill has no such revision.
    """
    latest, names = _get_latest_number(skill), load_names(skill.framework)
    place = _read_place(request, names)
    # By default the latest change is shown; for one requirement, everything since the first revision.
    first, last = _read_revision_numbers(request, latest, 1 if place else max(1, latest - 1))
    revisions = {row.number: row for row in entries.select_for_list(skill.revisions.filter(number__in=(first, last)))}
    contents = entries.get_contents_at(skill, first, last)
    if first not in contents or last not in contents:
        raise Http404(_("This skill has no such revision."))
    context = {
        "skill": skill,
        "latest": latest,
        "first": revisions[first],
        "last": revisions[last],
        "is_backwards": first > last,
        "changes": entries.build_shown_changes(find_changes(contents[first], contents[last]), names),
    }
    if place:
        context |= {
            "role": names.get_role(place.role),
            "step": names.get_step(place.level),
            "then": contents[first].matrix.get(place),
            "now": contents[last].matrix.get(place),
        }
    return render(request, "skills/history/compare.html", context)


@require_safe
@cached_page
@with_skill
def blame(request: HttpRequest, skill: Skill) -> HttpResponse:
    """Show for each current text the revision and the author it comes from.

    `skill` comes from `with_skill`; a text is traced by its wording only, see `build_blame_lines`.
    """
    lines = build_blame_lines(skill, load_names(skill.framework))
    return render(
        request, "skills/history/blame.html", {"skill": skill, "lines": lines, "latest": _get_latest_number(skill)}
    )


@require_safe
@cached_page
def changes(request: HtmxRequest) -> HttpResponse:
    """Show recent changes of all skills, or those that match the filters.

    htmx gets only the results and the URL to push. Raises `BadRequest` for an invalid filter, and as
    `get_page_or_404` does for the number of a page.
    """
    try:
        filters = recent_changes.ChangeFilters.from_query(request.GET)
    except search.InvalidQuery as error:
        raise BadRequest(str(error)) from error
    roles = list(Role.objects.select_related("framework").order_by(*FRAMEWORK_ORDER))
    # The template lists all roles for the filter anyway, so the chosen one needs no query.
    role = next((role for role in roles if role.slug == filters.role), None)
    pages = Paginator(recent_changes.list_revisions(filters, role), recent_changes.PAGE_SIZE)
    page = get_page_or_404(request, pages)
    domains = list(Domain.objects.select_related("framework").order_by(*FRAMEWORK_ORDER))
    context = {
        "filters": filters,
        "feed": views.get_feed_link(),
        "page": page,
        "page_links": build_page_links_with(page, partial(_build_changes_url, filters)),
        "entries": entries.build_entries(page.object_list, recent_changes.load_all_names(roles)),
        "roles": roles,
        "domains": domains,
        "frameworks": list({domain.framework: None for domain in domains}),  # a dict, as a set loses the order
        "significances": Significance.choices,
        "origins": Revision.Origin.choices,
    }
    if not request.htmx:
        return render(request, "skills/history/changes.html", context)
    # The filter form sends empty fields too: the browser shows the URL without them.
    response = render_part(request, "skills/history/changes.html", "results", context)
    response["HX-Push-Url"] = _build_changes_url(filters, page.number)
    return response


def _build_changes_url(filters: recent_changes.ChangeFilters, number: int) -> str:
    query = filters.build_query_string(**({"page": str(number)} if number > 1 else {}))
    return reverse("skills:changes") + (f"?{query}" if query else "")


def _get_revision_or_404(skill: Skill, number: int) -> Revision:
    found_revision = skill.revisions.select_related("author", "reviewer").filter(number=number).first()
    if found_revision is None:
        raise Http404(_("This skill has no such revision."))
    return found_revision


def _get_latest_number(skill: Skill) -> int:
    """Return the number of the latest revision, 0 if there is none."""
    return skill.revisions.order_by("-number").values_list("number", flat=True).first() or 0


def _read_place(request: HttpRequest, names: Names) -> Place | None:
    """Return the place that the slugs `role` and `level` name, None if both are missing.

    Raises Http404 if only one is given, or one that the framework does not have.
    """
    role_slug, level = request.GET.get("role", ""), request.GET.get("level", "")
    if not role_slug and not level:
        return None
    role = next((role for role in names.roles.values() if role.slug == role_slug), None)
    if role is None or names.ladder.find_step(level) is None:
        raise Http404(_("This framework has no such role or level."))
    return Place(role.key, level)


def _read_revision_numbers(request: HttpRequest, latest: int, first: int) -> tuple[int, int]:
    """Return the numbers in `from` and `to`, by default `first` and the latest, in any order.

    Raises BadRequest unless both are numbers.
    """
    texts = [request.GET.get(name, "").strip() for name in ("from", "to")]
    if any(text and parse_number(text, MAX_REVISION_NUMBER) is None for text in texts):
        raise BadRequest(_("The revisions to compare are given as numbers."))
    before, after = (int(text) if text else default for text, default in zip(texts, (first, latest), strict=True))
    return before, after
