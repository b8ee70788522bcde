"""Let users turn single-key shortcuts off. Processes of the previous version insert users without the column."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_plain_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='shortcuts',
            field=models.CharField(choices=[('on', 'on'), ('alt', 'only with Alt'), ('off', 'off')], db_default='on', default='on', max_length=3, verbose_name='single-key shortcuts'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('shortcuts__in', ['on', 'alt', 'off'])), name='user_shortcuts_known'),
        ),
    ]
