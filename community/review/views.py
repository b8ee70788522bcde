"""The reviewers' pages: the queue with the open suggestion beside it, and what reviewers do there."""

import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import membership
from accounts.access import MemberRequest, restrict_to
from community.models import DeclineReason, State, Suggestion
from community.posting.fields import list_form_errors, read_form
from community.posting.form_keys import read_form_key
from community.posting.kept_forms import keep_typed_input
from community.posting.refusal_pages import handle_refusals
from community.posting.refusals import InvalidInput, NotAllowed, Refused
from community.review import deciding
from community.review.forms import (
    AcceptForm,
    DecisionForm,
    DeclineForm,
    DeclineManyForm,
    RequestChangesForm,
    UndoForm,
)
from community.review.pane import Pane, build_pane
from community.review.queue import PAGE_SIZE, build_queue, find_next_to_review
from community.suggestions.refusals import SuggestionChanged, TooLate
from skills.content.changes import ChangedMeanwhile

reviewers_only = restrict_to(membership.is_reviewer, gettext_lazy("Only reviewers decide on suggestions."))


@reviewers_only
@require_safe
def queue(request: MemberRequest) -> HttpResponse:
    """What waits, by filter."""
    return _render(request, None)


@reviewers_only
@require_safe
def review(request: MemberRequest, pk: int) -> HttpResponse:
    """The queue with one suggestion opened, decided or not."""
    return _render(request, build_pane(_get_suggestion_or_404(pk), request.user))


def _render(
    request: MemberRequest, pane: Pane | None, status: HTTPStatus = HTTPStatus.OK, **more: object
) -> HttpResponse:
    shown = build_queue(request.user, request.GET)
    context = {
        "queue": shown,
        "pane": pane,
        "follows": shown.get_next_id(pane.suggestion.pk) if pane else None,
        "page": pane.page if pane else None,
        "key": uuid.uuid4(),
        "reasons": DeclineReason.objects.filter(is_offered=True),
        **more,
    }
    template = "community/review/queue.html#review" if request.htmx else "community/review/queue.html"
    response = render(request, template, context, status=status)
    if request.htmx and request.method == "GET":
        response["HX-Push-Url"] = request.get_full_path()
    return response


def _get_suggestion_or_404(pk: int) -> Suggestion:
    """Return a suggestion that is no draft; raises Http404."""
    rows = (
        Suggestion.objects.select_related("skill__group__domain", "skill__framework", "author", "claimed_by")
        .public()
        .exclude(state=State.DRAFT)
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such suggestion."))
    return found


def _action[F: forms.Form](
    form_class: type[F],
) -> Callable[[Callable[[MemberRequest, Suggestion, F], HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view of an action on one suggestion, which gets the form it needs, checked.

    Who comes too late, or typed what does not fit, gets the pane as it is now, with everything typed.
    """

    def decorate(action: Callable[[MemberRequest, Suggestion, F], HttpResponse]) -> Callable[..., HttpResponse]:
        @keep_typed_input
        @reviewers_only
        @require_POST
        @handle_refusals
        @wraps(action)
        def view(request: MemberRequest, pk: int) -> HttpResponse:
            suggestion, form = _get_suggestion_or_404(pk), form_class(request.POST)
            try:
                read_form(form)
                return action(request, suggestion, form)
            except (TooLate, SuggestionChanged, ChangedMeanwhile, InvalidInput) as error:
                status = error.status if isinstance(error, Refused) else HTTPStatus.CONFLICT
                pane = build_pane(_get_suggestion_or_404(pk), request.user, form.data)
                more = {"fault": error, "typed": form.data, "is_late": isinstance(error, TooLate)}
                return _render(request, pane, status, **more)

        return view

    return decorate


@_action(forms.Form)
def claim(request: MemberRequest, suggestion: Suggestion, _form: forms.Form) -> HttpResponse:
    """Hold it for 15 minutes, also when somebody else does."""
    deciding.claim(suggestion, request.user)
    return _redirect_to_review(request, suggestion.pk)


@_action(forms.Form)
def unclaim(request: MemberRequest, suggestion: Suggestion, _form: forms.Form) -> HttpResponse:
    """Give one's claim back."""
    deciding.unclaim(suggestion, request.user)
    return _redirect_to_review(request, suggestion.pk)


@_action(AcceptForm)
def accept(request: MemberRequest, suggestion: Suggestion, form: AcceptForm) -> HttpResponse:
    """Publish the ticked changes as they stand in the fields."""
    ticked = set(form.cleaned_data["change"])
    decision = deciding.accept(
        suggestion,
        request.user,
        significance=form.cleaned_data["significance"],
        change_ids=ticked,
        edits=build_pane(suggestion, request.user, form.get_edited_fields()).collect_edits(ticked),
        own_reason=form.cleaned_data["own_reason"],
        key=_build_request_key(request),
    )
    if not decision.is_closing:
        messages.success(request, _("The chosen changes are published; the others wait."))
        return _redirect_to_review(request, suggestion.pk)
    return _redirect_to_next(request, suggestion, form, gettext_lazy("Accepted and published."))


@_action(DeclineForm)
def decline(request: MemberRequest, suggestion: Suggestion, form: DeclineForm) -> HttpResponse:
    """Decline it for a reason of the list."""
    deciding.decline(
        suggestion,
        request.user,
        form.cleaned_data["reason"],
        message=form.cleaned_data["decline_message"],
        own_reason=form.cleaned_data["own_reason"],
        key=_build_request_key(request),
    )
    return _redirect_to_next(request, suggestion, form, gettext_lazy("Declined."))


@_action(RequestChangesForm)
def request_changes(request: MemberRequest, suggestion: Suggestion, form: RequestChangesForm) -> HttpResponse:
    """Send it back with words."""
    deciding.request_changes(suggestion, request.user, form.cleaned_data["message"], key=_build_request_key(request))
    return _redirect_to_next(request, suggestion, form, gettext_lazy("Sent back to its author."), may_undo=False)


@_action(UndoForm)
def undo(request: MemberRequest, suggestion: Suggestion, form: UndoForm) -> HttpResponse:
    """Undo the decision in force, and say where the text stays as it is."""
    read, why = form.cleaned_data["decision"], form.cleaned_data["message"]
    kept = deciding.undo(suggestion, request.user, why, decision_id=read)
    messages.success(request, _("The decision is undone; the suggestion waits again."))
    if kept:
        words = ngettext(
            "%(count)d text was changed since and stays as it is.",
            "%(count)d texts were changed since and stay as they are.",
            len(kept),
        )
        messages.warning(request, words % {"count": len(kept)})
    return _redirect_to_review(request, suggestion.pk)


@keep_typed_input
@reviewers_only
@require_POST
@handle_refusals
def decline_many(request: MemberRequest) -> HttpResponse:
    """Decline what is ticked in the list for one reason, each by itself, and say what was not done."""
    form, key, done, refused = DeclineManyForm(request.POST), _build_request_key(request), 0, []
    if not form.is_valid():
        picked, fault = form.cleaned_data.get("pick", []), " ".join(list_form_errors(form))
        return _render(request, None, HTTPStatus.UNPROCESSABLE_ENTITY, fault=fault, picked=picked, bulk_open=True)
    picked, reason = sorted(set(form.cleaned_data["pick"])), form.cleaned_data["reason"]
    for suggestion in (
        Suggestion.objects.public().filter(pk__in=picked[:PAGE_SIZE]).exclude(state=State.DRAFT).order_by("pk")
    ):
        try:
            deciding.decline(suggestion, request.user, reason, key=uuid.uuid5(key, str(suggestion.pk)))
            done += 1
        except (NotAllowed, TooLate, InvalidInput) as error:
            refused.append(f"#{suggestion.pk}: {error}")
    if done:
        words = ngettext("%(count)d suggestion declined.", "%(count)d suggestions declined.", done)
        messages.success(request, words % {"count": done})
    for line in refused:
        messages.warning(request, _("Not done: %(what)s") % {"what": line})
    return redirect(f"{reverse('community:review')}?{request.GET.urlencode()}")


def _build_request_key(request: HttpRequest) -> uuid.UUID:
    """Return the key of the request, which counts once: of the form, what is asked of whom, and all that was typed.

    Raises `BrokenFormKey`.
    """
    form = read_form_key(request.POST)
    typed = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return uuid.uuid5(form, f"{request.user.pk} {request.path} {typed}")


def _build_url(request: HttpRequest, pk: int | None) -> str:
    path = reverse("community:review_suggestion", args=[pk]) if pk else reverse("community:review")
    return f"{path}?{request.GET.urlencode()}" if request.GET else path


def _redirect_to_review(request: MemberRequest, pk: int) -> HttpResponse:
    return redirect(_build_url(request, pk))


def _redirect_to_next(
    request: MemberRequest, suggestion: Suggestion, form: DecisionForm, message: Promise, *, may_undo: bool = True
) -> HttpResponse:
    """Say what was done and redirect to the next suggestion: of the list beside the form, else of the queue."""
    toast = f"#{suggestion.pk}: {message}"
    if may_undo:
        address = _build_url(request, suggestion.pk) + "#undo"
        messages.success(request, format_html('{} <a href="{}">{}</a>', toast, address, _("Undo")))
    else:
        messages.success(request, toast)
    follows = form.cleaned_data["next"]
    is_there = Suggestion.objects.public().filter(pk=follows, state=State.OPEN).exists()
    if not is_there:
        follows = find_next_to_review(request.user, request.GET, suggestion.pk)
    return redirect(_build_url(request, follows))
