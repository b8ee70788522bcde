"""Entering by password without telling a stranger whether an address has an account."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from accounts.confirmed_addresses import is_unconfirmed
from accounts.models import User


class EntranceBackend(AuthenticationBackend):
    """Lets a password count only once the address it was chosen with is confirmed.

    Otherwise somebody could sign up with a stranger's address and see by signing in
    whether that made an account. A code by mail, or a new password, confirms it.
    """

    def _check_password(self, user: AbstractBaseUser | None, password: str) -> User | None:
        found = super()._check_password(user, password)
        return found if isinstance(found, User) and not _needs_confirmation(found) else None


def _needs_confirmation(user: User) -> bool:
    """Return whether a password does not count yet. Staff are made by hand and are asked for a code when they enter."""
    return not user.is_staff and is_unconfirmed(user)
