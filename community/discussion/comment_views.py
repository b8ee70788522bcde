"""Views of a single comment: edit, delete, mark as helpful, resolve or mute its thread, read its versions."""

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
from community.posting.fields import read_form
from community.posting.kept_forms import keep_typed_input
from community.posting.refusal_pages import handle_refusals
from community.posting.refusals import ChangedElsewhere, InvalidInput, NotAllowed
from skills.content.places import load_places
from skills.text.markup import markdown
from skills.web.displayed import build_digest
from skills.web.form_errors import list_form_errors


@require_safe
def redirect_to_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirect to a comment on the right page of its discussion.

    Raises Http404 if the reader may not read the comment.
    """
    return redirect(build_comment_url(_get_comment_or_404(request, pk), request.user))


def _get_comment_or_404(request: HttpRequest, pk: int) -> Comment:
    """Return a comment that the reader may read; raises Http404."""
    rows = Comment.objects.select_related("skill__group__domain", "suggestion", "author")
    comment = rows.filter(pk=pk).first()
    if comment is None or not rules.may_see(request.user, comment):
        raise Http404(_("There is no such comment."))
    return comment


@require_safe
@require_sign_in
def versions(request: MemberRequest, pk: int) -> HttpResponse:
    """Show the earlier versions of a comment to moderators.

    Raises Http404 for everybody else, and if the moderator may not read the comment.
    """
    comment = _get_comment_or_404(request, pk)
    if not membership.is_moderator(request.user):
        raise Http404(_("There is no such comment."))
    context = {"comment": comment, "skill": comment.skill, "versions": comment.versions.all()}
    return render(request, "community/discussion/versions.html", context)


@keep_typed_input
@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
@handle_refusals
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Show the form to edit one's own comment (GET), or save the new text (POST).

    If the text was changed in another window meanwhile, the form comes back with both texts (409). Raises Http404 for
    a comment of another person, and `NotAllowed` after 24 hours.
    """
    comment = _get_own_comment_or_404(request, pk)
    # Checked here too, so that nobody gets a form that cannot be saved; `comments.edit` checks it under the lock.
    if not rules.may_edit_comment(request.user, comment, timezone.now()):
        raise NotAllowed(_("A comment can be edited for 24 hours."))
    form = EditForm(request.POST if request.method == "POST" else None, initial={"body": comment.body})
    displayed, stored = form.data.get("displayed", build_digest(comment.body)), ""
    status = HTTPStatus.OK if form.is_valid() or not form.is_bound else HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            comments.edit(comment, request.user, form.cleaned_data["body"], form.cleaned_data["displayed"])
            return redirect(build_comment_url(comment, request.user))
        except InvalidInput as error:
            status = error.status
            form.add_error("body", str(error))
        except ChangedElsewhere as error:
            # Shown now: the form that is sent next counts as made with knowledge of it.
            status, stored, displayed = error.status, error.stored, build_digest(error.stored)
            form.add_error("body", str(error))
    context = {"comment": comment, "skill": comment.skill, "longest": BODY_MAX_LENGTH}
    context |= {"body": form["body"].value() or "", "form_errors": list_form_errors(form, {"body": "body"})}
    context |= {"displayed": displayed, "stored": stored}
    return render(request, "community/discussion/edit.html", context, status=status)


def _get_own_comment_or_404(request: MemberRequest, pk: int) -> Comment:
    comment = _get_comment_or_404(request, pk)
    if comment.author_id != request.user.pk:
        raise Http404(_("There is no such comment."))
    return comment


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
@handle_refusals
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask for confirmation (GET), or delete one's own comment (POST).

    Raises Http404 for a comment of another person.
    """
    comment = _get_own_comment_or_404(request, pk)
    if request.method != "POST":
        # `render_once`, since a confirmation is shown once and not worth a place in the cache.
        context = {"comment": comment, "skill": comment.skill, "html": markdown.render_once(comment.body)}
        return render(request, "community/discussion/delete.html", context)
    comments.delete(comment, request.user)
    return redirect(comment.discussion_url)


@require_POST
@require_sign_in
@handle_refusals
def mark_helpful(request: MemberRequest, pk: int) -> HttpResponse:
    """Mark a comment of another person as helpful, or unmark it (`value` 0).

    Raises Http404 if the reader may not read the comment, `NotAllowed`, and `InvalidInput` without a value.
    """
    comment, form = _get_comment_or_404(request, pk), HelpfulForm(request.POST)
    comments.mark_helpful(comment, request.user, is_helpful=read_form(form)["value"])
    return _return_to_comment(request, comment)


@require_POST
@require_sign_in
@handle_refusals
def resolve(request: MemberRequest, pk: int) -> HttpResponse:
    """Mark the thread of a comment as resolved, or open it again (`value` 0).

    Raises Http404 if the reader may not read the comment, and `NotAllowed`.
    """
    comment, form = _get_comment_or_404(request, pk), ThreadForm(request.POST)
    comments.resolve(comment, request.user, is_resolved=read_form(form)["value"])
    return _return_to_comment(request, comment)


@require_POST
@require_sign_in
def mute(request: MemberRequest, pk: int) -> HttpResponse:
    """Mute the thread of a comment for the reader, or unmute it (`value` 0).

    Raises Http404 if the reader may not read the comment.
    """
    comment, form = _get_comment_or_404(request, pk), ThreadForm(request.POST)
    comments.mute(comment, request.user, is_muted=read_form(form)["value"])
    return _return_to_comment(request, comment)


def _return_to_comment(request: MemberRequest, comment: Comment) -> HttpResponse:
    """Redirect to a comment; htmx gets the discussion page that the reader is on, and takes the thread from it."""
    if not request.htmx:
        return redirect(build_comment_url(comment, request.user))
    # Only a skill has cells.
    places = None if comment.suggestion else load_places(comment.skill.framework_id)
    subject = Subject(comment.skill, comment.suggestion, read_place_or_404(request, places))
    return render_discussion(request, subject, CommentForm(), places)


@require_safe
@require_sign_in
def find_people(request: MemberRequest) -> HttpResponse:
    """Show people with a public profile whose user name or name begins with `q`, to choose whom to mention."""
    # The "@" may come along with what was typed; a longer text than 50 characters is nobody's name.
    people = mentions.find_users_by_prefix(request.GET.get("q", "").removeprefix("@")[:50])
    return render(request, "community/discussion/people.html", {"people": people})
