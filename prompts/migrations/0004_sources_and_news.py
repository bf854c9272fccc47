"""Sets that were given without being built say what they are a copy of; assignments, what is new about them."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('prompts', '0003_assignments_are_counted_from_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='acknowledged_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='assignment',
            name='changed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='assignment',
            name='ends_with_session',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='promptset',
            name='source',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddConstraint(
            model_name='promptset',
            constraint=models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('author', 'source'), name='prompts_promptset_one_of_a_source'),
        ),
    ]
