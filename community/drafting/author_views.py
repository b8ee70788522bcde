"""What authors do with a suggestion they have submitted: withdraw it, renew it, ask for a second reader."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, for_members
from community.drafting import drafts
from community.drafting.forms import SecondReaderForm
from community.posting.kept_forms import keeps_typed
from community.posting.refusal_pages import answers_refusals
from community.suggestions.views import _shown, _visible


@require_POST
@for_members
@answers_refusals
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Take one's suggestion back."""
    drafts.withdraw(_visible(request, pk), request.user)
    return redirect("community:suggestion", pk)


@require_POST
@for_members
@answers_refusals
def renew(request: MemberRequest, pk: int) -> HttpResponse:
    """Base one's suggestion on today's text, the words kept, and go on writing."""
    found = drafts.renew(_visible(request, pk), request.user)
    return redirect("community:suggestion", found.pk)


@keeps_typed
@require_POST
@for_members
@answers_refusals
def second_reader(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask, after a decline, that another reviewer decides."""
    found, form = _visible(request, pk), SecondReaderForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, HTTPStatus.UNPROCESSABLE_ENTITY, second_reader=form)
    drafts.ask_second_reader(found, request.user, form.cleaned_data["words"])
    return redirect("community:suggestion", pk)
