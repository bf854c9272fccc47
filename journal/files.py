"""Sealed files: written and read as streams, of which one part is in memory at a time.

    with files.create(owner, "journal.zip", "application/zip", expires_at=tomorrow) as writer:
        writer.write(data)
    writer.file  # the complete file

    with zipfile.ZipFile(files.opened(writer.file)) as archive: ...

Call them while keys are held (`keyring.cached`), as views and jobs do: elsewhere every part fetches its owner's key.
"""

import datetime as dt
import hashlib
import io
import uuid
from collections.abc import Buffer, Iterator
from dataclasses import replace
from types import TracebackType
from typing import BinaryIO, Self

from django.db import transaction
from django.utils import timezone

from accounts.keys.blobs import Blob
from accounts.models import User
from journal.models import Attachment, FileAbout, FilePart, SealedFile

PART_SIZE = 512 * 1024  # bytes of each part but the last


class DamagedFile(OSError):
    """A part is missing, or does not belong here."""


class WrongPlace(ValueError):
    """What was to be appended does not begin where the file ends. `size` is where it does."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the file ends at {size}")
        self.size = size


class Writer(io.RawIOBase):
    """Writes a new file. On leaving its context it is complete; after an exception nothing of it is left.

    Its parts are stored one by one: outside a transaction nothing is held up, and what a killed process has begun is deleted when it expires.
    """

    def __init__(self, file: SealedFile) -> None:
        super().__init__()
        self.file = file
        self._pending = bytearray()
        self._hash = hashlib.sha256()
        self._parts = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        piece = memoryview(data).cast("B")
        self._hash.update(piece)
        self._pending += piece
        while len(self._pending) >= PART_SIZE:
            self._store(bytes(self._pending[:PART_SIZE]))
            del self._pending[:PART_SIZE]
        return len(piece)

    def _store(self, data: bytes) -> None:
        FilePart.objects.create(file=self.file, owner_id=self.file.owner_id, number=self._parts, data=Blob(data))
        self._parts += 1
        self.file.size += len(data)

    def finish(self) -> SealedFile:
        """Store what is left, and make the file complete."""
        if self._pending:
            self._store(bytes(self._pending))
            self._pending.clear()
        self.file.about = replace(self.file.about, sha256=self._hash.hexdigest())
        self.file.is_complete = True
        self.file.save(update_fields=["about", "size", "is_complete"])
        return self.file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if kind is None:
            self.finish()
        elif self.file.pk is not None:
            self.file.delete()


def create(owner: User, name: str, media_type: str = "application/octet-stream", *, expires_at: dt.datetime | None = None) -> Writer:
    """Begin a file. `expires_at` is when it is deleted by itself; None: never."""
    file = SealedFile(owner=owner, about=FileAbout(name, media_type), created_at=timezone.now(), expires_at=expires_at)
    file.save(force_insert=True)
    return Writer(file)


# --- A file that arrives in pieces, each in a request of its own.


def append(file: SealedFile, data: bytes, *, at: int) -> int:
    """Append to a file that is not complete; returns its size. A piece that it has already changes nothing.

    Raises `WrongPlace` where the piece does not begin where the file ends, or where the file is complete.
    """
    with transaction.atomic():
        present = SealedFile.objects.select_for_update().filter(pk=file.pk, is_complete=False).first()
        if present is None or at > present.size:
            raise WrongPlace(present.size if present else file.size)
        fresh = data[present.size - at :]
        number, begun = divmod(present.size, PART_SIZE)
        if begun and fresh:
            part = present.parts.get(number=number)
            fresh = bytes(part.data.data) + fresh
            present.size -= begun
            part.delete()
        for start in range(0, len(fresh), PART_SIZE):
            piece = fresh[start : start + PART_SIZE]
            FilePart.objects.create(file=present, owner_id=present.owner_id, number=number, data=Blob(piece))
            number += 1
        present.size += len(fresh)
        present.save(update_fields=["size"])
        file.size = present.size
    return present.size


def complete(file: SealedFile) -> None:
    """Note that all pieces of a file have arrived. Idempotent."""
    content = hashlib.sha256()
    for chunk in chunks(file):
        content.update(chunk)
    file.about = replace(file.about, sha256=content.hexdigest())
    file.is_complete = True
    file.save(update_fields=["about", "is_complete"])


# --- Reading.


class _Reader(io.RawIOBase):
    def __init__(self, file: SealedFile) -> None:
        super().__init__()
        self._file, self._size = file.pk, file.size
        self._at = 0
        self._number = -1  # of the part that is in memory
        self._part: memoryview = memoryview(b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("a position before the beginning of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Buffer) -> int:
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, PART_SIZE)
        if number != self._number:
            self._part, self._number = memoryview(_part(self._file, number)), number
        target = memoryview(buffer).cast("B")
        piece = self._part[start : start + len(target)]
        if not piece:
            raise DamagedFile(f"part {number} of a file is too short")
        target[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def _part(file: uuid.UUID, number: int) -> bytes | memoryview:
    part = FilePart.objects.filter(file=file, number=number).first()
    if part is None:
        raise DamagedFile(f"part {number} of a file is missing")
    return part.data.data


def opened(file: SealedFile) -> BinaryIO:
    """The file's content, to be read from any place. Raises `DamagedFile` or a `KeyringError` while it is read."""
    return io.BufferedReader(_Reader(file), 64 * 1024)


def chunks(file: SealedFile) -> Iterator[bytes]:
    """The file's content, part by part, for an answer that is streamed. Raises as `opened` does."""
    for number in range(-(-file.size // PART_SIZE)):
        yield bytes(_part(file.pk, number))


def delete_expired(now: dt.datetime) -> int:
    """Delete the files that have expired; returns how many. Idempotent, and can be interrupted."""
    gone = 0
    for file in SealedFile.objects.expired(now).order_by("expires_at").iterator(chunk_size=100):
        file.delete()
        gone += 1
    return gone


def delete_of_attachment(sender: object, instance: Attachment, **_signal: object) -> None:
    """Whatever deletes an attachment, its page or its account, its file goes with it."""
    SealedFile.objects.filter(pk=instance.file_id).delete()
