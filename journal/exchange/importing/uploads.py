"""The files that people bring. Each is sealed from its first byte, and deleted after a day."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from common.text import one_line
from journal import files
from journal.files import PART_SIZE
from journal.models import FileAbout, SealedFile
from journal.models.file import SealedFileQuerySet

KEPT_FOR = dt.timedelta(days=1)
SIZE_LIMIT = 4 * 1024**3  # bytes: a journal with photos of many years
SLICE_LIMIT = 4 * 1024 * 1024  # bytes of what is sent at once by a script
FORM_LIMIT = 11 * 1024 * 1024  # bytes of what is sent by a form; the web server takes little more
NAME_LIMIT = 200  # characters
HALF_SENT = 3  # files of one person: the oldest makes room for another


class TooLarge(Exception):
    """The file is larger than what is taken in."""


def whole(owner: User, name: str, data: bytes) -> SealedFile:
    """A file that arrived at once."""
    with files.create(owner, _name(name), expires_at=timezone.now() + KEPT_FOR) as writer:
        for start in range(0, len(data), PART_SIZE):
            writer.write(data[start : start + PART_SIZE])
    return writer.file


def begin(owner: User, pk: uuid.UUID, name: str, size: int) -> SealedFile | None:
    """A file that arrives in slices, under the id that its page made up. Idempotent. None where the id is somebody else's.

    Raises `TooLarge`.
    """
    if size > SIZE_LIMIT:
        raise TooLarge
    now = timezone.now()
    try:
        with transaction.atomic():
            new = SealedFile(id=pk, owner=owner, about=FileAbout(_name(name)), created_at=now, expires_at=now + KEPT_FOR)
            new.save(force_insert=True)
    except IntegrityError:
        return SealedFile.objects.filter(pk=pk, owner=owner).first()
    for old in _half_sent(owner)[HALF_SENT - 1 :]:
        old.delete()
    return new


def _half_sent(owner: User) -> SealedFileQuerySet:
    """Newest first. A file that a job writes has no size before it is complete."""
    return SealedFile.objects.filter(owner=owner, is_complete=False, size__gt=0).order_by("-created_at", "-pk")


def add(file: SealedFile, data: bytes, *, at: int, size: int) -> int:
    """Add a slice; returns how much is there. A slice that is there already changes nothing. The last one makes the file complete.

    Raises `files.WrongPlace` where the slice does not follow, and `TooLarge` where there would be more than was said.
    """
    if at + len(data) > size or size > SIZE_LIMIT:
        raise TooLarge
    there = file.size if file.is_complete else files.append(file, data, at=at)
    if there == size and not file.is_complete:
        files.complete(file)
    return there


def _name(name: str) -> str:
    return one_line(name.replace("\\", "/").rpartition("/")[2])[:NAME_LIMIT] or "journal"
