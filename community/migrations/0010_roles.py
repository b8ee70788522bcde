"""Roles are granted and removed: the log of moderation has a kind of line for each, and both groups are there.

SQLite copies a table into a new one to change a constraint, and drops the triggers with the old one.
"""

from importlib import import_module

from django.db import migrations, models

kept = import_module("community.migrations.0008_log_is_kept")


def make_group(apps, schema_editor):
    """Make the group of reviewers, which until now came with the first of them; 0009 made that of moderators."""
    apps.get_model("auth", "Group").objects.get_or_create(name="reviewers")


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0009_moderators"),
    ]

    operations = [
        migrations.RunPython(kept.let_go, kept.keep),
        migrations.RemoveConstraint(
            model_name="act",
            name="act_kind_known",
        ),
        migrations.AlterField(
            model_name="act",
            name="kind",
            field=models.CharField(
                choices=[
                    ("agreed", "agreed with reports"),
                    ("disagreed", "disagreed with reports"),
                    ("ignored", "closed reports without a judgement"),
                    ("held", "held for a look"),
                    ("released", "released"),
                    ("hidden", "hidden"),
                    ("restored", "restored"),
                    ("warned", "warned"),
                    ("suspended", "suspended"),
                    ("freed", "suspension ended"),
                    ("swept", "everything of an account hidden and reverted"),
                    ("unswept", "undone: everything of an account hidden and reverted"),
                    ("role_granted", "role granted"),
                    ("role_removed", "role removed"),
                ],
                max_length=12,
                verbose_name="what was done",
            ),
        ),
        migrations.AddConstraint(
            model_name="act",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "agreed",
                            "disagreed",
                            "ignored",
                            "held",
                            "released",
                            "hidden",
                            "restored",
                            "warned",
                            "suspended",
                            "freed",
                            "swept",
                            "unswept",
                            "role_granted",
                            "role_removed",
                        ],
                    )
                ),
                name="act_kind_known",
            ),
        ),
        migrations.RunPython(kept.keep, kept.let_go),
        migrations.RunPython(make_group, migrations.RunPython.noop),
    ]
