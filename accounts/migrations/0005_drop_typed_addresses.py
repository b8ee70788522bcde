"""Drop unconfirmed addresses of accounts that have a confirmed one: outside accounts used to bring them along."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def drop_typed_addresses(apps, schema_editor):
    EmailAddress = apps.get_model("account", "EmailAddress")
    confirmed = EmailAddress.objects.filter(user=OuterRef("user"), verified=True)
    EmailAddress.objects.filter(Exists(confirmed), verified=False).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_encrypt_second_factors"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [migrations.RunPython(drop_typed_addresses, migrations.RunPython.noop)]
