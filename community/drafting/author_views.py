"""What authors do with a suggestion they have submitted: withdraw it, renew it, ask for a second reader."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, require_sign_in
from community.drafting import drafts
from community.drafting.forms import SecondReaderForm
from community.posting.kept_forms import keep_typed_input
from community.posting.refusal_pages import handle_refusals
from community.suggestions.views import _get_visible_or_404, _render_suggestion


@require_POST
@require_sign_in
@handle_refusals
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Take one's suggestion back."""
    drafts.withdraw(_get_visible_or_404(request, pk), request.user)
    return redirect("community:suggestion", pk)


@require_POST
@require_sign_in
@handle_refusals
def renew(request: MemberRequest, pk: int) -> HttpResponse:
    """Base one's suggestion on today's text, the words kept, and go on writing."""
    found = drafts.renew(_get_visible_or_404(request, pk), request.user)
    return redirect("community:suggestion", found.pk)


@keep_typed_input
@require_POST
@require_sign_in
@handle_refusals
def ask_second_reader(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask, after a decline, that another reviewer decides."""
    found, form = _get_visible_or_404(request, pk), SecondReaderForm(request.POST)
    if not form.is_valid():
        return _render_suggestion(request, found, HTTPStatus.UNPROCESSABLE_ENTITY, second_reader=form)
    drafts.ask_second_reader(found, request.user, form.cleaned_data["message"])
    return redirect("community:suggestion", pk)
