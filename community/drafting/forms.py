"""What the pages of drafting send: the form of a suggestion, one for all its buttons, and that for a second reader."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from community.drafting.typed import TEXT_FIELDS, Typed, TypedCell, require_few_cells
from community.models.suggestions import REASON_MAX_LENGTH, SOURCE_MAX_LENGTH
from community.posting.form_keys import read_form_key
from skills.content.matrix import Place
from skills.models import Obligation
from skills.text.storable import is_storable
from skills.web.typed_input import LARGEST_REVISION, number_in

TOO_LONG = gettext_lazy("The reason or the source is too long.")
UNSTORABLE = gettext_lazy("The text holds a character that cannot be kept.")
UNFIT_WORDS = gettext_lazy("These words are too long or hold a character that cannot be kept.")


def _require_storable(text: str) -> None:
    if not is_storable(text):
        raise ValidationError(UNSTORABLE, code="unstorable")


def _join_line_ends(text: str) -> str:
    """Return a text with the line ends that the catalogue has: browsers send others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class AsTypedField(forms.Field):
    """A text as it was typed, neither stripped nor cut; only its line ends are those of the catalogue."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def to_python(self, value: str | None) -> str:
        """Return the text, '' where the form does not have the field."""
        return _join_line_ends(value or "")


class RevisionField(AsTypedField):
    """The number of a revision; what is no number becomes 0, which no revision has."""

    def to_python(self, value: str | None) -> int:  # type: ignore[override]
        """Return the number."""
        return number_in(value or "", LARGEST_REVISION) or 0


class CellsInput(forms.Widget):
    """The cells of a suggestion: `cell` names each, and its fields are called after it, as `remove:baker/junior`."""

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> tuple[TypedCell, ...]:  # noqa: ARG002
        """Return each cell once, in the order of the form."""
        assert isinstance(data, QueryDict)
        return tuple(self._cell(data, cell) for cell in dict.fromkeys(data.getlist(name)))

    @staticmethod
    def _cell(data: QueryDict, name: str) -> TypedCell:
        return TypedCell(
            _place_of(name),
            _join_line_ends(data.get(f"description:{name}", "")),
            data.get(f"obligation:{name}", Obligation.NOT_STATED.value),
            is_removed=f"remove:{name}" in data,
        )


def _place_of(name: str) -> Place:
    """Return the place that a field is called after; what names none is a place that no framework has."""
    role, _slash, level = name.partition("/")
    return Place(role, level)


class SuggestionForm(forms.Form):
    """The form of a suggestion, whatever its button; `typed` is what it holds, whether it fits or not.

    Its errors are of reason and source alone: what the other texts may be depends on the skill, see `propose`.
    """

    skill = AsTypedField()
    framework = AsTypedField()
    revision = RevisionField()
    cell = forms.Field(required=False, widget=CellsInput)
    name = AsTypedField()
    summary = AsTypedField()
    tag_line = AsTypedField()
    group = AsTypedField()
    status = AsTypedField()
    reason = AsTypedField(validators=[MaxLengthValidator(REASON_MAX_LENGTH, TOO_LONG), _require_storable])
    source = AsTypedField(validators=[MaxLengthValidator(SOURCE_MAX_LENGTH, TOO_LONG), _require_storable])
    confirmed = forms.BooleanField(required=False)
    intent = AsTypedField()
    take_out = AsTypedField()
    add_role = AsTypedField()
    add_level = AsTypedField()

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.sent = data

    @cached_property
    def typed(self) -> Typed:
        """What was typed; raises `BrokenFormKey`, and `Unfit` for more cells than a form may hold."""
        require_few_cells(len(self.sent.getlist("cell")))
        return Typed(
            key=read_form_key(self.sent),
            number=self.value("revision"),
            cells=self.value("cell"),
            texts={name: self.value(name) for name in TEXT_FIELDS if name.value in self.sent},
            reason=self.value("reason"),
            source=self.value("source"),
            is_confirmed=self.value("confirmed"),
            faults=[str(message) for messages in self.errors.values() for message in messages],
        )

    @property
    def button(self) -> str:
        """The name of the pressed button; '' where the form was sent without one."""
        return "take_out" if "take_out" in self.sent else self.value("intent")

    @property
    def taken_out(self) -> Place:
        """The place of the cell beside whose button it was pressed."""
        return _place_of(self.value("take_out"))

    def value(self, name: str) -> Any:
        """Return what a field holds, whether it fits or not."""
        if name not in self.errors:
            return self.cleaned_data[name]
        return self.fields[name].to_python(self[name].data)


class SecondReaderForm(forms.Form):
    """Why another reviewer should read a declined suggestion."""

    words = forms.CharField(
        required=False,
        max_length=REASON_MAX_LENGTH,
        validators=[_require_storable],
        error_messages=dict.fromkeys(("max_length", "null_characters_not_allowed", "unstorable"), UNFIT_WORDS),
    )
