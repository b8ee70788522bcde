"""The author's actions on a submitted suggestion: withdraw it, renew it, ask for a second reader."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, require_sign_in
from community.drafting import drafts
from community.drafting.forms import SecondReaderForm
from community.posting.kept_forms import keep_typed_input
from community.posting.refusal_pages import handle_refusals
from community.suggestions.views import get_visible_suggestion_or_404, render_suggestion_page
from skills.web.form_errors import list_form_errors


@require_POST
@require_sign_in
@handle_refusals
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Withdraw the user's own suggestion, see `drafts.withdraw`.

    `pk` is the primary key of the suggestion. Redirects to its page; a refusal becomes a page that says why.
    """
    drafts.withdraw(get_visible_suggestion_or_404(request, pk), request.user)
    return redirect("community:suggestion", pk)


@require_POST
@require_sign_in
@handle_refusals
def renew(request: MemberRequest, pk: int) -> HttpResponse:
    """Renew the user's own suggestion: base it on the current text and keep what it proposes, see `drafts.renew`.

    `pk` is the primary key of the suggestion. Redirects to its page, where the author can go on editing.
    """
    suggestion = get_visible_suggestion_or_404(request, pk)
    drafts.renew(suggestion, request.user, displayed=request.POST.get("displayed"))
    return redirect("community:suggestion", suggestion.pk)


# `keep_typed_input` is outermost: it must see the POST of a signed-out user before `require_sign_in` redirects it.
@keep_typed_input
@require_POST
@require_sign_in
@handle_refusals
def ask_second_reader(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask for a second reader after a decline, see `drafts.ask_second_reader`.

    `pk` is the primary key of the suggestion. An invalid message shows its page again with the error (422).
    """
    suggestion, form = get_visible_suggestion_or_404(request, pk), SecondReaderForm(request.POST)
    if not form.is_valid():
        context = {"second_reader": form, "form_errors": list_form_errors(form, {"message": "message"})}
        return render_suggestion_page(request, suggestion, HTTPStatus.UNPROCESSABLE_ENTITY, **context)
    drafts.ask_second_reader(suggestion, request.user, form.cleaned_data["message"])
    return redirect("community:suggestion", pk)
