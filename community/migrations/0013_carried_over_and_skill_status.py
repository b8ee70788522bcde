"""A suggestion is carried over to another skill; events say that a skill was retired, merged or restored."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0012_decline_reasons_in_plain_english'),
        ('skills', '0007_plain_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='event',
            name='event_deed_known',
        ),
        migrations.AddField(
            model_name='suggestion',
            name='carried_from',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='carried_to', to='community.suggestion', verbose_name='carried over from'),
        ),
        migrations.AlterField(
            model_name='event',
            name='action',
            field=models.CharField(blank=True, choices=[('submitted', 'submitted'), ('first', 'first contribution'), ('answered', 'answered what you asked for'), ('second_reader', 'a second reader is asked for'), ('accepted', 'accepted'), ('accepted_with_changes', 'accepted with changes'), ('partly_accepted', 'partly accepted'), ('declined', 'declined'), ('changes_requested', 'changes requested'), ('outdated', 'outdated: the text has changed since'), ('undone', 'the decision was undone'), ('skill_retired', 'the skill is no longer part of its framework'), ('skill_merged', 'the skill was merged into another one'), ('skill_restored', 'the skill is part of its framework again'), ('report_agreed', 'your report was agreed with'), ('report_disagreed', 'your report was not agreed with'), ('report_ignored', 'your report was closed without a judgement'), ('hidden', 'moderators hid what you wrote'), ('restored', 'moderators show what you wrote again'), ('released', 'what was held for review is visible to all now'), ('warned', 'moderators warn you'), ('suspended', 'your account is suspended'), ('freed', 'your account is no longer suspended')], db_column='deed', max_length=24, verbose_name='what was done'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['', 'submitted', 'first', 'answered', 'second_reader', 'accepted', 'accepted_with_changes', 'partly_accepted', 'declined', 'changes_requested', 'outdated', 'undone', 'skill_retired', 'skill_merged', 'skill_restored', 'report_agreed', 'report_disagreed', 'report_ignored', 'hidden', 'restored', 'released', 'warned', 'suspended', 'freed'])), name='event_deed_known'),
        ),
    ]
