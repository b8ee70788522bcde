"""Sign-up. The answer for an address that has an account is the same as for any other, and takes as long."""

from typing import Any, override

from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.confirmed_addresses import require_visible
from accounts.limits import counting
from accounts.limits.pages import explain_limit
from accounts.models import User
from accounts.sign_in import traps
from skills.text.name_fields import NameFormField

INVALID_DOMAIN = "invalid"  # a top-level domain that nobody can ever own (RFC 2606)


class SignUpForm(SignupForm):
    """Name, address and password, with two traps for programs (accounts/sign_in/traps.py)."""

    data: MultiValueDict[str, Any]  # narrower than the stubs: what Django passes from a POST
    retry_after = 0  # seconds to wait, if a limit is the reason why no account was created
    field_order = ("name", "email", "password1")

    name = NameFormField(
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
        """Return the cleaned values; raises `ValidationError`.

        Submissions of programs are refused first, before anything is looked up about the address.
        """
        trap_values = {name: self.data.get(name, "") for name in (traps.HONEYPOT, traps.STARTED)}
        if fault := traps.find_fault(trap_values):
            new_trap_values = {traps.HONEYPOT: "", traps.STARTED: traps.keep_start_time(trap_values[traps.STARTED])}
            # The returned form has an empty trap and a start time, so that a person can send it again.
            self.data = MultiValueDict(
                {**dict(self.data.lists()), **{name: [text] for name, text in new_trap_values.items()}}
            )
            raise forms.ValidationError(fault)
        cleaned = super().clean()
        self._check_mail_limit()
        return cleaned

    def _check_mail_limit(self) -> None:
        """Create no account whose code could not be sent because its address received too many e-mails."""
        try:
            # Only a check: the mail itself is counted by the adapter when it is sent.
            counting.record_attempt(context.request, counting.MAIL, self.cleaned_data.get("email", ""), dry_run=True)
        except counting.LimitReached as reached:
            self.retry_after = reached.retry_after
            raise forms.ValidationError(explain_limit(reached)) from reached

    def clean_name(self) -> str:
        """Return the name; raises `ValidationError` for an address, since others would see it."""
        name = str(self.cleaned_data["name"])
        if "@" in name:
            raise forms.ValidationError(_("This looks like an e-mail address, and others would see it."))
        return name

    @override
    def clean_email(self) -> Any:
        """Return the address; raises `ValidationError`, above all for one that looks like another one."""
        require_visible(str(self.cleaned_data["email"]))
        return super().clean_email()

    @override
    def try_save(self, request: HttpRequest) -> Any:
        """Create the account; for an address that has one, do the same work on an account that is rolled back."""
        if self.account_already_exists:
            self._create_and_roll_back(request)
        return super().try_save(request)

    def _create_and_roll_back(self, request: HttpRequest) -> None:
        """Do the work of a new account, above all the slow hash of its password, and undo it."""
        email = self.cleaned_data["email"]
        self.account_already_exists = False
        with transaction.atomic():
            # A random address that no account has, so that saving does not fail.
            self.cleaned_data["email"] = f"{get_random_string(12).lower()}@{INVALID_DOMAIN}"
            self.save(request)
            transaction.set_rollback(True)
        self.cleaned_data["email"] = email
        self.account_already_exists = True
