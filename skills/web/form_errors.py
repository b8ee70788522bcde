"""The errors of a sent form as a page shows them: in a summary with links, and beside each field.

A view passes them to its template as `form_errors`. base.html then shows the summary, which takes the focus, and
marks the window title; the tags of accounts/templatetags/form_fields.py tie each text to its field.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.forms.utils import ErrorList


@dataclass(frozen=True, slots=True)
class FormError:
    """A message, in the reader's language, and the id of its control in the page, '' for the form as a whole.

    `url` is another page that the message is about, '' for none.
    """

    message: str
    control_id: str = ""
    url: str = ""

    @property
    def link(self) -> str:
        """Where the summary links to, '' for a message without a link."""
        return self.url or (f"#{self.control_id}" if self.control_id else "")


def list_form_errors(form: forms.BaseForm, control_ids: Mapping[str, str] | None = None) -> list[FormError]:
    """Return the errors of a bound form in the order of its fields; errors of the whole form come first.

    `control_ids` gives the id of a field's control by the field's name, where the template does not take it from the
    form. Errors of hidden fields, and of fields with the id '', have no control to link to.
    """
    errors = _list_messages(form.non_field_errors(), "")
    for field in form:
        control_id = (control_ids or {}).get(field.name)
        errors += _list_messages(field.errors, _get_control_id(field) if control_id is None else control_id)
    return errors


def _list_messages(messages: ErrorList, control_id: str) -> list[FormError]:
    return [FormError(str(message), control_id) for message in messages]


def _get_control_id(field: forms.BoundField) -> str:
    """Return the id of the control that Django renders; of a group of choices, the first choice's."""
    if field.is_hidden:
        return ""
    return field.id_for_label or f"{field.auto_id}_0"
