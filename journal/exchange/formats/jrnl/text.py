"""jrnl's own text: each entry begins with its date in brackets."""

import re
from collections.abc import Iterator
from typing import ClassVar

from journal.exchange.formats.incoming import Incoming, Problem
from journal.exchange.formats.reading import moments, texts
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.paragraphs import Gathered
from journal.exchange.formats.source import Source

_BEGINS = re.compile(r"\[([^\[\]\n]{6,40})\] ?(.*)")
_TAG = re.compile(r"(?<!\S)@([^\s@.,;:!?()\"']{1,100})")
_SENTENCE = re.compile(r"[.!?\u203d\u2026](?:[\"'’”)]*)(?=\s)")


class JrnlText:
    name: ClassVar[str] = "jrnl-text"
    label: ClassVar[str] = "jrnl"

    def recognises(self, source: Source) -> bool:
        """A text that does not begin with a date in brackets is none: without dates there would be one entry, of today."""
        return _date(source.words.lstrip().split("\n", 1)[0]) is not None

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        date, first, gathered = "", "", Gathered()
        for line in texts.lines(source.file):
            begins = _date(line)
            if begins:
                if date:
                    yield from _entry(date, first, gathered, source)
                date, first, gathered = begins[1], begins[2], Gathered()
            elif date:
                gathered.add(line)
        if date:
            yield from _entry(date, first, gathered, source)


def _date(line: str) -> re.Match[str] | None:
    found = _BEGINS.match(line)
    return found if found and moments.written(found[1]) else None


def _entry(date: str, first: str, gathered: Gathered, source: Source) -> Iterator[Incoming | Problem]:
    """The first sentence is the title, or the whole line; a star at its beginning or end stands for itself."""
    if gathered.is_too_long:
        yield Problem(date, "too-long")
        return
    line = first.strip()
    is_starred = line.startswith("*") or line.endswith("*")
    if is_starred:
        line = line.removeprefix("*").strip() if line.startswith("*") else line.removesuffix("*").strip()
    end = _SENTENCE.search(line)
    title, rest = (line[: end.end()], line[end.end() :].strip()) if end else (line, "")
    text = "\n".join(part for part in (rest, gathered.text) if part)
    tags: list[object] = list(dict.fromkeys(_TAG.findall(f"{line}\n{text}")))
    yield from finished(Found(moments.written(date), date, title=title, text=text, tags=tags, is_starred=is_starred), source)
