"""Messages of allauth's second factor and connected accounts whose German is missing, wrong or uses "du".

They are listed here so that scripts/messages.py puts them into this site's catalogue, which has precedence
over allauth's.
"""

from django.utils.translation import gettext_noop

MESSAGES = (
    gettext_noop(
        "An account already exists with this email address. Please sign in to that account first, then connect"
        " your %s account."
    ),
    gettext_noop("Your account has no password set up."),
    gettext_noop("Your account has no verified email address."),
    gettext_noop("You cannot disconnect your last remaining third-party account."),
    gettext_noop("The third-party account is already connected to a different account."),
    gettext_noop("The third-party account has been connected."),
    gettext_noop("The third-party account has been disconnected."),
    gettext_noop("Social Accounts"),
    gettext_noop("You cannot activate two-factor authentication until you have verified your email address."),
    gettext_noop(
        "You cannot generate recovery codes without having two-factor authentication enabled.",
    ),
    gettext_noop("Key nr. {number}"),
    gettext_noop("Invalid token."),
    gettext_noop("Authenticator code"),
    gettext_noop("Recovery codes"),
    gettext_noop("MFA"),
)
