"""Reading suggestions: lists, one of them, and what its author and voters do with it."""

from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, require_sign_in
from community import rules
from community.models import Suggestion
from community.posting.refusal_pages import handle_refusals
from community.suggestions import listing, voting
from community.suggestions.listing import PAGE_SIZE, ListFilters
from community.suggestions.page import build_suggestion_page, count_votes
from skills.models import Skill
from skills.web.addresses import find_skill
from skills.web.paging import build_page_links, build_page_links_with, get_page_or_404
from skills.web.requests import HtmxRequest


@require_safe
def suggestion_list(request: HtmxRequest) -> HttpResponse:
    """All suggestions, or those that filters leave."""
    filters = ListFilters.from_query(request.GET)
    page = get_page_or_404(Paginator(listing.find_suggestions(filters), PAGE_SIZE), request.GET.get("page", "1"))
    base = reverse("community:suggestions")
    context = {
        "filters": filters,
        "page": page,
        "page_links": build_page_links_with(page, lambda number: f"{base}?{filters.build_query_string(number)}"),
    }
    if not request.htmx:
        return render(request, "community/suggestions/list.html", context)
    response = render(request, "community/suggestions/list.html#results", context)
    query = filters.build_query_string(page.number)
    response["HX-Push-Url"] = f"{base}?{query}" if query else base
    return response


@require_safe
@find_skill
def skill_suggestions(request: HttpRequest, skill: Skill) -> HttpResponse:
    """Open and decided suggestions of a skill; raises Http404 where it was never published."""
    if skill.is_suggested:
        raise Http404(_("There is nothing at this address."))
    page = get_page_or_404(Paginator(listing.list_for_skill(skill.pk), PAGE_SIZE), request.GET.get("page", "1"))
    context = {"skill": skill, "page": page, "page_links": build_page_links(request, page)}
    return render(request, "community/suggestions/of_skill.html", context)


@require_safe
@require_sign_in
def my_suggestions(request: MemberRequest) -> HttpResponse:
    """One's own drafts and suggestions, by state."""
    page = get_page_or_404(Paginator(listing.list_for_person(request.user), PAGE_SIZE), request.GET.get("page", "1"))
    by_state = listing.split_by_state(list(page.object_list))
    context = {"page": page, "page_links": build_page_links(request, page), "by_state": by_state}
    return render(request, "community/suggestions/mine.html", context)


@require_safe
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """One suggestion with all that is known of it."""
    return _render_suggestion(request, _get_visible_or_404(request, pk))


def _get_visible_or_404(request: HttpRequest, pk: int) -> Suggestion:
    """Return a suggestion that the reader may see; raises Http404."""
    rows = Suggestion.objects.select_related("skill__group__domain", "skill__framework", "author")
    found = rows.filter(pk=pk).first()
    if found is None or not rules.may_see(request.user, found):
        raise Http404(_("There is no such suggestion."))
    return found


def _render_suggestion(
    request: HttpRequest, found: Suggestion, status: HTTPStatus = HTTPStatus.OK, **context: object
) -> HttpResponse:
    page = build_suggestion_page(found, request.user)
    known = {"page": page, "suggestion": found, "skill": found.skill, "votes": page.votes, **context}
    return render(request, "community/suggestions/suggestion.html", known, status=status)


@require_POST
@require_sign_in
@handle_refusals
def vote(request: MemberRequest, pk: int) -> HttpResponse:
    """Give, change or take back one's vote; raises BadRequest for a value that no button sends."""
    found, value = _get_visible_or_404(request, pk), request.POST.get("value", "")
    if value not in {"1", "0", "-1"}:
        raise BadRequest(_("A vote is for or against."))
    voting.vote(found, request.user, int(value))
    if not request.htmx:
        return redirect("community:suggestion", pk)
    votes = count_votes(found, request.user)
    known = {"suggestion": found, "votes": votes, "may_vote": rules.may_vote(request.user, found)}
    return render(request, "community/suggestions/includes/votes.html", known)
