"""Hand-overs know whether they were accepted, and whether the answer was read."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_sessions_hand_overs_examples'),
    ]

    operations = [
        migrations.AddField(
            model_name='handover',
            name='accepted',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='handover',
            name='answer_seen',
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name='connection',
            name='ended_by',
            field=models.CharField(blank=True, choices=[('parent', 'by the parent'), ('counselor', 'by the counselor'), ('closed', 'the counselor left'), ('handed', 'handed over to a colleague')], max_length=9),
        ),
    ]
