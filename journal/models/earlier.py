"""What a journal brought along of counselors on another site, or from before: a record, and no connection."""

from dataclasses import dataclass, field
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.keys.rows import SealedQuerySet
from accounts.keys.sealing import SealedField
from accounts.models import User
from common.ids import new_id
from common.values import Values


@dataclass(frozen=True, slots=True)
class EarlierSupportContent:
    """One counselor's part of an export, as `journal.exchange.nightlight.support` writes it."""

    SCHEMA: ClassVar[int] = 1

    values: Values = field(default_factory=dict)


class EarlierSupportQuerySet(SealedQuerySet["EarlierSupport"]):
    def by(self, author: User) -> "EarlierSupportQuerySet":
        return self.filter(author=author)


class EarlierSupport(models.Model):
    """What one counselor gave, and what was shared with them and read, in an account that was left since. It is its owner's alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="earlier_support")
    content = SealedField(payload=EarlierSupportContent, owner="author", label="journal.earlier_support.content")

    objects = EarlierSupportQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
