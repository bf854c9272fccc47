"""Tables in XML, a row at a time. No entity is ever expanded, and nothing is nested deeper than a field."""

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from journal.exchange.formats import limits
from journal.exchange.formats.errors import Refused
from journal.exchange.formats.reading.json_values import incomplete

type Row = dict[str, str]
_DEEPEST = 32


class _Reader:
    """`<data><table name="…"><row><field>…`."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Row]] = []
        self._depth = self._size = 0
        self._table = ""
        self._row: Row = {}
        self._parts: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity

    def _entity(self, *_said: object) -> None:
        raise Refused(_("This file has instructions that no journal needs, so we didn’t read it."))

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Refused(_("The values in this file are nested deeper than in any journal, so we didn’t read it."))
        if self._depth == 2:
            self._table = attributes.get("name", name)
        elif self._depth == 3:
            self._row, self._size = {}, 0
        elif self._depth == 4:
            self._parts = []

    def _text(self, text: str) -> None:
        if self._depth >= 4:
            self._size += len(text)
            if self._size > limits.ITEM:
                raise Refused(incomplete())
            self._parts.append(text)

    def _end(self, name: str) -> None:
        if self._depth == 4 and len(self._row) < 200:
            self._row[name] = "".join(self._parts)
        elif self._depth == 3:
            self.rows.append((self._table, self._row))
        self._depth -= 1


def read(file: BinaryIO) -> Iterator[tuple[str, Row]]:
    """Each row with the name of its table. Raises `Refused` for what is no XML, or damaged."""
    file.seek(0)
    reader = _Reader()
    try:
        while chunk := file.read(64 * limits.KIB):
            reader.parser.Parse(chunk, False)
            yield from reader.rows
            reader.rows = []
        reader.parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError, OSError):
        raise Refused(incomplete()) from None
    yield from reader.rows
