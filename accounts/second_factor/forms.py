"""Forms for a typed code: to set up an app, to sign in, and to confirm a sign-in."""

from typing import Any, override

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.internal.flows.add import validate_can_add_authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

from accounts.models import User
from accounts.second_factor import adapter


class SetUpAppForm(ActivateTOTPForm):
    """Offers the key of a new app and asks for one of its codes; `period` is the period of that code."""

    period: int

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)  # allauth's __init__ would store the key in the session unencrypted
        self.user = user
        self.secret = adapter.get_or_create_app_secret(is_new=not self.is_bound)

    @override
    def clean_code(self) -> str:
        """Return the code; raises `ValidationError` for a code of another key, or after too many attempts."""
        validate_can_add_authenticator(self.user)
        clear_attempts = check_rate_limit(self.user, error_key="rate_limited")
        code: str = self.cleaned_data["code"]
        period = adapter.find_period(self.secret, code)
        if period is None:
            raise get_adapter().validation_error("incorrect_code")
        clear_attempts()
        self.period = period
        return code


class _CodeForm(BaseAuthenticateForm):
    """Mixin for forms of allauth: `adapter.accept_code` decides."""

    @override
    def clean_code(self) -> str:
        clear_attempts = check_rate_limit(self.user)
        code: str = self.cleaned_data["code"]
        factor = adapter.accept_code(self.user, code)
        if factor is not None:
            clear_attempts()
            # Saves the query for the user that allauth's next steps would run.
            factor.user = self.user
            self.authenticator = factor
            return code
        factors = adapter.list_code_factors(self.user)
        if factors:  # one signal for each typed code, however many factors refused it
            self._emit_authentication_failed(factors[0])
        is_used = adapter.is_used_code(self.user, code)
        raise get_adapter().validation_error("used_code" if is_used else "incorrect_code")


class SignInCodeForm(_CodeForm, AuthenticateForm):
    """Asks for the second factor at sign-in."""


class ReauthenticateCodeForm(_CodeForm, ReauthenticateForm):
    """Asks a signed-in user for the second factor again."""
