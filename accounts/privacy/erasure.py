"""Erasure of a person: what they published stays without their name; everything else about them is deleted.

Rules: docs/decisions.md "A deleted account leaves no trace of the person".
"""

import json
import re
from itertools import batched
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Model, Q, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from accounts.confirmed_addresses import build_address_condition, get_confirmed_addresses
from accounts.models import Delivery, RefusedAddress, User
from accounts.privacy import mentions
from skills.models import CatalogueVersion
from skills.revisions import authorship

UPDATE_BATCH_SIZE = 500
REMOVED_PERSON = "–"  # replaces the name of a person in the log of Django admin


class LastAdministrator(PermissionDenied):
    """Without this account nobody could administer the site any more."""

    def __init__(self) -> None:
        super().__init__(_("This is the last administrator of the site. Make someone else one first."))


def require_other_administrator(*people: User) -> None:
    """Raise `LastAdministrator` if nobody could administer the site without these people.

    Administrators are active superusers.
    """
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    remaining = administrators.exclude(pk__in=[person.pk for person in people])
    if any(person.is_superuser and person.is_active for person in people) and not remaining.exists():
        raise LastAdministrator


def delete_account(user: User, *, keep_comments: bool = True) -> None:
    """Delete an account with everything that PERSONAL_ERASERS know of, in one transaction.

    1. Lock what PERSONAL_LOCKS names: rows whose lock others hold while they wait for the catalogue's.
    2. Lock the catalogue, so that one deletion runs at a time. This comes before the person: whoever publishes holds
       the catalogue's lock when the database checks that the author exists.
    3. Lock the person, so that nobody adds anything about them meanwhile. An account that no longer exists is fine.
    4. Run the erasers; the last one deletes the account. `keep_comments` is the person's choice for comments.

    Raises `LastAdministrator`.
    """
    with transaction.atomic():
        for path in settings.PERSONAL_LOCKS:
            import_string(path)(user)
        CatalogueVersion.objects.lock()
        person = User.objects.select_for_update().filter(pk=user.pk).first()
        if person is None:
            return
        require_other_administrator(person)
        for path in settings.PERSONAL_ERASERS:
            import_string(path)(person, keep_comments=keep_comments)


def erase(user: User, **_choices: bool) -> None:
    """Erase what the tables of accounts hold about a person, and finally the account itself.

    `_choices`, such as keeping comments, concern tables of other apps.
    """
    # Read first: the rows that name the addresses are deleted with the account.
    addresses = get_confirmed_addresses(user)
    names = {name for name in (user.name, user.username) if name}
    authorship.remove_author(user)
    _erase_mail(user, addresses)
    _erase_sessions(user, addresses)
    _erase_tasks(addresses, names)
    _erase_log(user, addresses)
    user.delete()


def _erase_mail(user: User, addresses: set[str]) -> None:
    """Delete the person's mail. Mail to others that names them is found by its notices, in the community's eraser."""
    RefusedAddress.objects.filter(build_address_condition("email", addresses)).delete()
    Delivery.objects.filter(Q(user=user) | Q(build_address_condition("to", addresses), user=None)).delete()


def _erase_sessions(user: User, addresses: set[str]) -> None:
    """Delete every session of the person, and any that holds an address, as a half-finished sign-in does."""
    # As JSON writes it, with quotes: anna@x.org must not match joanna@x.org.
    quoted_addresses = {json.dumps(address, ensure_ascii=False) for address in addresses}
    keys = [
        session.session_key
        for session in Session.objects.iterator()
        # Session data is signed text that the database cannot search, so all sessions are decoded.
        if _is_session_of(user, session.get_decoded(), quoted_addresses)
    ]
    Session.objects.filter(session_key__in=keys).delete()


def _is_session_of(user: User, data: dict[str, Any], quoted_addresses: set[str]) -> bool:
    """Return whether session data belongs to the user or holds one of the addresses."""
    if data.get("_auth_user_id") == str(user.pk):
        return True
    # Not casefold, for which "straße" and "strasse" are the same.
    text = json.dumps(data, default=str, ensure_ascii=False).lower()
    return any(address in text for address in quoted_addresses)


def _erase_tasks(addresses: set[str], names: set[str]) -> None:
    """Delete tasks with the person's address or name as a value; empty tracebacks with an address."""
    tasks: QuerySet[DBTaskResult[Any, Any]] = DBTaskResult.objects.all()
    lower_names = {name.lower() for name in names}
    task_ids = [
        row["pk"]
        for row in mentions.find_rows(tasks, ("args_kwargs", "return_value"), addresses | names)
        for text in mentions.iter_strings(
            [json.loads(row[field] or "null") for field in ("args_kwargs", "return_value")]
        )
        # A name counts only as a whole value, an address also inside one.
        if text.lower() in lower_names or mentions.contains_any(text, addresses)
    ]
    tasks.filter(pk__in=task_ids).delete()
    traceback_rows = mentions.find_rows(tasks, ("traceback",), addresses)
    traceback_ids = [row["pk"] for row in traceback_rows if mentions.contains_any(row["traceback"], addresses)]
    tasks.filter(pk__in=traceback_ids).update(traceback="")


def _erase_log(user: User, addresses: set[str]) -> None:
    """Remove the person from the log of Django admin.

    1. Delete the entries about what they did as an administrator.
    2. Find entries of others with an address, or that begin with the user name on rows that belong to a person.
    3. Keep those and the entries about the account, but without text.
    """
    LogEntry.objects.filter(user=user).delete()
    about = Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    personal_type_ids = {
        content_type.pk for content_type in ContentType.objects.get_for_models(*_list_personal_models()).values()
    }
    # Examples: "anna", "anna: new@example.org" (a change of address), "anna, 2026-11-27" (an export).
    username_pattern = re.compile(rf"{re.escape(user.username)}(?:$|[:,])")
    entry_ids = []
    rows = mentions.find_rows(
        LogEntry.objects.all(), ("object_repr", "change_message", "content_type"), addresses | {user.username}
    )
    for row in rows:
        texts = [row["object_repr"], *_list_object_names(row["change_message"])]
        is_personal = row["content_type"] in {str(key) for key in personal_type_ids}
        names_person = is_personal and any(username_pattern.match(text) for text in texts)
        if names_person or any(mentions.contains_any(text, addresses) for text in texts):
            entry_ids.append(row["pk"])
    LogEntry.objects.filter(about).update(object_repr=REMOVED_PERSON, change_message="")
    # Databases limit the number of values in one query.
    for batch in batched(entry_ids, UPDATE_BATCH_SIZE):
        LogEntry.objects.filter(pk__in=batch).update(object_repr=REMOVED_PERSON, change_message="")


def _list_object_names(change_message: str) -> list[str]:
    """Return the names of objects in a message of Django admin; plain text is returned as it is."""
    try:
        parts = json.loads(change_message)
    except ValueError:
        return [change_message]
    # Example: [{"changed": {"name": "group", "object": "Anna", "fields": ["Name"]}}].
    details = [detail for part in parts if isinstance(part, dict) for detail in part.values()]
    return [str(detail["object"]) for detail in details if isinstance(detail, dict) and "object" in detail]


def _list_personal_models() -> list[type[Model]]:
    """Return every model whose rows belong to a person; their text form may begin with the user name."""
    return [
        relation.related_model
        for relation in User._meta.related_objects
        # Rows that are deleted with their user (CASCADE) belong to that user.
        if isinstance(relation.related_model, type) and relation.field.remote_field.on_delete is models.CASCADE
    ]
