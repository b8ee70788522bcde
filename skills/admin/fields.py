"""Form fields of the catalogue: text to the character, and lists that are loaded once however many rows offer them."""

from collections.abc import Iterable
from typing import Any, override

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from skills.models import Group, Level, Role


class ExactField(forms.CharField):
    """Text as it was typed, spaces at its ends included; line ends, which browsers send as CR LF, become LF."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"strip": False})

    @override
    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")

    @override
    def validate(self, value: str) -> None:
        """Raise `ValidationError` for a required text of nothing but white space."""
        super().validate(value)
        if self.required and not value.strip():
            raise ValidationError(self.error_messages["required"], code="required")


class GroupField(forms.ModelChoiceField[Group]):
    """A group, shown with its place."""

    @override
    def label_from_instance(self, obj: Group) -> str:
        return f"{obj.domain.framework} › {obj.domain} › {obj}"


class Choices:
    """The roles or levels of a framework; without one all there are, each named with its framework."""

    def __init__(self, things: QuerySet[Role] | QuerySet[Level], framework_id: int | None) -> None:
        offered: Iterable[Role | Level] = things.filter(framework=framework_id) if framework_id else things
        self._things = {str(thing.pk): thing for thing in offered}
        self._with_framework = framework_id is None

    def build_field(self, label: Any) -> forms.TypedChoiceField:
        """Return a field to choose one of them."""
        names = [(key, self._format_name(thing)) for key, thing in self._things.items()]
        return forms.TypedChoiceField(
            label=label,
            choices=[("", "---------"), *names],
            coerce=lambda key: self._things.get(str(key)),
            empty_value=None,
        )

    def _format_name(self, thing: Role | Level) -> str:
        return f"{thing} · {thing.framework}" if self._with_framework else str(thing)


def build_role_choices(framework_id: int | None) -> Choices:
    roles = Role.objects.select_related("framework").order_by("framework__position", "name")
    return Choices(roles, framework_id)


def build_level_choices(framework_id: int | None) -> Choices:
    levels = Level.objects.select_related("framework").order_by("framework__position", "track", "rank")
    return Choices(levels, framework_id)


def refuse_other_frameworks(form: forms.BaseForm, framework_id: int | None, *names: str) -> None:
    """Put an error on those fields whose role or level belongs to another framework than this."""
    for name in names:
        thing = form.cleaned_data.get(name)
        if framework_id and thing and thing.framework_id != framework_id:
            form.add_error(name, _("There is no such role or level in this framework."))
