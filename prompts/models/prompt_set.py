"""Prompt sets: prompts in an order, built by a counselor (counselor/sets.py)."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

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

    def own(self) -> "PromptSetQuerySet":
        """Those that their counselor builds, without the copies that were made to be given."""
        return self.filter(source="")


class PromptSet(models.Model):
    """A counselor's prompt set. Clients are assigned copies: see `Assignment`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="prompt_sets")
    content = SealedField(payload=SetContent, owner="author", label="prompts.prompt_set.content")
    version = models.PositiveIntegerField(default=1)  # incremented with each change of `content`
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # What it is a copy of where it was given without being built first, as "library:two-homes:en"; "" for a set of their own.
    source = models.CharField(max_length=100, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)  # the row is kept: assignments are listed under its name

    objects = PromptSetQuerySet.as_manager()

    class Meta:
        ordering = ("-changed_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["author", "source"], condition=~Q(source=""), name="prompts_promptset_one_of_a_source"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
