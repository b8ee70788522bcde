"""Forgetting a person: what they published stays without their name, all else about them goes.

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
REMOVED_PERSON = "–"  # what stands in the log of the administration in place of a person


class LastAdministrator(PermissionDenied):
    """Without this account nobody could administer the site any more."""

    def __init__(self) -> None:
        super().__init__(_("This is the last administrator of the site. Make somebody else one first."))


def refuse_last_administrator(*people: User) -> None:
    """Raise `LastAdministrator` when nobody could administer the site without these people."""
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    left = administrators.exclude(pk__in=[person.pk for person in people])
    if any(person.is_superuser and person.is_active for person in people) and not left.exists():
        raise LastAdministrator


def delete_account(user: User, *, keep_comments: bool = True) -> None:
    """Delete an account with all that PERSONAL_ERASERS know of, in one transaction; already gone is as good.

    Raises `LastAdministrator`. What PERSONAL_LOCKS locks comes first: rows on which others hold
    a lock while they wait for the catalogue's. The catalogue's lock lets one deletion go on at a time. It comes
    before the lock on the person, as who publishes holds it when the database looks whether
    the author is there; the person's keeps others from adding anything about them meanwhile.
    """
    with transaction.atomic():
        for path in settings.PERSONAL_LOCKS:
            import_string(path)(user)
        CatalogueVersion.objects.lock()
        found = User.objects.select_for_update().filter(pk=user.pk).first()
        if found is None:
            return
        refuse_last_administrator(found)
        for path in settings.PERSONAL_ERASERS:
            import_string(path)(found, keep_comments=keep_comments)


def erase(user: User, **_choices: bool) -> None:
    """Forget what the account's own tables know of a person, and last the account itself.

    What the person chose to keep, such as comments, is in the tables of others.
    """
    addresses = get_confirmed_addresses(user)
    names = {name for name in (user.name, user.username) if name}
    authorship.remove_author(user)
    _erase_mail(user, addresses)
    _erase_sessions(user, addresses)
    _erase_tasks(addresses, names)
    _erase_log(user, addresses)
    user.delete()


def _erase_mail(user: User, addresses: set[str]) -> None:
    """Delete the person's mail. Mail to others that names them is found by its notices, in the community's part."""
    RefusedAddress.objects.filter(build_address_condition("email", addresses)).delete()
    Delivery.objects.filter(Q(user=user) | Q(build_address_condition("to", addresses), user=None)).delete()


def _erase_sessions(user: User, addresses: set[str]) -> None:
    """End every session of the person, and any that holds an address, as one half signed in does."""
    wanted = {json.dumps(address.casefold()) for address in addresses}
    gone = [
        session.session_key
        for session in Session.objects.iterator()
        if _is_session_of(user, session.get_decoded(), wanted)
    ]
    Session.objects.filter(session_key__in=gone).delete()


def _is_session_of(user: User, data: dict[str, Any], quoted_addresses: set[str]) -> bool:
    if data.get("_auth_user_id") == str(user.pk):
        return True
    text = json.dumps(data, default=str).casefold()
    return any(address in text for address in quoted_addresses)


def _erase_tasks(addresses: set[str], names: set[str]) -> None:
    """Delete tasks that were given the person's address or name as a value; tracebacks with an address are emptied."""
    tasks: QuerySet[DBTaskResult[Any, Any]] = DBTaskResult.objects.all()
    lowered = {name.casefold() for name in names}
    given = [
        row["pk"]
        for row in mentions.find_rows(tasks, ("args_kwargs", "return_value"), addresses | names)
        for text in mentions.iter_strings(
            [json.loads(row[field] or "null") for field in ("args_kwargs", "return_value")]
        )
        if text.casefold() in lowered or mentions.contains_any(text, addresses)
    ]
    tasks.filter(pk__in=given).delete()
    traced = mentions.find_rows(tasks, ("traceback",), addresses)
    naming = [row["pk"] for row in traced if mentions.contains_any(row["traceback"], addresses)]
    tasks.filter(pk__in=naming).update(traceback="")


def _erase_log(user: User, addresses: set[str]) -> None:
    """What the person did as an administrator goes; what others did to their account stays, without who it was."""
    LogEntry.objects.filter(user=user).delete()
    about = Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    personal = {kind.pk for kind in ContentType.objects.get_for_models(*_list_personal_models()).values()}
    begins = re.compile(rf"{re.escape(user.username)}(?:$|[:,])")
    naming = []
    found = mentions.find_rows(
        LogEntry.objects.all(), ("object_repr", "change_message", "content_type"), addresses | {user.username}
    )
    for row in found:
        texts = [row["object_repr"], *_list_object_names(row["change_message"])]
        is_personal = row["content_type"] in {str(key) for key in personal}
        is_begun = is_personal and any(begins.match(text) for text in texts)
        if is_begun or any(mentions.contains_any(text, addresses) for text in texts):
            naming.append(row["pk"])
    LogEntry.objects.filter(about).update(object_repr=REMOVED_PERSON, change_message="")
    for keys in batched(naming, UPDATE_BATCH_SIZE):
        LogEntry.objects.filter(pk__in=keys).update(object_repr=REMOVED_PERSON, change_message="")


def _list_object_names(change_message: str) -> list[str]:
    """Return the names of objects in a message of Django's admin; plain text is returned as it is."""
    try:
        parts = json.loads(change_message)
    except ValueError:
        return [change_message]
    details = [detail for part in parts if isinstance(part, dict) for detail in part.values()]
    return [str(detail["object"]) for detail in details if isinstance(detail, dict) and "object" in detail]


def _list_personal_models() -> list[type[Model]]:
    """Return every model whose rows belong to a person; their texts may begin with who it is."""
    return [
        relation.related_model
        for relation in User._meta.related_objects
        if isinstance(relation.related_model, type) and relation.field.remote_field.on_delete is models.CASCADE
    ]
