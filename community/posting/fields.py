"""Form fields for what people type and choose. Each has one answer to broken input.

- A text that cannot be stored is an error of its field: the bound form is shown again with everything typed (422).
- An id that is not a number matches no row. It is answered like the id of a row that was deleted.
- A choice that no button or list of the page offers raises `BadRequest` (400): only a program sends it.
"""

from typing import Any, ClassVar, override

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.core.validators import ProhibitNullCharactersValidator

from community.posting.refusals import InvalidInput, Refused
from skills.text.blank import is_blank
from skills.text.storable import is_storable
from skills.web.form_errors import list_form_errors
from skills.web.typed_input import normalize_line_endings, parse_number, parse_numbers

INVALID_ID = 0
"""The value for an id that is not a number. No row has this primary key."""


class TypedTextField(forms.CharField):
    """A text, stripped, with LF as line ends (browsers send CR LF). A text that displays nothing counts as empty.

    The error "not_storable" means a character that no database stores, such as NUL.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {"not_storable": ProhibitNullCharactersValidator.message}

    @override
    def to_python(self, value: Any) -> str:
        """Return the text, stripped, with LF as line ends. Raises `ValidationError` if it cannot be stored."""
        text = normalize_line_endings(str(super().to_python(value)))
        if not is_storable(text):
            raise ValidationError(self.error_messages["not_storable"], code="not_storable")
        return "" if is_blank(text) else text


class IdField(forms.Field):
    """The primary key of a row: None if nothing was sent, `INVALID_ID` for anything that is not a number."""

    @override
    def to_python(self, value: Any) -> int | None:
        """Return the primary key, `INVALID_ID` or None."""
        if value in self.empty_values:
            return None
        # No validation error: a view answers a missing row anyway, and answers this the same way.
        number = parse_number(str(value))
        return INVALID_ID if number is None else number


class IdsField(forms.Field):
    """The primary keys of several rows, in the order they were sent. Values that are not numbers are left out."""

    widget = forms.MultipleHiddenInput

    @override
    def to_python(self, value: Any) -> list[int]:
        """Return the primary keys, an empty list if nothing was sent."""
        return parse_numbers(value or [])


class DisplayedRowsField(forms.Field):
    """What a list displayed of each row, sent as `<id>:<text>`, by the id. Values without a number are left out."""

    widget = forms.MultipleHiddenInput

    @override
    def to_python(self, value: Any) -> dict[int, str]:
        """Return the displayed texts by id, an empty dict if nothing was sent."""
        rows = (str(row).partition(":") for row in value or ())
        return {pk: text for number, _colon, text in rows for pk in parse_numbers([number])}


class OfferedChoiceField(forms.TypedChoiceField):
    """The value of a button, or of a list without an empty entry. Raises `BadRequest` for any other value."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        # This message does not repeat the value that was sent, unlike that of ChoiceField.
        "invalid_choice": forms.ModelChoiceField.default_error_messages["invalid_choice"]
    }

    @override
    def clean(self, value: Any) -> Any:
        """Return the choice. Raises `BadRequest` for one that is not offered."""
        try:
            return super().clean(value)
        except ValidationError as error:
            raise BadRequest(" ".join(error.messages)) from error


def read_form(form: forms.BaseForm) -> dict[str, Any]:
    """Return the cleaned data of a bound form, by field name.

    Raises `InvalidInput` with all error messages if the form is not valid. Use it in views that answer a
    refusal with a page; `handle_refusals` makes the page.
    """
    if not form.is_valid():
        raise InvalidInput(*(error.message for error in list_form_errors(form)))
    return form.cleaned_data


def add_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """Add the reasons of a refusal to the errors of a bound form.

    They belong to the field that the refusal names, or to the whole form if it names none, or none of this form.
    """
    reasons: tuple[str, ...] = (str(refusal),)
    field = ""
    if isinstance(refusal, InvalidInput):
        reasons, field = refusal.reasons, refusal.field
    for reason in reasons:
        form.add_error(field if field in form.fields else None, reason)
