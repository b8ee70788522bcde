"""Granting and removing the roles of reviewer and moderator, one account at a time, by superusers alone."""

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
    """A role by the name of its group, and what the administration's log says of it, in English.

    The log keeps the English sentence; the page of the history translates it for its reader.
    """

    group_name: str
    granted_message: str
    removed_message: str


ROLES: Mapping[str, CommunityRole] = {
    "reviewer": CommunityRole(REVIEWERS, gettext_noop("Made a reviewer."), gettext_noop("No longer a reviewer.")),
    "moderator": CommunityRole(MODERATORS, gettext_noop("Made a moderator."), gettext_noop("No longer a moderator.")),
}


def translate_log_message(message: str) -> str:
    """Return a line of the administration's log in the reader's language where it is about a role, else as it is."""
    known = {sentence for role in ROLES.values() for sentence in (role.granted_message, role.removed_message)}
    return _(message) if message in known else message


def grant(person: User, role: CommunityRole, administrator: User) -> bool:
    """Give a role to an account; return False, and log nothing, where the account has it already.

    Raises `NotAllowed`. In one transaction, with the account locked, so that of two administrators at
    once one grants it: 1. the account joins the group, which is made where it is missing; 2. a line in
    the administration's log; 3. a line in the log of moderation.
    """
    with transaction.atomic():
        group, found = _check_and_lock(person, role, administrator)
        if found.groups.filter(pk=group.pk).exists():
            return False
        found.groups.add(group)
        _write_logs(ActKind.ROLE_GRANTED, role, role.granted_message, found, administrator)
    return True


def remove(person: User, role: CommunityRole, administrator: User) -> bool:
    """Take a role from an account; return False where it has none. Effects and errors are those of `grant`."""
    with transaction.atomic():
        group, found = _check_and_lock(person, role, administrator)
        if not found.groups.filter(pk=group.pk).exists():
            return False
        found.groups.remove(group)
        _write_logs(ActKind.ROLE_REMOVED, role, role.removed_message, found, administrator)
    return True


def lock_accounts(people: list[User]) -> None:
    """Lock accounts whose roles are about to change, until the caller's transaction ends."""
    rows = User.objects.filter(pk__in=[person.pk for person in people]).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _check_and_lock(person: User, role: CommunityRole, administrator: User) -> tuple[Group, User]:
    if not rules.may_promote(administrator):
        raise NotAllowed(_("Only administrators appoint reviewers and moderators."))
    found = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    group, _is_new = Group.objects.get_or_create(name=role.group_name)
    return group, found


def _write_logs(kind: ActKind, role: CommunityRole, message: str, person: User, administrator: User) -> None:
    LogEntry.objects.log_actions(administrator.pk, [person], CHANGE, message)
    log.write(kind, administrator, person=person, group_name=role.group_name)
