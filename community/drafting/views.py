"""Pages for writing a suggestion: one form, whose buttons are in `buttons.py`."""

import uuid
from dataclasses import replace
from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from community import rules
from community.drafting import carrying
from community.drafting.buttons import SentForm, press_button
from community.drafting.form_errors import ADD_ROLE_ID
from community.drafting.form_page import build_form_page
from community.drafting.forms import SuggestionForm
from community.drafting.responses import FormResult, render_result
from community.drafting.typed import (
    TypedForm,
    build_place,
    build_typed_cell,
    build_typed_form,
    get_latest_revision_number,
    require_known_places,
)
from community.models import Comment, State, Suggestion
from community.models.suggestions import OPEN_STATES, REASON_MAX_LENGTH
from community.posting.form_tokens import find_csrf_failure
from community.posting.kept_forms import render_missing_target
from community.posting.refusal_pages import handle_refusals
from community.posting.refusals import NotAllowed
from community.suggestions import states
from skills.content.places import load_places
from skills.models import Skill
from skills.revisions import get_content
from skills.text.characters import cut_text
from skills.web.addresses import redirect_from_former_path
from skills.web.requests import HtmxRequest
from skills.web.typed_input import parse_number

NO_PAGE = gettext_lazy("There is nothing at this address.")
NO_SUGGESTION = gettext_lazy("There is no such suggestion.")
MAX_OFFERED_DRAFTS = 3


@csrf_exempt  # `receive_form` checks the token itself, so that an expired form comes back with everything typed
@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
def new_suggestion(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show or receive the form for a new suggestion about a skill.

    `slug` is the current or a former slug of the skill. The parameters `role` and `level` choose the cell to begin
    with, `comment` a comment to begin from. The form of a retired skill is not offered, but a posted one is received.
    """
    skill = Skill.objects.find_by_slug(slug)
    is_published = skill is not None and not skill.is_suggested
    if request.method == "POST":
        # Even if the skill is missing, what was typed must not be lost.
        if skill is None or not is_published:
            return render_missing_target(request, NO_PAGE)
        return receive_form(request, SuggestionForm(request.POST), skill)
    if skill is None or not is_published or skill.slug != slug:
        return redirect_from_former_path(request, f"skills/{slug}")
    if not skill.is_current:
        return redirect(skill)
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    return render_blank_form(request, skill)


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
def edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show or receive the form of the user's own suggestion, as long as it may be changed.

    `pk` is the primary key of the suggestion. Raises Http404 for one of another user, `TooLate` if it is decided,
    and `NotAllowed` while a reviewer has claimed it.
    """
    form = SuggestionForm(request.POST) if request.method == "POST" else None
    if not isinstance(request.user, User):
        # The session has ended: show the form again, for the skill that it names itself. The suggestion stays private.
        skill = Skill.objects.find_by_slug(form.cleaned_data["skill"].replace("\0", "")) if form else None
        return receive_form(request, form, skill) if form and skill else redirect_to_login(request.get_full_path())
    suggestion = Suggestion.objects.filter(pk=pk, author=request.user).first()
    if suggestion is None:
        if form:
            return render_missing_target(request, NO_SUGGESTION)
        raise Http404(NO_SUGGESTION)
    skill = Skill.objects.with_group().get(pk=suggestion.skill_id)
    if form:
        return receive_form(request, form, skill, suggestion)
    states.require_state(suggestion, State.DRAFT, *OPEN_STATES)
    if not rules.may_edit(request.user, suggestion, timezone.now()):
        raise NotAllowed(_("A reviewer is reading this suggestion; it can be changed again in a few minutes."))
    typed = build_typed_form(suggestion, get_latest_revision_number(skill))
    return render_result(request, FormResult(build_form_page(skill, suggestion, request.user, typed)))


def render_blank_form(request: HtmxRequest, skill: Skill) -> HttpResponse:
    """Show a blank form to a signed-in author.

    It begins with the cell that the parameters `role` and `level` name, or with the author's suggestion for a skill
    that was merged into this one (`carried_from`), and offers the author's latest drafts of the same skill. `skill` may
    be unsaved: then the drafts are those of new skills in its framework. A place that the framework does not have gives
    a message (422).
    """
    author = request.user
    assert isinstance(author, User)
    typed = TypedForm(uuid.uuid4(), get_latest_revision_number(skill), page_id=uuid.uuid4(), displayed="")
    typed = _start_from_original(request, skill, _start_from_comment(request, skill, typed))
    role, level = request.GET.get("role", ""), request.GET.get("level", "")
    notice, status = "", HTTPStatus.OK
    if role and level:
        places = load_places(skill.framework_id)
        place = build_place(places, role, level)
        if reason := places.get_refusal_reason(place):
            notice, status = reason, HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            typed = typed.with_cell(build_typed_cell(place, get_content(skill).matrix.get(place)))
    page = build_form_page(skill, None, author, typed)
    drafts = Suggestion.objects.filter(author=author, state=State.DRAFT, skill__framework=skill.framework)
    same_skill = Q(skill__status=Skill.Status.SUGGESTED) if skill.is_suggested else Q(skill=skill)
    latest_drafts = drafts.filter(same_skill).order_by("-pk")[:MAX_OFFERED_DRAFTS]
    return render_result(
        request, FormResult(page, status, notice=notice, notice_control_id=ADD_ROLE_ID, drafts=latest_drafts)
    )


def _start_from_comment(request: HttpRequest, skill: Skill, typed: TypedForm) -> TypedForm:
    """Return the form with the comment that the parameter `comment` names: its text as reason, its URL as source.

    A comment on another skill, or one that the reader may not see, changes nothing.
    """
    comment_id = parse_number(request.GET.get("comment", ""))
    if not skill.pk or comment_id is None:
        return typed
    comment = Comment.objects.about(skill.pk).filter(pk=comment_id).first()
    if comment is None or not rules.may_see(request.user, comment):
        return typed
    source = request.build_absolute_uri(reverse("community:comment", args=[comment.pk]))
    return replace(typed, reason=cut_text(comment.body, REASON_MAX_LENGTH), source=source)


def _start_from_original(request: HttpRequest, skill: Skill, typed: TypedForm) -> TypedForm:
    """Return the form filled in from the author's suggestion that the parameter `carried_from` names.

    One that cannot be carried over to this skill changes nothing, see `carrying.find_original`.
    """
    author = request.user if isinstance(request.user, User) else None
    original = carrying.find_original(author, skill, parse_number(request.GET.get("carried_from", "")))
    if original is None:
        return typed
    return carrying.carry_over(typed, original, get_content(skill), load_places(skill.framework_id))


def receive_form(
    request: HtmxRequest, form: SuggestionForm, skill: Skill, suggestion: Suggestion | None = None
) -> HttpResponse:
    """Receive a sent form and do what the pressed button says. If anything is wrong, the form comes back as typed.

    1. Find the suggestion: the one that the URL names (`suggestion`), or the one that this form was saved as before.
    2. Refuse a suggestion of another author or skill, a signed-out user (401), and an expired CSRF token (403).
    3. Run the button, see `buttons.press_button`.

    Raises `BrokenFormKey`, and `InvalidInput` for too many or too many unknown cells; their page shows what was typed.
    """
    typed, author = form.typed, request.user if isinstance(request.user, User) else None
    # In the form of a saved suggestion, the URL decides which one is meant, not the key that was sent.
    if suggestion is not None:
        typed = replace(typed, key=suggestion.key)
    elif author is not None:
        suggestion = Suggestion.objects.filter(key=typed.key).first()
        if suggestion and (suggestion.author_id != author.pk or suggestion.skill_id != skill.pk):
            return render_missing_target(request, NO_SUGGESTION)
    page = build_form_page(skill, suggestion, author, typed)
    require_known_places(page.typed, page.places)
    if author is None:
        answer = FormResult(page, HTTPStatus.UNAUTHORIZED, is_signed_out=True)
    elif find_csrf_failure(request):
        notice = _("This form was too old. Nothing was saved; please send it again.")
        answer = FormResult(page, HTTPStatus.FORBIDDEN, notice=notice)
    else:
        answer = press_button(SentForm(author, form, page))
    return render_result(request, answer)
