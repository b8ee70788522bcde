import skills.text.name_fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('skills', '0007_plain_names'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='domain',
            options={'ordering': ['framework', 'position', 'sort_key', 'pk'], 'verbose_name': 'domain', 'verbose_name_plural': 'domains'},
        ),
        migrations.AlterModelOptions(
            name='framework',
            options={'ordering': ['position', 'sort_key', 'pk'], 'verbose_name': 'framework', 'verbose_name_plural': 'frameworks'},
        ),
        migrations.AlterModelOptions(
            name='group',
            options={'ordering': ['domain', 'position', 'sort_key', 'pk'], 'verbose_name': 'group', 'verbose_name_plural': 'groups'},
        ),
        migrations.AlterModelOptions(
            name='role',
            options={'ordering': ['sort_key', 'pk'], 'verbose_name': 'role', 'verbose_name_plural': 'roles'},
        ),
        migrations.AlterModelOptions(
            name='skill',
            options={'ordering': ['sort_key', 'pk'], 'verbose_name': 'skill', 'verbose_name_plural': 'skills'},
        ),
        migrations.AddField(
            model_name='domain',
            name='sort_key',
            field=skills.text.name_fields.SortKeyField(blank=True, db_default='', editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='framework',
            name='sort_key',
            field=skills.text.name_fields.SortKeyField(blank=True, db_default='', editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='group',
            name='sort_key',
            field=skills.text.name_fields.SortKeyField(blank=True, db_default='', editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='role',
            name='sort_key',
            field=skills.text.name_fields.SortKeyField(blank=True, db_default='', editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='skill',
            name='look_key',
            field=skills.text.name_fields.LookKeyField(blank=True, db_default='', editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='skill',
            name='sort_key',
            field=skills.text.name_fields.SortKeyField(blank=True, db_default='', editable=False, max_length=200),
        ),
        migrations.AddIndex(
            model_name='skill',
            index=models.Index(fields=['status', 'sort_key', 'id'], name='skill_by_name'),
        ),
        migrations.AddIndex(
            model_name='skill',
            index=models.Index(fields=['framework', 'look_key'], name='skill_by_look_of_name'),
        ),
    ]
