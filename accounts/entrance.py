"""Entering by password without telling a stranger whether an address has an account."""

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress

from accounts.models import User


class EntranceBackend(AuthenticationBackend):  # type: ignore[misc]
    """Lets a password count only once the address it was chosen with is confirmed.

    Otherwise somebody could sign up with a stranger's address and see by signing in
    whether that made an account. A code by mail, or a new password, confirms it.
    """

    def _check_password(self, user: User | None, password: str) -> User | None:
        found: User | None = super()._check_password(user, password)
        return None if found is None or is_unconfirmed(found) else found


def is_unconfirmed(user: User) -> bool:
    """Whether somebody signed up and confirmed no address yet. Staff are made by hand and confirm when they enter."""
    confirmed = EmailAddress.objects.filter(user=user).values_list("verified", flat=True)
    return not user.is_staff and bool(confirmed) and not any(confirmed)
