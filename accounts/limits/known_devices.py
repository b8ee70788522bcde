"""Browsers that have signed in to an account before, recognised by a cookie.

The limits of wrong passwords and of mail count what unknown browsers do to an address. A known browser
has limits of its own, so that nobody else can use them up for its owner. The cookie grants no access:
it holds a random name of the browser and, for each address that signed in, a code that only this site can
build. After a change of address the browser is known again from the next sign-in on.
"""

import re
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from accounts.models import User

COOKIE_NAME: Final = "device"
COOKIE_SECONDS: Final = 31_536_000  # a year since the last sign-in
MAX_ACCOUNTS_PER_DEVICE: Final = 5
DEVICE_LENGTH, CODE_LENGTH = 22, 32
# Example: <22 letters and digits>.<32 hex digits>.<32 hex digits> for a browser with two accounts.
COOKIE_PATTERN = re.compile(
    rf"[A-Za-z0-9]{{{DEVICE_LENGTH}}}(\.[0-9a-f]{{{CODE_LENGTH}}}){{1,{MAX_ACCOUNTS_PER_DEVICE}}}"
)
# A key of request.META, by which the signal handler passes the address to the middleware.
_SIGNED_IN_EMAIL: Final = "stufenplan.signed_in_email"


def find_known_device(request: HttpRequest, email: str) -> str:
    """Return the name of the browser if the account with this address has signed in with it before.

    Returns '' for any other browser. Upper and lower case in `email` make no difference.
    """
    device, codes = _read_cookie(request)
    expected = _build_code(device, email)
    # Constant time: otherwise the time of the answer would help to guess a code.
    return device if any(constant_time_compare(code, expected) for code in codes) else ""


class KnownDeviceMiddleware:
    """Remembers the browser for an account once it signs in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; set the cookie if the account signed in during this request."""
        response = self.get_response(request)
        email = request.META.get(_SIGNED_IN_EMAIL)
        if email:
            _remember_device(request, response, email)
        return response


def note_sign_in(request: HttpRequest | None, user: User, **_signal: object) -> None:
    """Note in the request which account signed in; `KnownDeviceMiddleware` then sets the cookie.

    Handler of `user_logged_in`: Django reports every way of signing in by this signal alone.
    """
    if request is not None and user.email:
        request.META[_SIGNED_IN_EMAIL] = user.email


def _remember_device(request: HttpRequest, response: HttpResponse, email: str) -> None:
    device, codes = _read_cookie(request)
    device = device or get_random_string(DEVICE_LENGTH)
    newest = _build_code(device, email)
    # Newest first, so that the code of the account used longest ago is dropped.
    newest_codes = [newest, *(code for code in codes if code != newest)][:MAX_ACCOUNTS_PER_DEVICE]
    response.set_cookie(
        COOKIE_NAME,
        ".".join([device, *newest_codes]),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _read_cookie(request: HttpRequest) -> tuple[str, list[str]]:
    value = request.COOKIES.get(COOKIE_NAME, "")
    if not COOKIE_PATTERN.fullmatch(value):
        return "", []
    device, *codes = value.split(".")
    return device, codes


def _build_code(device: str, email: str) -> str:
    digest = salted_hmac("accounts.known_devices", f"{device}:{email.lower()}", algorithm="sha256")
    return digest.hexdigest()[:CODE_LENGTH]


user_logged_in.connect(note_sign_in, dispatch_uid="accounts.limits.known_devices.note_sign_in")
