"""Encrypts secrets that the database keeps, with keys derived from SECRET_KEY and SECRET_KEY_FALLBACKS."""

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
"""What an encrypted text begins with. Neither a TOTP secret nor a seed of recovery codes holds a colon."""

logger = logging.getLogger(__name__)


class Undecryptable(Http404):
    """A secret was encrypted with another key, or not at all; a page that needs it answers 404.

    Templates show nothing in its place.
    """

    silent_variable_failure = True


def encrypt(text: str) -> str:
    """Return a text encrypted with the key of SECRET_KEY, marked as such."""
    return PREFIX + _load_keys().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Return the text of what `encrypt` returned, under today's key or an earlier one.

    Raises `Undecryptable`, and says in the log why; what is not encrypted is refused as well, since
    write access to the database would otherwise be enough to set a secret of one's own.
    """
    try:
        if is_encrypted(encrypted):
            return _load_keys().decrypt(encrypted.removeprefix(PREFIX).encode()).decode()
    except InvalidToken:
        reason = "it was encrypted with another key than SECRET_KEY and SECRET_KEY_FALLBACKS"
    else:
        reason = "it is not encrypted"
    logger.error("The secret of a second factor cannot be read: %s.", reason)
    raise Undecryptable


def is_encrypted(text: str) -> bool:
    """Whether `encrypt` made this text."""
    return text.startswith(PREFIX)


def encrypt_again(encrypted: str) -> str:
    """Return the same secret under today's key; raises `Undecryptable`."""
    return encrypt(decrypt(encrypted))


def transform_secrets(data: dict[str, Any], change: Any) -> dict[str, Any]:
    """Return the data of an authenticator of allauth with `change` made to each of its secrets.

    Secrets are the key of an app (`secret`), the seed of recovery codes (`seed`) and recovery codes that
    came from elsewhere (`migrated_codes`).
    """
    changed = {**data, **{name: change(data[name]) for name in ("secret", "seed") if data.get(name)}}
    if data.get("migrated_codes"):
        changed["migrated_codes"] = [change(code) for code in data["migrated_codes"]]
    return changed


def _load_keys() -> MultiFernet:
    return MultiFernet([_derive_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derive_key(secret: str) -> Fernet:
    """Derive a key as RFC 5869 says; SECRET_KEY is random, so no salt and no slow hash are needed."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
