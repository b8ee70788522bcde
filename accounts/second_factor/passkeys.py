"""Forms of passkeys, with the words this site says; the rest is allauth's."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddPasskeyForm(AddWebAuthnForm):
    """A new key, which signs in by itself unless somebody wants it as a second factor only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        assert isinstance(name, forms.CharField)
        name.label = _("Name of the key")
        name.max_length = 100
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with this key alone (passkey)")
        self.fields["passwordless"].help_text = _(
            "The device then asks for a fingerprint, a face or a PIN. Without this, the key only confirms a password."
        )


class PasskeySignInForm(LoginWebAuthnForm):
    """The answer of a key to a sign-in without a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages["required"] = _(
            "A passkey needs JavaScript. Please sign in with your password or a code."
        )
