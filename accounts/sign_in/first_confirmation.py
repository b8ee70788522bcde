"""The first confirmation of an address: nothing that was set up before it opens the account afterwards.

Anybody can sign up with another person's address, choose a password or come through an outside
account, and leave it unconfirmed. When the owner of the mailbox later enters with a mailed code, a
new password or their own outside account, they enter that same account. So, unless the address is
confirmed by the code of the very sign-up, in the browser that signed up:

1. the password becomes unusable, and all sessions end with it;
2. connected accounts, second factors and passkeys are removed, and the name that the stranger chose;
3. the person is let in, and told on the next page and by mail.

An account that has a confirmed address already keeps all of it: only staff give such an account another
address, and they must not get past its second factor in this way.

The source of the rule is the attack known as pre-hijacking of accounts (Sudhodanan and Paverd, 2022).
allauth confirms addresses in several places and reports it by signals alone, which is why this
module listens to them. Step 1 and 2 come before the row is saved as confirmed: at no moment is
there a confirmed address with an old way in.
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

# Attributes of an EmailAddress while it is being confirmed.
BY_SIGN_UP_CODE = "is_confirmed_by_sign_up_code"
WAS_CLEARED = "was_account_cleared"


def mark_as_sign_up_code(address: EmailAddress) -> None:
    """Note that an address is being confirmed by the code of its own sign-up, which proves both at once."""
    setattr(address, BY_SIGN_UP_CODE, True)


def remove_credentials(user: User) -> None:
    """Remove all that lets a person into an account: password, connected accounts, second factors, sessions.

    The name and the user name made from it go as well, and the language becomes that of the request: a stranger
    chose them. Also changes `user` itself, because allauth goes on to sign this very object in.
    """
    with transaction.atomic():
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
    """Before the first address of an account is saved as confirmed, remove the ways into the account."""
    if raw or not (instance.pk and instance.verified) or getattr(instance, BY_SIGN_UP_CODE, False):
        return
    if is_unconfirmed(instance.user):
        remove_credentials(instance.user)
        setattr(instance, WAS_CLEARED, True)


def handle_confirmation(request: HttpRequest, email_address: EmailAddress, **_signal: Any) -> None:
    """Accept mail to a confirmed address again, and tell the person where the account was cleared for them."""
    queue.delete_refused_address(email_address.email)
    if not getattr(email_address, WAS_CLEARED, False):
        return
    text = _(
        "This address has now been confirmed for the first time. What was set up in this account before, such as a"
        " password, a connected account or a name, has been removed, because another person could have set it up."
    )
    link = format_html('<a href="{}">{}</a>', reverse("accounts:settings"), _("Choose your name in the settings."))
    messages.warning(request, format_html("{} {}", text, link))
    get_adapter().send_notification_mail("accounts/sign_in/email/account_cleared", email_address.user)


def connect_signals() -> None:
    """Have each first confirmation clear the account before it is saved, and follow what comes after it."""
    pre_save.connect(clear_before_confirmation, EmailAddress, dispatch_uid="accounts.sign_in.first_confirmation.clear")
    email_confirmed.connect(handle_confirmation, dispatch_uid="accounts.sign_in.first_confirmation.follow")
