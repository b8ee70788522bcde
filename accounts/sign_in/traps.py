"""Two traps for programs that fill in forms: a field that nobody sees, and a form that is sent too soon.

Who falls into one gets the form back with what was typed, and the same words whatever was
typed: nothing tells whether there is an account.
"""

import time
from collections.abc import Mapping

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

SALT = "accounts.traps"
HONEYPOT, STARTED = "website", "started"


def sign_current_time() -> str:
    """Return the present moment, signed: what the field `STARTED` of a form holds that is shown now."""
    return signing.dumps(int(time.time()), salt=SALT)


def keep_start_time(started: str) -> str:
    """Return what that field holds when the form comes back: the moment it began, or now where it says none."""
    return started if _parse_start_time(started) is not None else sign_current_time()


def find_fault(data: Mapping[str, str]) -> str:
    """Return why a form is taken for a program's, '' where it is not; a form may be kept for as long as one likes."""
    if data.get(HONEYPOT, "").strip():
        return _("The field that is to stay empty was filled in. Please send the form again without it.")
    moment = _parse_start_time(data.get(STARTED, ""))
    if moment is None or time.time() - moment < settings.FORM_MIN_SECONDS:
        return _("That was very fast. Please wait a moment and send the form again.")
    return ""


def _parse_start_time(started: str) -> int | None:
    try:
        moment = signing.loads(started, salt=SALT)
    except signing.BadSignature:
        return None
    return moment if isinstance(moment, int) else None
