"""Sign-ups whose address was never confirmed: deleted after a while, as the address may be another person's."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.privacy.erasure import FREED

KEPT = timedelta(days=14)
PRUNED_AT_ONCE = 20


def prune_unconfirmed() -> bool:
    """Delete accounts that were signed up KEPT ago, confirmed no address and were never entered, a batch of them.

    Accounts that an administrator made or gave rights to stay. Nobody who was never in can have written, or be
    named, anywhere: so `forget`, which looks through mail, sessions and logs, is not needed, and each account is
    a short transaction of its own. Returns whether there may be more.
    """
    keys = list(_abandoned().values_list("pk", flat=True)[:PRUNED_AT_ONCE])
    for key in keys:
        _delete(key)
    return len(keys) == PRUNED_AT_ONCE


def _delete(key: int) -> None:
    with transaction.atomic():
        User.objects.select_for_update().filter(pk=key).first()  # its owner may be confirming it at this moment
        user = _abandoned().filter(pk=key).first()
        if user is not None:
            about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(key))
            about.update(object_repr=FREED, change_message="")
            user.delete()


def _abandoned() -> QuerySet[User]:
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    without_rights = User.objects.filter(is_staff=False, is_superuser=False, groups=None, user_permissions=None)
    latest = timezone.now() - KEPT
    return without_rights.filter(
        Exists(addresses), ~Exists(addresses.filter(verified=True)), last_login=None, date_joined__lt=latest
    )
