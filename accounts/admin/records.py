"""What other packages store about accounts, read-only in Django admin and without secrets, also for superusers.

The admin pages of these packages show and change everything: tokens, keys of second factors, arguments of
tasks. A server to sign in through comes from the settings alone (accounts/providers/adapter.py), so
`SocialApp` has no page.
"""

from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import Model
from django_tasks_db.models import DBTaskResult

from skills.admin.read_only import ReadOnly, RestrictedFilterAdmin

HIDDEN_MODELS: tuple[type[Model], ...] = (SocialApp, SocialToken, EmailConfirmation)


class RecordAdmin[Record: Model](ReadOnly, RestrictedFilterAdmin[Record]):
    """Read-only rows written by other packages; `fields` names what is shown, and holds no secret."""


class EmailAddressAdmin(RecordAdmin[EmailAddress]):
    """E-mail addresses of allauth and whether they are confirmed."""

    list_display = fields = ("email", "user", "primary", "verified")
    list_filter = ("primary", "verified")
    list_select_related = ("user",)
    search_fields = ("email", "user__username", "user__name")
    ordering = ("email",)


class AuthenticatorAdmin(RecordAdmin[Authenticator]):
    """Second factors and passkeys, without their `data`, which holds the keys."""

    list_display = fields = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__name")
    ordering = ("-pk",)


class SocialAccountAdmin(RecordAdmin[SocialAccount]):
    """Connected accounts of other servers, without the claims these sent."""

    list_display = fields = ("user", "provider", "uid", "date_joined", "last_login")
    list_filter = ("provider",)
    list_select_related = ("user",)
    search_fields = ("uid", "user__username", "user__name")
    ordering = ("-pk",)


class UserSessionAdmin(RecordAdmin[UserSession]):
    """Sessions of users, without the session key, which would sign a reader in."""

    list_display = fields = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__name", "ip")
    ordering = ("-pk",)


class TaskAdmin(RecordAdmin[Any]):
    """Background tasks, without arguments, results and tracebacks.

    These hold addresses and what the task was to do with them.
    """

    list_display = (
        *("id", "task_path", "status", "enqueued_at", "started_at", "finished_at", "priority", "queue_name"),
    )
    fields = (*list_display, "exception_class_path")
    list_filter = ("status", "priority", "queue_name")
    ordering = ("-enqueued_at",)


RECORD_ADMINS: dict[type[Model], type[admin.ModelAdmin[Any]]] = {
    EmailAddress: EmailAddressAdmin,
    Authenticator: AuthenticatorAdmin,
    SocialAccount: SocialAccountAdmin,
    UserSession: UserSessionAdmin,
    DBTaskResult: TaskAdmin,
}

for model in (*HIDDEN_MODELS, *RECORD_ADMINS):
    # Some are registered only under certain settings, for example EmailConfirmation.
    if admin.site.is_registered(model):
        admin.site.unregister(model)
for model, page in RECORD_ADMINS.items():
    admin.site.register(model, page)
