"""What another window has saved of a suggestion, for the form that was opened before and contains something else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from community.drafting.form_page import FormPage
from community.drafting.typed import TypedCell, build_typed_form
from community.models import Suggestion
from skills.content.matrix import Place
from skills.models import Obligation


@dataclass(frozen=True)
class SavedText:
    """One part of a saved suggestion that the form has otherwise. `language` is '' for the language of the page."""

    label: str
    text: str
    language: str = ""


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
