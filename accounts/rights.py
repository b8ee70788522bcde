"""The rules for changing accounts in Django admin; every admin page of accounts uses them.

Staff may change accounts of plain members. Whoever sets the password or the address of an account with rights
of its own takes over that account and its rights: so only superusers change such accounts.
"""

from typing import Any

from accounts.models import User

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
"""The fields of an account that grant rights."""


def may_change_rights(person: Any) -> bool:
    """Return whether a user may see and change groups and the fields `RIGHTS` of any account.

    True only for active superusers; `person` may be anonymous.
    """
    return isinstance(person, User) and person.is_active and person.is_superuser


def may_change_account(person: Any, account: User) -> bool:
    """Return whether a user who may change accounts in general may change or delete `account` or set its password.

    Superusers may change every account, other staff only accounts without rights. The account of such staff has
    rights, so they cannot change it here; they use their settings pages.
    """
    return may_change_rights(person) or not has_rights(account)


def has_rights(account: User) -> bool:
    """Return whether an account is staff or superuser, is in a group, or has permissions of its own.

    Takes any account, active or not; runs up to two queries unless a flag on the account decides.
    """
    # The flags are on the row already; ask the database only without them.
    if account.is_superuser or account.is_staff:
        return True
    return account.groups.exists() or account.user_permissions.exists()
