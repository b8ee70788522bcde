"""What follows once a button of a suggestion's form is pressed, as one value, and the page that it becomes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Literal

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from community.drafting.form_page import FormPage
from community.models import Suggestion
from community.posting import traps
from community.posting.refusal_pages import render_refusal
from community.posting.refusals import InvalidInput, NotAllowed, OverLimit
from community.suggestions.refusals import AlreadySuggested, TooLate
from skills.web.requests import HtmxRequest

TEMPLATE = "community/drafting/form.html"


@dataclass(frozen=True)
class FormAnswer:
    """Another page, if `address` is set, else the form again, as it was typed, with what there is to say of it.

    `part` is the partial of the template to render, '' for the whole page. `is_asked` lists at the top why the
    form cannot be submitted yet, as the checks of the page find it; `reasons`, if any, replace that list.
    `over_limit` is answered by a page of its own.
    """

    page: FormPage
    status: HTTPStatus = HTTPStatus.OK
    part: Literal["", "live", "status"] = ""
    redirect_url: str = ""
    saved_at: datetime | None = None
    notice: str = ""
    reasons: Sequence[str] = ()
    has_fault_list: bool = False
    is_signed_out: bool = False
    over_limit: OverLimit | None = None
    drafts: Iterable[Suggestion] = ()


def explain_refusal(page: FormPage, error: NotAllowed | TooLate | InvalidInput) -> FormAnswer:
    """Return the form with why it was not kept or submitted."""
    if isinstance(error, OverLimit):
        return FormAnswer(page, error.status, over_limit=error)
    if isinstance(error, AlreadySuggested):  # the checks of the page name the other one
        return FormAnswer(page, error.status, has_fault_list=True)
    if isinstance(error, InvalidInput):
        return FormAnswer(page, error.status, has_fault_list=True, reasons=error.reasons)
    return FormAnswer(page, error.status, notice=str(error))


def render_answer(request: HtmxRequest, answer: FormAnswer) -> HttpResponse:
    """Return the answer as a redirect, a page or a part of it.

    To htmx, by which the page saves itself, a refusal is only the line that says so: the form stays on the screen
    for whoever goes on typing.
    """
    page = answer.page
    if answer.over_limit:
        draft = Suggestion.objects.filter(key=page.typed.key).first()
        return render_refusal(request, answer.over_limit, draft=draft)
    if answer.redirect_url and not (request.htmx and answer.saved_at):
        return redirect(answer.redirect_url)
    is_refused = bool(request.htmx) and answer.status >= HTTPStatus.BAD_REQUEST
    part = "status" if is_refused or answer.saved_at else answer.part
    own_address = reverse("community:suggestion_edit", args=[page.suggestion.pk]) if page.suggestion.pk else ""
    context = {
        "page": page,
        "skill": page.skill,
        "action": own_address or request.path,
        "started": traps.get_start_time(request.POST),
        "notice": answer.notice,
        "reasons": answer.reasons,
        "drafts": answer.drafts,
        "saved_at": answer.saved_at,
        "is_asked": answer.has_fault_list,
        "is_signed_out": answer.is_signed_out,
        "is_refused": is_refused,
        "is_live": answer.part == "live",
    }
    response = render(request, f"{TEMPLATE}#{part}" if part else TEMPLATE, context, status=answer.status)
    if answer.redirect_url:
        response["HX-Replace-Url"] = answer.redirect_url
    add_never_cache_headers(response)
    return response
