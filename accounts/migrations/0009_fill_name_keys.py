"""Bring the names of people into their normal form, and compute the keys by which they are sorted.

A name of which nothing would be left becomes empty, so that the user name is shown. A batch is one short
transaction; a second run goes on where an interrupted one ended.
"""

from django.db import migrations

from skills.text.folding import build_sort_key
from skills.text.names import repair_name

BATCH_SIZE = 500  # rows


def fill(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    rows = User.objects.using(schema_editor.connection.alias)
    max_length = User._meta.get_field("name").max_length
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").only("pk", "name", "username")[:BATCH_SIZE]):
        for row in batch:
            name = repair_name(row.name, max_length)
            if name != row.name:
                rows.filter(pk=row.pk, name=row.name).update(name=name)  # unless it was changed meanwhile
            row.sort_key = build_sort_key(name or row.username)
        rows.bulk_update(batch, ["sort_key"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0008_name_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
