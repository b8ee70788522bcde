"""Names in Django admin: lists sorted by a folded key, and no second name that differs in upper and lower case only."""

from typing import Any, override

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from skills.admin.merging import MergingModelForm
from skills.models import Group
from skills.text.folding import build_sort_key, normalize_case
from skills.text.name_fields import SortedByName


class NameChangeList(ChangeList):
    """A list whose column "name" is sorted by the folded key."""

    @override
    def get_ordering_field(self, field_name: Any) -> Any:
        if field_name == "name" and issubclass(self.model, SortedByName):
            return "sort_key"
        return super().get_ordering_field(field_name)


class OrderedByNameAdmin[Record: Model](admin.ModelAdmin[Record]):
    """Base of the admin pages of everything that has a name."""

    @override
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NameChangeList


class NamedForm(MergingModelForm):
    """The form of a role, domain or group."""

    @override
    def validate_unique(self) -> None:
        """Add an error if another row of the framework, or of the domain, has the same name in other letters' case."""
        super().validate_unique()
        row, name = self.instance, self.cleaned_data.get("name", "")
        parent = "domain_id" if isinstance(row, Group) else "framework_id"
        siblings = type(row).objects.filter(**{parent: getattr(row, parent)}, sort_key=build_sort_key(name))
        names = siblings.exclude(pk=row.pk).exclude(name=name).values_list("name", flat=True)
        same = next((other for other in names if normalize_case(other) == normalize_case(name)), "")
        if same and "name" in self.changed_data:
            self.add_error("name", _("There is “%(name)s” already.") % {"name": same})
