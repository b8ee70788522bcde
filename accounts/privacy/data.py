"""The personal data of a user, as the user gets it. Secrets, such as keys and password hashes, are left out."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.utils.module_loading import import_string

from accounts.confirmed_addresses import build_address_condition, get_confirmed_addresses
from accounts.models import DataExport, Delivery, EmailChange, RefusedAddress, User
from accounts.models.mail import ACCOUNT_MAIL
from skills.models import Revision

ACCOUNT_FIELDS = (
    *("username", "email", "name", "language", "time_zone", "theme", "shortcuts", "is_public"),
    *("suspended_until", "suspension_reason", "profile_hidden_at", "hidden_name", "was_public"),
    *("is_active", "is_staff", "is_superuser", "date_joined", "last_login"),
)
DELIVERY_FIELDS = ("kind", "to", "sender", "subject", "text", "state", "created_at", "finished_at", "last_error")

type Rows = list[dict[str, Any]]


def collect_personal_data(user: User) -> dict[str, Any]:
    """Return all data about a user, from every function that PERSONAL_DATA names.

    The keys of the result are sections of the export; the values can be written as JSON with Django's encoder.
    """
    data: dict[str, Any] = {}
    # Named in the settings, because accounts must not import apps above it.
    for path in settings.PERSONAL_DATA:
        data |= import_string(path)(user)
    return data


def collect_account_data(user: User) -> dict[str, Any]:
    """Return the data about a user in the tables of accounts, allauth and Django admin.

    Each key is a section of the export with a list of rows; `account` is a single row.
    """
    return {
        "account": _get_account(user),
        "email_addresses": _list_rows(EmailAddress, Q(user=user), "email", "verified", "primary"),
        "change_of_address": _list_rows(
            EmailChange, Q(user=user), "new_email", "created_at", "old_confirmed_at", "new_confirmed_at"
        ),
        # Without a foreign key: these rows belong to whoever has confirmed the address.
        "refused_addresses": _list_rows(
            RefusedAddress, build_address_condition("email", get_confirmed_addresses(user)), "email", "reason", "since"
        ),
        "sessions": _list_rows(UserSession, Q(user=user), "created_at", "last_seen_at", "ip", "user_agent"),
        "second_factors_and_passkeys": _list_authenticators(user),
        "connected_accounts": _list_rows(
            SocialAccount, Q(user=user), "provider", "uid", "extra_data", "date_joined", "last_login"
        ),
        "mail": _list_mail(user),
        "data_exports": _list_rows(DataExport, Q(user=user), "requested_at", "ready_at", "failed_at"),
        "contributions": _list_contributions(user),
        "administration": _format_log(LogEntry.objects.filter(user=user)),
        "administration_of_the_account": _format_log(_list_entries_about(user)),
    }


def _get_account(user: User) -> dict[str, Any]:
    account = {name: getattr(user, name) for name in ACCOUNT_FIELDS}
    account["groups"] = list(user.groups.values_list("name", flat=True))
    account["permissions"] = list(user.user_permissions.values_list("codename", flat=True))
    return account


def _list_rows(model: type[Model], condition: Q, *fields: str) -> Rows:
    """Return the given fields of all rows that meet a condition, oldest first."""
    return list(model._default_manager.filter(condition).order_by("pk").values(*fields))


def _list_authenticators(user: User) -> Rows:
    """Return second factors and passkeys. Only a passkey has a name; the rest of `data` is secret."""
    return [
        {
            "type": factor.type,
            "name": str(factor) if factor.type == Authenticator.Type.WEBAUTHN else "",
            "created_at": factor.created_at,
            "last_used_at": factor.last_used_at,
        }
        for factor in Authenticator.objects.filter(user=user).order_by("pk")
    ]


def _list_mail(user: User) -> Rows:
    """Return mail that is no longer queued; that of the account itself without its text, which may hold a code."""
    finished = Delivery.objects.filter(user=user).exclude(state=Delivery.State.QUEUED)
    rows = finished.order_by("pk").values(*DELIVERY_FIELDS)
    # Also after sending failed for good: then the text is still stored.
    return [{**row, "text": ""} if row["kind"] == ACCOUNT_MAIL else row for row in rows]


def _list_contributions(user: User) -> Rows:
    """Return the revisions that the user published."""
    fields = ("skill__name", "number", "published_at", "origin", "significance", "summary", "changes")
    rows = Revision.objects.filter(author=user).order_by("published_at", "pk").values(*fields)
    return [{"skill": row.pop("skill__name"), **row} for row in rows]


def _list_entries_about(user: User) -> QuerySet[LogEntry]:
    """Return the log entries of Django admin about this account, whoever wrote them."""
    return LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))


def _format_log(entries: Iterable[LogEntry]) -> Rows:
    """Return log entries without their author: which administrator acted is that person's own data."""
    return [
        {
            "at": entry.action_time,
            "action": entry.get_action_flag_display(),
            "object": entry.object_repr,
            "change": entry.get_change_message(),
        }
        for entry in entries
    ]
