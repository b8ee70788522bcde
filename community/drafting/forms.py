"""What the pages of drafting send: the form of a suggestion, one for all its buttons, and that for a second reader."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, override

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.drafting.typed import TEXT_FIELDS, TypedCell, TypedForm, require_few_cells
from community.models.suggestions import REASON_MAX_LENGTH, SOURCE_MAX_LENGTH
from community.posting.form_keys import read_form_key
from skills.content.matrix import Place
from skills.models import Obligation
from skills.text.storable import is_storable
from skills.web.typed_input import MAX_REVISION_NUMBER, normalize_line_endings, parse_number

UNFIT_TEXT = gettext_lazy("These words are too long or hold a character that cannot be kept.")


class RawTextField(forms.Field):
    """A text as it was typed, neither stripped nor cut; only its line ends are those of the catalogue."""

    def __init__(self) -> None:
        super().__init__(required=False)

    @override
    def to_python(self, value: str | None) -> str:
        """Return the text, '' where the form was sent without the field; browsers send other line ends."""
        return normalize_line_endings(value or "")


class CellsInput(forms.Widget):
    """The cells of a suggestion: `cell` names each, and its fields are called after it, as `remove:baker/junior`."""

    text = RawTextField()

    @override
    def value_from_datadict(self, data: Mapping[str, Any], _files: object, name: str) -> tuple[TypedCell, ...]:
        """Return each cell once, in the order of the form."""
        assert isinstance(data, QueryDict)
        return tuple(
            TypedCell(
                _parse_place(cell),
                self.text.to_python(data.get(f"description:{cell}")),
                data.get(f"obligation:{cell}", Obligation.NOT_STATED.value),
                is_removed=f"remove:{cell}" in data,
            )
            for cell in dict.fromkeys(data.getlist(name))
        )


def _parse_place(name: str) -> Place:
    """Return the place that a field is called after; what names none is a place that no framework has."""
    role, _slash, level = name.partition("/")
    return Place(role, level)


class SuggestionForm(forms.Form):
    """The form of a suggestion, whatever its button; `typed` is what it holds, whether it fits or not.

    Its errors are of reason and source alone: what the other texts may be depends on the skill, see `propose`.
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
        """Note why reason or source cannot be kept; as errors of the form they leave both as they were typed."""
        reason, source = self.cleaned_data["reason"], self.cleaned_data["source"]
        if len(reason) > REASON_MAX_LENGTH or len(source) > SOURCE_MAX_LENGTH:
            self.add_error(None, _("The reason or the source is too long."))
        if not is_storable(reason + source):
            self.add_error(None, _("The text holds a character that cannot be kept."))
        return self.cleaned_data

    @cached_property
    def typed(self) -> TypedForm:
        """What was typed; raises `BrokenFormKey`, and `Unfit` for more cells than a form may hold."""
        sent = self.cleaned_data
        require_few_cells(len(sent["cell"]))
        return TypedForm(
            key=read_form_key(self.data),
            revision_number=parse_number(sent["revision"], MAX_REVISION_NUMBER) or 0,
            cells=sent["cell"],
            texts={name: sent[name] for name in TEXT_FIELDS if name.value in self.data},
            reason=sent["reason"],
            source=sent["source"],
            is_confirmed=sent["confirmed"],
            faults=[str(error) for error in self.non_field_errors()],
        )

    @property
    def button(self) -> str:
        """The name of the pressed button; '' where the form was sent without one."""
        return "take_out" if "take_out" in self.data else str(self.cleaned_data["intent"])

    @property
    def removed_place(self) -> Place:
        """The place of the cell beside whose button it was pressed."""
        return _parse_place(self.cleaned_data["take_out"])


def _require_storable(text: str) -> None:
    if not is_storable(text):
        raise ValidationError(UNFIT_TEXT)


class SecondReaderForm(forms.Form):
    """Why another reviewer should read a declined suggestion."""

    message = forms.CharField(
        required=False,
        max_length=REASON_MAX_LENGTH,
        validators=[_require_storable],
        error_messages=dict.fromkeys(("max_length", "null_characters_not_allowed"), UNFIT_TEXT),
    )
