"""Two traps for programs that fill in forms: a field that nobody sees, and a form that is sent too soon.

A submission that falls into a trap gets the form back with its values and always the same
message, whatever was typed: nothing reveals whether there is an account.
"""

import time
from collections.abc import Mapping

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

SALT = "accounts.traps"
# Names of the two form fields.
HONEYPOT, STARTED = "website", "started"


def sign_current_time() -> str:
    """Return the current time, signed: the value of the field `STARTED` in a form that is shown now."""
    return signing.dumps(int(time.time()), salt=SALT)


def keep_start_time(started: str) -> str:
    """Return the value of the field `STARTED` for a form that is shown again.

    That is the time in `started` if its signature is valid, or else the current time, signed.
    """
    return started if _parse_start_time(started) is not None else sign_current_time()


def find_fault(data: Mapping[str, str]) -> str:
    """Return why a submission counts as a program's, '' if it does not.

    `data` holds the two trap fields. There is no longest time: a form may stay open as long as a person likes.
    """
    if data.get(HONEYPOT, "").strip():
        return _("The field that must stay empty was filled in. Please send the form again without it.")
    start_time = _parse_start_time(data.get(STARTED, ""))
    if start_time is None or time.time() - start_time < settings.FORM_MIN_SECONDS:
        return _("That was very fast. Please wait a moment and send the form again.")
    return ""


def _parse_start_time(started: str) -> int | None:
    """Return the signed time in seconds, None if the signature is not valid."""
    try:
        start_time = signing.loads(started, salt=SALT)
    except signing.BadSignature:
        return None
    return start_time if isinstance(start_time, int) else None
