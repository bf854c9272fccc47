"""Jobs: work in the background, as the page of its owner shows it."""

import uuid
from dataclasses import dataclass, field
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.keys.sealing import SealedField
from accounts.models import User
from common.ids import new_id
from common.values import Values
from journal.models.file import SealedFile


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What the job is to do: values that JSON can hold, as its kind reads them."""

    SCHEMA: ClassVar[int] = 1

    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobReport:
    """What became of it, and where it failed, why: a sentence in its owner's language."""

    SCHEMA: ClassVar[int] = 1

    values: Values = field(default_factory=dict)
    problem: str = ""


class JobQuerySet(models.QuerySet["Job"]):
    def by(self, owner: User) -> "JobQuerySet":
        return self.filter(owner=owner)

    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])


class Job(models.Model):
    """A piece of one person's work in the background: see `journal.jobs`.

    Whoever sets `run` on a waiting row works on it, and nobody else; it is another number at each attempt. `beat_at` is when that
    worker last said that it lives. `file` is what the job works on, or what came of it.
    """

    class Kind(models.TextChoices):
        EXPORT = "export"
        PREVIEW = "preview"
        IMPORT = "import"
        BOOK = "book"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    is_stopping = models.BooleanField(default=False)  # its owner asked for it to stop
    run: "models.UUIDField[uuid.UUID | None, uuid.UUID | None]" = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)  # 0: not known yet
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(SealedFile, models.SET_NULL, null=True, blank=True, related_name="+")
    request = SealedField(payload=JobRequest, owner="owner", label="journal.job.request")
    report = SealedField(payload=JobReport, owner="owner", label="journal.job.report")

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["beat_at"], condition=models.Q(state="running"), name="journal_job_running"),
            models.Index(fields=["ended_at"], condition=models.Q(ended_at__isnull=False), name="journal_job_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in (Job.State.DONE, Job.State.STOPPED, Job.State.FAILED)

    @property
    def left(self) -> int:
        """How much is left to do; 0 where that is not known."""
        return max(self.total - self.done, 0)
