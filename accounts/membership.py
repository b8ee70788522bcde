"""Membership in the groups of the community, which are Django groups known by name."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User

MODERATORS = "moderators"
"""The name of the group whose members moderate what people write."""

type Person = User | AnonymousUser


def is_moderator(person: Person) -> bool:
    """Return whether a person moderates what people write.

    True for active members of the group `MODERATORS` and for active superusers; False for anonymous visitors.
    """
    return is_in_group(person, MODERATORS)


def is_in_group(person: Person, group_name: str) -> bool:
    """Return whether a person's account is active and in the group `group_name`.

    Superusers count as members of every group. False for anonymous visitors.
    """
    if not isinstance(person, User) or not person.is_active:
        return False
    return person.is_superuser or person.groups.filter(name=group_name).exists()


def is_in_groups(person: Person, group_names: Sequence[str]) -> tuple[bool, ...]:
    """Return the answers of `is_in_group` for several groups, in the order of `group_names`.

    Takes one query for all groups, none for superusers.
    """
    if not isinstance(person, User) or not person.is_active:
        return (False,) * len(group_names)
    own_group_names = group_names if person.is_superuser else set(person.groups.values_list("name", flat=True))
    return tuple(name in own_group_names for name in group_names)


def list_group_members(group_name: str) -> QuerySet[User]:
    """Return all active users for whom `is_in_group` is true, superusers included.

    An unknown `group_name` gives superusers only.
    """
    # EXISTS instead of a join: a join would return a user once per group.
    is_member = Exists(Group.objects.filter(name=group_name, user=OuterRef("pk")))
    return User.objects.filter(Q(is_superuser=True) | is_member, is_active=True)


REVIEWERS = "reviewers"
"""The name of the group whose members decide on suggestions."""


def is_reviewer(person: Person) -> bool:
    """Return whether a person decides on suggestions.

    True for active members of the group `REVIEWERS` and for active superusers; False for anonymous visitors.
    """
    return is_in_group(person, REVIEWERS)


def list_reviewers() -> QuerySet[User]:
    """Return all users for whom `is_reviewer` is true."""
    return list_group_members(REVIEWERS)


def list_moderators() -> QuerySet[User]:
    """Return all users for whom `is_moderator` is true."""
    return list_group_members(MODERATORS)
