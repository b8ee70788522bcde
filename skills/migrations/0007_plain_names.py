import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('skills', '0006_fill_revision_roles'),
    ]

    operations = [
        migrations.AlterField(
            model_name='skill',
            name='same_as',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='former_duplicates', to='skills.skill', verbose_name='same as'),
        ),
    ]
