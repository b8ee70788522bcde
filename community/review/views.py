"""The reviewers' pages: the queue with the opened suggestion beside it, and the actions of reviewers there."""

import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import membership
from accounts.access import MemberRequest, restrict_to
from community.models import DeclineReason, State, Suggestion
from community.posting.form_keys import read_form_key
from community.posting.kept_forms import keep_typed_input
from community.posting.refusal_pages import handle_refusals
from community.posting.refusals import InvalidInput, NotAllowed, Refused
from community.review import deciding
from community.review.form_errors import list_pane_errors
from community.review.forms import (
    AcceptForm,
    DecisionForm,
    DeclineForm,
    DeclineManyForm,
    RequestChangesForm,
    UndoForm,
)
from community.review.pane import Pane, build_pane
from community.review.queue import PAGE_SIZE, build_queue, find_first_to_review, find_last_accept
from community.suggestions import states
from community.suggestions.changes import get_saved_digest
from community.suggestions.refusals import SuggestionChanged, TooLate
from skills.content.changes import ChangedMeanwhile
from skills.web.form_errors import list_form_errors
from skills.web.parts import render_page_or_part

reviewers_only = restrict_to(membership.is_reviewer, gettext_lazy("Only reviewers decide on suggestions."))


@reviewers_only
@require_safe
def queue(request: MemberRequest) -> HttpResponse:
    """Show the suggestions that wait, by filter."""
    return _render(request, None)


@reviewers_only
@require_safe
def review(request: MemberRequest, pk: int) -> HttpResponse:
    """Show the queue with one suggestion opened, decided or not.

    The query string holds filter, domain and page of the queue. Raises `Http404` for an unknown suggestion.
    """
    return _render(request, build_pane(_get_suggestion_or_404(pk), request.user))


def _render(
    request: MemberRequest, pane: Pane | None, status: HTTPStatus = HTTPStatus.OK, **more: object
) -> HttpResponse:
    """Render the queue with the pane, as a whole page or, for HTMX, its part; `more` is added to the context."""
    current_queue, last_accept = build_queue(request), find_last_accept(request.user)
    # The pane of that suggestion has a form of its own to undo the decision.
    is_opened = pane is not None and last_accept is not None and pane.suggestion.pk == last_accept.suggestion_id
    context = {
        "queue": current_queue,
        "last_accept": None if is_opened else last_accept,
        "pane": pane,
        "next_id": current_queue.get_next_id(pane.suggestion.pk) if pane else None,
        "page": pane.page if pane else None,
        "key": uuid.uuid4(),
        "reasons": DeclineReason.objects.filter(is_offered=True),
        **more,
    }
    response = render_page_or_part(request, "community/review/queue.html", "review", context, status)
    # The address bar follows only a page that can be loaded again: a POST is answered at another address.
    if request.htmx and request.method == "GET":
        response["HX-Push-Url"] = request.get_full_path()
    return response


def _get_suggestion_or_404(pk: int) -> Suggestion:
    """Return a public suggestion that is no draft, with what the pane needs; raises `Http404`."""
    rows = (
        Suggestion.objects.select_related("skill__group__domain", "skill__framework", "author", "claimed_by")
        .public()
        .exclude(state=State.DRAFT)
    )
    suggestion = rows.filter(pk=pk).first()
    if suggestion is None:
        raise Http404(_("There is no such suggestion."))
    return suggestion


def _action[F: forms.Form](
    form_class: type[F],
) -> Callable[[Callable[[MemberRequest, Suggestion, F], HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view from an action on one suggestion; the action gets the suggestion and its checked form.

    A reviewer who comes too late, or whose input is wrong, gets the current pane with everything they typed.
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
                if form.is_valid():
                    return action(request, suggestion, form)
                error: Exception = InvalidInput()
            # Other refusals, such as NotAllowed, get the page of `handle_refusals`.
            except (TooLate, SuggestionChanged, ChangedMeanwhile, InvalidInput) as refusal:
                error = refusal
            status = error.status if isinstance(error, Refused) else HTTPStatus.CONFLICT
            # Load it again: its state or its texts are others than before the action.
            pane = build_pane(_get_suggestion_or_404(pk), request.user, form.data)
            context = {"typed": form.data, "is_late": isinstance(error, TooLate)}
            if isinstance(error, InvalidInput):
                return _render(request, pane, status, form_errors=list_pane_errors(pane, form, error), **context)
            return _render(request, pane, status, fault=error, **context)

        return view

    return decorate


@_action(forms.Form)
def claim(request: MemberRequest, suggestion: Suggestion, _form: forms.Form) -> HttpResponse:
    """Claim the suggestion for 15 minutes, also if another reviewer holds a claim.

    See `deciding.claim`. Opens the suggestion again, at the same page of the queue.
    """
    deciding.claim(suggestion, request.user)
    return _redirect_to_review(request, suggestion.pk)


@_action(forms.Form)
def unclaim(request: MemberRequest, suggestion: Suggestion, _form: forms.Form) -> HttpResponse:
    """Release the reviewer's own claim.

    See `deciding.unclaim`. Opens the suggestion again, at the same page of the queue.
    """
    deciding.unclaim(suggestion, request.user)
    return _redirect_to_review(request, suggestion.pk)


@_action(AcceptForm)
def accept(request: MemberRequest, suggestion: Suggestion, form: AcceptForm) -> HttpResponse:
    """Publish the ticked changes with the texts of the fields.

    1. Accept the ticked changes, see `deciding.accept`.
    2. Open the same suggestion again if other changes of it wait, else the next suggestion.
    """
    ticked_ids = set(form.cleaned_data["change"])
    decision = deciding.accept(
        suggestion,
        request.user,
        significance=form.cleaned_data["significance"],
        change_ids=ticked_ids,
        edits=build_pane(suggestion, request.user, form.get_edited_fields()).collect_edits(ticked_ids),
        own_reason=form.cleaned_data["own_reason"],
        key=_build_request_key(request),
    )
    if not decision.is_closing:  # only some of its changes were ticked
        messages.success(request, _("The chosen changes are published; the others wait."))
        return _redirect_to_review(request, suggestion.pk)
    # The queue offers to undo it, see `find_last_accept`.
    return _redirect_to_next(request, suggestion, form, gettext_lazy("Accepted and published."), may_undo=False)


@_action(DeclineForm)
def decline(request: MemberRequest, suggestion: Suggestion, form: DeclineForm) -> HttpResponse:
    """Decline the suggestion for a reason of the list.

    See `deciding.decline`. Opens the next suggestion.
    """
    with transaction.atomic():
        _require_displayed(suggestion, form)
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
    """Send the suggestion back to its author with a message.

    See `deciding.request_changes`. Opens the next suggestion. There is no link to undo: nothing is closed.
    """
    message = form.cleaned_data["message"]
    with transaction.atomic():
        _require_displayed(suggestion, form)
        deciding.request_changes(suggestion, request.user, message, key=_build_request_key(request))
    return _redirect_to_next(request, suggestion, form, gettext_lazy("Sent back to its author."), may_undo=False)


def _require_displayed(suggestion: Suggestion, form: DecisionForm) -> None:
    """Lock a suggestion, and raise `SuggestionChanged` if it waits with other content than its reviewer read.

    Accepting needs no such check: it names each change that it publishes.
    """
    locked, displayed = states.lock_suggestion(suggestion), form.cleaned_data["displayed"]
    # One that is decided gets the refusal of `deciding`, or its answer to a form that was sent twice.
    is_waiting = locked.state in {State.OPEN, State.CHANGES_REQUESTED}
    if displayed and is_waiting and displayed != get_saved_digest(locked):
        raise SuggestionChanged


@_action(UndoForm)
def undo(request: MemberRequest, suggestion: Suggestion, form: UndoForm) -> HttpResponse:
    """Undo the decision in force; report how many texts stay because they were changed since.

    See `deciding.undo`. Opens the suggestion again. The form names the decision that the reviewer read.
    """
    decision_id, message = form.cleaned_data["decision"], form.cleaned_data["message"]
    is_by_mistake = form.cleaned_data["by_mistake"]
    kept_changes = deciding.undo(
        suggestion, request.user, message, decision_id=decision_id, is_by_mistake=is_by_mistake
    )
    messages.success(request, _("The decision is undone; the suggestion waits again."))
    if kept_changes:
        warning = ngettext(
            "%(count)d text was changed since and stays as it is.",
            "%(count)d texts were changed since and stay as they are.",
            len(kept_changes),
        )
        messages.warning(request, warning % {"count": len(kept_changes)})
    return _redirect_to_review(request, suggestion.pk)


@keep_typed_input
@reviewers_only
@require_POST
@handle_refusals
def decline_many(request: MemberRequest) -> HttpResponse:
    """Decline the suggestions ticked in the queue, all for one reason.

    1. Decline each in its own transaction, see `deciding.decline`; at most `PAGE_SIZE` in one request.
    2. Report how many were declined, and why each of the others was not.
    3. Open the queue again, with the same filter.
    """
    form, key, done, refused = DeclineManyForm(request.POST), _build_request_key(request), 0, []
    if not form.is_valid():  # show the queue again with the same suggestions ticked and the errors
        control_ids = {"reason": "bulk-reason", "pick": "pick-first"}
        context = {"picked": form.cleaned_data.get("pick", []), "bulk_open": True}
        context["form_errors"] = list_form_errors(form, control_ids)
        return _render(request, None, HTTPStatus.UNPROCESSABLE_ENTITY, **context)
    picked_ids, reason = sorted(set(form.cleaned_data["pick"])), form.cleaned_data["reason"]
    suggestions = Suggestion.objects.public().filter(pk__in=picked_ids[:PAGE_SIZE]).exclude(state=State.DRAFT)
    for suggestion in suggestions.order_by("pk"):
        try:
            # One key for each suggestion, made from the key of the form: the same form sent again decides nothing new.
            with transaction.atomic():
                _require_latest_step(suggestion, form)
                deciding.decline(suggestion, request.user, reason, key=uuid.uuid5(key, str(suggestion.pk)))
            done += 1
        except (NotAllowed, TooLate, InvalidInput, SuggestionChanged) as error:
            refused.append(f"#{suggestion.pk}: {error}")
    if done:
        message = ngettext("%(count)d suggestion declined.", "%(count)d suggestions declined.", done)
        messages.success(request, message % {"count": done})
    for line in refused:
        messages.warning(request, _("Not done: %(what)s") % {"what": line})
    return redirect(f"{reverse('community:review')}?{request.GET.urlencode()}")


def _require_latest_step(suggestion: Suggestion, form: DeclineManyForm) -> None:
    """Lock a suggestion, and raise `SuggestionChanged` if it was edited since the queue was shown."""
    locked, displayed = states.lock_suggestion(suggestion), form.cleaned_data["displayed"].get(suggestion.pk)
    latest = locked.steps.order_by("-pk").values_list("pk", flat=True).first()
    if displayed is not None and locked.state == State.OPEN and displayed != str(latest or ""):
        raise SuggestionChanged


def _build_request_key(request: HttpRequest) -> uuid.UUID:
    """Return a key that is the same only if the same person sends the same form with the same data to the same URL.

    A decision with this key is made once, even after a double click. Raises `BrokenFormKey`.
    """
    form_key = read_form_key(request.POST)
    # The CSRF token is masked differently each time the page is rendered, so it must not count.
    fields = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return uuid.uuid5(form_key, f"{request.user.pk} {request.path} {fields}")


def _build_url(request: HttpRequest, pk: int | None) -> str:
    """Return the URL of a suggestion, or for None of the queue, with the current filter, domain and page."""
    path = reverse("community:review_suggestion", args=[pk]) if pk else reverse("community:review")
    return f"{path}?{request.GET.urlencode()}" if request.GET else path


def _redirect_to_review(request: MemberRequest, pk: int) -> HttpResponse:
    return redirect(_build_url(request, pk))


def _redirect_to_next(
    request: MemberRequest, suggestion: Suggestion, form: DecisionForm, message: Promise, *, may_undo: bool = True
) -> HttpResponse:
    """Report what was done and redirect to the next suggestion: the form's `next`, else the first of the queue."""
    toast = f"#{suggestion.pk}: {message}"
    if may_undo:
        undo_url = _build_url(request, suggestion.pk) + "#undo"
        messages.success(request, format_html('{} <a href="{}">{}</a>', toast, undo_url, _("Undo")))
    else:
        messages.success(request, toast)
    next_id = form.cleaned_data["next"]
    # Another reviewer may have decided on it since the form was rendered.
    is_still_open = Suggestion.objects.public().filter(pk=next_id, state=State.OPEN).exists()
    if not is_still_open:
        next_id = find_first_to_review(request.user, request.GET, suggestion.pk)
    return redirect(_build_url(request, next_id))
