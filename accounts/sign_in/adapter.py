"""What this site decides about accounts at allauth's points of extension."""

from typing import Any, override

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import translation

from accounts.limits import counting
from accounts.limits.pages import record_attempt_or_respond
from accounts.models import User
from accounts.sign_in import first_confirmation
from accounts.sign_in.usernames import find_free_username

SAVE_ATTEMPTS = 5
# Mail that anyone can cause to any address; all other mail goes to the address that its account has confirmed.
SENT_TO_TYPED_ADDRESS = frozenset(
    f"account/email/{name}"
    for name in (
        "account_already_exists",
        "email_confirmation",
        "email_confirmation_signup",
        "login_code",
        "password_reset_code",
        "unknown_account",
    )
)


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up by name, address and password; the user name is built from the name and never from the address."""

    @override
    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Return whether the site accepts new members (SIGN_UP_OPEN)."""
        return bool(settings.SIGN_UP_OPEN)

    @override
    def populate_username(self, _request: HttpRequest, user: AbstractBaseUser) -> None:
        """Set the user name of a new account."""
        assert isinstance(user, User)
        user.username = user.username or find_free_username(user.name)

    @override
    def save_user(self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, commit: bool = True) -> User:
        """Save a new account with the name shown and with the language of the sign-up page."""
        assert isinstance(user, User)
        user.name = form.cleaned_data.get("name", user.name)
        user.language = translation.get_language() or settings.LANGUAGE_CODE
        # Without commit: the user name may be taken meanwhile, so the row is saved below.
        super().save_user(request, user, form, commit=False)
        if commit:
            _save_with_free_username(user)
        return user

    @override
    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Return the error with this code.

        Raises `ImmediateHttpResponse` after too many attempts: they have a page of their own, with the time to wait.
        """
        if code == "too_many_login_attempts":
            raise ImmediateHttpResponse(respond_429(context.request))
        error: ValidationError = super().validation_error(code, *args)
        return error

    @override
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt with a password before it is checked; replaces allauth's limit for each address."""
        email = credentials.get("email") or credentials.get("username") or ""
        # allauth takes back what it finds in this attribute after the right password.
        self._login_failed_rl_usage = record_attempt_or_respond(request, counting.PASSWORD, email)

    @override
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail, or answer with the page of the limit if an address that anyone can type received too many."""
        if template_prefix in SENT_TO_TYPED_ADDRESS:
            record_attempt_or_respond(self.request, counting.MAIL, email)
        super().send_mail(template_prefix, email, context)

    @override
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Mark an address as confirmed by the code that was sent to it at sign-up, typed in the same browser."""
        first_confirmation.mark_as_sign_up_code(email_address)
        is_confirmed: bool = super().confirm_email(request, email_address)
        return is_confirmed

    @override
    def format_email_subject(self, subject: str) -> str:
        """Return the subject unchanged: the name of the sender already names the site."""
        return subject

    @override
    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Notify the owner of a change of the account, in the account's own language."""
        user: User = kwargs.get("user") or args[1]
        with translation.override(user.language):
            super().send_notification_mail(*args, **kwargs)


def _save_with_free_username(user: User) -> None:
    """Save a new account; choose another user name if a parallel sign-up has taken this one."""
    for _attempt in range(SAVE_ATTEMPTS):
        try:
            # A failed INSERT ends its transaction on PostgreSQL; this inner one is a savepoint.
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:
            user.username = find_free_username(user.name)
        else:
            return
    raise IntegrityError(user.username)
