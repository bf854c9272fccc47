"""Prompt sets: prompts in an order, built by a counselor (counselor/sets.py)."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
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

    def copy_of(self, source: str, *, author: uuid.UUID, content: Callable[[uuid.UUID], SetContent], now: dt.datetime) -> "PromptSet":
        """The author's copy of what `source` names, locked; made where there is none yet. Call within a transaction.

        Idempotent: there is one of each. `content` gives what a copy with an id holds. One that is there already stays as it is.
        """
        own = self.filter(author=author, source=source)
        row = own.select_for_update().first()
        if row is not None:
            return row
        pk = new_id()
        try:
            with transaction.atomic():
                return self.create(pk=pk, author_id=author, source=source, content=content(pk), made_at=now, changed_at=now)
        except IntegrityError:  # made meanwhile
            return own.select_for_update().get()


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

    def change(self, content: SetContent, now: dt.datetime) -> None:
        """Store another content as the next version; the same one changes nothing. Call with the row locked."""
        if content != self.content:
            self.content, self.version, self.changed_at = content, self.version + 1, now
            self.save(update_fields=["content", "version", "changed_at"])


def colleagues_source(prompt_set: uuid.UUID) -> str:
    """What a copy of this colleague's set stores in `PromptSet.source`. It names the set in forms, too."""
    return f"colleague:{prompt_set}"
