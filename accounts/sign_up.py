"""Signing up. The answer for an address that has an account is the same as for any other, in time as well."""

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts.models import User

NOWHERE = "invalid"  # a top-level domain that can never be somebody's (RFC 2606)


class SignUpForm(SignupForm):  # type: ignore[misc]
    """Name, address and password."""

    field_order = ("name", "email", "password1")

    name = forms.CharField(
        label=_("Name shown"),
        max_length=User._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Others see it beside what you contribute."),
    )

    def clean_name(self) -> str:
        """Return the name with single spaces; an address is none, since others would see it."""
        name = " ".join(self.cleaned_data["name"].split())
        if "@" in name:
            raise forms.ValidationError(_("This looks like an e-mail address, and others would see it."))
        return name

    def try_save(self, request: HttpRequest) -> Any:
        """Make the account; for an address that has one, do the same work on an account that is taken back."""
        if self.account_already_exists:
            self._make_and_take_back(request)
        return super().try_save(request)

    def _make_and_take_back(self, request: HttpRequest) -> None:
        """Do what a new account costs, the slow hash of its password above all, and undo it."""
        email = self.cleaned_data["email"]
        self.account_already_exists = False
        with transaction.atomic():
            self.cleaned_data["email"] = f"{get_random_string(12).lower()}@{NOWHERE}"
            self.save(request)
            transaction.set_rollback(True)
        self.cleaned_data["email"] = email
        self.account_already_exists = True
