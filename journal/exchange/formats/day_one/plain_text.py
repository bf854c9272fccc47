"""Day One's plain text: entries one after the other, each after a line with its date between tabs."""

import re
from collections.abc import Iterator
from typing import ClassVar

from journal.exchange.formats.incoming import Incoming, Problem
from journal.exchange.formats.reading import moments, texts
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.paragraphs import Gathered
from journal.exchange.formats.source import Source

_DATE = re.compile(r"\tDate:\t(.*)")
_HEAD = re.compile(r"\t(Weather|Location|Photo|Photos|Tags|Time Zone):\t(.*)")


class PlainText:
    name: ClassVar[str] = "day-one-text"
    label: ClassVar[str] = "Day One"

    def recognises(self, source: Source) -> bool:
        return re.search(r"^\tDate:\t", source.words, re.MULTILINE) is not None

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        """What stands before the first date is no entry. One whose date cannot be read is a problem; the others follow it."""
        date, head, gathered = None, {}, Gathered()
        for line in texts.lines(source.file):
            begins = _DATE.match(line)
            if begins:
                if date is not None:
                    yield from _entry(date, head, gathered, source)
                date, head, gathered = begins[1].strip(), dict[str, str](), Gathered()
            elif date is not None:
                said = _HEAD.match(line) if gathered.is_empty else None
                if said:
                    head[said[1]] = said[2].strip()
                else:
                    gathered.add(line)
        if date is not None:
            yield from _entry(date, head, gathered, source)


def _entry(date: str, head: dict[str, str], gathered: Gathered, source: Source) -> Iterator[Incoming | Problem]:
    when = moments.written(date)
    if when is None:
        yield Problem(date[:80], "bad-date", date[:80])
    elif gathered.is_too_long:
        yield Problem(date[:80], "too-long")
    else:
        tags = [tag for tag in re.split(r"[,;]\s*", head.pop("Tags", "")) if tag]
        weather, place = head.pop("Weather", ""), head.pop("Location", "")
        yield from finished(Found(when, date, text=gathered.text, tags=list(tags), weather=weather, place=place, extra=dict(head)), source)
