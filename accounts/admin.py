"""People, and the mail that is owed to them, in the admin."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import mail, privacy
from accounts.models import Delivery, RefusedAddress, User
from skills import authorship


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    """People, with the one name field this product has. Who is deleted here is forgotten as at their own wish."""

    list_display = ("username", "name", "email", "is_staff", "is_active", "date_joined")
    search_fields = ("username", "name", "email")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("name", "email")}),
        (_("Permissions"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )

    def get_deleted_objects(self, objs: Iterable[User], request: HttpRequest) -> Any:
        """Name the people alone: what hangs on them goes by our rule, whatever the staff may delete one by one."""
        people = list(objs)
        protected = []
        try:
            privacy.refuse_last_administrator(*people)
        except privacy.LastAdministrator as refusal:
            protected.append(str(refusal))
        return [str(person) for person in people], {User._meta.verbose_name_plural: len(people)}, set(), protected

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        authorship.rename(obj)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        privacy.forget(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        with transaction.atomic():
            for person in queryset:
                privacy.forget(person)


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin[Delivery]):
    """Mail to be read about, not to be read: its text may hold a code that signs somebody in."""

    list_display = ("created_at", "to", "kind", "subject", "state", "attempts", "due_at", "last_error")
    list_filter = ("state", "kind")
    search_fields = ("to",)
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    actions = ("try_again",)
    fields = (
        ("state", "kind"),
        ("to", "user"),
        ("sender", "subject"),
        ("attempts", "due_at", "leased_until"),
        "last_error",
        ("created_at", "finished_at"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return request.user.has_perm("accounts.view_delivery")

    def has_try_again_permission(self, request: HttpRequest) -> bool:
        """Ask for Django's own permission to change, which here opens no form."""
        return request.user.has_perm("accounts.change_delivery")

    @admin.action(description=_("Try again to send what was not sent"), permissions=["try_again"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        count = mail.try_again(queryset)
        words = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)


@admin.register(RefusedAddress)
class RefusedAddressAdmin(admin.ModelAdmin[RefusedAddress]):
    """Addresses that nothing is sent to. Deleting one sends there again."""

    list_display = ("email", "since", "reason")
    search_fields = ("email",)
    ordering = ("-since",)
    fields = readonly_fields = ("email", "reason", "since")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: RefusedAddress | None = None) -> bool:
        return False
