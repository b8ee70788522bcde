"""Reading suggestions: lists, one of them, and what its author and voters do with it."""

from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, for_members
from community import rules, suggestion_listing, suggestions
from community.kept_forms import keeps_typed
from community.models import Suggestion
from community.models.suggestions import REASON_MAX_LENGTH
from community.refusal_pages import answers_refusals
from community.suggestion_listing import PAGE_SIZE, ListFilters
from community.suggestion_page import suggestion_page, votes_of
from community.suggestions import Unfit
from skills.paging import links_of, links_to, page_of
from skills.typed_input import is_storable
from skills.views import HtmxRequest, follow_moves


@require_safe
def suggestion_list(request: HtmxRequest) -> HttpResponse:
    """All suggestions, or those that filters leave."""
    filters = ListFilters.from_query(request.GET)
    page = page_of(Paginator(suggestion_listing.found(filters), PAGE_SIZE), request.GET.get("page", "1"))
    base = reverse("community:suggestions")
    context = {
        "filters": filters,
        "page": page,
        "page_links": links_to(page, lambda number: f"{base}?{filters.query_string(number)}"),
    }
    if not request.htmx:
        return render(request, "community/suggestions/list.html", context)
    response = render(request, "community/suggestions/list.html#results", context)
    query = filters.query_string(page.number)
    response["HX-Push-Url"] = f"{base}?{query}" if query else base
    return response


@require_safe
def skill_suggestions(request: HttpRequest, slug: str) -> HttpResponse:
    """Open and decided suggestions of a skill."""
    skill = suggestion_listing.skill_by_slug(slug)
    if skill is None:
        return follow_moves(request, f"skills/{slug}")
    page = page_of(Paginator(suggestion_listing.of_skill(skill.pk), PAGE_SIZE), request.GET.get("page", "1"))
    context = {"skill": skill, "page": page, "page_links": links_of(request, page)}
    return render(request, "community/suggestions/of_skill.html", context)


@require_safe
@for_members
def my_suggestions(request: MemberRequest) -> HttpResponse:
    """One's own drafts and suggestions, by state."""
    page = page_of(Paginator(suggestion_listing.of_person(request.user), PAGE_SIZE), request.GET.get("page", "1"))
    by_state = suggestion_listing.split_by_state(list(page.object_list))
    context = {"page": page, "page_links": links_of(request, page), "by_state": by_state}
    return render(request, "community/suggestions/mine.html", context)


@require_safe
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """One suggestion with all that is known of it."""
    return _shown(request, _visible(request, pk))


def _visible(request: HttpRequest, pk: int) -> Suggestion:
    """Return a suggestion that the reader may see; raises Http404."""
    rows = Suggestion.objects.select_related("skill__group__domain", "skill__framework", "author")
    found = rows.filter(pk=pk).first()
    if found is None or not rules.may_see(request.user, found):
        raise Http404(_("There is no such suggestion."))
    return found


def _shown(
    request: HttpRequest, found: Suggestion, status: HTTPStatus = HTTPStatus.OK, **context: object
) -> HttpResponse:
    page = suggestion_page(found, request.user)
    known = {"page": page, "suggestion": found, "skill": found.skill, "votes": page.votes, **context}
    return render(request, "community/suggestions/suggestion.html", known, status=status)


@require_POST
@for_members
@answers_refusals
def vote(request: MemberRequest, pk: int) -> HttpResponse:
    """Give, change or take back one's vote."""
    found, value = _visible(request, pk), request.POST.get("value", "")
    if value not in {"1", "0", "-1"}:
        raise BadRequest(_("A vote is for or against."))
    suggestions.vote(found, request.user, int(value))
    if not request.htmx:
        return redirect("community:suggestion", pk)
    votes = votes_of(found, request.user)
    known = {"suggestion": found, "votes": votes, "may_vote": rules.may_vote(request.user, found)}
    return render(request, "community/suggestions/includes/votes.html", known)


@require_POST
@for_members
@answers_refusals
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Take one's suggestion back."""
    suggestions.withdraw(_visible(request, pk), request.user)
    return redirect("community:suggestion", pk)


@require_POST
@for_members
@answers_refusals
def renew(request: MemberRequest, pk: int) -> HttpResponse:
    """Base one's suggestion on today's text, the words kept, and go on writing."""
    found = suggestions.renew(_visible(request, pk), request.user)
    return redirect("community:suggestion", found.pk)


@keeps_typed
@require_POST
@for_members
@answers_refusals
def second_reader(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask, after a decline, that another reviewer decides."""
    found, words = _visible(request, pk), request.POST.get("words", "").strip()
    if len(words) > REASON_MAX_LENGTH or not is_storable(words):
        wrong = Unfit(_("These words are too long or hold a character that cannot be kept."))
        return _shown(request, found, HTTPStatus.UNPROCESSABLE_ENTITY, words=words, wrong=wrong)
    suggestions.ask_second_reader(found, request.user, words)
    return redirect("community:suggestion", pk)
