"""A file that was brought, opened by whoever reads it: another journal's reader, or Nightlight's own."""

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from accounts.models import User
from journal import files
from journal.exchange import formats
from journal.exchange.formats import Format, Refused, Source
from journal.exchange.nightlight import JSON_FILE
from journal.models import SealedFile

NIGHTLIGHT = "nightlight"


@dataclass(frozen=True, slots=True)
class Opened:
    """`reader` is None where the file is Nightlight's own."""

    source: Source
    reader: Format | None

    @property
    def name(self) -> str:
        return self.reader.name if self.reader else NIGHTLIGHT

    @property
    def label(self) -> str:
        return self.reader.label if self.reader else "Nightlight"

    @property
    def file(self) -> BinaryIO:
        return self.source.file


@contextmanager
def opened(owner: User, file: SealedFile) -> Iterator[Opened]:
    """Raises `formats.Refused`, with a sentence for its owner, for a file that nobody reads."""
    with files.opened(file) as stream:
        source = Source(file.about.name, stream, owner.zone, dt.time(owner.night_ends_at))
        reader = None if _is_ours(source) else formats.recognise(source)
        stream.seek(0, io.SEEK_SET)
        yield Opened(source, reader)


def _is_ours(source: Source) -> bool:
    return source.archive is not None and JSON_FILE in source.archive


__all__ = ["NIGHTLIGHT", "Opened", "Refused", "opened"]
