"""What one does with a comment: edit or delete it, find it helpful, call its thread resolved, hear no more of it."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import membership
from accounts.access import MemberRequest, require_sign_in
from community import rules
from community.discussion import comments
from community.discussion.comments import Subject
from community.discussion.forms import CommentForm, EditForm, HelpfulForm, ThreadForm, read_place_or_404
from community.discussion.page import build_comment_url
from community.discussion.views import render_discussion
from community.events import mentions
from community.models import Comment
from community.models.discussion import BODY_MAX_LENGTH
from community.posting.fields import list_form_errors, read_form
from community.posting.kept_forms import keep_typed_input
from community.posting.refusal_pages import handle_refusals
from community.posting.refusals import InvalidInput, NotAllowed
from skills.content.places import load_places
from skills.text import markdown


@require_safe
def redirect_to_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to where a comment stands."""
    return redirect(build_comment_url(_get_comment_or_404(request, pk), request.user))


def _get_comment_or_404(request: HttpRequest, pk: int) -> Comment:
    """Return a comment that the reader may read; raises Http404."""
    rows = Comment.objects.select_related("skill__group__domain", "suggestion", "author")
    found = rows.filter(pk=pk).first()
    if found is None or not rules.may_see(request.user, found):
        raise Http404(_("There is no such comment."))
    return found


@require_safe
@require_sign_in
def versions(request: MemberRequest, pk: int) -> HttpResponse:
    """Earlier versions of a comment; raises Http404 for all but moderators."""
    found = _get_comment_or_404(request, pk)
    if not membership.is_moderator(request.user):
        raise Http404(_("There is no such comment."))
    known = {"comment": found, "skill": found.skill, "versions": found.versions.all()}
    return render(request, "community/discussion/versions.html", known)


@keep_typed_input
@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
@handle_refusals
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change one's own comment; raises Http404 for that of another person, `NotAllowed` when it is too late."""
    found = _get_own_comment_or_404(request, pk)
    if not rules.may_edit_comment(request.user, found, timezone.now()):
        raise NotAllowed(_("A comment can be edited for 24 hours."))
    form = EditForm(request.POST if request.method == "POST" else None, initial={"body": found.body})
    if form.is_valid():
        try:
            comments.edit(found, request.user, form.cleaned_data["body"])
            return redirect(build_comment_url(found, request.user))
        except InvalidInput as error:
            form.add_error("body", str(error))
    known = {"comment": found, "skill": found.skill, "longest": BODY_MAX_LENGTH}
    known |= {"body": form["body"].value() or "", "fault": " ".join(list_form_errors(form))}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "community/discussion/edit.html", known, status=status)


def _get_own_comment_or_404(request: MemberRequest, pk: int) -> Comment:
    found = _get_comment_or_404(request, pk)
    if found.author_id != request.user.pk:
        raise Http404(_("There is no such comment."))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
@handle_refusals
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask whether one's own comment is to go, then let it."""
    found = _get_own_comment_or_404(request, pk)
    if request.method != "POST":
        known = {"comment": found, "skill": found.skill, "html": markdown.render_once(found.body)}
        return render(request, "community/discussion/delete.html", known)
    comments.delete(found, request.user)
    return redirect(found.discussion_url)


@require_POST
@require_sign_in
@handle_refusals
def mark_helpful(request: MemberRequest, pk: int) -> HttpResponse:
    """Find a comment of somebody else helpful, or (`value` 0) no more."""
    found, form = _get_comment_or_404(request, pk), HelpfulForm(request.POST)
    comments.mark_helpful(found, request.user, is_helpful=read_form(form)["value"])
    return _return_to_comment(request, found)


@require_POST
@require_sign_in
@handle_refusals
def resolve(request: MemberRequest, pk: int) -> HttpResponse:
    """Call a thread resolved, or (`value` 0) open again."""
    found, form = _get_comment_or_404(request, pk), ThreadForm(request.POST)
    comments.resolve(found, request.user, is_resolved=read_form(form)["value"])
    return _return_to_comment(request, found)


@require_POST
@require_sign_in
def mute(request: MemberRequest, pk: int) -> HttpResponse:
    """Hear no more of a thread, or (`value` 0) again."""
    found, form = _get_comment_or_404(request, pk), ThreadForm(request.POST)
    comments.mute(found, request.user, is_muted=read_form(form)["value"])
    return _return_to_comment(request, found)


def _return_to_comment(request: MemberRequest, comment: Comment) -> HttpResponse:
    """Lead back to a comment; htmx takes its thread from the page that the reader is on."""
    if not request.htmx:
        return redirect(build_comment_url(comment, request.user))
    places = None if comment.suggestion else load_places(comment.skill.framework_id)
    subject = Subject(comment.skill, comment.suggestion, read_place_or_404(request, places))
    return render_discussion(request, subject, CommentForm(), places)


@require_safe
@require_sign_in
def find_people(request: MemberRequest) -> HttpResponse:
    """Offer people with a public profile whose name begins so (`q`)."""
    found = mentions.find_users_by_prefix(request.GET.get("q", "").removeprefix("@")[:50])
    return render(request, "community/discussion/people.html", {"people": found})
