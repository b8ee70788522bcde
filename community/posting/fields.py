"""Form fields for what people type."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator

from skills.text.storable import is_storable


class TypedTextField(forms.CharField):
    """A text without spaces at its ends, its line ends as LF; browsers send CR LF.

    The error "not_storable" is for a character that no database keeps, such as NUL.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {"not_storable": ProhibitNullCharactersValidator.message}

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")
        if not is_storable(text):
            raise ValidationError(self.error_messages["not_storable"], code="not_storable")
        return text
