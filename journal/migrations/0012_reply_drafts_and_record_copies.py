"""Replies while they are written, and the record that a counselor took a copy for their files."""

import accounts.keys.sealing
import common.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_sessions_hand_overs_examples'),
        ('journal', '0011_messages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RecordCopy',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('form', models.CharField(choices=[('paper', 'printed'), ('file', 'as a file')], max_length=5)),
                ('made_at', models.DateTimeField()),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='record_copies', to='accounts.connection')),
            ],
            options={
                'ordering': ('made_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='ReplyDraft',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('content', accounts.keys.sealing.SealedField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('written_at', models.DateTimeField()),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('share', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='journal.share')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('share', 'author'), name='journal_replydraft_once')],
            },
        ),
    ]
