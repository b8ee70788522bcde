from django.db import migrations, models

CHOICES = [("on", "on"), ("alt", "only with Alt"), ("off", "off")]


class Migration(migrations.Migration):
    """Let users turn single-key shortcuts off. Processes of the previous version insert users without the column."""

    dependencies = [("accounts", "0010_find_usernames_in_any_case")]

    operations = [
        migrations.AddField(
            "user",
            "shortcuts",
            models.CharField(
                choices=CHOICES, db_default="on", default="on", max_length=3, verbose_name="single-key shortcuts"
            ),
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=models.Q(shortcuts__in=["on", "alt", "off"]), name="user_shortcuts_known"
            ),
        ),
    ]
