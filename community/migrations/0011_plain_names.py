"""Give fields their present names in the code; columns, constraints and indexes of the database stay as they are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0010_roles'),
        ('skills', '0007_plain_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(
                    model_name='event',
                    name='event_of_suggestion_says_which',
                ),
                migrations.RemoveConstraint(
                    model_name='event',
                    name='event_deed_known',
                ),
                migrations.RemoveConstraint(
                    model_name='report',
                    name='report_other_has_words',
                ),
                migrations.RemoveConstraint(
                    model_name='sweptthing',
                    name='swept_thing_once',
                ),
                migrations.RemoveIndex(
                    model_name='act',
                    name='act_of_person',
                ),
                migrations.RemoveIndex(
                    model_name='act',
                    name='act_by_actor',
                ),
                migrations.AlterField(
                    model_name='act',
                    name='actor',
                    field=models.BigIntegerField(db_column='actor', null=True, verbose_name='who (number of the account)'),
                ),
                migrations.RenameField(
                    model_name='act',
                    old_name='actor',
                    new_name='actor_id',
                ),
                migrations.AlterField(
                    model_name='act',
                    name='person',
                    field=models.BigIntegerField(db_column='person', null=True, verbose_name='to whom (number of the account)'),
                ),
                migrations.RenameField(
                    model_name='act',
                    old_name='person',
                    new_name='person_id',
                ),
                migrations.AlterField(
                    model_name='act',
                    name='words',
                    field=models.TextField(blank=True, db_column='words', verbose_name='why'),
                ),
                migrations.RenameField(
                    model_name='act',
                    old_name='words',
                    new_name='reason',
                ),
                migrations.AlterField(
                    model_name='act',
                    name='target',
                    field=models.BigIntegerField(db_column='target', null=True, verbose_name='number of the target'),
                ),
                migrations.RenameField(
                    model_name='act',
                    old_name='target',
                    new_name='target_id',
                ),
                migrations.AlterField(
                    model_name='event',
                    name='deed',
                    field=models.CharField(blank=True, choices=[('submitted', 'submitted'), ('first', 'first contribution'), ('answered', 'answered what you asked for'), ('second_reader', 'a second reader is asked for'), ('accepted', 'accepted'), ('accepted_with_changes', 'accepted with changes'), ('partly_accepted', 'partly accepted'), ('declined', 'declined'), ('changes_requested', 'changes requested'), ('outdated', 'outdated: the text has changed since'), ('undone', 'the decision was undone'), ('report_agreed', 'your report was agreed with'), ('report_disagreed', 'your report was not agreed with'), ('report_ignored', 'your report was closed without a judgement'), ('hidden', 'moderators hid what you wrote'), ('restored', 'moderators show what you wrote again'), ('released', 'what was held for a look is there for all now'), ('warned', 'moderators warn you'), ('suspended', 'your account is suspended'), ('freed', 'your account is no longer suspended')], db_column='deed', max_length=24, verbose_name='what was done'),
                ),
                migrations.RenameField(
                    model_name='event',
                    old_name='deed',
                    new_name='action',
                ),
                migrations.AlterField(
                    model_name='sweep',
                    name='words',
                    field=models.TextField(db_column='words', max_length=2000, verbose_name='why'),
                ),
                migrations.RenameField(
                    model_name='sweep',
                    old_name='words',
                    new_name='reason',
                ),
                migrations.AlterField(
                    model_name='sweptthing',
                    name='kept',
                    field=models.JSONField(db_column='kept', default=list, verbose_name='fields that stay'),
                ),
                migrations.RenameField(
                    model_name='sweptthing',
                    old_name='kept',
                    new_name='kept_fields',
                ),
                migrations.AlterField(
                    model_name='sweptthing',
                    name='revision',
                    field=models.BigIntegerField(db_column='revision', null=True, verbose_name='revision that took it back'),
                ),
                migrations.RenameField(
                    model_name='sweptthing',
                    old_name='revision',
                    new_name='revision_id',
                ),
                migrations.AlterField(
                    model_name='sweptthing',
                    name='number',
                    field=models.BigIntegerField(db_column='number', verbose_name='number'),
                ),
                migrations.RenameField(
                    model_name='sweptthing',
                    old_name='number',
                    new_name='thing_id',
                ),
                migrations.RenameField(
                    model_name='decision',
                    old_name='words',
                    new_name='message',
                ),
                migrations.AlterField(
                    model_name='decision',
                    name='message',
                    field=models.TextField(blank=True, db_column='words', max_length=2000, verbose_name='message'),
                ),
                migrations.RenameField(
                    model_name='event',
                    old_name='words',
                    new_name='message',
                ),
                migrations.AlterField(
                    model_name='event',
                    name='message',
                    field=models.TextField(blank=True, db_column='words', verbose_name='message'),
                ),
                migrations.RenameField(
                    model_name='event',
                    old_name='told_up_to',
                    new_name='notified_up_to',
                ),
                migrations.AlterField(
                    model_name='event',
                    name='notified_up_to',
                    field=models.BigIntegerField(db_column='told_up_to', default=0, verbose_name='notified up to'),
                ),
                migrations.RenameField(
                    model_name='report',
                    old_name='words',
                    new_name='message',
                ),
                migrations.AlterField(
                    model_name='report',
                    name='message',
                    field=models.TextField(blank=True, db_column='words', max_length=2000, verbose_name='message'),
                ),
                migrations.RenameField(
                    model_name='step',
                    old_name='words',
                    new_name='message',
                ),
                migrations.AlterField(
                    model_name='step',
                    name='message',
                    field=models.TextField(blank=True, db_column='words', max_length=2000, verbose_name='message'),
                ),
                migrations.AddIndex(
                    model_name='act',
                    index=models.Index(fields=['person_id'], name='act_of_person'),
                ),
                migrations.AddIndex(
                    model_name='act',
                    index=models.Index(fields=['actor_id'], name='act_by_actor'),
                ),
                migrations.AddConstraint(
                    model_name='event',
                    constraint=models.CheckConstraint(condition=models.Q(('action__in', ['', 'submitted', 'first', 'answered', 'second_reader', 'accepted', 'accepted_with_changes', 'partly_accepted', 'declined', 'changes_requested', 'outdated', 'undone', 'report_agreed', 'report_disagreed', 'report_ignored', 'hidden', 'restored', 'released', 'warned', 'suspended', 'freed'])), name='event_deed_known'),
                ),
                migrations.AddConstraint(
                    model_name='event',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['suggestion', 'decision', 'review_waiting']), _negated=True), models.Q(('suggestion__isnull', False), models.Q(('action', ''), _negated=True)), _connector='OR'), name='event_of_suggestion_says_which'),
                ),
                migrations.AddConstraint(
                    model_name='report',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('fault', 'other'), _negated=True), models.Q(('message', ''), _negated=True), ('reporter__isnull', True), _connector='OR'), name='report_other_has_words'),
                ),
                migrations.AddConstraint(
                    model_name='sweptthing',
                    constraint=models.UniqueConstraint(fields=('sweep', 'kind', 'thing_id'), name='swept_thing_once'),
                ),
            ],
        ),
        migrations.AlterModelOptions(
            name='watchedword',
            options={'ordering': ['text'], 'verbose_name': 'word that is held for review', 'verbose_name_plural': 'words that are held for review'},
        ),
        migrations.AlterField(
            model_name='act',
            name='kind',
            field=models.CharField(choices=[('agreed', 'agreed with reports'), ('disagreed', 'disagreed with reports'), ('ignored', 'closed reports without a judgement'), ('held', 'held for review'), ('released', 'released'), ('hidden', 'hidden'), ('restored', 'restored'), ('warned', 'warned'), ('suspended', 'suspended'), ('freed', 'suspension ended'), ('swept', 'everything of an account hidden and reverted'), ('unswept', 'undone: everything of an account hidden and reverted'), ('role_granted', 'role granted'), ('role_removed', 'role removed')], max_length=12, verbose_name='what was done'),
        ),
        migrations.AlterField(
            model_name='comment',
            name='held_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='held for review'),
        ),
        migrations.AlterField(
            model_name='event',
            name='action',
            field=models.CharField(blank=True, choices=[('submitted', 'submitted'), ('first', 'first contribution'), ('answered', 'answered what you asked for'), ('second_reader', 'a second reader is asked for'), ('accepted', 'accepted'), ('accepted_with_changes', 'accepted with changes'), ('partly_accepted', 'partly accepted'), ('declined', 'declined'), ('changes_requested', 'changes requested'), ('outdated', 'outdated: the text has changed since'), ('undone', 'the decision was undone'), ('report_agreed', 'your report was agreed with'), ('report_disagreed', 'your report was not agreed with'), ('report_ignored', 'your report was closed without a judgement'), ('hidden', 'moderators hid what you wrote'), ('restored', 'moderators show what you wrote again'), ('released', 'what was held for review is visible to all now'), ('warned', 'moderators warn you'), ('suspended', 'your account is suspended'), ('freed', 'your account is no longer suspended')], db_column='deed', max_length=24, verbose_name='what was done'),
        ),
        migrations.AlterField(
            model_name='event',
            name='finished_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='everyone notified'),
        ),
        migrations.AlterField(
            model_name='event',
            name='leased_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='being notified until'),
        ),
        migrations.AlterField(
            model_name='event',
            name='recipient',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recipient'),
        ),
        migrations.AlterField(
            model_name='suggestion',
            name='held_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='held for review'),
        ),
        migrations.AlterField(
            model_name='suggestedchange',
            name='is_tiny',
            field=models.BooleanField(default=False, editable=False, verbose_name='only fixes a typo'),
        ),
    ]
