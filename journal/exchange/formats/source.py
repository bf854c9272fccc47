"""A file that somebody brought, and who reads it."""

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO
from zoneinfo import ZoneInfo

from journal.exchange.formats.errors import Refused
from journal.exchange.formats.reading import shapes, texts
from journal.exchange.formats.reading.archives import Archive, damaged


@dataclass
class Source:
    """`file` is seekable. `zone` and `day_ends` (a full hour) are those of whoever takes it in."""

    name: str
    file: BinaryIO
    zone: ZoneInfo
    day_ends: dt.time = dt.time(4)
    _shapes: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    @cached_property
    def archive(self) -> Archive | None:
        """The file as a ZIP archive; None where it is none. Raises `Refused` for one that is damaged, encrypted or hostile."""
        return Archive.read(self.file)

    @property
    def members(self) -> Archive:
        """The archive, of a file that was recognised by it."""
        if self.archive is None:
            raise Refused(damaged())
        return self.archive

    @cached_property
    def beginning(self) -> bytes:
        """The first bytes, which tell formats apart."""
        self.file.seek(0)
        return self.file.read(texts.BEGINNING)

    @cached_property
    def words(self) -> str:
        """The beginning as text; "" where it is none."""
        return "" if self.archive else texts.beginning(self.beginning)

    @cached_property
    def shape(self) -> frozenset[str]:
        """Which places the JSON of the file has values at, as far as its beginning shows; empty where it is none."""
        return frozenset() if self.archive else shapes.of(self.file)

    def shape_of(self, name: str) -> frozenset[str]:
        """The same of a JSON file in the archive; each is looked at once."""
        if self.archive is None or name not in self.archive:
            return frozenset()
        if name not in self._shapes:
            try:
                with self.archive.open(name) as member:
                    self._shapes[name] = shapes.of(member)
            except OSError:
                self._shapes[name] = frozenset()
        return self._shapes[name]

    def opened(self, name: str = "") -> AbstractContextManager[BinaryIO]:
        """The file in the archive that holds all entries, or, without a name, the source itself. Raises `Refused` where it is damaged."""
        try:
            return self.members.open(name) if name else nullcontext(self.file)
        except OSError:
            raise Refused(damaged()) from None

    def words_of(self, name: str) -> str:
        """The beginning of a file in the archive as text; "" where it is none."""
        try:
            with self.members.open(name) as member:
                return texts.beginning(member.read(texts.BEGINNING))
        except OSError:
            return ""
