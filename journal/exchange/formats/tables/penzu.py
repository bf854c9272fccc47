"""Penzu, which has no export of its own but pages to print: the table that others' tools make of it."""

from collections.abc import Iterator
from typing import ClassVar

from journal.exchange.formats.incoming import Incoming, Problem
from journal.exchange.formats.reading import html, moments
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.source import Source
from journal.exchange.formats.tables import rows


class Penzu:
    name: ClassVar[str] = "penzu"
    label: ClassVar[str] = "Penzu"

    def recognises(self, source: Source) -> bool:
        return {"entry_id", "content", "created_at"} <= set(rows.names(source.words))

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        for row in rows.of(source):
            date, text = row.get("created_at", "").strip(), row.get("content", "")
            if "</" in text or "<br" in text:
                text, _pictures = html.to_markdown(text)
            # "Thu. 1/1/1970 at 1:00am": months come first.
            when = moments.american(date.partition(". ")[2] or date) or moments.written(date)
            journal = row.get("journal_id", "")
            yield from finished(
                Found(when, date, row.get("entry_id", ""), title=row.get("title", ""), text=text, extra={"journal": journal}), source
            )
