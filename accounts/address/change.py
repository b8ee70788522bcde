"""How an account changes its address: requested, then confirmed by the owners of the old and the new one.

Each address gets a link that is valid for a day. Opening the link changes nothing, only the button
on its page does. When both have confirmed, the account has the new address, in the same transaction.
Only the owner of the new address learns whether it belongs to an account already.
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
# Separates these signatures from others of the site; a new value would invalidate all links.
SALT = "accounts.email_change"

type UrlBuilder = Callable[[str], str]


class Side(StrEnum):
    """Which address a link confirms for: the old or the new one."""

    OLD = "old"
    NEW = "new"


class LinkNotValid(Exception):
    """The link is forged, older than a day, or its change was done, cancelled or replaced."""


class OtherChange(Exception):
    """Another change was requested, or it was cancelled or done, since the page was opened."""


class AddressTaken(Exception):
    """Another account has taken the new address in the meantime."""


def find_pending_change(user: User) -> EmailChange | None:
    """Return the change that a user requested and that can still be confirmed.

    None if there is none, or if its links have expired.
    """
    return EmailChange.objects.filter(user=user, created_at__gt=timezone.now() - LINK_LIFETIME).first()


def request_change(user: User, new_email: str, build_url: UrlBuilder, *, displayed: str | None = None) -> EmailChange:
    """Request a change of address.

    1. Lock the user, so that two requests run one after the other. Raise `OtherChange` if the page displayed another
       request than the current one (`displayed`, of `build_displayed`; None for no check).
    2. Replace an earlier request by the new one.
    3. Send a link to the old address.
    4. Send a link to the new address; if it belongs to another account, send that owner a notice instead.

    The answer does not depend on whether the new address has an account. `build_url` turns a path into a full URL.
    """
    new_email = new_email.lower()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        current = find_pending_change(user)
        is_same = current is not None and current.new_email == new_email
        if displayed not in {None, build_displayed(current)} and not is_same:
            raise OtherChange
        EmailChange.objects.filter(user=user).delete()
        change = EmailChange.objects.create(user=user, new_email=new_email)
        _send("address_old", user, user.email, change, build_url(_build_confirm_path(change, Side.OLD, user)))
        owner = find_address_holder(new_email, excluding=user)
        if owner is None:
            _send("address_new", user, new_email, change, build_url(_build_confirm_path(change, Side.NEW, user)))
        else:
            _send("address_taken", owner, new_email, change, build_url(_build_sign_in_path(owner)))
    return change


def build_displayed(change: EmailChange | None) -> str:
    """Return what a form sends along to say which request its page displayed, '' for none.

    It is the new address, which the page shows anyway.
    """
    return change.new_email if change else ""


def cancel(user: User, *, displayed: str | None = None) -> None:
    """Delete the change that a user requested.

    Its links are no longer valid. Without a request nothing happens. Raises `OtherChange` if the page displayed
    another request (`displayed`, of `build_displayed`; None for no check).
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        current = find_pending_change(user)
        if current is not None and displayed not in {None, build_displayed(current)}:
            raise OtherChange
        EmailChange.objects.filter(user=user).delete()


def read_link(link: str) -> tuple[EmailChange, Side]:
    """Return the change that a link is for, and the side that it confirms for; changes nothing.

    `link` is the signed part of the URL. Raises LinkNotValid.
    """
    try:
        pk, side = Signer(salt=SALT).unsign_object(link)
        change = EmailChange.objects.select_related("user").get(pk=pk)
    except (BadSignature, EmailChange.DoesNotExist) as error:
        raise LinkNotValid from error
    if change.created_at <= timezone.now() - LINK_LIFETIME:
        raise LinkNotValid
    return change, Side(side)


def confirm(link: str) -> bool:
    """Confirm a change for one address by its link.

    1. Record that this address has confirmed.
    2. If both have, give the account its new address and notify the old one.

    Returns whether the change is done. Raises LinkNotValid, and AddressTaken if another account has the new
    address by now; then the account is unchanged and the request is deleted.
    """
    change, side = read_link(link)
    try:
        with transaction.atomic():
            return _confirm(change.pk, side)
    except (AddressTaken, IntegrityError) as error:
        # Outside the transaction above, which the error has rolled back.
        EmailChange.objects.filter(pk=change.pk).delete()
        raise AddressTaken from error


def _confirm(change_id: int, side: Side) -> bool:
    """Record the confirmation of one side; return whether both have confirmed. Raises `LinkNotValid`."""
    change = EmailChange.objects.select_for_update().filter(pk=change_id).first()
    if change is None:
        raise LinkNotValid
    # The values of Side are the beginnings of the two fields.
    field = f"{side}_confirmed_at"
    if getattr(change, field) is None:
        setattr(change, field, timezone.now())
        change.save(update_fields=[field])
    if not (change.old_confirmed_at and change.new_confirmed_at):
        return False
    _replace_address(change)
    return True


def _replace_address(change: EmailChange) -> None:
    """Give the account its new address and notify the old one.

    Raises `AddressTaken`. The database allows only one account to have an address confirmed.
    """
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
    """Return when the links of a change expire.

    `change` may be expired already.
    """
    return change.created_at + LINK_LIFETIME


def _build_confirm_path(change: EmailChange, side: Side, user: User) -> str:
    """Return the path of a link that confirms for one side, in the language of the user."""
    link = Signer(salt=SALT).sign_object([change.pk, side])
    with translation.override(user.language):
        return reverse("accounts:address_confirm", args=[link])


def _build_sign_in_path(user: User) -> str:
    with translation.override(user.language):
        return reverse("account_login")


def _send(template: str, reader: User, email: str, change: EmailChange, link_url: str) -> None:
    """Queue a mail in the language of its reader; it is sent once the transaction has committed."""
    if not email:  # an account made by an administrator may have had no address
        return
    context = {"user": reader, "new_email": change.new_email, "link": link_url}
    with translation.override(reader.language):
        get_adapter().send_mail(f"accounts/address/email/{template}", email, context)
