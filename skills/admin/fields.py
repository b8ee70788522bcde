"""Form fields of the catalogue: text kept to the character, and choices loaded once for all rows of a formset."""

from collections.abc import Iterable
from typing import Any, override

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from skills.models import Group, Level, Role
from skills.text.blank import displays_nothing


class ExactField(forms.CharField):
    """Text as typed, with leading and trailing spaces. Line ends become LF: browsers send CR LF."""

    def __init__(self, **kwargs: Any) -> None:
        # A model's `formfield` passes its own arguments; `strip` must win over them.
        super().__init__(**kwargs | {"strip": False})

    @override
    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")

    @override
    def validate(self, value: str) -> None:
        """Raise `ValidationError` if a required text displays nothing."""
        super().validate(value)
        if self.required and displays_nothing(value):
            raise ValidationError(self.error_messages["required"], code="required")


class GroupField(forms.ModelChoiceField[Group]):
    """A choice of a group, labelled with its framework and domain."""

    @override
    def label_from_instance(self, obj: Group) -> str:
        return f"{obj.domain.framework} › {obj.domain} › {obj}"


class Choices:
    """The roles or levels of a framework. Without a framework: those of all frameworks, each with its framework's name.

    One query, when the object is created. A formset creates one and builds the field of each of its forms from it.
    """

    def __init__(self, queryset: QuerySet[Role] | QuerySet[Level], framework_id: int | None) -> None:
        options: Iterable[Role | Level] = queryset.filter(framework=framework_id) if framework_id else queryset
        self._options = {str(option.pk): option for option in options}
        # Names repeat between frameworks: "Junior" alone would be ambiguous.
        self._with_framework = framework_id is None

    def build_field(self, label: Any) -> forms.TypedChoiceField:
        """Return a form field for choosing one of the options.

        Its cleaned value is the `Role` or `Level`, None if nothing is chosen. `label` may be lazy.
        """
        names = [(key, self._format_name(option)) for key, option in self._options.items()]
        return forms.TypedChoiceField(
            label=label,
            choices=[("", "---------"), *names],
            coerce=lambda key: self._options.get(str(key)),
            empty_value=None,
        )

    def _format_name(self, option: Role | Level) -> str:
        return f"{option} · {option.framework}" if self._with_framework else str(option)


def build_role_choices(framework_id: int | None) -> Choices:
    """Return the roles of a framework by name, in one query.

    With None, for a framework that is not chosen yet: the roles of all frameworks, in the frameworks' order.
    """
    roles = Role.objects.select_related("framework").order_by("framework__position", "sort_key", "pk")
    return Choices(roles, framework_id)


def build_level_choices(framework_id: int | None) -> Choices:
    """Return the levels of a framework by track and rank, in one query.

    With None, for a framework that is not chosen yet: the levels of all frameworks, in the frameworks' order.
    """
    levels = Level.objects.select_related("framework").order_by("framework__position", "track", "rank")
    return Choices(levels, framework_id)


def refuse_other_frameworks(form: forms.BaseForm, framework_id: int | None, *field_names: str) -> None:
    """Add an error to each of these fields whose role or level belongs to another framework.

    `form` is cleaned already; `framework_id` is the framework of the skill or role being edited. With None,
    nothing is checked.
    """
    for name in field_names:
        choice = form.cleaned_data.get(name)
        # Possible for a new skill or role only: it is offered the choices of all frameworks.
        if framework_id and choice and choice.framework_id != framework_id:
            form.add_error(name, _("There is no such role or level in this framework."))
