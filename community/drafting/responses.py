"""The answer to a pressed button of a suggestion's form, first as a value and then as a response."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Literal

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from community.drafting.form_errors import list_page_errors
from community.drafting.form_page import FormPage
from community.drafting.typed import TypedCell, TypedForm, build_typed_form
from community.models import Suggestion
from community.posting import traps
from community.posting.refusal_pages import render_refusal
from community.posting.refusals import ChangedElsewhere, InvalidInput, NotAllowed, OverLimit
from community.suggestions.changes import get_saved_digest
from community.suggestions.refusals import AlreadySuggested, TooLate
from skills.content.matrix import Place
from skills.models import Obligation
from skills.web.form_errors import FormError
from skills.web.parts import render_part
from skills.web.requests import HtmxRequest

TEMPLATE = "community/drafting/form.html"


@dataclass(frozen=True)
class SavedText:
    """One part of a saved suggestion that the form has otherwise. `language` is '' for the language of the page."""

    label: str
    text: str
    language: str = ""


@dataclass(frozen=True)
class FormResult:
    """A redirect if `redirect_url` is set, otherwise the form again as it was typed, with messages.

    `part` is the partial of the template to render, '' for the whole page. `has_fault_list` shows at the top why the
    form cannot be submitted yet, according to the checks of the page; `reasons`, if any, replace that list.
    `notice` is a single message; with status 422 it is about the control `notice_control_id`. `saved_at` is set if the
    form was saved. `over_limit` gets a page of its own. `drafts` are other drafts of the author that a blank form
    offers to continue. `saved_texts` are what another window has saved; then the page does not save by
    itself, until its author has pressed a button.
    """

    page: FormPage
    status: HTTPStatus = HTTPStatus.OK
    part: Literal["", "live", "status"] = ""
    redirect_url: str = ""
    saved_at: datetime | None = None
    notice: str = ""
    notice_control_id: str = ""
    reasons: Sequence[str] = ()
    has_fault_list: bool = False
    is_signed_out: bool = False
    over_limit: OverLimit | None = None
    drafts: Iterable[Suggestion] = ()
    saved_texts: Sequence[SavedText] = ()


def explain_refusal(page: FormPage, error: NotAllowed | TooLate | InvalidInput | ChangedElsewhere) -> FormResult:
    """Return the form again, with the reason why it was not saved or submitted.

    `page` is the form as it was typed, `error` the refusal; the answer has the HTTP status of the error.
    """
    if isinstance(error, ChangedElsewhere):
        saved = Suggestion.objects.filter(key=page.typed.key).first()
        if saved is None:  # nothing is saved with this key, so the form names a digest of something else
            return FormResult(replace(page, typed=replace(page.typed, displayed="")), error.status, notice=str(error))
        # The next form that is sent counts as made with knowledge of what this answer shows.
        shown = replace(page, suggestion=saved, typed=replace(page.typed, displayed=get_saved_digest(saved)))
        return FormResult(shown, error.status, notice=str(error), saved_texts=list_saved_texts(page, saved))
    # The order matters: OverLimit is a NotAllowed, and AlreadySuggested is an InvalidInput.
    if isinstance(error, OverLimit):
        return FormResult(page, error.status, over_limit=error)
    if isinstance(error, AlreadySuggested):  # the page's own checks name the other suggestion
        return FormResult(page, error.status, has_fault_list=True)
    if isinstance(error, InvalidInput):
        return FormResult(page, error.status, has_fault_list=True, reasons=error.reasons)
    return FormResult(page, error.status, notice=str(error))


def render_result(request: HtmxRequest, answer: FormResult) -> HttpResponse:
    """Return the answer as a redirect, a page or a part of a page.

    The page saves itself with htmx. Then a refusal is only one line of text: the form stays on the screen, and the
    author goes on typing. A saved new draft gets its own URL in the address bar instead of a redirect.
    """
    page = answer.page
    if answer.over_limit:
        draft = Suggestion.objects.filter(key=page.typed.key).first()
        return render_refusal(request, answer.over_limit, draft=draft)
    if answer.redirect_url and not (request.htmx and answer.saved_at):
        return redirect(answer.redirect_url)
    is_refused = bool(request.htmx) and answer.status >= HTTPStatus.BAD_REQUEST
    part = "status" if is_refused or answer.saved_at else answer.part
    # The form of a saved suggestion is sent to its own URL, a new form to the URL on which it was shown.
    edit_url = reverse("community:suggestion_edit", args=[page.suggestion.pk]) if page.suggestion.pk else ""
    form_errors = [] if part else _list_errors(answer)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form_errors and answer.status == HTTPStatus.OK else answer.status
    context = {
        "page": page,
        "tab": page.typed if part or request.method != "POST" else _make_own_tab(page),
        "skill": page.skill,
        "action": edit_url or request.path,
        "started": traps.get_start_time(request.POST),
        "notice": "" if form_errors else answer.notice,
        "form_errors": form_errors,
        "reasons": answer.reasons,
        "drafts": answer.drafts,
        "saved_texts": answer.saved_texts,
        "saved_at": answer.saved_at,
        "is_signed_out": answer.is_signed_out,
        "is_refused": is_refused,
        "is_live": answer.part == "live",
    }
    if part:
        response = render_part(request, TEMPLATE, part, context, status)
    else:
        response = render(request, TEMPLATE, context, status=status)
    if answer.redirect_url:
        response["HX-Replace-Url"] = answer.redirect_url
    # A form from the browser's cache would be older than the latest save.
    add_never_cache_headers(response)
    return response


def _make_own_tab(page: FormPage) -> TypedForm:
    """Return the typed form with another page id: browsers open the answer to a button in another tab, too."""
    sent = page.typed
    if sent.page_id is None:  # a form of an earlier version of the site
        return sent
    # Submitting can have saved the form before it was refused, so `page.suggestion` may be older than this row.
    saved = Suggestion.objects.filter(key=sent.key, saved_by_page=sent.page_id).first()
    displayed = get_saved_digest(saved) if saved else sent.displayed  # what the page before has saved itself
    return replace(sent, page_id=uuid.uuid4(), displayed=displayed)


def _list_errors(answer: FormResult) -> list[FormError]:
    """Return what the author has to mend before the form can be submitted."""
    if answer.notice and answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return [FormError(answer.notice, answer.notice_control_id)]
    return list_page_errors(answer.page, answer.reasons) if answer.has_fault_list else []


def list_saved_texts(page: FormPage, suggestion: Suggestion) -> list[SavedText]:
    """Return the parts of a saved suggestion that differ from the form of `page`, in the order of the form.

    A part that the form has and the saved suggestion lacks comes with a note in place of its text.
    """
    saved = build_typed_form(suggestion, page.typed.revision_number)
    language, missing = page.skill.framework.language, _("not part of the suggestion")
    rows = []
    cells, typed_cells = ({cell.place: cell for cell in form.cells} for form in (saved, page.typed))
    for place in dict.fromkeys([*cells, *typed_cells]):
        if cells.get(place) != typed_cells.get(place):
            text = _format_cell(cells[place]) if place in cells else missing
            rows.append(SavedText(_format_place(page, place), text, language if place in cells else ""))
    for card in page.texts:
        text = saved.texts.get(card.field, card.today)
        if text != card.typed:
            rows.append(SavedText(card.label, card.options.get(text, text), language))
    remarks = {_("Reason"): (saved.reason, page.typed.reason), _("Source"): (saved.source, page.typed.source)}
    return [*rows, *_list_remarks(remarks)]


def _list_remarks(texts: Mapping[str, tuple[str, str]]) -> Iterator[SavedText]:
    """Yield the texts, by label as a pair of saved and typed, that differ."""
    for label, (saved, typed) in texts.items():
        if saved != typed.strip():
            yield SavedText(label, saved or pgettext("text", "empty"))


def _format_cell(cell: TypedCell) -> str:
    """Return the content of a cell as its author reads it: text and obligation, or that it is removed."""
    if cell.is_removed:
        return _("The requirement is removed.")
    obligation = Obligation(cell.obligation).label if cell.obligation in Obligation.values else cell.obligation
    return f"{cell.description} ({obligation})"


def _format_place(page: FormPage, place: Place) -> str:
    role, step = page.places.roles.get(place.role), page.places.find_step(place)
    return f"{role.name if role else place.role}, {step.name if step else place.level}"
