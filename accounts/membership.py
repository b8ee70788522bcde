"""Who holds an office: the groups of Django's own that the community knows by name."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User

MODERATORS = "moderators"
"""The name of the group whose members look after what people write."""

type Person = User | AnonymousUser


def is_moderator(person: Person) -> bool:
    """Whether somebody looks after what people write: members of the group of moderators, and superusers."""
    return is_in_group(person, MODERATORS)


def is_in_group(person: Person, group_name: str) -> bool:
    """Whether somebody's account is active and in the group of this name, or a superuser's."""
    if not isinstance(person, User) or not person.is_active:
        return False
    return person.is_superuser or person.groups.filter(name=group_name).exists()


def is_in_groups(person: Person, group_names: Sequence[str]) -> tuple[bool, ...]:
    """Return `is_in_group` of several offices, in one query."""
    if not isinstance(person, User) or not person.is_active:
        return (False,) * len(group_names)
    held = group_names if person.is_superuser else set(person.groups.values_list("name", flat=True))
    return tuple(office in held for office in group_names)


def list_group_members(group_name: str) -> QuerySet[User]:
    """Return everybody of whom `is_in_group` is true."""
    is_member = Exists(Group.objects.filter(name=group_name, user=OuterRef("pk")))
    return User.objects.filter(Q(is_superuser=True) | is_member, is_active=True)


REVIEWERS = "reviewers"
"""The name of the group whose members decide on suggestions."""


def is_reviewer(person: Person) -> bool:
    """Whether somebody decides on suggestions: members of the group of reviewers, and superusers."""
    return is_in_group(person, REVIEWERS)


def list_reviewers() -> QuerySet[User]:
    """Return everybody of whom `is_reviewer` is true."""
    return list_group_members(REVIEWERS)


def list_moderators() -> QuerySet[User]:
    """Return everybody of whom `is_moderator` is true."""
    return list_group_members(MODERATORS)
