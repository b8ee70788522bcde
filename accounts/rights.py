"""The rights to change accounts in the administration; asked by every admin page that touches accounts.

Staff are trusted with accounts of plain members. An account with rights of its own is taken over by setting its
password or address, and its rights with it: so superusers alone touch these.
"""

from typing import Any

from accounts.models import User

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
"""The fields of an account that say what it may do."""


def may_change_rights(person: Any) -> bool:
    """Whether a person sees and changes `RIGHTS`, of any account, and groups: active superusers."""
    return isinstance(person, User) and person.is_active and person.is_superuser


def may_change_account(person: Any, account: User) -> bool:
    """Whether a person who may change accounts at all may change, delete or set the password of this one.

    Superusers any, others accounts without rights: their own is not among them, it has its settings pages.
    """
    return may_change_rights(person) or not has_rights(account)


def has_rights(account: User) -> bool:
    """Whether an account is of staff or a superuser, in a group, or has permissions of its own."""
    if account.is_superuser or account.is_staff:
        return True
    return account.groups.exists() or account.user_permissions.exists()
