"""Admin base classes for rows that only the product's own rules write. Staff may view them, not edit them."""

from typing import Any, override

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class ReadOnly:
    """Mixin for a `ModelAdmin` or an inline. Viewing still needs Django's view permission."""

    # The signatures fit both: an inline is asked with the object of its page.
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: nobody adds such a row in Django admin.

        Superusers are refused too: they have every permission that could be withheld otherwise.
        """
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: nobody changes such a row in Django admin.

        Django then shows the row read-only to users with the view permission.
        """
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: nobody deletes such a row in Django admin.

        This also stops the deletion of a row that such rows would be deleted with: see `CascadeOnlyAdmin`.
        """
        return False


class CascadeOnlyAdmin[Record: Model](ReadOnly, admin.ModelAdmin[Record]):
    """Rows that are deleted only together with the row they belong to, such as a user or a role."""

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False on the app's own pages, True on those of other apps.

        Before Django admin deletes a user or a group, it asks this for each row that would be deleted with it.
        """
        # "community_event_delete" is a page of the app "community", "accounts_user_delete" is not.
        page = request.resolver_match.url_name if request.resolver_match else None
        return bool(page) and not str(page).startswith(f"{self.opts.app_label}_")


class RestrictedFilterAdmin[Record: Model](admin.ModelAdmin[Record]):
    """A list that is filtered only by the fields it shows.

    Django lets a URL filter by any field of the model: with `?text__contains=1` a user could
    find out the content of a hidden text, one guess after the other.
    """

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        shown_fields = {*self.get_list_display(request), *self.get_list_filter(request), self.date_hierarchy}
        return lookup.partition("__")[0] in shown_fields and super().lookup_allowed(lookup, value, request)
