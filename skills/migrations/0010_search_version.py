from django.db import migrations, models


class Migration(migrations.Migration):
    """Both steps leave the table in place: on SQLite a new one would lose the triggers of 0002_search."""

    dependencies = [("skills", "0009_fill_name_keys")]

    operations = [
        migrations.AddField("searchentry", "version", models.PositiveSmallIntegerField(null=True)),
        migrations.AddIndex("searchentry", models.Index(fields=["version"], name="search_entry_version")),
    ]
