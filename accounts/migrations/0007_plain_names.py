"""Give a field its present name in the code; its column stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_move_entrance_backend'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='suspended_for',
            field=models.TextField(blank=True, db_column='suspended_for', verbose_name='why suspended'),
        ),
        migrations.RenameField(
            model_name='user',
            old_name='suspended_for',
            new_name='suspension_reason',
        ),
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('owed', 'queued'), ('sent', 'sent'), ('refused', 'refused for good'), ('withheld', 'withheld, the address refuses mail')], default='owed', max_length=10, verbose_name='state'),
        ),
    ]
