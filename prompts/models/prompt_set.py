"""Prompt sets: prompts in an order, built by a counselor (counselor/sets.py)."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.keys.rows import SealedQuerySet
from accounts.keys.sealing import SealedField
from accounts.models import User
from common.ids import new_id


@dataclass(frozen=True, slots=True)
class SetContent:
    """A set as its counselor builds it.

    Each of `steps` is a tuple of strings: a key that stays the same when the step is changed or moved (hex), the slug of
    a prompt or "", the counselor's own question or "", and a note.
    """

    SCHEMA: ClassVar[int] = 1

    name: str
    introduction: str = ""
    steps: tuple[tuple[str, str, str, str], ...] = ()
    caution: str = ""  # what clients read before they begin


class PromptSetQuerySet(SealedQuerySet["PromptSet"]):
    def by(self, author: User) -> "PromptSetQuerySet":
        """A counselor's sets, without removed ones."""
        return self.filter(author=author, removed_at=None)


class PromptSet(models.Model):
    """A counselor's prompt set. Clients are assigned copies: see `Assignment`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="prompt_sets")
    content = SealedField(payload=SetContent, owner="author", label="prompts.prompt_set.content")
    version = models.PositiveIntegerField(default=1)  # incremented with each change of `content`
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)  # the row is kept: assignments are listed under its name

    objects = PromptSetQuerySet.as_manager()

    class Meta:
        ordering = ("-changed_at", "-id")

    def __str__(self) -> str:
        return str(self.pk)
