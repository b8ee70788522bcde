"""The buttons of a suggestion's form: each takes the form as it was sent, and returns what follows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.drafting import filing
from community.drafting.answers import FormAnswer, explain_refusal
from community.drafting.form_page import FormPage, build_form_page
from community.drafting.forms import SuggestionForm
from community.drafting.typed import TypedForm, build_cell_limit_message, build_typed_cell, find_place
from community.models import State
from community.posting import traps
from community.posting.refusals import InvalidInput, NotAllowed
from community.suggestions.refusals import TooLate


@dataclass(frozen=True)
class SentForm:
    """A form that was sent, by whom, and its page as it was typed."""

    author: User
    form: SuggestionForm
    page: FormPage


def press_button(sent_form: SentForm) -> FormAnswer:
    """Do what the pressed button says and return what follows; a form that was sent without one is only checked."""
    button = BUTTONS.get(sent_form.form.button, check)
    try:
        return button(sent_form)
    except (NotAllowed, TooLate, InvalidInput) as error:
        return explain_refusal(sent_form.page, error)


def add_cell(sent_form: SentForm) -> FormAnswer:
    """Show the form with the chosen cell at its end, or say why it cannot be there."""
    page, typed, sent = sent_form.page, sent_form.page.typed, sent_form.form.cleaned_data
    place = find_place(page.places, sent["add_role"], sent["add_level"])
    notice = page.places.get_refusal_reason(place)
    if not notice and place in [cell.place for cell in typed.cells]:
        notice = _("This cell stands in the form already.")
    if not notice and typed.is_full:
        notice = build_cell_limit_message()
    if notice:
        return FormAnswer(page, HTTPStatus.UNPROCESSABLE_ENTITY, notice=notice)
    return _show(sent_form, typed.with_cell(build_typed_cell(place, page.today.matrix.get(place))))


def remove_cell(sent_form: SentForm) -> FormAnswer:
    """Show the form without the cell beside whose button it was pressed."""
    return _show(sent_form, sent_form.page.typed.without_cell(sent_form.form.removed_place))


def _show(sent_form: SentForm, typed: TypedForm) -> FormAnswer:
    page = sent_form.page
    suggestion = page.suggestion if page.suggestion.pk else None
    return FormAnswer(build_form_page(page.skill, suggestion, sent_form.author, typed))


def preview(sent_form: SentForm) -> FormAnswer:
    """Show beside the form how it reads; nothing is written."""
    return FormAnswer(sent_form.page, part="live")


def check(sent_form: SentForm) -> FormAnswer:
    """Show the form with what has to change before it can be submitted; nothing is written."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sent_form.page.faults else HTTPStatus.OK
    return FormAnswer(sent_form.page, status, has_fault_list=True)


def autosave(sent_form: SentForm) -> FormAnswer:
    """Keep a draft that was begun; what reviewers read already is not changed without its author's button."""
    page = sent_form.page
    if page.faults:
        return check(sent_form)
    if page.is_blank or not page.is_draft:
        return FormAnswer(page, part="status")
    return _save_draft(sent_form, drafts_only=True)


def save(sent_form: SentForm) -> FormAnswer:
    """Keep what was typed as a draft; what reviewers read is never half written, so that it is submitted instead."""
    if sent_form.page.faults:
        return check(sent_form)
    return _submit_form(sent_form) if sent_form.page.suggestion.state == State.OPEN else _save_draft(sent_form)


def submit(sent_form: SentForm) -> FormAnswer:
    """Bring what was typed before reviewers."""
    if sent_form.page.faults:
        return check(sent_form)
    if fault := traps.find_fault(sent_form.author, sent_form.form.data):
        return FormAnswer(sent_form.page, HTTPStatus.UNPROCESSABLE_ENTITY, notice=fault)
    return _submit_form(sent_form)


def _save_draft(sent_form: SentForm, *, drafts_only: bool = False) -> FormAnswer:
    page = sent_form.page
    kept = filing.save_form(sent_form.author, page.skill, page.build_draft(page.changes), drafts_only=drafts_only)
    return FormAnswer(page, redirect_url=reverse("community:suggestion_edit", args=[kept.pk]), saved_at=timezone.now())


def _submit_form(sent_form: SentForm) -> FormAnswer:
    page = sent_form.page
    draft = page.build_draft(page.effective_changes or page.changes)
    filed = filing.submit_form(sent_form.author, page.skill, draft, confirmed=page.typed.is_confirmed)
    return FormAnswer(page, redirect_url=reverse("community:suggestion", args=[filed.pk]))


BUTTONS: Mapping[str, Callable[[SentForm], FormAnswer]] = {
    "add": add_cell,
    "take_out": remove_cell,
    "preview": preview,
    "check": check,
    "autosave": autosave,
    "save": save,
    "submit": submit,
}
"""By what the page calls them: the value of `intent`, or the field `take_out`."""
