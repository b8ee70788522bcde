"""Pages of a discussion: the comments and the form to write one; whole pages, and parts of them for htmx."""

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
from community.posting.fields import IdField
from community.posting.form_keys import BrokenFormKey, read_form_key
from community.posting.kept_forms import keep_typed_input
from community.posting.refusal_pages import handle_refusals
from community.posting.refusals import FormUsedBefore, Gone
from skills.content.places import Places, load_places
from skills.content.retirement import find_retirement
from skills.models import Skill
from skills.text.characters import cut_text
from skills.text.markup import markdown
from skills.web.addresses import with_skill
from skills.web.form_errors import list_form_errors
from skills.web.requests import HtmxRequest

CONTROL_IDS = {"body": "body", "parent": "", "intent": "", "role": "comment-role", "level": "comment-level"}
"""The ids of the controls in templates/community/discussion/form.html, by the name of their field."""


@keep_typed_input
@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
@with_skill
def skill_comments(request: HtmxRequest, skill: Skill) -> HttpResponse:
    """Show the comments on a skill, or on one cell of it (`role` and `level` in the query); a POST adds one.

    A skill that is only suggested has none: its suggestion is discussed. Raises Http404 for it and for an unknown cell.
    """
    if skill.is_suggested:
        raise Http404(_("There is nothing at this address."))
    return _handle_discussion(request, Subject(skill), load_places(skill.framework_id))


@keep_typed_input
@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
def suggestion_comments(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show the comments on a suggestion; a POST adds one.

    Raises Http404 for a suggestion that is not submitted or that the reader cannot see.
    """
    rows = Suggestion.objects.select_related("skill__group__domain", "skill__framework", "author")
    suggestion = rows.filter(pk=pk, submitted_at__isnull=False).first()
    if suggestion is None or not rules.may_see(request.user, suggestion):
        raise Http404(_("There is no such suggestion."))
    return _handle_discussion(request, Subject(suggestion.skill, suggestion), None)


def _handle_discussion(request: HtmxRequest, subject: Subject, places: Places | None) -> HttpResponse:
    """Show the discussion (GET), or carry out the pressed button (POST)."""
    if request.method != "POST":
        return _show_form(request, subject, CommentForm(), places)
    form = CommentForm(request.POST, places=places, key=_get_form_key(request))
    form.is_valid()  # fills `cleaned_data`; preview and answer work also with an invalid form
    if form.cleaned_data["intent"] == Intent.ANSWER:
        return _show_form(request, subject, form, places)
    subject = replace(subject, place=form.cleaned_data.get("place", NO_PLACE))
    form.answered = _find_answered_comment(request, subject, form.cleaned_data["parent"])
    if form.cleaned_data["intent"] == Intent.PREVIEW:
        return _render_preview(request, subject, form, places)
    return _post_comment(request, subject, form, places)


def _show_form(request: HtmxRequest, subject: Subject, form: CommentForm, places: Places | None) -> HttpResponse:
    """Show the form; if the query names a comment to answer, what is typed stays and the quotation follows."""
    subject = replace(subject, place=read_place_or_404(request, places))
    answered = _find_answered_comment(request, subject, IdField(required=False).clean(request.GET.get("answer")))
    initial = {name: form.data.get(name, "") for name in ("body", "role", "level")}
    if answered is not None:
        initial["body"] = _build_answer_text(initial["body"], answered, is_quoted=bool(request.GET.get("quote")))
    # The same key as before: it stays one form, however often it is shown again.
    new_form = CommentForm(initial=initial, key=form.key)
    new_form.answered = answered
    return render_discussion(request, subject, new_form, places)


def _render_preview(request: HtmxRequest, subject: Subject, form: CommentForm, places: Places | None) -> HttpResponse:
    body = cut_text(form.data.get("body", ""), BODY_MAX_LENGTH)
    (people,) = mentions.find_linked_people([body])
    form.preview = markdown.render_once(body, people)
    if request.htmx:
        return render(request, "community/discussion/page.html#preview", {"form": form})
    return render_discussion(request, subject, form, places)


def _post_comment(request: HtmxRequest, subject: Subject, form: CommentForm, places: Places | None) -> HttpResponse:
    """Post the comment and show it, or show the form again with its errors (422).

    A form that was posted before with another text comes back with a new key (409): sent again it is another comment.
    """
    assert isinstance(request.user, User)  # `keep_typed_input` has refused everybody else
    # Hidden fields and the time since the form was opened show that a program sent it.
    if form.is_valid() and (fault := traps.find_fault(request.user, request.POST)):
        form.add_error(None, fault)
    if not form.is_valid():
        # Who may not comment gets the refusal, not the errors of a form that they cannot send.
        discussion.require_comment_permission(request.user, subject.suggestion)
        return render_discussion(request, subject, form, places, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        comment = discussion.post(request.user, subject, form.cleaned_data["body"], parent=form.answered, key=form.key)
    except FormUsedBefore as error:
        form.key = uuid.uuid4()
        form.add_error(None, str(error))
        return render_discussion(request, subject, form, places, error.status)
    if not request.htmx:
        return redirect(build_comment_url(comment, request.user))
    # The whole discussion, not only the cell: so the page that shows the comment is the one of `find_page_number`.
    subject = Subject(comment.skill, comment.suggestion)
    return render_discussion(request, subject, CommentForm(), places, new_comment=comment)


def _get_form_key(request: HttpRequest) -> uuid.UUID:
    """Return the key of the form, a new one if the form is only shown again without one; raises `BrokenFormKey`."""
    try:
        return read_form_key(request.POST)
    except BrokenFormKey:
        if request.POST.get("intent") in {Intent.PREVIEW, Intent.ANSWER}:
            return uuid.uuid4()
        raise


def _find_answered_comment(request: HttpRequest, subject: Subject, comment_id: int | None) -> Comment | None:
    """Return the comment that is answered or quoted, even if it is a tombstone; None without a primary key.

    Raises `Gone` (POST) or Http404 (GET) if the discussion has no such comment.
    """
    if comment_id is None:
        return None
    listed = Comment.objects.listed_for(request.user, is_moderator=membership.is_moderator(request.user))
    comment = listed.about(subject.skill.pk, subject.suggestion_id).filter(pk=comment_id, hidden_at=None).first()
    if comment is None and request.method == "POST":
        raise Gone(_("The comment that you answer no longer exists."))
    if comment is None:
        raise Http404(_("There is no such comment."))
    return comment


def _build_answer_text(typed_text: str, answered: Comment, *, is_quoted: bool) -> str:
    """Return what is typed so far, followed by the answered text as a Markdown quotation."""
    body = typed_text.rstrip() + "\n\n" if typed_text.strip() else ""
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
    """Return the page of the discussion that the reader is on, or the one that shows their `new_comment`.

    `form` is shown with what is typed in it; its errors are shown only with status 409 and 422. `places` are the cells
    of the skill, None for a suggestion. htmx gets the discussion alone, without the page around it.
    """
    sort, number = request.GET.get("sort", ""), None
    if new_comment is not None:
        sort, number = "", str(find_page_number(new_comment, request.user))
    context = {
        "discussion": build_discussion_page(subject, request, places, sort=sort, number=number),
        "subject": subject,
        "skill": subject.skill,
        "suggestion": subject.suggestion,
        "retirement": find_retirement(subject.skill),
        "form": form,
        "form_errors": list_form_errors(form, CONTROL_IDS) if status >= HTTPStatus.BAD_REQUEST else [],
        "may_comment": rules.may_comment(request.user, subject.suggestion),
        "places": places,
        "made": new_comment,
        "cell": _build_cell(subject, places),
        "longest": BODY_MAX_LENGTH,
        "started": traps.get_start_time(request.POST),
    }
    template = "community/discussion/page.html#discussion" if request.htmx else "community/discussion/page.html"
    response = render(request, template, context, status=status)
    # The page holds the forms and permissions of its reader.
    add_never_cache_headers(response)
    return response


def _build_cell(subject: Subject, places: Places | None) -> dict[str, Any] | None:
    if places is None or not subject.place.role:
        return None
    return {"role": places.roles[subject.place.role], "step": places.find_step(subject.place), "place": subject.place}
