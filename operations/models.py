"""The scheduler's table."""

from django.db import models


class ScheduledTask(models.Model):
    """When one of the scheduler's tasks is due. All schedulers of the installation share these rows."""

    name = models.CharField(max_length=32, primary_key=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)  # when it last succeeded

    def __str__(self) -> str:
        return self.name
