"""The form of a skill and its requirements. The typed values become a `SkillContent`, which is then published."""

from typing import Any, ClassVar, override

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skills.admin.fields import ExactField, GroupField, build_level_choices, build_role_choices, refuse_other_frameworks
from skills.content.changes import REVISION_SUMMARY_MAX_LENGTH, SkillContent
from skills.content.matrix import Cell, Matrix, Place
from skills.models import Group, Requirement, Revision, Significance, Skill
from skills.models.catalogue import DESCRIPTION_MAX_LENGTH
from skills.revisions import writing
from skills.text.names import normalize_name
from skills.web.times import format_moment


class SkillForm(forms.ModelForm[Skill]):
    """A skill's own fields, the summary and significance of the change, and the revision the form was opened with."""

    change_summary = forms.CharField(
        label=gettext_lazy("What changes, and why"),
        max_length=REVISION_SUMMARY_MAX_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"size": 80}),
    )
    significance = forms.ChoiceField(
        label=gettext_lazy("Significance"), choices=Significance.choices, initial=Significance.MEDIUM
    )
    # The number of the revision that the form shows: `clean` refuses the form if there is a newer one by then.
    seen_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Skill
        fields: ClassVar = ["group", "name", "summary", "tag_line"]
        field_classes: ClassVar = {"summary": ExactField, "tag_line": ExactField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Group.objects.select_related("domain__framework").order_by(
            "domain__framework__position", "domain__position", "domain__sort_key", "position", "sort_key", "pk"
        )
        if self.instance.pk:
            # A skill never moves to another framework: its roles and levels belong to this one.
            groups = groups.filter(domain__framework=self.instance.framework_id)
            self.latest = self.instance.revisions.select_related("author").order_by("-number").first()
            self.fields["seen_revision"].initial = self.latest.number if self.latest else None
        self.fields["group"] = GroupField(label=gettext_lazy("Group"), queryset=groups)

    def clean_name(self) -> str:
        """Return the name; one that was stored before names had a normal form stays as it is until it is changed."""
        name: str = self.cleaned_data["name"]
        stored: str = self.initial.get("name", "")
        return stored if name == normalize_name(stored) else name

    @override
    def clean(self) -> dict[str, Any]:
        """Return the cleaned values.

        Raises `ValidationError` if a newer revision was published since the form was opened. A name that is taken
        is an error of the field `name`.
        """
        data = super().clean() or {}
        if self.instance.pk and self.latest and data.get("seen_revision") != self.latest.number:
            raise ValidationError(_describe_newer_revision(self.latest), code="changed_meanwhile")
        # Both are missing from `data` where they are invalid themselves.
        is_named = {"name", "group"} <= data.keys()
        if is_named and (reason := writing.explain_taken_name(data["group"], data["name"], self.instance.pk)):
            self.add_error("name", reason)
        return data


def _describe_newer_revision(latest: Revision) -> str:
    return _(
        "Nothing was saved: meanwhile %(who)s published revision %(number)s (%(when)s). What you typed is still here. "
        "Open the skill in a second window, compare, and enter there what is to change."
    ) % {
        "who": latest.author_name or _("an import"),
        "number": latest.number,
        "when": format_moment(latest.published_at),
    }


class RequirementForm(forms.ModelForm[Requirement]):
    """One cell of the matrix. Role and level are fields of the formset, which loads their choices once."""

    description = ExactField(
        label=gettext_lazy("Description"),
        max_length=DESCRIPTION_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 70}),
        error_messages={"required": gettext_lazy("A requirement needs a description.")},
    )

    class Meta:
        model = Requirement
        fields: ClassVar = ["role", "level", "obligation", "proficiency", "description"]
        field_classes: ClassVar = {"proficiency": ExactField}

    @override
    def validate_unique(self) -> None:
        """Check nothing: the formset sees all cells at once."""

    @override
    def validate_constraints(self) -> None:
        """Check nothing: `revisions.publish` checks the same without a query for each row."""


class RequirementFormSet(forms.BaseInlineFormSet[Requirement, Skill, forms.ModelForm[Requirement]]):
    """All cells of a skill's matrix. Two queries load the roles and levels, however many cells there are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._roles = build_role_choices(self.instance.framework_id)
        self._levels = build_level_choices(self.instance.framework_id)

    @override
    def add_fields(self, form: forms.ModelForm[Requirement], index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["role"] = self._roles.build_field(gettext_lazy("Role"))
        form.fields["level"] = self._levels.build_field(gettext_lazy("Level"))

    @override
    def clean(self) -> None:
        """Add an error to each cell with a wrong framework, and to each whose role and level occur more than once.

        It replaces Django's own check for duplicates, which lists field names above the form; this one puts the
        error beside the field.
        """
        cell_forms = self.kept_forms
        places = [self.get_place(form) for form in cell_forms]
        for form, place in zip(cell_forms, places, strict=True):
            refuse_other_frameworks(form, self._framework_id, "role", "level")
            if places.count(place) > 1:
                form.add_error("level", _("This role and level are here more than once."))

    @property
    def _framework_id(self) -> int | None:
        """The framework of the skill. For a new skill: that of its group; None if no group is chosen."""
        if self.instance.framework_id or not self.instance.group_id:
            return self.instance.framework_id
        return self.instance.group.domain.framework_id

    @property
    def kept_forms(self) -> list[forms.ModelForm[Requirement]]:
        """The valid forms that are filled in and not marked for deletion."""
        return [
            form
            for form in self.forms
            if form.is_valid() and form.cleaned_data.get("role") and not form.cleaned_data.get("DELETE")
        ]

    @staticmethod
    def get_place(form: forms.ModelForm[Requirement]) -> Place:
        """Return the role and level of a form, by their keys.

        `form` is one of `kept_forms`: it is cleaned and has both.
        """
        return Place(form.cleaned_data["role"].key, form.cleaned_data["level"].slug)

    def build_matrix(self) -> Matrix:
        """Return the matrix of the typed cells."""
        return Matrix(
            {
                self.get_place(form): Cell(
                    form.cleaned_data["description"], form.cleaned_data["obligation"], form.cleaned_data["proficiency"]
                )
                for form in self.kept_forms
            }
        )


def read_content(form: SkillForm, requirements: RequirementFormSet) -> SkillContent:
    """Return the whole content of the skill from its form and the formset of its requirements.

    Both are valid. The status is "current": only current skills are edited here.
    """
    data = form.cleaned_data
    group: Group = data["group"]
    return SkillContent(
        data["name"],
        data["summary"],
        data["tag_line"],
        f"{group.domain.key}/{group.key}",
        requirements.build_matrix(),
    )
