"""Form fields for what people type."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from skills.text.storable import is_storable

_REFUSED = _("These words are too long or hold a character that cannot be kept.")


class TypedTextField(forms.CharField):
    """Text as the database keeps it: line ends joined to LF, no white space at its ends.

    `max_length` and `min_length` count the characters of that text. It is refused with the code "max_length" where
    it is longer, and with "unstorable" where it holds a character that no database takes, see `is_storable`.
    """

    widget = forms.Textarea
    default_error_messages: ClassVar = {"max_length": _REFUSED, "unstorable": _REFUSED}

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")
        if not is_storable(text):
            raise ValidationError(self.error_messages["unstorable"], code="unstorable")
        return text
