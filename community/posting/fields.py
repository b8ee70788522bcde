"""Form fields for what people type and choose, with one answer each to broken input.

- A text that cannot be stored is an error of its field: the bound form comes back with everything typed (422).
- An id that is no number names no row. It is answered like the id of a row that was deleted.
- A choice that no button or list of the page offers raises `BadRequest` (400): only a program sends it.
"""

from typing import Any, ClassVar, override

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.core.validators import ProhibitNullCharactersValidator

from community.posting.refusals import InvalidInput
from skills.text.storable import is_storable
from skills.web.typed_input import normalize_line_endings, parse_number, parse_numbers

INVALID_ID = 0
"""Stands for an id that is no number. No row has it."""


class TypedTextField(forms.CharField):
    """A text without spaces at its ends, its line ends as LF; browsers send CR LF.

    The error "not_storable" is for a character that no database keeps, such as NUL.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {"not_storable": ProhibitNullCharactersValidator.message}

    @override
    def to_python(self, value: Any) -> str:
        """Return the text, stripped, with LF as line end; raises `ValidationError`."""
        text = normalize_line_endings(str(super().to_python(value)))
        if not is_storable(text):
            raise ValidationError(self.error_messages["not_storable"], code="not_storable")
        return text


class IdField(forms.Field):
    """The primary key of a row: None where nothing was sent, `INVALID_ID` for what is no number."""

    @override
    def to_python(self, value: Any) -> int | None:
        """Return the key; no row has `INVALID_ID`."""
        if value in self.empty_values:
            return None
        number = parse_number(str(value))
        return INVALID_ID if number is None else number


class IdsField(forms.Field):
    """Primary keys of several rows, in the order they were sent; what is no number is left out."""

    widget = forms.MultipleHiddenInput

    @override
    def to_python(self, value: Any) -> list[int]:
        """Return the keys; an empty list where nothing was sent."""
        return parse_numbers(value or [])


class OfferedChoiceField(forms.TypedChoiceField):
    """The value of a button, or of a list without an empty entry; raises `BadRequest` for any other value."""

    default_error_messages: ClassVar[dict[str, Any]] = {  # without the value that was sent
        "invalid_choice": forms.ModelChoiceField.default_error_messages["invalid_choice"]
    }

    @override
    def clean(self, value: Any) -> Any:
        """Return the choice; raises `BadRequest` for one that is not offered."""
        try:
            return super().clean(value)
        except ValidationError as error:
            raise BadRequest(" ".join(error.messages)) from error


def read_form(form: forms.BaseForm) -> dict[str, Any]:
    """Return what a bound form says, cleaned; raises `InvalidInput` with what is wrong of it."""
    if not form.is_valid():
        raise InvalidInput(*list_form_errors(form))
    return form.cleaned_data


def list_form_errors(form: forms.BaseForm) -> list[str]:
    """Return why a bound form is refused, in the reader's language, and [] where it is not."""
    return [str(message) for messages in form.errors.values() for message in messages]
