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
from community.drafting.form_page import FormPage, form_page
from community.drafting.forms import SuggestionForm
from community.drafting.typed import Typed, cell_of, find_place, why_no_more
from community.models import State
from community.posting import traps
from community.posting.refusals import NotAllowed, Unfit
from community.suggestions.refusals import TooLate


@dataclass(frozen=True)
class PressedForm:
    """A form that was sent, by whom, and its page as it was typed."""

    author: User
    form: SuggestionForm
    page: FormPage


def press_button(pressed: PressedForm) -> FormAnswer:
    """Do what the pressed button says and return what follows; a form that was sent without one is only checked."""
    button = BUTTONS.get(pressed.form.button, check)
    try:
        return button(pressed)
    except (NotAllowed, TooLate, Unfit) as error:
        return explain_refusal(pressed.page, error)


def add_cell(pressed: PressedForm) -> FormAnswer:
    """Show the form with the chosen cell at its end, or say why it cannot be there."""
    page, typed, sent = pressed.page, pressed.page.typed, pressed.form.cleaned_data
    place = find_place(page.places, sent["add_role"], sent["add_level"])
    notice = page.places.why_not(place)
    if not notice and place in [cell.place for cell in typed.cells]:
        notice = _("This cell stands in the form already.")
    if not notice and typed.is_full:
        notice = why_no_more()
    if notice:
        return FormAnswer(page, HTTPStatus.UNPROCESSABLE_ENTITY, notice=notice)
    return _show(pressed, typed.with_cell(cell_of(place, page.today.matrix.get(place))))


def take_cell_out(pressed: PressedForm) -> FormAnswer:
    """Show the form without the cell beside whose button it was pressed."""
    return _show(pressed, pressed.page.typed.without(pressed.form.taken_out))


def _show(pressed: PressedForm, typed: Typed) -> FormAnswer:
    page = pressed.page
    suggestion = page.suggestion if page.suggestion.pk else None
    return FormAnswer(form_page(page.skill, suggestion, pressed.author, typed))


def preview(pressed: PressedForm) -> FormAnswer:
    """Show beside the form how it reads; nothing is written."""
    return FormAnswer(pressed.page, part="live")


def check(pressed: PressedForm) -> FormAnswer:
    """Show the form with what has to change before it can be submitted; nothing is written."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if pressed.page.faults else HTTPStatus.OK
    return FormAnswer(pressed.page, status, is_asked=True)


def autosave(pressed: PressedForm) -> FormAnswer:
    """Keep a draft that was begun; what reviewers read already is not changed without its author's button."""
    page = pressed.page
    if page.faults:
        return check(pressed)
    if page.is_blank or not page.is_draft:
        return FormAnswer(page, part="status")
    return _keep(pressed, drafts_only=True)


def save(pressed: PressedForm) -> FormAnswer:
    """Keep what was typed as a draft; what reviewers read is never half written, so that it is submitted instead."""
    if pressed.page.faults:
        return check(pressed)
    return _file(pressed) if pressed.page.suggestion.state == State.OPEN else _keep(pressed)


def submit(pressed: PressedForm) -> FormAnswer:
    """Bring what was typed before reviewers."""
    if pressed.page.faults:
        return check(pressed)
    if fault := traps.fault_of(pressed.author, pressed.form.data):
        return FormAnswer(pressed.page, HTTPStatus.UNPROCESSABLE_ENTITY, notice=fault)
    return _file(pressed)


def _keep(pressed: PressedForm, *, drafts_only: bool = False) -> FormAnswer:
    page = pressed.page
    kept = filing.keep(pressed.author, page.skill, page.draft_of(page.changes), drafts_only=drafts_only)
    return FormAnswer(page, address=reverse("community:suggestion_edit", args=[kept.pk]), saved_at=timezone.now())


def _file(pressed: PressedForm) -> FormAnswer:
    page = pressed.page
    draft = page.draft_of(page.busy or page.changes)
    filed = filing.file(pressed.author, page.skill, draft, confirmed=page.typed.is_confirmed)
    return FormAnswer(page, address=reverse("community:suggestion", args=[filed.pk]))


BUTTONS: Mapping[str, Callable[[PressedForm], FormAnswer]] = {
    "add": add_cell,
    "take_out": take_cell_out,
    "preview": preview,
    "check": check,
    "autosave": autosave,
    "save": save,
    "submit": submit,
}
"""By what the page calls them: the value of `intent`, or the field `take_out`."""
