"""Granting and removing the roles of reviewer and moderator, one account at a time; only superusers may."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.membership import MODERATORS, REVIEWERS
from accounts.models import User
from community import rules
from community.models import ActKind
from community.moderation import log
from community.posting.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class CommunityRole:
    """A role: the name of its group, and the messages about it in the log of Django admin.

    The log stores the English message; the history page translates it for its reader.
    """

    group_name: str
    granted_message: str
    removed_message: str


# The keys are the names of the checkboxes in Django admin.
ROLES: Mapping[str, CommunityRole] = {
    "reviewer": CommunityRole(REVIEWERS, gettext_noop("Made a reviewer."), gettext_noop("No longer a reviewer.")),
    "moderator": CommunityRole(MODERATORS, gettext_noop("Made a moderator."), gettext_noop("No longer a moderator.")),
}


def translate_log_message(message: str) -> str:
    """Return a message of the log of Django admin in the reader's language.

    Only messages about roles are translated; others are returned unchanged.
    """
    role_messages = {text for role in ROLES.values() for text in (role.granted_message, role.removed_message)}
    return _(message) if message in role_messages else message


def grant(person: User, role: CommunityRole, administrator: User) -> bool:
    """Grant a role to an account and return True; return False and log nothing if the account has it already.

    1. Check `rules.may_promote` and lock the account: of two administrators at the same time, one grants it.
    2. Add the account to the group, which is created if it is missing.
    3. Write a line to the log of Django admin.
    4. Write a line to the log of moderation.

    All in one transaction. Raises `NotAllowed`.
    """
    with transaction.atomic():
        group, account = _check_and_lock(person, role, administrator)
        if account.groups.filter(pk=group.pk).exists():
            return False
        account.groups.add(group)
        _write_logs(ActKind.ROLE_GRANTED, role, role.granted_message, account, administrator)
    return True


def remove(person: User, role: CommunityRole, administrator: User) -> bool:
    """Remove a role from an account and return True; return False and log nothing if the account does not have it.

    1. Check `rules.may_promote` and lock the account.
    2. Remove the account from the group.
    3. Write a line to the log of Django admin and one to the log of moderation.

    All in one transaction. Raises `NotAllowed`.
    """
    with transaction.atomic():
        group, account = _check_and_lock(person, role, administrator)
        if not account.groups.filter(pk=group.pk).exists():
            return False
        account.groups.remove(group)
        _write_logs(ActKind.ROLE_REMOVED, role, role.removed_message, account, administrator)
    return True


def lock_accounts(people: list[User]) -> None:
    """Lock accounts whose roles are about to change, until the caller's transaction ends.

    They are locked in the order of their primary keys, so that two callers cannot wait for each other.
    """
    rows = User.objects.filter(pk__in=[person.pk for person in people]).order_by("pk")
    # The query must run: a queryset that nobody evaluates locks nothing.
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _check_and_lock(person: User, role: CommunityRole, administrator: User) -> tuple[Group, User]:
    """Return the group of the role, created if it is missing, and the locked account; raises `NotAllowed`."""
    if not rules.may_promote(administrator):
        raise NotAllowed(_("Only administrators appoint reviewers and moderators."))
    account = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    group, _is_new = Group.objects.get_or_create(name=role.group_name)
    return group, account


def _write_logs(kind: ActKind, role: CommunityRole, message: str, person: User, administrator: User) -> None:
    LogEntry.objects.log_actions(administrator.pk, [person], CHANGE, message)
    log.write(kind, administrator, person=person, group_name=role.group_name)
