"""jrnl's JSON: all entries, or a single one as the bare object."""

from collections.abc import Iterator
from typing import ClassVar

from journal.exchange.formats.incoming import Incoming, Problem
from journal.exchange.formats.reading import json_values, moments
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import Keys, flag_of, list_of, text_of, word_of
from journal.exchange.formats.source import Source

_KNOWN = {"title", "body", "date", "time", "tags", "starred", "uuid"}
_SIGNS = "@#+%"  # that begin a tag


class Jrnl:
    name: ClassVar[str] = "jrnl"
    label: ClassVar[str] = "jrnl"

    def recognises(self, source: Source) -> bool:
        return bool(_place(source.shape)) or {"tags", "entries"} == {place for place in source.shape if "." not in place}

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        place = "" if _place(source.shape) == "single" else "entries.item"
        for number, value in enumerate(json_values.items(source.file, place), start=1):
            if not isinstance(value, dict):
                yield Problem(f"#{number}", "not-an-entry")
            elif json_values.is_too_deep(value):
                yield Problem(word_of(value.get("date")) or f"#{number}", "too-deep")
            else:
                yield from finished(_found(value), source)


def _place(shape: frozenset[str]) -> str:
    if {"entries.item.body", "entries.item.date"} <= shape:
        return "many"
    return "single" if {"title", "body", "date"} <= shape and "entries" not in shape else ""


def _found(entry: Keys) -> Found:
    date, time = word_of(entry.get("date")), word_of(entry.get("time"))
    return Found(
        when=moments.iso(f"{date} {time}") or moments.iso(date),  # on the clock of whoever takes it in: jrnl knows no zones
        where=date,
        source_id=word_of(entry.get("uuid")),
        title=entry.get("title"),
        text=text_of(entry.get("body")),
        tags=[word_of(tag).lstrip(_SIGNS) for tag in list_of(entry.get("tags"))],
        is_starred=flag_of(entry.get("starred")),
        extra={name: value for name, value in entry.items() if name not in _KNOWN},
    )
