"""Rows that rules write: to be looked at in Django admin, never added, changed or deleted there."""

from typing import Any, override

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class ReadOnly:
    """For the page of a model and for rows on the page of another; who may look is Django's permission to view."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CascadeOnlyAdmin[Record: Model](ReadOnly, admin.ModelAdmin[Record]):
    """Rows that go with what they belong to: a person, a role."""

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django asks on the page of a person or a group, too, whether what hangs on it may be deleted with it."""
        page = request.resolver_match.url_name if request.resolver_match else None
        return bool(page) and not str(page).startswith(f"{self.opts.app_label}_")


class RestrictedFilterAdmin[Record: Model](admin.ModelAdmin[Record]):
    """A list is filtered by what it shows and by nothing else.

    Django lets an address filter by any field of the model: `?text__contains=1` would tell of a hidden
    text, one guess after the other, what it says.
    """

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        shown = {*self.get_list_display(request), *self.get_list_filter(request), self.date_hierarchy}
        return lookup.partition("__")[0] in shown and super().lookup_allowed(lookup, value, request)
