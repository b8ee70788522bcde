"""Sign-ups whose address was never confirmed: deleted after a while, as the address may be another person's."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.privacy.erasure import REMOVED_PERSON

RETENTION_PERIOD = timedelta(days=14)
PRUNE_BATCH_SIZE = 20


def prune_unconfirmed() -> bool:
    """Delete a batch of accounts that were signed up RETENTION_PERIOD ago and were never confirmed or signed in to.

    Accounts that an administrator created or gave rights to stay. A person who never signed in cannot have
    written, or be named, anywhere: so `erase`, which searches mail, sessions and logs, is not needed, and each account
    is a short transaction of its own. Returns whether there may be more.
    """
    user_ids = list(_list_abandoned_accounts().values_list("pk", flat=True)[:PRUNE_BATCH_SIZE])
    for user_id in user_ids:
        _delete_account(user_id)
    return len(user_ids) == PRUNE_BATCH_SIZE


def _delete_account(user_id: int) -> None:
    """Delete one account if it is still abandoned, and empty the log entries about it."""
    with transaction.atomic():
        # Lock first, then check again: its owner may be confirming it at this moment.
        User.objects.select_for_update().filter(pk=user_id).first()
        user = _list_abandoned_accounts().filter(pk=user_id).first()
        if user is not None:
            about = LogEntry.objects.filter(
                content_type=ContentType.objects.get_for_model(User), object_id=str(user_id)
            )
            about.update(object_repr=REMOVED_PERSON, change_message="")
            user.delete()


def _list_abandoned_accounts() -> QuerySet[User]:
    """Return accounts that may be deleted by `prune_unconfirmed`."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    without_rights = User.objects.filter(is_staff=False, is_superuser=False, groups=None, user_permissions=None)
    latest = timezone.now() - RETENTION_PERIOD
    return without_rights.filter(
        # Without any address the account was created by an administrator.
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        last_login=None,
        date_joined__lt=latest,
    )
