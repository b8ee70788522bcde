"""Pages for reading suggestions: the lists and one suggestion, with its votes."""

from http import HTTPStatus

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, require_sign_in
from community import rules
from community.models import Suggestion
from community.posting.fields import OfferedChoiceField, read_form
from community.posting.refusal_pages import handle_refusals
from community.posting.refusals import ChangedElsewhere
from community.suggestions import listing, voting
from community.suggestions.listing import PAGE_SIZE, ListFilters
from community.suggestions.page import build_suggestion_page, count_votes
from community.suggestions.whole_skills import attach_retirements, find_suggestion_retirement
from skills.content.retirement import find_retirement
from skills.models import Skill
from skills.web.addresses import with_skill
from skills.web.paging import build_page_links, build_page_links_with, get_page_or_404
from skills.web.parts import render_part
from skills.web.requests import HtmxRequest


@require_safe
def suggestion_list(request: HtmxRequest) -> HttpResponse:
    """Show all public suggestions, or those that match the filters; for htmx only the results."""
    filters = ListFilters.from_query(request.GET)
    page = get_page_or_404(request, Paginator(listing.list_suggestions(filters), PAGE_SIZE))
    page.object_list = attach_retirements(page.object_list)
    base = reverse("community:suggestions")
    context = {
        "filters": filters,
        "page": page,
        # Links keep only valid filters, not the query string as it was sent.
        "page_links": build_page_links_with(page, lambda number: f"{base}?{filters.build_query_string(number)}"),
    }
    if not request.htmx:
        return render(request, "community/suggestions/list.html", context)
    response = render_part(request, "community/suggestions/list.html", "results", context)
    # The address bar of the browser follows the filters, so that the result can be bookmarked.
    query = filters.build_query_string(page.number)
    response["HX-Push-Url"] = f"{base}?{query}" if query else base
    return response


@require_safe
@with_skill
def skill_suggestions(request: HttpRequest, skill: Skill) -> HttpResponse:
    """Show the open and decided suggestions for a skill.

    `skill` is found by the slug in the URL. Raises Http404 for a skill that was never published.
    """
    # The page would show the name of the suggested skill, which may be part of a private draft.
    if skill.is_suggested:
        raise Http404(_("There is nothing at this address."))
    page = get_page_or_404(request, Paginator(listing.list_for_skill(skill.pk), PAGE_SIZE))
    context = {"skill": skill, "page": page, "page_links": build_page_links(request, page)}
    context["retirement"] = find_retirement(skill)
    return render(request, "community/suggestions/of_skill.html", context)


@require_safe
@require_sign_in
def my_suggestions(request: MemberRequest) -> HttpResponse:
    """Show the user's own drafts and suggestions, by state.

    The parameter `skill` (a slug) leaves those for one skill; an unknown slug is ignored.
    """
    skill = Skill.objects.find_by_slug(slug) if (slug := request.GET.get("skill", "").replace("\0", "")) else None
    suggestions = listing.list_for_person(request.user)
    if skill is not None and skill.is_suggested and not suggestions.filter(skill=skill).exists():
        skill = None  # its name may be part of another person's draft
    if skill is not None:
        suggestions = suggestions.filter(skill=skill)
    page = get_page_or_404(request, Paginator(suggestions, PAGE_SIZE))
    by_state = listing.split_by_state(attach_retirements(page.object_list))
    context = {"page": page, "page_links": build_page_links(request, page), "by_state": by_state, "only_skill": skill}
    return render(request, "community/suggestions/mine.html", context)


@require_safe
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one suggestion: its changes, votes, decisions and discussion.

    `pk` is the primary key of the suggestion. Raises Http404 where there is none, or the reader may not see it.
    """
    return render_suggestion_page(request, get_visible_suggestion_or_404(request, pk))


def get_visible_suggestion_or_404(request: HttpRequest, pk: int) -> Suggestion:
    """Return the suggestion with this primary key, if the reader may see it (`rules.may_see`).

    It comes with its skill, framework, group, domain and author. Raises Http404 otherwise, with one message for both
    cases, so that nobody learns which hidden suggestions exist.
    """
    rows = Suggestion.objects.select_related("skill__group__domain", "skill__framework", "author")
    suggestion = rows.filter(pk=pk).first()
    if suggestion is None or not rules.may_see(request.user, suggestion):
        raise Http404(_("There is no such suggestion."))
    return suggestion


def render_suggestion_page(
    request: HttpRequest, suggestion: Suggestion, status: HTTPStatus = HTTPStatus.OK, **extra_context: object
) -> HttpResponse:
    """Render the page of one suggestion.

    `suggestion` comes from `get_visible_suggestion_or_404`. `extra_context` is added to the template's context,
    for example a form with errors under the name by which the template knows it.
    """
    page = build_suggestion_page(suggestion, request.user)
    context = {"page": page, "suggestion": suggestion, "skill": suggestion.skill, "votes": page.votes, **extra_context}
    return render(request, "community/suggestions/suggestion.html", context, status=status)


class VoteForm(forms.Form):
    """The buttons of a vote: "1" for, "-1" against, "0" for no vote; `displayed` is the vote that they display."""

    value = OfferedChoiceField(
        choices=[(value, value) for value in ("1", "0", "-1")],
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("A vote is for or against.")),
    )
    displayed = forms.TypedChoiceField(
        choices=[(value, value) for value in ("1", "0", "-1")], coerce=int, empty_value=None, required=False
    )


@require_POST
@require_sign_in
@handle_refusals
def vote(request: MemberRequest, pk: int) -> HttpResponse:
    """Save, change or delete the user's vote on a suggestion.

    1. Check the posted `value`: "1" for, "-1" against, "0" for no vote.
    2. Save the vote, see `voting.vote`.
    3. For htmx render only the votes, otherwise redirect to the suggestion.

    If the user voted differently in another window, nothing is saved, and the page says so (409).
    Raises BadRequest for another value, Http404 where the user may not see the suggestion.
    """
    suggestion = get_visible_suggestion_or_404(request, pk)
    typed, status, fault = read_form(VoteForm(request.POST)), HTTPStatus.OK, ""
    try:
        voting.vote(suggestion, request.user, typed["value"], displayed=typed["displayed"])
    except ChangedElsewhere as error:
        status, fault = error.status, str(error)
    if not request.htmx and not fault:
        return redirect("community:suggestion", pk)
    if not request.htmx:
        return render_suggestion_page(request, suggestion, status, vote_fault=fault)
    votes = count_votes(suggestion, request.user)
    may_vote = rules.may_vote(request.user, suggestion) and find_suggestion_retirement(suggestion) is None
    context = {"suggestion": suggestion, "votes": votes, "may_vote": may_vote, "vote_fault": fault}
    return render(request, "community/suggestions/includes/votes.html", context, status=status)
