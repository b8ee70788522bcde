from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import privacy
from accounts.models import User
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

    def get_deleted_objects(self, objs: Iterable[User], request: HttpRequest) -> Any:  # noqa: ARG002 - Django's signature
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

    def delete_model(self, request: HttpRequest, obj: User) -> None:  # noqa: ARG002 - Django's signature
        privacy.forget(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:  # noqa: ARG002 - Django's signature
        with transaction.atomic():
            for person in queryset:
                privacy.forget(person)
