"""Sign-ups whose address was never confirmed: forgotten after a while, as the address may be another person's."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.privacy.erasure import forget

KEPT = timedelta(days=14)
PRUNED_AT_ONCE = 100


def prune_unconfirmed() -> bool:
    """Delete accounts that were signed up KEPT ago, confirmed no address and were never entered, a batch of them.

    Accounts that an administrator made or gave rights to stay. Returns whether there may be more.
    """
    found = list(_abandoned()[:PRUNED_AT_ONCE])
    for user in found:
        forget(user, only_if=_abandoned())
    return len(found) == PRUNED_AT_ONCE


def _abandoned() -> QuerySet[User]:
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    without_rights = User.objects.filter(is_staff=False, is_superuser=False, groups=None, user_permissions=None)
    return without_rights.filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        last_login=None,
        date_joined__lt=timezone.now() - KEPT,
    )
