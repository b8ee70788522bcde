"""The first confirmation of an address: nothing that was set up before it opens the account afterwards.

Anyone can sign up with another person's address, choose a password or use a connected account of
another server, and leave the address unconfirmed. When the owner of the mailbox later signs in with a mailed
code, a new password or their own connected account, they enter that same account. So the first confirmation
clears the account, unless the address is confirmed by the code of that very sign-up, in the same browser:

1. The password becomes unusable, and all sessions end with it.
2. Connected accounts, second factors and passkeys are removed, and the name that the stranger chose.
3. The person is signed in, and notified on the next page and by mail.

An account that already has a confirmed address keeps all of it: only staff give such an account another
address, and they must not bypass its second factor in this way.

The rule answers the attack known as pre-hijacking of accounts (Sudhodanan and Paverd, 2022).
allauth confirms addresses in several places and reports it by signals alone, which is why this
module listens to them. Steps 1 and 2 happen before the row is saved as confirmed: at no moment does
a confirmed address exist together with an old credential.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.db import transaction
from django.db.models.signals import pre_save
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.confirmed_addresses import is_unconfirmed
from accounts.mail import queue
from accounts.models import EmailChange, User
from accounts.sessions import sessions
from accounts.sign_in.usernames import find_free_username

# Attributes that this module sets on an EmailAddress while it is being confirmed; they are not saved.
BY_SIGN_UP_CODE = "is_confirmed_by_sign_up_code"
WAS_CLEARED = "was_account_cleared"


def mark_as_sign_up_code(address: EmailAddress) -> None:
    """Mark an address as being confirmed by the code of its own sign-up.

    That code proves that mailbox and password belong to one person, so nothing is removed.
    """
    setattr(address, BY_SIGN_UP_CODE, True)


def remove_credentials(user: User) -> None:
    """Remove everything that lets a person into an account.

    1. Lock the account.
    2. Make the password unusable; remove the name and the user name built from it, because a stranger chose them; set
       the language of the request.
    3. Delete connected accounts, second factors, passkeys and a requested change of address.
    4. End all sessions.

    Also changes `user` itself, because allauth then signs in this very object.
    """
    with transaction.atomic():
        # The lock only: `user` itself is changed below.
        User.objects.select_for_update().get(pk=user.pk)
        user.set_unusable_password()
        user.name, user.username = "", find_free_username("")
        user.language = translation.get_language() or user.language
        user.save(update_fields=["password", "name", "username", "language"])
        SocialAccount.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user).delete()
        EmailChange.objects.filter(user=user).delete()
        sessions.end_sessions(user)


def clear_before_confirmation(instance: EmailAddress, *, raw: bool = False, **_signal: Any) -> None:
    """Remove the credentials of an account before its first address is saved as confirmed.

    Handler of `pre_save` of EmailAddress: `instance` is the row, `raw` is true while fixtures are loaded.
    Does nothing for a new row, one marked by `mark_as_sign_up_code`, or an account with a confirmed address.
    """
    if raw or not (instance.pk and instance.verified) or getattr(instance, BY_SIGN_UP_CODE, False):
        return
    if is_unconfirmed(instance.user):
        remove_credentials(instance.user)
        # Read by `handle_confirmation`, which gets the same object.
        setattr(instance, WAS_CLEARED, True)


def handle_confirmation(request: HttpRequest, email_address: EmailAddress, **_signal: Any) -> None:
    """Follow a confirmation: accept mail to the address again, and notify the person if the account was cleared.

    Handler of allauth's `email_confirmed`. The notice is a message on the next page and a mail.
    """
    queue.delete_refused_address(email_address.email)
    if not getattr(email_address, WAS_CLEARED, False):
        return
    warning = _(
        "This address has now been confirmed for the first time. What was set up in this account before, such as a"
        " password, a connected account or a name, has been removed, because another person could have set it up."
    )
    link = format_html('<a href="{}">{}</a>', reverse("accounts:settings"), _("Choose your name in the settings."))
    messages.warning(request, format_html("{} {}", warning, link))
    get_adapter().send_notification_mail("accounts/sign_in/email/account_cleared", email_address.user)


def connect_signals() -> None:
    """Connect the handlers: clear an account before its first confirmation, and follow each confirmation."""
    pre_save.connect(clear_before_confirmation, EmailAddress, dispatch_uid="accounts.sign_in.first_confirmation.clear")
    email_confirmed.connect(handle_confirmation, dispatch_uid="accounts.sign_in.first_confirmation.follow")
