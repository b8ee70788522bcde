import skills.text.name_fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_plain_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='sort_key',
            field=skills.text.name_fields.SortKeyField(blank=True, db_default='', editable=False, max_length=200),
        ),
    ]
