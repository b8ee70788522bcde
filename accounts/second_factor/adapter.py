"""The second factor: its secrets are encrypted, and each code of an app is accepted once.

An app shows a code for 30 seconds, and MFA_TOTP_TOLERANCE accepts the one before and the one after. The
number of the last period whose code was accepted is kept with the app's key, in the database: so a code
that set the app up, or signed in, is refused everywhere from then on, and so are all before it (RFC 6238,
5.2). A cache would forget, and knows nothing of other processes where it is in memory.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import override

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.second_factor import encryption

LAST_PERIOD_KEY = "last_period"
"""The name in `Authenticator.data` of the last period whose code was accepted."""
NO_PERIOD = -1

logger = logging.getLogger(__name__)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Has allauth keep keys of apps and seeds of recovery codes encrypted."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "used_code": _("This code has already been used. Wait for the next one (at most 30 seconds)."),
    }

    @override
    def encrypt(self, text: str) -> str:
        """Return a secret as the database keeps it."""
        return encryption.encrypt(text)

    @override
    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that the database keeps; raises `Undecryptable`."""
        return encryption.decrypt(encrypted_text)


def accept_code(user: User, code: str) -> Authenticator | None:
    """Return the factor that accepts a typed code, which nobody can use again; None where none does.

    `code` is of an app or a recovery code. A factor whose secret cannot be decrypted accepts nothing.
    """
    return next((factor for factor in list_code_factors(user) if _try_code(factor, code)), None)


def _try_code(factor: Authenticator, code: str) -> bool:
    with suppress(encryption.Undecryptable):
        return ACCEPT_BY_TYPE[factor.type](factor, code)
    logger.error("Second factor %s (%s) of account %s accepts no code.", factor.pk, factor.type, factor.user_id)
    return False


def list_code_factors(user: User) -> list[Authenticator]:
    """Return the factors of an account whose codes are typed, the app before the recovery codes: those are few."""
    order = list(ACCEPT_BY_TYPE)
    return sorted(Authenticator.objects.filter(user=user, type__in=order), key=lambda factor: order.index(factor.type))


def is_used_code(user: User, code: str) -> bool:
    """Whether a typed code that was refused is right for the app of an account, but used or older than the last used.

    Only for a person past the first factor: it says that the code is one of the app's.
    """
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if app is None:
        return False
    try:
        period = find_period(encryption.decrypt(app.data["secret"]), code)
    except encryption.Undecryptable:
        return False
    return period is not None and period <= app.data.get(LAST_PERIOD_KEY, NO_PERIOD)


def find_period(secret: str, code: str) -> int | None:
    """Return the latest period, of those accepted now, in which an app with this key shows this code."""
    periods = [
        period
        for period in auth.yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=auth.format_hotp_value(auth.hotp_value(secret, period)))
    ]
    return max(periods, default=None)


def refuse_codes_until(user: User, period: int) -> None:
    """Have the app of an account accept no code of this period or an earlier one, in the caller's transaction."""
    app = Authenticator.objects.select_for_update().get(user=user, type=Authenticator.Type.TOTP)
    app.data[LAST_PERIOD_KEY] = max(period, app.data.get(LAST_PERIOD_KEY, NO_PERIOD))
    app.save(update_fields=["data"])


def get_or_create_app_secret(*, is_new: bool) -> str:
    """Return the key that an app is being set up with; it is kept in the session, encrypted.

    `is_new` makes another one, as does a session that holds none that can be read.
    """
    session = context.request.session
    kept = session.get(auth.SECRET_SESSION_KEY)
    if kept and not is_new:
        try:
            return encryption.decrypt(kept)
        except encryption.Undecryptable:
            pass
    secret: str = auth.generate_totp_secret()
    session[auth.SECRET_SESSION_KEY] = encryption.encrypt(secret)
    return secret


def encrypt_all_again() -> tuple[int, int]:
    """Encrypt every secret with today's SECRET_KEY; return how many factors were, and how many cannot be read."""
    done = unreadable = 0
    for pk in list(Authenticator.objects.filter(type__in=ACCEPT_BY_TYPE).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if factor is None:
                continue
            try:
                factor.data = encryption.transform_secrets(factor.data, encryption.encrypt_again)
            except encryption.Undecryptable:
                unreadable += 1
                continue
            factor.save(update_fields=["data"])
            done += 1
    return done, unreadable


def _accept_app_code(factor: Authenticator, code: str) -> bool:
    """Of several requests at once with one code, in any process, the row's lock lets one have it."""
    with transaction.atomic():
        locked = Authenticator.objects.select_for_update().filter(pk=factor.pk).first()
        if locked is None:
            return False
        period = find_period(encryption.decrypt(locked.data["secret"]), code)
        if period is None or period <= locked.data.get(LAST_PERIOD_KEY, NO_PERIOD):
            return False
        locked.data[LAST_PERIOD_KEY] = period
        locked.save(update_fields=["data"])
    return True


def _accept_recovery_code(factor: Authenticator, code: str) -> bool:
    return RecoveryCodes(factor).validate_code(code)


ACCEPT_BY_TYPE: Mapping[str, Callable[[Authenticator, str], bool]] = {
    Authenticator.Type.TOTP.value: _accept_app_code,
    Authenticator.Type.RECOVERY_CODES.value: _accept_recovery_code,
}
"""How each type of factor that is typed accepts a code, in the order in which they are asked; passkeys are not."""
