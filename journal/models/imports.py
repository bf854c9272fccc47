"""What came from elsewhere: imports, where an entry comes from, and what was attached to it there."""

from dataclasses import dataclass, field
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.keys.rows import SealedQuerySet
from accounts.keys.sealing import SealedField
from common.ids import new_id
from common.values import Values
from journal.models.entry import Entry
from journal.models.file import SealedFile


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """The report of an import: values that JSON can hold."""

    SCHEMA: ClassVar[int] = 1

    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OriginContent:
    """Where an entry comes from (`source`: the name of a format; `source_id`: what tells it from others there, for good), and what
    was said of it there that Nightlight has no place of its own for.

    `zone`: an IANA time zone or "". `extra`: whatever else the source said, as JSON holds it.
    """

    SCHEMA: ClassVar[int] = 1

    source: str
    source_id: str
    title: str = ""
    tags: tuple[str, ...] = ()
    is_starred: bool = False
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    weather: str = ""
    zone: str = ""
    extra: Values = field(default_factory=dict)


class Import(models.Model):
    """One import, which can be taken back for a week."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="imports")
    source = models.CharField(max_length=24)  # the name of a format
    created_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    summary = SealedField(payload=ImportSummary, owner="author", label="journal.import.summary")

    def __str__(self) -> str:
        return str(self.pk)


class OriginQuerySet(SealedQuerySet["Origin"]):
    pass


class Origin(models.Model):
    """Where an entry comes from that was not written here."""

    entry = models.OneToOneField(Entry, models.CASCADE, primary_key=True, related_name="origin")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    batch = models.ForeignKey(Import, models.SET_NULL, null=True, blank=True, related_name="origins")
    content = SealedField(payload=OriginContent, owner="author", label="journal.origin.content")

    objects = OriginQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.entry_id)


class Attachment(models.Model):
    """A file that belongs to an entry. Kept and exported, whether or not it can be shown."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="attachments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    file = models.OneToOneField(SealedFile, models.CASCADE, related_name="attachment")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.pk)
