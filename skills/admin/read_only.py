"""Rows that rules write: to be looked at in Django admin, never added, changed or deleted there."""

from typing import Any

from django.http import HttpRequest


class ReadOnly:
    """For the page of a model and for rows on the page of another; who may look is Django's permission to view."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
