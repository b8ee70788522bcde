"""When an e-mail choice was made, and which page saved a draft last: two tabs do not undo each other's changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0013_carried_over_and_skill_status")]

    operations = [
        migrations.AddField(
            model_name="emailchoice",
            name="changed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="changed"),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="saved_by_page",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="page that saved it"),
        ),
    ]
