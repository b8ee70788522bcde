"""The buttons of a suggestion's form: one function for each takes the sent form and returns the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.drafting import filing
from community.drafting.form_errors import ADD_ROLE_ID
from community.drafting.form_page import FormPage, build_form_page
from community.drafting.forms import SuggestionForm
from community.drafting.responses import FormResult, explain_refusal
from community.drafting.typed import TypedForm, build_cell_limit_message, build_place, build_typed_cell
from community.models import State
from community.posting import traps
from community.posting.refusals import ChangedElsewhere, InvalidInput, NotAllowed
from community.suggestions.refusals import TooLate


@dataclass(frozen=True)
class SentForm:
    """A form that a signed-in author has sent; `page` is the form's page with what was typed."""

    author: User
    form: SuggestionForm
    page: FormPage


def press_button(sent_form: SentForm) -> FormResult:
    """Run the function of the pressed button and return its answer.

    A form that was sent without a button, or with an unknown one, is only checked. A refusal becomes the form again,
    with the reason.
    """
    button = BUTTONS.get(sent_form.form.button, check)
    try:
        return button(sent_form)
    except (NotAllowed, TooLate, InvalidInput, ChangedElsewhere) as error:
        return explain_refusal(sent_form.page, error)


def add_cell(sent_form: SentForm) -> FormResult:
    """Show the form with the chosen cell added at its end; nothing is saved.

    Role and level come from the two selects beside the button. The form comes back with a message (422) if the
    framework has no such place, or if the form has this cell already or is full.
    """
    page, typed, sent = sent_form.page, sent_form.page.typed, sent_form.form.cleaned_data
    place = build_place(page.places, sent["add_role"], sent["add_level"])
    notice = page.places.get_refusal_reason(place)
    if not notice and place in [cell.place for cell in typed.cells]:
        notice = _("This cell is in the form already.")
    if not notice and typed.is_full:
        notice = build_cell_limit_message()
    if notice:
        return FormResult(page, HTTPStatus.UNPROCESSABLE_ENTITY, notice=notice, notice_control_id=ADD_ROLE_ID)
    return _show(sent_form, typed.with_cell(build_typed_cell(place, page.today.matrix.get(place))))


def remove_cell(sent_form: SentForm) -> FormResult:
    """Show the form without one cell; nothing is saved.

    The pressed button names the cell, see `SuggestionForm.removed_place`.
    """
    return _show(sent_form, sent_form.page.typed.without_cell(sent_form.form.removed_place))


def _show(sent_form: SentForm, typed: TypedForm) -> FormResult:
    """Return the form with other content than was sent."""
    page = sent_form.page
    # A new suggestion is unsaved here, and `build_form_page` creates its own for None.
    suggestion = page.suggestion if page.suggestion.pk else None
    return FormResult(build_form_page(page.skill, suggestion, sent_form.author, typed))


def preview(sent_form: SentForm) -> FormResult:
    """Show the preview beside the form; nothing is saved.

    Only this part of the page is rendered, after a pause in typing.
    """
    return FormResult(sent_form.page, part="live")


def check(sent_form: SentForm) -> FormResult:
    """Show the form with everything that has to change before it can be submitted; nothing is saved.

    The status is 422 if anything has to change.
    """
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sent_form.page.faults else HTTPStatus.OK
    return FormResult(sent_form.page, status, has_fault_list=True)


def autosave(sent_form: SentForm) -> FormResult:
    """Save a draft while its author is typing.

    Nothing is saved for a blank form, nor for a submitted suggestion: what reviewers read changes only when the
    author presses a button. A form with faults is answered like `check`.
    """
    page = sent_form.page
    if page.faults:
        return check(sent_form)
    if page.is_blank or not page.is_draft:
        return FormResult(page, part="status")
    return _save_draft(sent_form, drafts_only=True)


def save(sent_form: SentForm) -> FormResult:
    """Save what was typed as a draft.

    An open suggestion is submitted again instead, because reviewers must never read an unfinished text. A form with
    faults is answered like `check`.
    """
    if sent_form.page.faults:
        return check(sent_form)
    return _submit_form(sent_form) if sent_form.page.suggestion.state == State.OPEN else _save_draft(sent_form)


def submit(sent_form: SentForm) -> FormResult:
    """Submit what was typed for review.

    1. Check the form; with faults it comes back.
    2. Refuse the form if it looks like a program's (`traps`).
    3. Save and submit it, see `filing.submit_form`.
    """
    if sent_form.page.faults:
        return check(sent_form)
    if fault := traps.find_fault(sent_form.author, sent_form.form.data):
        return FormResult(sent_form.page, HTTPStatus.UNPROCESSABLE_ENTITY, notice=fault)
    return _submit_form(sent_form)


def _save_draft(sent_form: SentForm, *, drafts_only: bool = False) -> FormResult:
    page = sent_form.page
    # Cells that still have their current text are saved too: the author added them and has yet to edit them.
    draft = page.build_draft(page.changes)
    suggestion = filing.save_form(sent_form.author, page.skill, draft, drafts_only=drafts_only)
    edit_url = reverse("community:suggestion_edit", args=[suggestion.pk])
    return FormResult(page, redirect_url=edit_url, saved_at=timezone.now())


def _submit_form(sent_form: SentForm) -> FormResult:
    page = sent_form.page
    # If nothing is changed, all changes are passed on, and the checks say that nothing is changed.
    draft = page.build_draft(page.effective_changes or page.changes)
    suggestion = filing.submit_form(sent_form.author, page.skill, draft, confirmed=page.typed.is_confirmed)
    return FormResult(page, redirect_url=reverse("community:suggestion", args=[suggestion.pk]))


BUTTONS: Mapping[str, Callable[[SentForm], FormResult]] = {
    "add": add_cell,
    "take_out": remove_cell,
    "preview": preview,
    "check": check,
    "autosave": autosave,
    "save": save,
    "submit": submit,
}
"""The functions by the name of their button: the value of the field `intent`, or "take_out" for that field."""
