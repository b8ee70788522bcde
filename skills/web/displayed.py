"""What a form displayed when it was opened, sent along with it: two tabs must not undo each other's changes.

A form of several settings sends each displayed value (`MergingForm`); a form of long texts sends a digest.
"""

from hashlib import sha256
from typing import Any, override

from django import forms
from django.http import QueryDict
from django.utils.choices import flatten_choices
from django.utils.encoding import force_str
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext

CONFLICT = "conflict"
"""The code of the error of a field that was changed here and elsewhere."""

CHANGED_ELSEWHERE = gettext_lazy("%(field)s: changed to “%(value)s” in another window. Save again to use your entry.")


def build_digest(*texts: str) -> str:
    """Return a short text that differs for other `texts`, or for the same texts in another order.

    It goes into a hidden field of the form that displays these texts.
    """
    # The length of each text keeps ("a", "bc") apart from ("ab", "c").
    return sha256("".join(f"{len(text)}:{text}" for text in texts).encode()).hexdigest()[:24]


class MergingForm(forms.BaseForm):
    """A form that saves only what was changed in it, compared with what it displayed.

    `initial` are the stored values, to be read under a lock that lasts until `get_changes` is saved. For each field:

    - unchanged here: left alone, whatever is stored by now;
    - changed here only: among the changes;
    - changed elsewhere too: an error with the code "conflict". The entry stays in the form, and the next form that is
      sent counts as made with knowledge of the stored value.

    A form without displayed values, of the previous version of the site, counts as if it displayed what is stored.
    """

    @property
    def displayed_values(self) -> SafeString:
        """Hidden fields with what the form displays; its template puts them into the form element."""
        rows = ((self.add_initial_prefix(name), self._get_displayed(name)) for name in self._list_names())
        return format_html_join("", '<input type="hidden" name="{}" value="{}">', rows)

    @property
    def is_conflict(self) -> bool:
        """Whether a setting was changed here and elsewhere, so that the form comes back with both values."""
        return any(self.has_error(name, CONFLICT) for name in self.fields)

    def get_changes(self) -> dict[str, Any]:
        """Return the cleaned values to save, by field name: those changed here that differ from the stored ones."""
        return {name: self.cleaned_data[name] for name in self._list_names() if self._is_changed_here(name)}

    @override
    def full_clean(self) -> None:
        """Check the form; if it is valid otherwise, add an error to each field that was changed elsewhere too."""
        super().full_clean()
        if not self.is_bound or self.errors:
            return
        assert isinstance(self.data, QueryDict)  # what a request sends
        data = self.data.copy()
        for name in self._list_names():
            stored = self._get_stored(name)
            if self._is_changed_here(name) and self._has_other_value(name, self._get_displayed(name)):
                message = CHANGED_ELSEWHERE % {"field": self[name].label, "value": self._format_value(name, stored)}
                self.add_error(name, forms.ValidationError(message, CONFLICT))
            elif not self._is_changed_here(name):
                # What is only stored is shown as well, or the next form would count as having changed it.
                data[self.add_prefix(name)] = stored
            data[self.add_initial_prefix(name)] = stored
        if self.errors:
            self.data = data  # with the values to decide about next time

    def _list_names(self) -> list[str]:
        """Return the names of the fields that can be changed."""
        return [name for name, field in self.fields.items() if not field.disabled]

    def _get_stored(self, name: str) -> str:
        """Return the stored value of a field as its input sends it."""
        field = self.fields[name]
        stored = field.prepare_value(self.get_initial_for_field(field, name))
        return "" if stored is None else force_str(stored)

    def _get_displayed(self, name: str) -> str:
        """Return the value of a field that the form displayed."""
        return str(self.data.get(self.add_initial_prefix(name), self._get_stored(name)))

    def _get_entry(self, name: str) -> Any:
        """Return what was sent for a field."""
        return self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def _is_changed_here(self, name: str) -> bool:
        """Return whether an entry differs both from what the form displayed and from what is stored."""
        field = self.fields[name]
        try:
            displayed = field.to_python(self._get_displayed(name))
        except forms.ValidationError:  # a value that this version does not know any more
            displayed = None
        return field.has_changed(displayed, self._get_entry(name)) and self._has_other_value(
            name, self._get_entry(name)
        )

    def _has_other_value(self, name: str, entry: Any) -> bool:
        """Return whether an entry differs from the stored value of its field."""
        field = self.fields[name]
        return field.has_changed(self.get_initial_for_field(field, name), entry)

    def _format_value(self, name: str, entry: str) -> str:
        """Return a value of a field as its reader knows it."""
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return pgettext("setting", "on") if entry == "True" else pgettext("setting", "off")
        labels = dict(flatten_choices(getattr(field, "choices", ())))
        return str(labels.get(entry, entry)) or pgettext("text", "empty")
