"""What clients keep of the sets that they were given, once the connection over which they came has ended."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

from django.conf import settings
from django.db import models

from accounts.keys.sealing import SealedField
from common.ids import new_id
from prompts.models.assignment import AssignedStep, Assignment, AssignmentContent, StepContent


@dataclass(frozen=True, slots=True)
class KeptContent:
    """A copy of an assignment's content, and of that of its steps that had come: of each its id, own question and note."""

    SCHEMA: ClassVar[int] = 1

    name: str
    introduction: str = ""
    note: str = ""
    caution: str = ""
    steps: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of(cls, content: AssignmentContent, steps: Iterable[AssignedStep]) -> Self:
        kept = tuple((step.pk.hex, step.content.question, step.content.note) for step in steps)
        return cls(content.name, content.introduction, content.note, content.caution, kept)

    @property
    def of_assignment(self) -> AssignmentContent:
        return AssignmentContent(self.name, self.introduction, self.note, self.caution)

    @property
    def of_steps(self) -> dict[uuid.UUID, StepContent]:
        """By the ids of the steps. Those that had not come are left out."""
        return {uuid.UUID(pk): StepContent(question, note) for pk, question, note in self.steps}


class KeptAssignment(models.Model):
    """The client's own copy of what they were given, sealed with their key: made when the connection ends, and theirs alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    assignment = models.OneToOneField(Assignment, models.CASCADE, related_name="kept")
    parent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    content = SealedField(payload=KeptContent, owner="parent", label="prompts.kept_assignment.content")

    def __str__(self) -> str:
        return str(self.pk)
