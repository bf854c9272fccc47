"""Sets assigned to clients."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.keys.sealing import SealedField
from accounts.models import Connection, User
from common.ids import new_id
from prompts.models.prompt import Prompt
from prompts.models.prompt_set import PromptSet


@dataclass(frozen=True, slots=True)
class AssignmentContent:
    """What a client reads of a set: a copy from when it was assigned, sealed with the connection's key for both sides to read."""

    SCHEMA: ClassVar[int] = 1

    name: str
    introduction: str = ""
    note: str = ""  # for this client
    caution: str = ""  # read before it is begun


@dataclass(frozen=True, slots=True)
class StepContent:
    """What an assigned step asks, and the counselor's note to it."""

    SCHEMA: ClassVar[int] = 1

    question: str = ""  # the counselor's own; "" where the step asks a prompt of the library
    note: str = ""


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def of_counselor(self, counselor: User) -> "AssignmentQuerySet":
        """Those of the counselor's connections that have not ended."""
        return self.filter(connection__in=Connection.objects.of_counselor(counselor).active())

    def of_parent(self, parent: User) -> "AssignmentQuerySet":
        """Those of the parent's connections that have not ended."""
        return self.ever_of_parent(parent).filter(connection__ended_at=None)

    def ever_of_parent(self, parent: User) -> "AssignmentQuerySet":
        """Those of all connections that the parent ever had."""
        return self.filter(connection__parent=parent)


class Assignment(models.Model):
    """A set assigned to one client. When the connection ends, its content is removed; the answers stay in the client's journal."""

    class Cadence(models.TextChoices):
        AT_ONCE = "at_once", _("All at once")
        WHEN_DONE = "when_done", _("The next when the last is answered")
        AFTER_DAYS = "after_days", _("The next some nights after the last was answered")
        EVERY_DAYS = "every_days", _("Every so many nights")
        WEEKDAYS = "weekdays", _("On chosen weekdays")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The relation is found by the index below, which begins with it.
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="assignments", db_index=False)
    set = models.ForeignKey(PromptSet, models.SET_NULL, related_name="assignments", null=True)
    set_version = models.PositiveIntegerField()
    sealed_content = SealedField(payload=AssignmentContent, owner="connection", label="prompts.assignment.content", null=True)
    cadence = models.CharField(max_length=10, choices=Cadence, default=Cadence.WHEN_DONE)
    every = models.PositiveSmallIntegerField(default=1)  # nights, for the cadences that count them
    weekdays = models.JSONField(default=list, blank=True)  # list of int, Monday is 0
    starts_on = models.DateField(null=True, blank=True)  # the client's night; null where the client begins it and has not yet
    begun_by_client = models.BooleanField(default=False)  # whether `starts_on` is the night on which the client began it
    ends_on = models.DateField(null=True, blank=True)  # the last night that asks
    ends_with_session = models.BooleanField(default=False)  # `ends_on` follows the connection's next session
    paused = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)  # when its last step was answered
    shares = models.BooleanField(default=False)  # the client's choice: "share my answers to this set as I finish them"
    assigned_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)  # when the counselor last changed its note, dates or cadence
    acknowledged_at = models.DateTimeField(null=True, blank=True)  # when the client last said that they have seen what is new about it

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("-assigned_at", "-id")
        indexes = [
            # All that lists and counts of a counselor's read: the latest of each client come first, and no row is opened to be counted.
            models.Index(
                fields=["connection", "assigned_at", "id", "paused", "ended_at", "ends_on", "set"], name="prompts_assignment_of_client"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def content(self) -> AssignmentContent:
        """The sealed content; an empty one after the connection has ended."""
        return self.sealed_content or AssignmentContent(name="")

    @property
    def start_for_counselor(self) -> dt.date | None:
        """`starts_on` as the counselor may know it: not where the client began it, and does not let them see what they answer."""
        return None if self.begun_by_client and not self.connection.sees_answered else self.starts_on


class AssignedStep(models.Model):
    """One step of an assignment. A counselor's pages read progress from these rows, never from entries."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Null: taken out by a newer version of the set before it was answered. The row stays: a page may already ask it.
    # Both relations are found by indexes that begin with them: the constraint's, and the one below it.
    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="steps", null=True, db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+", db_index=False)  # the assignment's: its key seals
    key = models.CharField(max_length=32)  # that of the set's step, of which this is a copy
    position = models.PositiveSmallIntegerField()
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="+", null=True)
    sealed_content = SealedField(payload=StepContent, owner="connection", label="prompts.assigned_step.content", null=True)
    answered_on = models.DateField(null=True, blank=True)  # the night of the page on which its answer was begun
    begun_at = models.DateTimeField(null=True, blank=True)  # when it was begun; null, too, where that was before this was recorded
    done_at = models.DateTimeField(null=True, blank=True)  # when the client pressed Done; until then the answer is a draft

    class Meta:
        ordering = ("position",)
        indexes = [
            # What progress is counted from, without the rows and the sealed content in them.
            models.Index(
                fields=["connection", "assignment", "position", "answered_on", "begun_at", "done_at"], name="prompts_assignedstep_progress"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "key"], name="prompts_assignedstep_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def content(self) -> StepContent:
        """The sealed content; an empty one after the connection has ended."""
        return self.sealed_content or StepContent()
