"""The second factor: its secrets are encrypted, and each code of an app is accepted once.

An app shows a code for 30 seconds, called a period. MFA_TOTP_TOLERANCE also accepts the code of the period before
and of the one after. The number of the last period whose code was accepted is stored with the app's key in the
database: so a code that set the app up, or signed in, is refused everywhere from then on, and so are all codes
before it (RFC 6238, 5.2). A cache would lose the number, and a cache in memory is not shared between processes.
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
"""The key in `Authenticator.data` of the last period whose code was accepted."""
# Smaller than any period: no code was accepted yet.
NO_PERIOD = -1

logger = logging.getLogger(__name__)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Makes allauth store keys of apps and seeds of recovery codes encrypted."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "used_code": _("This code has already been used. Wait for the next one (at most 30 seconds)."),
    }

    @override
    def encrypt(self, text: str) -> str:
        """Return a secret in the form that the database stores."""
        return encryption.encrypt(text)

    @override
    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret as plain text; raises `Undecryptable`."""
        return encryption.decrypt(encrypted_text)


def accept_code(user: User, code: str) -> Authenticator | None:
    """Return the factor that accepts a typed code, None if none does.

    `code` is of an app or a recovery code; once accepted, it cannot be used again. A factor whose secret cannot
    be decrypted accepts nothing.
    """
    return next((factor for factor in list_code_factors(user) if _try_code(factor, code)), None)


def _try_code(factor: Authenticator, code: str) -> bool:
    """Return whether a factor accepts a code; log it if its secret cannot be decrypted."""
    with suppress(encryption.Undecryptable):
        return ACCEPT_BY_TYPE[factor.type](factor, code)
    # Reached only after Undecryptable.
    logger.error("Second factor %s (%s) of account %s accepts no code.", factor.pk, factor.type, factor.user_id)
    return False


def list_code_factors(user: User) -> list[Authenticator]:
    """Return the factors of an account whose codes are typed.

    The app comes before the recovery codes: those are few, so a code of the app must not use one up.
    """
    order = list(ACCEPT_BY_TYPE)
    return sorted(Authenticator.objects.filter(user=user, type__in=order), key=lambda factor: order.index(factor.type))


def is_used_code(user: User, code: str) -> bool:
    """Return whether a refused code is right for the app of an account, but used or older than the last used one.

    Call it only for a person who has passed the first factor: the answer reveals that the code is one of the app's.
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
    """Return the latest period, of those accepted now, in which an app shows a code; None if there is none.

    `secret` is the key of the app, decrypted; `code` is what the user typed.
    """
    periods = [
        period
        # The current period and those within MFA_TOTP_TOLERANCE.
        for period in auth.yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=auth.format_hotp_value(auth.hotp_value(secret, period)))
    ]
    return max(periods, default=None)


def refuse_codes_until(user: User, period: int) -> None:
    """Make the app of an account refuse all codes of `period` and of earlier periods.

    Locks the app's row; call it in a transaction.
    """
    app = Authenticator.objects.select_for_update().get(user=user, type=Authenticator.Type.TOTP)
    app.data[LAST_PERIOD_KEY] = max(period, app.data.get(LAST_PERIOD_KEY, NO_PERIOD))
    app.save(update_fields=["data"])


def get_or_create_app_secret(*, is_new: bool) -> str:
    """Return the key for an app that is being set up; the session keeps it, encrypted.

    `is_new` creates another key; so does a session that holds none, or one that cannot be decrypted.
    """
    session = context.request.session
    encrypted = session.get(auth.SECRET_SESSION_KEY)
    if encrypted and not is_new:
        try:
            return encryption.decrypt(encrypted)
        except encryption.Undecryptable:
            pass
    secret: str = auth.generate_totp_secret()
    session[auth.SECRET_SESSION_KEY] = encryption.encrypt(secret)
    return secret


def encrypt_all_again() -> tuple[int, int]:
    """Encrypt the secrets of all factors with the current SECRET_KEY.

    Each factor has a transaction of its own. Returns how many factors were encrypted, and how many
    cannot be decrypted.
    """
    encrypted_count = unreadable_count = 0
    for factor_id in list(
        Authenticator.objects.filter(type__in=ACCEPT_BY_TYPE).order_by("pk").values_list("pk", flat=True)
    ):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=factor_id).first()
            if factor is None:  # deleted since the ids were read
                continue
            try:
                factor.data = encryption.transform_secrets(factor.data, encryption.encrypt_again)
            except encryption.Undecryptable:
                unreadable_count += 1
                continue
            factor.save(update_fields=["data"])
            encrypted_count += 1
    return encrypted_count, unreadable_count


def _accept_app_code(factor: Authenticator, code: str) -> bool:
    """Accept a code once: the row's lock lets only one of several requests succeed, in whatever processes they run."""
    with transaction.atomic():
        locked = Authenticator.objects.select_for_update().filter(pk=factor.pk).first()
        if locked is None:  # removed by its owner meanwhile
            return False
        period = find_period(encryption.decrypt(locked.data["secret"]), code)
        if period is None or period <= locked.data.get(LAST_PERIOD_KEY, NO_PERIOD):
            return False
        locked.data[LAST_PERIOD_KEY] = period
        locked.save(update_fields=["data"])
    return True


def _accept_recovery_code(factor: Authenticator, code: str) -> bool:
    """Accept a recovery code; allauth marks it as used."""
    return RecoveryCodes(factor).validate_code(code)


ACCEPT_BY_TYPE: Mapping[str, Callable[[Authenticator, str], bool]] = {
    Authenticator.Type.TOTP.value: _accept_app_code,
    Authenticator.Type.RECOVERY_CODES.value: _accept_recovery_code,
}
"""The function that accepts a code, for each type of factor with typed codes (not passkeys), in the order of trial."""
