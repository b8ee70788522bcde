"""Signing up. The answer for an address that has an account is the same as for any other, in time as well."""

from typing import Any, override

from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.limits import counting
from accounts.limits.pages import explain_limit
from accounts.models import User
from accounts.sign_in import traps

INVALID_DOMAIN = "invalid"  # a top-level domain that can never be somebody's (RFC 2606)


class SignUpForm(SignupForm):
    """Name, address and password."""

    data: MultiValueDict[str, Any]  # as Django gives what was sent
    retry_after = 0  # seconds, where a limit is the reason for which nothing was made
    field_order = ("name", "email", "password1")

    name = forms.CharField(
        label=_("Name shown"),
        max_length=User._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Others see it beside what you contribute."),
    )

    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    started = forms.CharField(required=False, initial=traps.sign_current_time, widget=forms.HiddenInput)

    @override
    def clean(self) -> Any:
        """Return what was typed; raises `ValidationError`.

        What a program sent is refused first, before anything is asked about the address.
        """
        sent = {name: self.data.get(name, "") for name in (traps.HONEYPOT, traps.STARTED)}
        if fault := traps.find_fault(sent):
            anew = {traps.HONEYPOT: "", traps.STARTED: traps.keep_start_time(sent[traps.STARTED])}
            self.data = MultiValueDict({**dict(self.data.lists()), **{name: [text] for name, text in anew.items()}})
            raise forms.ValidationError(fault)
        cleaned = super().clean()
        self._check_mail_limit()
        return cleaned

    def _check_mail_limit(self) -> None:
        """Make no account whose code could not be sent, because too many e-mails went to its address."""
        try:
            counting.count_attempt(context.request, counting.MAIL, self.cleaned_data.get("email", ""), dry_run=True)
        except counting.LimitReached as reached:
            self.retry_after = reached.retry_after
            raise forms.ValidationError(explain_limit(reached)) from reached

    def clean_name(self) -> str:
        """Return the name with single spaces; raises `ValidationError` for an address, since others would see it."""
        name = " ".join(self.cleaned_data["name"].split())
        if "@" in name:
            raise forms.ValidationError(_("This looks like an e-mail address, and others would see it."))
        return name

    @override
    def try_save(self, request: HttpRequest) -> Any:
        """Make the account; for an address that has one, do the same work on an account that is taken back."""
        if self.account_already_exists:
            self._create_and_roll_back(request)
        return super().try_save(request)

    def _create_and_roll_back(self, request: HttpRequest) -> None:
        """Do what a new account costs, the slow hash of its password above all, and undo it."""
        email = self.cleaned_data["email"]
        self.account_already_exists = False
        with transaction.atomic():
            self.cleaned_data["email"] = f"{get_random_string(12).lower()}@{INVALID_DOMAIN}"
            self.save(request)
            transaction.set_rollback(True)
        self.cleaned_data["email"] = email
        self.account_already_exists = True
