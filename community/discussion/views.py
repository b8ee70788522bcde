"""Pages of a discussion: what is said, and the form to say something. Whole pages, and parts where htmx asks."""

import uuid
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import membership
from accounts.access import MemberRequest
from accounts.models import User
from community import rules
from community.discussion import comments as discussion
from community.discussion.comments import NO_PLACE, Subject
from community.discussion.forms import CommentForm, Intent, read_place_or_404
from community.discussion.page import build_comment_url, build_discussion_page, find_page_number
from community.events import mentions
from community.models import Comment, Suggestion
from community.models.discussion import BODY_MAX_LENGTH
from community.posting import traps
from community.posting.fields import IdField, list_form_errors
from community.posting.form_keys import BrokenFormKey, read_form_key
from community.posting.kept_forms import keep_typed_input
from community.posting.refusal_pages import handle_refusals
from community.posting.refusals import Gone
from skills.content.places import Places, load_places
from skills.models import Skill
from skills.text import markdown
from skills.web.addresses import find_skill
from skills.web.requests import HtmxRequest


@keep_typed_input
@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
@find_skill
def skill_comments(request: HtmxRequest, skill: Skill) -> HttpResponse:
    """Comments on a skill, or on one cell of it (`role`, `level`); a POST adds one. Raises Http404."""
    if skill.is_suggested:
        raise Http404(_("There is nothing at this address."))
    return _handle_discussion(request, Subject(skill), load_places(skill.framework_id))


@keep_typed_input
@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
def suggestion_comments(request: HtmxRequest, pk: int) -> HttpResponse:
    """Comments on a suggestion; a POST adds one. Raises Http404 for what the reader cannot see."""
    rows = Suggestion.objects.select_related("skill__group__domain", "skill__framework", "author")
    found = rows.filter(pk=pk, submitted_at__isnull=False).first()
    if found is None or not rules.may_see(request.user, found):
        raise Http404(_("There is no such suggestion."))
    return _handle_discussion(request, Subject(found.skill, found), None)


def _handle_discussion(request: HtmxRequest, subject: Subject, places: Places | None) -> HttpResponse:
    """Show the discussion (GET), or do what the pressed button says (POST)."""
    if request.method != "POST":
        return _show_form(request, subject, CommentForm(), places)
    form = CommentForm(request.POST, places=places, key=_get_form_key(request))
    form.is_valid()  # a preview is shown, and an answer begun, whatever is still wrong
    if form.cleaned_data["intent"] == Intent.ANSWER:
        return _show_form(request, subject, form, places)
    subject = replace(subject, place=form.cleaned_data.get("place", NO_PLACE))
    form.answered = _find_answered_comment(request, subject, form.cleaned_data["parent"])
    if form.cleaned_data["intent"] == Intent.PREVIEW:
        return _render_preview(request, subject, form, places)
    return _post_comment(request, subject, form, places)


def _show_form(request: HtmxRequest, subject: Subject, form: CommentForm, places: Places | None) -> HttpResponse:
    """Show the form, begun as an answer to the comment that the address names, below what is typed."""
    subject = replace(subject, place=read_place_or_404(request, places))
    answered = _find_answered_comment(request, subject, IdField(required=False).clean(request.GET.get("answer")))
    typed = {name: form.data.get(name, "") for name in ("body", "role", "level")}
    if answered is not None:
        typed["body"] = _build_answer_text(typed["body"], answered, is_quoted=bool(request.GET.get("quote")))
    begun = CommentForm(initial=typed, key=form.key)
    begun.answered = answered
    return render_discussion(request, subject, begun, places)


def _render_preview(request: HtmxRequest, subject: Subject, form: CommentForm, places: Places | None) -> HttpResponse:
    body = form.data.get("body", "")
    people = tuple(sorted(mentions.find_mentioned_profile_urls([body]).items()))
    form.preview = markdown.render_once(body[:BODY_MAX_LENGTH], people)
    if request.htmx:
        return render(request, "community/discussion/page.html#preview", {"form": form})
    return render_discussion(request, subject, form, places)


def _post_comment(request: HtmxRequest, subject: Subject, form: CommentForm, places: Places | None) -> HttpResponse:
    assert isinstance(request.user, User)  # `keep_typed_input` has seen to it
    if form.is_valid() and (fault := traps.find_fault(request.user, request.POST)):
        form.add_error(None, fault)
    if not form.is_valid():
        discussion.require_comment_permission(request.user, subject.suggestion)
        return render_discussion(request, subject, form, places, HTTPStatus.UNPROCESSABLE_ENTITY)
    made = discussion.post(request.user, subject, form.cleaned_data["body"], parent=form.answered, key=form.key)
    if not request.htmx:
        return redirect(build_comment_url(made, request.user))
    return render_discussion(request, Subject(made.skill, made.suggestion), CommentForm(), places, new_comment=made)


def _get_form_key(request: HttpRequest) -> uuid.UUID:
    """Return the key of the form; what is only shown again may come without one. Raises `BrokenFormKey`."""
    try:
        return read_form_key(request.POST)
    except BrokenFormKey:
        if request.POST.get("intent") in {Intent.PREVIEW, Intent.ANSWER}:
            return uuid.uuid4()
        raise


def _find_answered_comment(request: HttpRequest, subject: Subject, pk: int | None) -> Comment | None:
    """Return the comment that is answered or quoted, were it a tombstone; one of another discussion is none.

    Raises `Gone` (POST) or Http404 (GET) where there is none of this primary key.
    """
    if pk is None:
        return None
    placed = Comment.objects.listed_for(request.user, is_moderator=membership.is_moderator(request.user))
    found = placed.about(subject.skill.pk, subject.suggestion_id).filter(pk=pk, hidden_at=None).first()
    if found is None and request.method == "POST":
        raise Gone(_("The comment that you answer is not there any more."))
    if found is None:
        raise Http404(_("There is no such comment."))
    return found


def _build_answer_text(typed: str, answered: Comment, *, is_quoted: bool) -> str:
    """Return what is typed so far, and below it the answered text as a quotation."""
    body = typed.rstrip() + "\n\n" if typed.strip() else ""
    if is_quoted and answered.body:
        body += "\n".join(f"> {line}" for line in answered.body.splitlines()) + "\n\n"
    return body


def render_discussion(
    request: HtmxRequest | MemberRequest,
    subject: Subject,
    form: CommentForm,
    places: Places | None,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    new_comment: Comment | None = None,
) -> HttpResponse:
    """Return the page that the reader is on, or the one that shows the comment they just `made`.

    `form` is shown with what is typed in it; what is wrong of it only where `status` says that it is refused.
    """
    sort, number = request.GET.get("sort", ""), request.GET.get("page", "1")
    if new_comment is not None:
        sort, number = "", str(find_page_number(new_comment, request.user))
    found = build_discussion_page(subject, request.user, places, sort=sort, number=number)
    known = {
        "discussion": found,
        "subject": subject,
        "skill": subject.skill,
        "suggestion": subject.suggestion,
        "form": form,
        "fault": " ".join(list_form_errors(form)) if status == HTTPStatus.UNPROCESSABLE_ENTITY else "",
        "may_comment": rules.may_comment(request.user, subject.suggestion),
        "places": places,
        "made": new_comment,
        "cell": _build_cell(subject, places),
        "longest": BODY_MAX_LENGTH,
        "started": traps.get_start_time(request.POST),
    }
    template = "community/discussion/page.html#discussion" if request.htmx else "community/discussion/page.html"
    response = render(request, template, known, status=status)
    add_never_cache_headers(response)
    return response


def _build_cell(subject: Subject, places: Places | None) -> dict[str, Any] | None:
    if places is None or not subject.place.role:
        return None
    return {"role": places.roles[subject.place.role], "step": places.find_step(subject.place), "place": subject.place}
