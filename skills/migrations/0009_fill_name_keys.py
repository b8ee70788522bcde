"""Compute the keys of existing names, and bring names into their normal form where no other row has that name.

The names of skills stay as they are: they are part of revisions, and only a revision changes them. A batch is one
short transaction; a second run goes on where an interrupted one ended.
"""

from django.db import IntegrityError, migrations, transaction

from skills.text.folding import build_look_key, build_sort_key
from skills.text.names import repair_name

BATCH_SIZE = 500  # rows


def fill(apps, schema_editor):
    alias = schema_editor.connection.alias
    for name in ("Framework", "Level", "Role", "Domain", "Group"):
        normalize_names(apps.get_model("skills", name).objects.using(alias))
    for name in ("Framework", "Role", "Domain", "Group", "Skill"):
        fill_keys(apps.get_model("skills", name).objects.using(alias))


def normalize_names(rows):
    max_length = rows.model._meta.get_field("name").max_length
    for pk, name in rows.order_by("pk").values_list("pk", "name"):
        normal = repair_name(name, max_length)
        if normal and normal != name:
            try:
                with transaction.atomic(using=rows.db):
                    rows.filter(pk=pk, name=name).update(name=normal)
            except IntegrityError:
                pass  # another row has that name: people decide which of them is renamed


def fill_keys(rows):
    has_look_key = any(field.name == "look_key" for field in rows.model._meta.fields)
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").only("pk", "name")[:BATCH_SIZE]):
        for row in batch:
            row.sort_key = build_sort_key(row.name)
            if has_look_key:
                row.look_key = build_look_key(row.name)
        rows.bulk_update(batch, ["sort_key", "look_key"] if has_look_key else ["sort_key"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("skills", "0008_name_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
