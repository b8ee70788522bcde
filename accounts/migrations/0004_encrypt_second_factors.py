"""Secrets of second factors are kept encrypted from now on; what is encrypted already stays as it is."""

from django.db import migrations

from accounts import encryption


def encrypt(apps, schema_editor):
    _change(apps, lambda text: text if encryption.is_encrypted(text) else encryption.encrypt(text))


def decrypt(apps, schema_editor):
    _change(apps, _decrypted)


def _decrypted(text):
    """A secret that cannot be read accepts no code, neither before nor after; it need not stop the way back."""
    if not encryption.is_encrypted(text):
        return text
    try:
        return encryption.decrypt(text)
    except encryption.Undecryptable:
        return text


def _change(apps, change):
    for factor in apps.get_model("mfa", "Authenticator").objects.filter(type__in=["totp", "recovery_codes"]):
        data = encryption.with_each_secret(factor.data, change)
        if data != factor.data:
            factor.data = data
            factor.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_moderation"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(encrypt, decrypt)]
