"""Labels, dated notes, practices; a line, a mailing and a short code of invitations.

The one note about a client becomes the first of many: its id is that of its connection, to which its sealed text is bound.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.keys.sealing
import common.ids
import common.names


# In the database, so that sealed bytes stay as they are: a model of a migration opens none.
COPY_NOTES = """
    INSERT INTO counselor_clientnote (id, connection_id, counselor_id, dated, content, version, made_at, written_at, removed_at)
    SELECT connection_id, connection_id, counselor_id, DATE(written_at), content, 1, written_at, written_at, NULL FROM counselor_onenote
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_sessions_hand_overs_examples"),
        ("counselor", "0002_approval_and_one_account_an_invitation"),
        ("prompts", "0004_sources_and_news"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RenameModel("ClientNote", "OneNote"),
        migrations.AlterField(
            model_name="onenote",
            name="counselor",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='Practice',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, validators=[common.names.validate_name], verbose_name='name')),
                ('opened_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='invitation',
            name='code_digest',
            field=models.CharField(blank=True, db_index=True, max_length=64),
        ),
        migrations.AddField(
            model_name='invitation',
            name='code_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='invitation',
            name='mailed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='ClientLabel',
            fields=[
                ('connection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='label', serialize=False, to='accounts.connection')),
                ('content', accounts.keys.sealing.SealedField()),
                ('written_at', models.DateTimeField()),
                ('counselor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='client_labels', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ClientNote',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('dated', models.DateField()),
                ('content', accounts.keys.sealing.SealedField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('made_at', models.DateTimeField()),
                ('written_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='accounts.connection')),
                ('counselor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='client_notes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-dated', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('counselor', 'Counselor')], default='counselor', max_length=9)),
                ('joined_at', models.DateTimeField()),
                ('counselor', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='membership', to=settings.AUTH_USER_MODEL)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='counselor.practice')),
            ],
            options={
                'ordering': ('joined_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='PracticeInvitation',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('content', accounts.keys.sealing.SealedField()),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('inviter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='practice_invitations', to=settings.AUTH_USER_MODEL)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='counselor.practice')),
            ],
            options={
                'ordering': ('-made_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='PracticeSet',
            fields=[
                ('set', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='in_practice', serialize=False, to='prompts.promptset')),
                ('shared_at', models.DateTimeField()),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sets', to='counselor.practice')),
            ],
        ),
        # Before the rows: PostgreSQL makes no index of a table whose new rows are not checked yet.
        migrations.AddIndex(
            model_name='clientnote',
            index=models.Index(fields=['connection', 'dated', 'id'], name='counselor_note_of_client'),
        ),
        migrations.RunSQL(COPY_NOTES, migrations.RunSQL.noop),
        migrations.DeleteModel(
            name='OneNote',
        ),
    ]
