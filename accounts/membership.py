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
    return holds(person, MODERATORS)


def holds(person: Person, office: str) -> bool:
    """Whether somebody's account is active and in the group of this name, or a superuser's."""
    if not isinstance(person, User) or not person.is_active:
        return False
    return person.is_superuser or person.groups.filter(name=office).exists()


def holds_each(person: Person, offices: Sequence[str]) -> tuple[bool, ...]:
    """Return `holds` of several offices, in one query."""
    if not isinstance(person, User) or not person.is_active:
        return (False,) * len(offices)
    held = offices if person.is_superuser else set(person.groups.values_list("name", flat=True))
    return tuple(office in held for office in offices)


def holders(office: str) -> QuerySet[User]:
    """Return everybody of whom `holds` is true."""
    is_member = Exists(Group.objects.filter(name=office, user=OuterRef("pk")))
    return User.objects.filter(Q(is_superuser=True) | is_member, is_active=True)


REVIEWERS = "reviewers"
"""The name of the group whose members decide on suggestions."""


def is_reviewer(person: Person) -> bool:
    """Whether somebody decides on suggestions: members of the group of reviewers, and superusers."""
    return holds(person, REVIEWERS)


def reviewers() -> QuerySet[User]:
    """Return everybody of whom `is_reviewer` is true."""
    return holders(REVIEWERS)


def moderators() -> QuerySet[User]:
    """Return everybody of whom `is_moderator` is true."""
    return holders(MODERATORS)
