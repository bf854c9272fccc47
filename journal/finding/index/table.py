"""The index of a journal, in memory: a contentless FTS5 table, beside which lies whose row is whose.

SQLite keeps it in memory alone; `image` and `Index(image)` store and open it as one value. It holds words as they were written,
folded, and no stems: those words of its vocabulary that share a stem with what is searched for are looked up when it is (see
`matching`). So it is small, knows every language's inflections at once, and finds exact words, phrases and beginnings.
"""

import datetime as dt
import sqlite3
import struct
import uuid
from array import array
from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import cached_property

from journal.finding.index.documents import Document

FORMAT = 2  # raised whenever an index that was stored would be misread: those are made anew

_SCHEMA = """
PRAGMA auto_vacuum = FULL;
CREATE VIRTUAL TABLE pages USING fts5(words, facets, content='', tokenize="ascii tokenchars '_'");
INSERT INTO pages(pages, rank) VALUES ('hashsize', 16777216);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(pages, row);
CREATE TABLE places (entries BLOB, nights BLOB, gone BLOB);
INSERT INTO places VALUES (x'', x'', x'');
"""
_GONE = bytes(16)  # in place of the id of a row that is no longer true
_NUMBER = "I"  # the type of the arrays


class Unreadable(Exception):
    """The image is not that of an index."""


class Index:
    """Rows of entries, numbered as they came. Close it: what it takes is given back then, and not before."""

    def __init__(self, image: bytes | memoryview | None = None) -> None:
        self._database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        try:
            self._database.execute("PRAGMA temp_store = MEMORY")
            if image is None:
                self._database.executescript(_SCHEMA)
            else:
                self._database.deserialize(image)
            entries, nights, gone = self._database.execute("SELECT entries, nights, gone FROM places").fetchone()
        except (sqlite3.Error, TypeError) as error:
            self._database.close()
            raise Unreadable from error
        self.size = 0 if image is None else len(image)
        self._entries = bytearray(entries)
        self.nights = array(_NUMBER, nights)  # of each row, as the ordinal of its date
        self.gone = set(array(_NUMBER, gone))  # the rows that are no longer true

    def close(self) -> None:
        self._database.close()

    def __len__(self) -> int:
        """How many entries it knows."""
        return len(self.nights) - len(self.gone)

    @cached_property
    def rows(self) -> dict[bytes, int]:
        """The row of each entry that it knows, by the bytes of its id."""
        rows = {entry: row for row, (entry,) in enumerate(struct.iter_unpack("16s", self._entries))}
        rows.pop(_GONE, None)
        return rows

    def entry(self, row: int) -> uuid.UUID:
        return uuid.UUID(bytes=bytes(self._entries[16 * row : 16 * row + 16]))

    # --- Learning.

    def learn(self, documents: Iterable[Document]) -> None:
        """Take these in place of what was known of the same entries."""
        self._database.execute("BEGIN")
        self._database.executemany("INSERT INTO pages (rowid, words, facets) VALUES (?, ?, ?)", map(self._row, documents))
        self._database.execute("COMMIT")

    def _row(self, document: Document) -> tuple[int, str, str]:
        self.forget(document.pk)
        row = len(self.nights)
        self.nights.append(document.night.toordinal())
        self._entries += document.pk.bytes
        self.rows[document.pk.bytes] = row
        return row, document.words, document.all_facets

    def forget(self, entry: uuid.UUID) -> None:
        """What is known of this entry is no longer true."""
        row = self.rows.pop(entry.bytes, None)
        if row is not None:
            self._entries[16 * row : 16 * row + 16] = _GONE
            self.gone.add(row)

    def image(self) -> bytes:
        """All of it, to be sealed."""
        gone = array(_NUMBER, sorted(self.gone)).tobytes()
        places = bytes(self._entries), self.nights.tobytes(), gone
        self._database.execute("UPDATE places SET entries = ?, nights = ?, gone = ?", places)
        return self._database.serialize()

    # --- Finding.

    def begun_with(self, beginning: str) -> list[str]:
        """The words of the vocabulary that begin with this."""
        rows = self._database.execute(
            "SELECT term FROM vocabulary WHERE term >= ? AND term < ?", (beginning, beginning + "\U0010ffff")
        ).fetchall()
        return [word for (word,) in rows if "_" not in word]  # with one it is a facet

    def find(self, expression: str) -> list[int]:
        """The rows that match this FTS5 expression, also those of what is no longer true; in no order that matters."""
        # As one text: to take each from the database as a row of its own costs twice as much.
        [(found,)] = self._database.execute("SELECT group_concat(rowid) FROM pages WHERE pages MATCH ?", (expression,))
        return list(map(int, found.split(","))) if found else []

    def rank(self, expression: str, besides: Sequence[Document] = ()) -> list[tuple[float, int]]:
        """The rows that match, each with its bm25: the lower, the better. `besides` are weighed as if it knew them; their rows follow
        its own, in their order.
        """
        self._database.execute("BEGIN")
        try:
            rows = ((len(self.nights) + number, document.words, document.all_facets) for number, document in enumerate(besides))
            self._database.executemany("INSERT INTO pages (rowid, words, facets) VALUES (?, ?, ?)", rows)
            ranked = "SELECT rank, rowid FROM pages WHERE pages MATCH ? AND rank MATCH 'bm25(1.0, 0.0)'"
            with closing(self._database.execute(ranked, (expression,))) as found:
                return found.fetchall()
        finally:
            self._database.execute("ROLLBACK")


def ordinals(first: dt.date | None, last: dt.date | None) -> range:
    """The nights from `first` to `last`, both included, as `Index.nights` holds them."""
    return range((first or dt.date.min).toordinal(), (last or dt.date.max).toordinal() + 1)
