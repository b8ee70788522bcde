"""Queued mail and addresses that refuse mail, in Django admin."""

from typing import override

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.mail import queue
from accounts.models import Delivery, RefusedAddress
from skills.admin.read_only import RestrictedFilterAdmin


@admin.register(Delivery)
class DeliveryAdmin(RestrictedFilterAdmin[Delivery]):
    """Mail without its text, which may hold a code that signs a person in."""

    list_display = ("created_at", "to", "kind", "subject", "state", "attempts", "due_at", "last_error")
    list_filter = ("state", "kind")
    search_fields = ("to",)
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    # `fields` below leaves out text, html and headers.
    actions = ("try_again",)
    fields = (
        ("state", "kind"),
        ("to", "user"),
        ("sender", "subject"),
        ("attempts", "due_at", "leased_until"),
        "last_error",
        ("created_at", "finished_at"),
    )

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    @override
    def has_view_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return request.user.has_perm("accounts.view_delivery")

    def has_try_again_permission(self, request: HttpRequest) -> bool:
        """Return whether the reader has Django's permission to change deliveries, which opens no form here."""
        return request.user.has_perm("accounts.change_delivery")

    @admin.action(description=_("Try again to send what was not sent"), permissions=["try_again"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Queue the selected deliveries again and show how many.

        `queryset` may hold deliveries in any state; `queue.try_again` skips those that were sent.
        """
        count = queue.try_again(queryset)
        message = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", count)
        self.message_user(request, message % {"count": count}, messages.SUCCESS)


@admin.register(RefusedAddress)
class RefusedAddressAdmin(admin.ModelAdmin[RefusedAddress]):
    """Addresses that nothing is sent to. Deleting a row allows mail to the address again."""

    list_display = ("email", "since", "reason")
    search_fields = ("email",)
    ordering = ("-since",)
    fields = readonly_fields = ("email", "reason", "since")

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: RefusedAddress | None = None) -> bool:
        return False
