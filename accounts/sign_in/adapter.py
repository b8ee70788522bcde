"""What this site decides about accounts where allauth leaves the choice."""

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
from accounts.limits.pages import count_or_respond
from accounts.models import User
from accounts.sign_in import first_confirmation
from accounts.sign_in.usernames import find_free_username

SAVE_ATTEMPTS = 5
# Mail that anybody can have sent to any address; all else goes to the address that its account has confirmed.
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
    """Sign-up by name, address and password; the user name is made from the name and never from the address."""

    @override
    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Whether new members are taken at all (SIGN_UP_OPEN)."""
        return bool(settings.SIGN_UP_OPEN)

    @override
    def populate_username(self, _request: HttpRequest, user: AbstractBaseUser) -> None:
        """Give a new account its user name."""
        assert isinstance(user, User)
        user.username = user.username or find_free_username(user.name)

    @override
    def save_user(self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, commit: bool = True) -> User:
        """Save a new account with the name shown, in the language it was made in."""
        assert isinstance(user, User)
        user.name = form.cleaned_data.get("name", user.name)
        user.language = translation.get_language() or settings.LANGUAGE_CODE
        super().save_user(request, user, form, commit=False)
        if commit:
            _save_with_free_username(user)
        return user

    @override
    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Return the error of that code.

        Raises `ImmediateHttpResponse` after too many attempts: they have a page of their own, with the time to wait.
        """
        if code == "too_many_login_attempts":
            raise ImmediateHttpResponse(respond_429(context.request))
        error: ValidationError = super().validation_error(code, *args)
        return error

    @override
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt with a password before it is looked at; takes the place of allauth's limit per address."""
        email = credentials.get("email") or credentials.get("username") or ""
        self._login_failed_rl_usage = count_or_respond(request, counting.PASSWORD, email)

    @override
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail, unless so many were sent to an address that anybody can type that a page has to say so."""
        if template_prefix in SENT_TO_TYPED_ADDRESS:
            count_or_respond(self.request, counting.MAIL, email)
        super().send_mail(template_prefix, email, context)

    @override
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Mark an address as confirmed by the code that was sent to it at sign-up, typed in the same browser."""
        first_confirmation.mark_as_sign_up_code(email_address)
        is_confirmed: bool = super().confirm_email(request, email_address)
        return is_confirmed

    @override
    def format_email_subject(self, subject: str) -> str:
        """Return the subject as it is: the sender's name says whose it is."""
        return subject

    @override
    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send word of a change of the account, in the account's own language."""
        user: User = kwargs.get("user") or args[1]
        with translation.override(user.language):
            super().send_notification_mail(*args, **kwargs)


def _save_with_free_username(user: User) -> None:
    """Save a new account; takes another user name when somebody else took it at the same moment."""
    for _attempt in range(SAVE_ATTEMPTS):
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:
            user.username = find_free_username(user.name)
        else:
            return
    raise IntegrityError(user.username)
