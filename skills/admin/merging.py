"""Two tabs in Django admin: a form saves only what was changed in it, compared with what it displayed."""

from collections.abc import Iterable
from typing import Any, override

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.utils.choices import flatten_choices
from django.utils.translation import pgettext

from skills.web.displayed import CHANGED_ELSEWHERE, CONFLICT


def is_saving(request: HttpRequest, model: type[Model]) -> bool:
    """Return whether a request sends the form of a row: its changes are then compared with the row as it is stored.

    `model` is the model of the admin page.
    """
    page = request.resolver_match.url_name if request.resolver_match else None
    return request.method == "POST" and page == f"{model._meta.app_label}_{model._meta.model_name}_change"


class MergingModelForm(forms.ModelForm[Any]):
    """The form of a row, which sends what it displayed (`show_hidden_initial`) and saves what was changed in it.

    For each field:

    - unchanged here: the stored value stays;
    - changed here only: saved;
    - changed elsewhere too: an error with the code "conflict". The entry stays in the form, and the next form that is
      sent counts as made with knowledge of the stored value. Of several choices, those added and removed here are
      added to and removed from the stored ones instead.

    The row is read under a lock: see `MergingAdmin`. A form without displayed values counts as if it displayed what
    is stored.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values() if self.instance.pk else ():
            field.show_hidden_initial = not field.disabled

    @override
    def full_clean(self) -> None:
        """Check the entries together with the stored values of the fields that were not changed here."""
        conflicts = self._merge() if self.is_bound and self.instance.pk else {}
        super().full_clean()
        for name, stored in conflicts.items():
            if not self.has_error(name):
                message = CHANGED_ELSEWHERE % {"field": self[name].label, "value": self._format_values(name, stored)}
                self.add_error(name, forms.ValidationError(message, CONFLICT))

    def _merge(self) -> dict[str, list[str]]:
        """Bring what is stored into the data; return the stored values of the fields that were changed twice."""
        assert isinstance(self.data, QueryDict)  # what a request sends
        data, conflicts = self.data.copy(), {}
        for name, field in self.fields.items():
            if not field.show_hidden_initial or field.disabled or not self._is_displayed(name):
                continue
            displayed, stored, entry = self._read_displayed(name), self._read_stored(name), self._read_entry(name)
            if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
                kept = [value for value in stored if value in entry or value not in displayed]
                entry = kept + [value for value in entry if value not in displayed and value not in stored]
            elif not self._differ(name, entry, displayed):
                entry = stored
            elif self._differ(name, displayed, stored) and self._differ(name, entry, stored):
                conflicts[name] = stored
            data.setlist(self.add_prefix(name), entry)
            data.setlist(self.add_initial_prefix(name), stored)
        self.data = data
        return conflicts

    def _is_displayed(self, name: str) -> bool:
        """Return whether the form says what a field displayed; several choices of which none was chosen say nothing."""
        names = [name] if not isinstance(self.fields[name].widget, forms.SelectMultiple) else list(self.fields)
        return any(self.add_initial_prefix(each) in self.data for each in names)

    def _read_displayed(self, name: str) -> list[str]:
        """Return what a field displayed, as its hidden input sends it."""
        assert isinstance(self.data, QueryDict)
        return self.data.getlist(self.add_initial_prefix(name))

    def _read_stored(self, name: str) -> list[str]:
        """Return the stored value of a field as its input sends it."""
        field = self.fields[name]
        stored = field.prepare_value(self.get_initial_for_field(field, name))
        values = stored if isinstance(stored, list | tuple) else [stored]
        return ["" if value is None else str(value) for value in values]

    def _read_entry(self, name: str) -> list[str]:
        """Return what was sent for a field; a checkbox without a tick sends nothing."""
        entry = self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        return [str(value) for value in entry] if isinstance(entry, list) else ["" if entry is None else str(entry)]

    def _differ(self, name: str, one: list[str], other: list[str]) -> bool:
        """Return whether two inputs of a field mean different values: line ends and outer spaces may not count."""
        field = self.fields[name]
        try:
            return field.has_changed(field.to_python(one[0]), other[0])
        except forms.ValidationError:  # no value of this field, such as a row that is deleted by now
            return one != other

    def _format_values(self, name: str, values: list[str]) -> str:
        """Return values of a field as their reader knows them."""
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return pgettext("setting", "on") if values == ["True"] else pgettext("setting", "off")
        choices: Iterable[tuple[Any, Any]] = flatten_choices(getattr(field, "choices", ()))
        labels = {str(key): str(label) for key, label in choices}
        return ", ".join(labels.get(value, value) for value in values) or pgettext("text", "empty")


class MergingAdmin[Record: Model](admin.ModelAdmin[Record]):
    """Base of the admin pages of rows that are edited there: two tabs do not undo each other's changes."""

    form = MergingModelForm

    @override
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Record | None:
        """Return a row; locked until the end of the request if the request saves it."""
        row = super().get_object(request, object_id, from_field)
        if row is None or not is_saving(request, self.model):
            return row
        # no_key: rows that refer to it by foreign key can still be inserted meanwhile.
        return self.model._default_manager.select_for_update(no_key=True).filter(pk=row.pk).first()

    @override
    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form of a row of an editable list."""
        return super().get_changelist_form(request, **{"form": self.form, **kwargs})
