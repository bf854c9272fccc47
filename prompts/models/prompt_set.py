"""Prompt sets: prompts in an order, put together by a counselor (counselor/sets.py)."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.keys.sealing import SealedField
from accounts.models import User
from common.ids import new_id


@dataclass(frozen=True, slots=True)
class SetContent:
    """A set as its counselor is building it.

    `steps`: rows of a key that stays with the step (hex), the slug of a prompt or "", the counselor's own question or "",
    and a note.
    """

    SCHEMA: ClassVar[int] = 1

    name: str
    introduction: str = ""
    steps: tuple[tuple[str, str, str, str], ...] = ()


class PromptSetQuerySet(models.QuerySet["PromptSet"]):
    def by(self, author: User) -> "PromptSetQuerySet":
        """A counselor's sets, without those they removed."""
        return self.filter(author=author, removed_at=None)


class PromptSet(models.Model):
    """A counselor's prompt set. What clients are assigned is a copy: see `Assignment`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="prompt_sets")
    content = SealedField(payload=SetContent, owner="author", label="prompts.prompt_set.content")
    version = models.PositiveIntegerField(default=1)  # rises with each change of `content`
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)  # kept after removal: assignments are listed by its name

    objects = PromptSetQuerySet.as_manager()

    class Meta:
        ordering = ("-changed_at", "-id")

    def __str__(self) -> str:
        return str(self.pk)
