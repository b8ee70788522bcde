"""Users and groups in Django admin. The rules for who may change them are in accounts/rights.py."""

from collections.abc import Iterable
from typing import Any, override

from allauth.account.internal.userkit import filter_users_by_email
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import privacy
from accounts.models import User
from accounts.rights import RIGHTS, may_change_account, may_change_rights
from skills.admin.merging import MergingAdmin, MergingModelForm
from skills.admin.names import OrderedByNameAdmin
from skills.admin.read_only import RestrictedFilterAdmin
from skills.models import CatalogueVersion
from skills.revisions import authorship

# URL names of the admin pages whose POST locks the account.
CHANGE_PAGE = "accounts_user_change"
LOCKING_PAGES = {CHANGE_PAGE, "auth_user_password_change"}


class AccountForm(MergingModelForm, UserChangeForm[User]):
    """The change form of an account in Django admin."""

    def clean_username(self) -> str:
        """Return the user name; raises `ValidationError` if another account's differs in upper and lower case only."""
        username = str(self.cleaned_data["username"])
        others = User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk)
        if "username" in self.changed_data and others.exists():
            raise ValidationError(User._meta.get_field("username").error_messages["unique"], code="unique")
        return username

    def clean_email(self) -> str:
        """Return the address.

        Raises `ValidationError` for an address of another account: codes and new passwords sent to it would
        open this account.
        """
        email = str(self.cleaned_data.get("email") or "")
        # Compare with the stored address: an old duplicate may stay, a new one may not be set.
        has_changed = email.lower() != User.objects.values_list("email", flat=True).get(pk=self.instance.pk).lower()
        if email and has_changed and any(user.pk != self.instance.pk for user in filter_users_by_email(email)):
            raise ValidationError(_("Another account has this address already."))
        return email


class UserAdmin(OrderedByNameAdmin[User], RestrictedFilterAdmin[User], DjangoUserAdmin[User]):
    """Users in Django admin, with the one name field of this product.

    Deleting an account here has the same effects as deleting it in its settings. Fields that a reader may not
    change are not part of the form, so that posted values for them are ignored.
    """

    form = AccountForm
    list_display = ("username", "name", "email", "is_staff", "is_active", "date_joined")
    ordering = ("sort_key", "pk")
    search_fields = ("username", "name", "email")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (gettext_lazy("Person"), {"fields": ("name", "email")}),
        (gettext_lazy("Permissions"), {"fields": ("is_active", *RIGHTS)}),
        (gettext_lazy("Dates"), {"fields": ("last_login", "date_joined")}),
    )

    @override
    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_change(request, obj)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_change(request, obj)

    @override
    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Return the fieldsets: without rights for anyone but superusers.

        For an account that the reader may not change, the password is replaced by a reason.
        """
        may_change = _may_change(request, obj)
        hidden = set() if may_change_rights(request.user) else set(RIGHTS)
        hidden |= set() if may_change else {"password"}
        fieldsets = [
            (title, {**options, "fields": tuple(name for name in options["fields"] if name not in hidden)})
            for title, options in super().get_fieldsets(request, obj)
        ]
        if not may_change:
            fieldsets[0][1]["description"] = _("This account has rights; only administrators change it.")
        return fieldsets

    @override
    def get_list_display(self, request: HttpRequest) -> Any:
        return _exclude_rights(request, super().get_list_display(request))

    @override
    def get_list_filter(self, request: HttpRequest) -> Any:
        return _exclude_rights(request, super().get_list_filter(request))

    @override
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        """Return an account, locked if the request changes it, so that its rights stay as they were checked.

        Saving writes the whole row and may rename the author of revisions: hence the lock order catalogue, person.
        """
        account = super().get_object(request, object_id, from_field)
        url_name = request.resolver_match.url_name if request.resolver_match else ""
        if account is None or request.method != "POST" or url_name not in LOCKING_PAGES:
            return account
        if url_name == CHANGE_PAGE:
            CatalogueVersion.objects.lock()
        # no_key: rows that refer to the account by foreign key can still be inserted meanwhile.
        return User.objects.select_for_update(no_key=True).filter(pk=account.pk).first()

    @override
    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Set a password while the account is locked; raises PermissionDenied."""
        with transaction.atomic():
            # `get_object` locks the account, which needs a transaction; Django opens none for this page.
            return super().user_change_password(request, *args, **kwargs)

    @override
    def get_deleted_objects(self, objs: Iterable[User], request: HttpRequest) -> Any:
        """List only the accounts themselves on the page that asks for confirmation.

        Related rows are deleted by the rules of erasure, whatever the staff may delete one by one.
        """
        people = list(objs)
        protected = [
            _("%(name)s: only administrators delete an account with rights.") % {"name": person}
            for person in people
            if not _may_change(request, person)
        ]
        if not protected:  # only administrators need to read what to do about the last administrator
            try:
                privacy.require_other_administrator(*people)
            except privacy.LastAdministrator as refusal:
                protected.append(str(refusal))
        return [str(person) for person in people], {User._meta.verbose_name_plural: len(people)}, set(), protected

    @override
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        authorship.refresh_pages_naming(obj)

    @override
    def delete_model(self, request: HttpRequest, obj: User) -> None:
        self.delete_queryset(request, User.objects.filter(pk=obj.pk))

    @override
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete these accounts; raises PermissionDenied before any is deleted."""
        with transaction.atomic():
            people = list(queryset)
            if not all(_may_change(request, person) for person in people):
                raise PermissionDenied
            for person in people:
                privacy.delete_account(person)


def _may_change(request: HttpRequest, account: User | None) -> bool:
    return account is None or may_change_account(request.user, account)


def _exclude_rights(request: HttpRequest, names: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(name for name in names if name not in RIGHTS or may_change_rights(request.user))


class SuperusersOnly:
    """Mixin for an admin page that only superusers may use, whatever permissions others have."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the section is listed for this reader."""
        return may_change_rights(request.user)

    def _has_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_change_rights(request.user)

    has_view_permission = has_add_permission = has_change_permission = has_delete_permission = _has_permission


class PermissionGroupAdmin(SuperusersOnly, MergingAdmin[Group], DjangoGroupAdmin):
    """Django groups, for superusers only.

    Groups grant rights: an account that may change a group could give itself any right.
    """


admin.site.register(User, UserAdmin)
admin.site.unregister(Group)
admin.site.register(Group, PermissionGroupAdmin)
