"""What every format is: it recognises its files, and reads them one entry at a time."""

from collections.abc import Iterator
from typing import Protocol

from django.utils.translation import gettext as _

from journal.exchange.formats import limits
from journal.exchange.formats.errors import Refused
from journal.exchange.formats.incoming import Incoming, Problem
from journal.exchange.formats.source import Source


class Format(Protocol):
    @property
    def name(self) -> str:
        """Stored with what was taken in, and the same for good."""
        ...

    @property
    def label(self) -> str:
        """The other journal's own name."""
        ...

    def recognises(self, source: Source) -> bool:
        """Whether the file is of this format. Looks at its beginning alone. May raise `Refused`: it is, and cannot be read."""
        ...

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        """The entries, in the order of the file. Memory does not grow with it. Raises `Refused` where the whole file is unusable:
        also halfway, so that whoever stores them looks through the whole file first.
        """
        ...


class Bounded:
    """A format that reads so many entries of a file, and refuses one that has more."""

    def __init__(self, reader: Format) -> None:
        self.name, self.label = reader.name, reader.label
        self.recognises = reader.recognises
        self._read = reader.read

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        for number, each in enumerate(self._read(source)):
            if number >= limits.ENTRIES:
                raise Refused(
                    _("This file has more than %(limit)s entries. Export the journal in parts, one after another.")
                    % {"limit": f"{limits.ENTRIES:,}"}
                )
            yield each
