"""What the scheduler remembers."""

from django.db import models


class ScheduledTask(models.Model):
    """When one of the scheduler's tasks is due. Every clock of the installation goes by the same rows."""

    name = models.CharField(max_length=32, primary_key=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)  # the last time that it succeeded

    def __str__(self) -> str:
        return self.name
