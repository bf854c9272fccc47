"""Mini Diary's JSON: an object with an entry for each day."""

import re
from collections.abc import Iterator
from typing import ClassVar

from journal.exchange.formats.incoming import Incoming, Problem
from journal.exchange.formats.reading import html, json_values, moments
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import keys_of, text_of, word_of
from journal.exchange.formats.source import Source

_DAY = re.compile(r"entries\.\d{4}-\d{2}-\d{2}(?:\.|$)")
_KNOWN = {"title", "text", "dateUpdated"}


class MiniDiary:
    name: ClassVar[str] = "mini-diary"
    label: ClassVar[str] = "Mini Diary"

    def recognises(self, source: Source) -> bool:
        return any(_DAY.match(place) for place in source.shape) or {"metadata.application", "entries"} <= source.shape

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        for day, value in json_values.pairs(source.file, "entries"):
            entry = keys_of(value)
            if not isinstance(value, dict):
                yield Problem(day[:40], "not-an-entry")
            elif json_values.is_too_deep(entry):
                yield Problem(day[:40], "too-deep")
            else:
                text = text_of(entry.get("text"))
                if text.lstrip().startswith(("<p", "<div", "<h", "<ul", "<ol", "<blockquote")):
                    text, _pictures = html.to_markdown(text)
                extra = {name: said for name, said in entry.items() if name not in _KNOWN}
                edited = moments.iso(entry.get("dateUpdated")) or moments.written(word_of(entry.get("dateUpdated")))
                found = Found(moments.iso(day), day[:40], day, edited=edited, title=entry.get("title"), text=text, extra=extra)
                yield from finished(found, source)
