"""The form of the sign-in page."""

from typing import Any, override

from allauth.account.forms import LoginForm
from django import forms


class SignInForm(LoginForm):
    """Address and password. That they do not fit together is an error of the password, so that the page can mark it."""

    @override
    def clean(self) -> dict[str, Any]:
        """Return the cleaned data; raises `ImmediateHttpResponse` after too many attempts."""
        parent: Any = super()  # allauth has no types
        try:
            parent.clean()
        except forms.ValidationError as error:
            self.add_error("password", error)
        return self.cleaned_data
