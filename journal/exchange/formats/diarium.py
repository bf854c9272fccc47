"""Diarium: its JSON with the media of each day, and its text files, one a day."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import ClassVar

from journal.exchange.formats import limits
from journal.exchange.formats.incoming import Incoming, Problem
from journal.exchange.formats.reading import html, json_values, moments, texts
from journal.exchange.formats.reading.archives import Archive
from journal.exchange.formats.reading.attachments import attached
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import Keys, keys_of, list_of, text_of, word_of
from journal.exchange.formats.source import Source

_KNOWN = {"date", "heading", "html", "tags", "location"}
_TAGS = re.compile(r"(?:tags|etiquetas|schlagwörter|schlagworte|mots-clés|étiquettes|tag|trefwoorden)\s*:\s*(.*)", re.IGNORECASE)


class Diarium:
    name: ClassVar[str] = "diarium"
    label: ClassVar[str] = "Diarium"

    def recognises(self, source: Source) -> bool:
        return (
            any(_is_diary(source.shape_of(name)) for name in _named(source.archive)[: limits.CANDIDATES])
            if source.archive
            else _is_diary(source.shape)
        )

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        archive = source.archive
        media: dict[str, list[str]] = defaultdict(list)
        for name in archive or ():
            folder = PurePosixPath(name).parent
            if folder.parent.name == "media":
                media[folder.name[:10]].append(name)
        seen: set[str] = set()
        for name in _named(archive) if archive else [""]:
            if archive and not _is_diary(source.shape_of(name)):
                continue
            with source.opened(name) as file:
                for number, value in enumerate(json_values.items(file, "item"), start=1):
                    if not isinstance(value, dict):
                        yield Problem(f"#{number}", "not-an-entry")
                    elif json_values.is_too_deep(value):
                        yield Problem(word_of(value.get("date")) or f"#{number}", "too-deep")
                    else:
                        yield from finished(_found(value, archive, media, seen), source)


def _named(archive: Archive) -> list[str]:
    return [name for name in archive if name.endswith(".json") and name.count("/") <= 1]


def _is_diary(shape: frozenset[str]) -> bool:
    return "item.date" in shape and bool(shape & {"item.html", "item.heading"})


def _found(entry: Keys, archive: Archive | None, media: dict[str, list[str]], seen: set[str]) -> Found:
    when = moments.iso(entry.get("date"))
    date = word_of(entry.get("date"))
    is_first = date not in seen and when is not None and when.at is not None
    seen.add(date)
    text, _pictures = html.to_markdown(text_of(entry.get("html")))
    location = list_of(entry.get("location"))
    latitude, longitude = location if len(location) == 2 else (None, None)
    # The files of a day are in one folder: the first entry of the day has them.
    members = media.pop(when.day.isoformat(), []) if when else []
    return Found(
        when=when,
        where=date,
        source_id=date if is_first else "",  # a moment to the ten millionth of a second, as good as an id; a second of it is none
        title=entry.get("heading"),
        text=text,
        tags=list_of(entry.get("tags")),
        place="" if location else keys_of(entry.get("location")).get("name", entry.get("location")),
        latitude=latitude,
        longitude=longitude,
        extra={name: value for name, value in entry.items() if name not in _KNOWN},
        files=[attached(archive, member) for member in members] if archive else [],
    )


class DiariumText:
    name: ClassVar[str] = "diarium-text"
    label: ClassVar[str] = "Diarium"

    def recognises(self, source: Source) -> bool:
        names = [name for name in source.archive or () if name.endswith(".txt")]
        if not names or any(name.endswith((".md", ".markdown")) for name in source.archive or ()):
            return False
        return moments.written(source.words_of(names[0]).split("\n", 1)[0].strip()) is not None

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        archive = source.members
        for name in archive:
            if not name.endswith(".txt"):
                continue
            where = PurePosixPath(name).name
            try:
                text = texts.decoded(archive.data(name, limits.DOCUMENT))
            except UnicodeError:
                yield Problem(where, "encoding")
            except OSError:
                yield Problem(where, "broken")
            else:
                yield from _text(text, where, source)


def _text(text: str, where: str, source: Source) -> Iterator[Incoming | Problem]:
    """The first line is the date. Of the last lines, which are in the language of the diary, the tags are known in some."""
    date, _newline, body = text.partition("\n")
    lines, tags = body.rstrip().split("\n"), list[object]()
    for line in lines[-4:]:
        said = _TAGS.fullmatch(line.strip())
        if said:
            tags = [tag for tag in re.split(r"\s*,\s*", said[1]) if tag]
            lines.remove(line)
    when = moments.written(date.strip())
    if when is None:
        yield Problem(where, "bad-date", date.strip()[:60])
        return
    yield from finished(Found(when, where, text="\n".join(lines).strip("\n"), tags=tags), source)
