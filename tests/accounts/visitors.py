"""Visitors of the sign-in pages, and the mail they get."""

import re

from django.core import mail
from django.http import HttpResponse
from django.test import Client

from accounts.sign_in import traps
from tests.accounts.members import PASS_PHRASE

SIGN_UP, SIGN_IN, RESET, CODE = (
    f"/de/accounts/{page}/" for page in ("signup", "login", "password/reset", "login/code")
)
CONFIRM, CONFIRM_SIGN_IN = "/de/accounts/confirm-email/", "/de/accounts/login/code/confirm/"


def sign_up(client: Client, email: str, *, name: str = "Anna Beck", **more: str) -> HttpResponse:
    data = {"name": name, "email": email, "password1": PASS_PHRASE, "started": traps.sign_current_time()} | more
    return client.post(SIGN_UP, data)  # type: ignore[return-value]


def sign_in(client: Client, email: str, password: str = PASS_PHRASE, **more: str) -> HttpResponse:
    return client.post(SIGN_IN, {"login": email, "password": password} | more)  # type: ignore[return-value]


def code_in_mail() -> str:
    """Return the code in the mail sent last."""
    match = re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)$", str(mail.outbox[-1].body), re.MULTILINE)
    assert match, mail.outbox[-1].body
    return match[1]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
