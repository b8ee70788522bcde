"""Secrets of second factors are kept encrypted from now on; what is encrypted already stays as it is.

The encryption is written out here, since a migration does the same for ever; accounts/second_factor/encryption.py may change.
Rows are locked in small batches, each its own transaction, so that a recovery code that is used meanwhile
stays used. A second run goes on where an interrupted one ended.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import migrations, transaction

PURPOSE = b"stufenplan: secrets of second factors"
PREFIX = "fernet:"
BATCH_SIZE = 100


def encrypt(apps, schema_editor):
    keys = _keys()

    def encrypted(text):
        return text if text.startswith(PREFIX) else PREFIX + keys.encrypt(text.encode()).decode()

    _change(apps, encrypted)


def decrypt(apps, schema_editor):
    keys = _keys()

    def decrypted(text):
        """A secret that cannot be read accepts no code, neither before nor after; it need not stop the way back."""
        if not text.startswith(PREFIX):
            return text
        try:
            return keys.decrypt(text.removeprefix(PREFIX).encode()).decode()
        except InvalidToken:
            return text

    _change(apps, decrypted)


def _keys():
    derived = [
        HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def _change(apps, change):
    Authenticator = apps.get_model("mfa", "Authenticator")
    rows = Authenticator.objects.filter(type__in=["totp", "recovery_codes"])
    pks = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH_SIZE):
        with transaction.atomic():
            batch = rows.select_for_update().filter(pk__in=pks[start : start + BATCH_SIZE]).order_by("pk")
            for factor in batch:
                data = _with_each_secret(factor.data, change)
                if data != factor.data:
                    factor.data = data
                    factor.save(update_fields=["data"])


def _with_each_secret(data, change):
    changed = {**data, **{name: change(data[name]) for name in ("secret", "seed") if data.get(name)}}
    if data.get("migrated_codes"):
        changed["migrated_codes"] = [change(code) for code in data["migrated_codes"]]
    return changed


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0003_moderation"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(encrypt, decrypt)]
