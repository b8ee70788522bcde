"""Forms for authors: the form of a suggestion, the same for all its buttons, and the request for a second reader."""

import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any, override

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.drafting.drafts import TOO_LONG
from community.drafting.typed import TEXT_FIELDS, TypedCell, TypedForm, require_few_cells
from community.models.suggestions import REASON_MAX_LENGTH, SOURCE_MAX_LENGTH
from community.posting.fields import TypedTextField
from community.posting.form_keys import read_form_key
from skills.content.matrix import Place
from skills.models import Obligation
from skills.text.storable import is_storable
from skills.web.typed_input import MAX_REVISION_NUMBER, normalize_line_endings, parse_number

UNFIT_TEXT = gettext_lazy("This text is too long or contains a character that cannot be saved.")


class RawTextField(forms.Field):
    """A text as it was typed, neither stripped nor cut; only its line endings become those of the catalogue.

    A form with faults must come back exactly as its author typed it.
    """

    def __init__(self) -> None:
        super().__init__(required=False)

    @override
    def to_python(self, value: str | None) -> str:
        """Return the text with LF as line ending, '' if the form was sent without the field. Browsers send CR LF."""
        return normalize_line_endings(value or "")


class CellsInput(forms.Widget):
    """The cells of a suggestion's form.

    Every value of the field `cell` names one cell by role key and level slug, as "baker/junior". The fields of that
    cell contain its name: "description:baker/junior", "obligation:baker/junior", "remove:baker/junior".
    """

    text = RawTextField()

    @override
    def value_from_datadict(self, data: Mapping[str, Any], _files: object, name: str) -> tuple[TypedCell, ...]:
        """Return the cells in the order of the form, each place only once.

        `name` is the field that names the cells. Nothing is checked here: a place that the framework does not have
        comes out as well.
        """
        assert isinstance(data, QueryDict)  # only a QueryDict has several values under one name
        return tuple(
            TypedCell(
                _parse_place(cell),
                self.text.to_python(data.get(f"description:{cell}")),
                data.get(f"obligation:{cell}", Obligation.NOT_STATED.value),
                # A checkbox is sent only if it is ticked.
                is_removed=f"remove:{cell}" in data,
            )
            for cell in dict.fromkeys(data.getlist(name))
        )


def _parse_place(name: str) -> Place:
    """Return the place in a cell's name "role/level"; any other text becomes a place that no framework has."""
    role, _slash, level = name.partition("/")
    return Place(role, level)


class SuggestionForm(forms.Form):
    """The form of a suggestion, whatever its button. `typed` is its content, valid or not.

    It is always bound and cleaned when it is created. Its only errors are about reason and source: which other texts
    are valid depends on the skill, see `typed.build_proposal`.
    """

    skill = RawTextField()
    framework = RawTextField()
    revision = RawTextField()
    cell = forms.Field(required=False, widget=CellsInput)
    name = RawTextField()
    summary = RawTextField()
    tag_line = RawTextField()
    group = RawTextField()
    status = RawTextField()
    reason = RawTextField()
    source = RawTextField()
    carried_from = RawTextField()
    confirmed = forms.BooleanField(required=False)
    intent = RawTextField()
    take_out = RawTextField()
    add_role = RawTextField()
    add_level = RawTextField()

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.full_clean()

    @override
    def clean(self) -> dict[str, Any]:
        """Add an error if reason or source cannot be saved.

        The errors belong to the form, not to the fields: Django would remove an invalid field from `cleaned_data`, and
        what was typed would be lost.
        """
        reason, source = self.cleaned_data["reason"], self.cleaned_data["source"]
        if len(reason) > REASON_MAX_LENGTH or len(source) > SOURCE_MAX_LENGTH:
            self.add_error(None, TOO_LONG)
        if not is_storable(reason + source):
            self.add_error(None, _("The text contains a character that cannot be saved."))
        return self.cleaned_data

    @cached_property
    def typed(self) -> TypedForm:
        """What was typed, as a value.

        Raises `BrokenFormKey` for a form without a readable key, and `InvalidInput` for too many cells.
        """
        sent = self.cleaned_data
        require_few_cells(len(sent["cell"]))
        return TypedForm(
            key=read_form_key(self.data),
            revision_number=parse_number(sent["revision"], MAX_REVISION_NUMBER) or 0,
            cells=sent["cell"],
            # A skill that is not there yet has no status field, so its form is sent without one.
            texts={name: sent[name] for name in TEXT_FIELDS if name.value in self.data},
            reason=sent["reason"],
            source=sent["source"],
            is_confirmed=sent["confirmed"],
            carried_from_id=parse_number(sent["carried_from"]),
            faults=[str(error) for error in self.non_field_errors()],
            page_id=self._read_page_id(),
            displayed=self.data.get("displayed"),
        )

    def _read_page_id(self) -> uuid.UUID | None:
        """Return the id of the page that sends the form, None if it has none."""
        try:
            return uuid.UUID(self.data.get("page", ""))
        except ValueError:
            return None

    @property
    def button(self) -> str:
        """The name of the pressed button, '' if the form was sent without one.

        The buttons that remove a cell send the field `take_out` with the cell as its value, all others `intent`.
        """
        return "take_out" if "take_out" in self.data else str(self.cleaned_data["intent"])

    @property
    def removed_place(self) -> Place:
        """The place of the cell whose remove button was pressed."""
        return _parse_place(self.cleaned_data["take_out"])


class SecondReaderForm(forms.Form):
    """Why another reviewer should read a declined suggestion."""

    message = TypedTextField(
        required=False,
        max_length=REASON_MAX_LENGTH,
        error_messages=dict.fromkeys(("max_length", "not_storable"), UNFIT_TEXT),
    )
