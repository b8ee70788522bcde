"""Forms of passkeys with this site's own texts; everything else is allauth's."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddPasskeyForm(AddWebAuthnForm):
    """A new key. It signs in without a password unless the user wants it as a second factor only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        assert isinstance(name, forms.CharField)
        name.label = _("Name of the key")
        name.max_length = 100
        # allauth leaves it unchecked, which makes a key a second factor only.
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with this key alone (passkey)")
        self.fields["passwordless"].help_text = _(
            "The device then asks for a fingerprint, a face or a PIN. Without this, the key only confirms a password."
        )


class PasskeySignInForm(LoginWebAuthnForm):
    """The answer of a key to a sign-in without a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Only JavaScript can fill in this hidden field.
        self.fields["credential"].error_messages["required"] = _(
            "A passkey needs JavaScript. Please sign in with your password or a code."
        )
