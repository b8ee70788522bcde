"""Encryption of secrets in the database, with keys derived from SECRET_KEY and SECRET_KEY_FALLBACKS."""

import base64
import logging
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import Http404

PURPOSE = b"stufenplan: secrets of second factors"
PREFIX = "fernet:"
"""The prefix of encrypted texts. Neither a TOTP secret nor a seed of recovery codes contains a colon."""

logger = logging.getLogger(__name__)


class Undecryptable(Http404):
    """A secret was encrypted with another key, or not at all; a page that needs it answers 404.

    In templates such a value is shown as an empty text.
    """

    # Django's template engine reads this attribute of exceptions.
    silent_variable_failure = True


def encrypt(text: str) -> str:
    """Return a text encrypted with the key of SECRET_KEY.

    The result begins with `PREFIX`, which marks it as encrypted.
    """
    return PREFIX + _load_keys().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Return the plain text of what `encrypt` returned, with the current key or an earlier one.

    Raises `Undecryptable` and logs the reason. A text that is not encrypted is refused as well: otherwise write
    access to the database would be enough to plant a known secret.
    """
    try:
        if is_encrypted(encrypted):
            return _load_keys().decrypt(encrypted.removeprefix(PREFIX).encode()).decode()
    except InvalidToken:
        # Only the reason is logged, never the text.
        reason = "it was encrypted with another key than SECRET_KEY and SECRET_KEY_FALLBACKS"
    else:
        reason = "it is not encrypted"
    logger.error("The secret of a second factor cannot be read: %s.", reason)
    raise Undecryptable


def is_encrypted(text: str) -> bool:
    """Return whether a text was returned by `encrypt`.

    Looks at the prefix only; the text may still be encrypted with an unknown key.
    """
    return text.startswith(PREFIX)


def encrypt_again(encrypted: str) -> str:
    """Return the same secret, encrypted with the current key.

    Raises `Undecryptable` if no key of the settings decrypts it.
    """
    return encrypt(decrypt(encrypted))


def transform_secrets(data: dict[str, Any], change: Any) -> dict[str, Any]:
    """Return the data of an allauth authenticator with `change` applied to each of its secrets.

    Secrets are the key of an app (`secret`), the seed of recovery codes (`seed`), and imported recovery codes
    (`migrated_codes`). The argument `data` is not changed.
    """
    changed = {**data, **{name: change(data[name]) for name in ("secret", "seed") if data.get(name)}}
    if data.get("migrated_codes"):
        changed["migrated_codes"] = [change(code) for code in data["migrated_codes"]]
    return changed


def _load_keys() -> MultiFernet:
    """Return all keys of the settings; the first one encrypts, each one decrypts."""
    return MultiFernet([_derive_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derive_key(secret: str) -> Fernet:
    """Derive a key as in RFC 5869; SECRET_KEY is random, so neither a salt nor a slow hash is needed."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
