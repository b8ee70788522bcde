"""Write down for each existing revision which roles it changed.

A batch is one short transaction: on SQLite one long transaction would hold up every other writer. Rows that are
there already stay, so a second run goes on where an interrupted one ended.
"""

from django.db import migrations

BATCH_SIZE = 500  # revisions


def fill(apps, schema_editor):
    Revision = apps.get_model("skills", "Revision")
    RevisionRole = apps.get_model("skills", "RevisionRole")
    revisions = Revision.objects.order_by("pk").values_list("pk", "changes")
    last = 0
    while batch := list(revisions.filter(pk__gt=last)[:BATCH_SIZE]):
        roles = [
            RevisionRole(revision_id=pk, role_key=key)
            for pk, changes in batch
            for key in sorted({change["role"] for change in changes if change["role"]})  # '' in changes of other fields
        ]
        RevisionRole.objects.bulk_create(roles, ignore_conflicts=True)
        last = batch[-1][0]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("skills", "0005_revision_roles")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
