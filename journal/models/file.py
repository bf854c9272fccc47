"""Sealed files: of any size, in rows of the database, since that is all that web servers and workers share."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.keys.blobs import SealedBlob
from accounts.keys.sealing import SealedField
from common.ids import new_id


@dataclass(frozen=True, slots=True)
class FileAbout:
    """What a file is called, what it is, and the SHA-256 of its content in hexadecimal (once it is complete)."""

    SCHEMA: ClassVar[int] = 1

    name: str
    media_type: str = "application/octet-stream"
    sha256: str = ""


class SealedFileQuerySet(models.QuerySet["SealedFile"]):
    def expired(self, now: dt.datetime) -> "SealedFileQuerySet":
        return self.filter(expires_at__lte=now)

    def available(self, now: dt.datetime) -> "SealedFileQuerySet":
        """Complete, and not expired: whether or not an expired one was deleted yet."""
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now), is_complete=True)


class SealedFile(models.Model):
    """One person's file, sealed part by part with their key. Written and read through `journal.files` alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="files")
    about = SealedField(payload=FileAbout, owner="owner", label="journal.file.about")
    size = models.PositiveBigIntegerField(default=0)  # bytes
    is_complete = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)  # None: it stays

    objects = SealedFileQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class FilePart(models.Model):
    """A piece of a file: all but the last are of the same length."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(SealedFile, models.CASCADE, related_name="parts", db_index=False)  # the constraint begins with it
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()  # from 0
    # Bound to its number, so that parts cannot change places; to its file by the row's own id.
    data = SealedBlob(owner="owner", label="journal.file_part.data", version="number")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="journal_filepart_one_a_number")]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.number}"
