"""Entering by password without telling a stranger whether an address has an account."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.confirmed_addresses import is_unconfirmed
from accounts.models import User


class EntranceBackend(AuthenticationBackend):  # type: ignore[misc]
    """Lets a password count only once the address it was chosen with is confirmed.

    Otherwise somebody could sign up with a stranger's address and see by signing in
    whether that made an account. A code by mail, or a new password, confirms it.
    """

    def _check_password(self, user: User | None, password: str) -> User | None:
        found: User | None = super()._check_password(user, password)
        return None if found is None or _must_confirm_first(found) else found


def _must_confirm_first(user: User) -> bool:
    """Return whether a password does not count yet. Staff are made by hand and are asked for a code when they enter."""
    return not user.is_staff and is_unconfirmed(user)
