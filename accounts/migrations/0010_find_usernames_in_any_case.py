from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """Index the user names in upper case: a mention finds them in any case."""

    dependencies = [("accounts", "0009_fill_name_keys")]

    operations = [
        migrations.AddIndex("user", models.Index(Upper("username"), name="user_username_upper")),
    ]
