"""The first confirmation of an address: nothing that was set up before it opens the account afterwards.

Anybody can sign up with somebody else's address, choose a password or come through an outside
account, and leave it unconfirmed. When the owner of the mailbox later enters with a mailed code, a
new password or their own outside account, they enter that same account. So, unless the address is
confirmed by the code of the very sign-up, in the browser that signed up:

1. the password becomes unusable, and all sessions end with it;
2. connected accounts, second factors and passkeys are removed;
3. the person is let in, and told on the next page and by mail.

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
from django.utils.translation import gettext as _

from accounts import mail, sessions
from accounts.models import EmailChange, User

# Attributes of an EmailAddress while it is being confirmed.
BY_SIGN_UP_CODE = "is_confirmed_by_sign_up_code"
WAS_CLEARED = "was_account_cleared"


def mark_as_sign_up_code(address: EmailAddress) -> None:
    """Note that an address is being confirmed by the code of its own sign-up, which proves both at once."""
    setattr(address, BY_SIGN_UP_CODE, True)


def remove_ways_in(user: User) -> None:
    """Remove all that lets a person into an account: password, connected accounts, second factors, sessions.

    Also changes `user` itself, because allauth goes on to sign this very object in.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        user.set_unusable_password()
        User.objects.filter(pk=user.pk).update(password=user.password)
        SocialAccount.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user).delete()
        EmailChange.objects.filter(user=user).delete()
        sessions.end(user)


def clear_before_confirmation(instance: EmailAddress, *, raw: bool = False, **_signal: Any) -> None:
    """Before an unconfirmed address is saved as confirmed, remove the ways into its account."""
    if raw or not (instance.pk and instance.verified) or getattr(instance, BY_SIGN_UP_CODE, False):
        return
    if EmailAddress.objects.filter(pk=instance.pk, verified=False).exists():
        remove_ways_in(instance.user)
        setattr(instance, WAS_CLEARED, True)


def follow_confirmation(request: HttpRequest, email_address: EmailAddress, **_signal: Any) -> None:
    """Accept mail to a confirmed address again, and tell the person where the account was cleared for them."""
    mail.accept_again(email_address.email)
    if not getattr(email_address, WAS_CLEARED, False):
        return
    messages.warning(
        request,
        _(
            "This address has now been confirmed for the first time. Whatever was set up in this account before,"
            " such as a password or a connected account, no longer works, because another person could have set it"
            " up. You can set up your own in the settings. Please also check the name shown there."
        ),
    )
    get_adapter().send_notification_mail("accounts/email/account_cleared", email_address.user)


pre_save.connect(clear_before_confirmation, EmailAddress, dispatch_uid="accounts.first_confirmation.clear")
email_confirmed.connect(follow_confirmation, dispatch_uid="accounts.first_confirmation.follow")
