"""How an account gets another address: asked for, then confirmed by the owners of both the old and the new one.

Each address gets a link that is valid for a day. Following it changes nothing, only the button
behind it does. When both have confirmed, the account has the new address, in the same transaction.
Whether the new address belongs to an account already is told to its owner alone.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.confirmed_addresses import find_address_holder
from accounts.mail import queue
from accounts.models import EmailChange, User

LINK_LIFETIME = timedelta(hours=24)
SALT = "accounts.email_change"

type UrlBuilder = Callable[[str], str]


class Side(StrEnum):
    """Whose word a link is: that of the address so far, or of the new one."""

    OLD = "old"
    NEW = "new"


class LinkNotValid(Exception):
    """The link is forged, older than a day, or its change was done, cancelled or replaced."""


class AddressTaken(Exception):
    """Another account came to have the new address in the meantime."""


def find_pending_change(user: User) -> EmailChange | None:
    """Return the change that somebody asked for and that may still be confirmed."""
    return EmailChange.objects.filter(user=user, created_at__gt=timezone.now() - LINK_LIFETIME).first()


def request_change(user: User, new_email: str, build_url: UrlBuilder) -> EmailChange:
    """Ask both addresses to confirm the change; a change asked for before is replaced.

    The answer does not depend on whether the new address has an account: then
    that address is told so instead. `absolute` makes a whole address of a path.
    """
    new_email = new_email.lower()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # twice at once: one after the other
        EmailChange.objects.filter(user=user).delete()
        change = EmailChange.objects.create(user=user, new_email=new_email)
        _send("address_old", user, user.email, change, build_url(_build_confirm_path(change, Side.OLD, user)))
        owner = find_address_holder(new_email, excluding=user)
        if owner is None:
            _send("address_new", user, new_email, change, build_url(_build_confirm_path(change, Side.NEW, user)))
        else:
            _send("address_taken", owner, new_email, change, build_url(_build_sign_in_path(owner)))
    return change


def cancel(user: User) -> None:
    """Forget the change somebody asked for; its links are no longer valid."""
    EmailChange.objects.filter(user=user).delete()


def read_link(link: str) -> tuple[EmailChange, Side]:
    """Return the change a link is about and whose word it is, without changing anything; raises LinkNotValid."""
    try:
        pk, side = Signer(salt=SALT).unsign_object(link)
        found = EmailChange.objects.select_related("user").get(pk=pk)
    except (BadSignature, EmailChange.DoesNotExist) as error:
        raise LinkNotValid from error
    if found.created_at <= timezone.now() - LINK_LIFETIME:
        raise LinkNotValid
    return found, Side(side)


def confirm(link: str) -> bool:
    """Take a link as its address's word; return whether the change is done, that is, whether both have spoken.

    Raises LinkNotValid, and AddressTaken when another account has the new
    address by now; then nothing is changed and the request is forgotten.
    """
    change, side = read_link(link)
    try:
        with transaction.atomic():
            return _confirm(change.pk, side)
    except (AddressTaken, IntegrityError) as error:
        EmailChange.objects.filter(pk=change.pk).delete()
        raise AddressTaken from error


def _confirm(pk: int, side: Side) -> bool:
    change = EmailChange.objects.select_for_update().filter(pk=pk).first()
    if change is None:
        raise LinkNotValid
    field = f"{side}_confirmed_at"
    if getattr(change, field) is None:
        setattr(change, field, timezone.now())
        change.save(update_fields=[field])
    if not (change.old_confirmed_at and change.new_confirmed_at):
        return False
    _replace_address(change)
    return True


def _replace_address(change: EmailChange) -> None:
    """Give the account its new address and tell the old one. The database lets only one account have it confirmed."""
    user = User.objects.select_for_update().get(pk=change.user_id)
    if find_address_holder(change.new_email, excluding=user):
        raise AddressTaken
    old_email, user.email = user.email, change.new_email
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    queue.delete_refused_address(user.email)
    user.save(update_fields=["email"])
    change.delete()
    _send("address_changed", user, old_email, change, "")


def get_valid_until(change: EmailChange) -> datetime:
    """Return when the links of a change stop being valid."""
    return change.created_at + LINK_LIFETIME


def _build_confirm_path(change: EmailChange, side: Side, user: User) -> str:
    link = Signer(salt=SALT).sign_object([change.pk, side])
    with translation.override(user.language):
        return reverse("accounts:address_confirm", args=[link])


def _build_sign_in_path(user: User) -> str:
    with translation.override(user.language):
        return reverse("account_login")


def _send(template: str, reader: User, to: str, change: EmailChange, link_url: str) -> None:
    """Write a mail in its reader's language; it is owed once the transaction ends well."""
    if not to:  # an account made by an administrator may have had no address
        return
    known = {"user": reader, "new_email": change.new_email, "link": link_url}
    with translation.override(reader.language):
        get_adapter().send_mail(f"accounts/address/email/{template}", to, known)
