"""Sign-in by password without revealing to a stranger whether an address has an account."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from accounts.confirmed_addresses import is_unconfirmed
from accounts.models import User


class EntranceBackend(AuthenticationBackend):
    """Accepts a password only once the address it was chosen with is confirmed.

    Otherwise a person could sign up with a stranger's address and see by signing in whether that
    created an account. A mailed code, or a new password, confirms the address.
    """

    def _check_password(self, user: AbstractBaseUser | None, password: str) -> User | None:
        account = super()._check_password(user, password)
        return account if isinstance(account, User) and not _needs_confirmation(account) else None


def _needs_confirmation(user: User) -> bool:
    """Return whether a password does not count yet.

    Staff are created by administrators, and are asked for a mailed code when they sign in.
    """
    return not user.is_staff and is_unconfirmed(user)
