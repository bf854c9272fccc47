"""Markdown files as entries: one a file, or one for each heading that is a date."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import basename
from typing import ClassVar

from journal.exchange.formats import limits
from journal.exchange.formats.errors import Refused
from journal.exchange.formats.incoming import Incoming, Oddity, Problem
from journal.exchange.formats.markdown import embeds, front_matter
from journal.exchange.formats.reading import moments, texts
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import Keys, flag_of, joined, keys_of, word_of
from journal.exchange.formats.reading.moments import When
from journal.exchange.formats.reading.paragraphs import Gathered
from journal.exchange.formats.source import Source
from journal.models.choices import Feeling

ENDINGS = (".md", ".markdown", ".mdown", ".txt")
_NAMED = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")
_HEADING = re.compile(r"#{1,4}\s")
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?)(?:\s*[-–—:|]?\s+(.*))?$")
_DATES, _EDITED = ("date", "date_journal", "created", "creationdate"), ("updated", "modified", "date_modified")
_KNOWN = {*_DATES, *_EDITED, "title", "tags", "starred", "favorite", "favourite", "location"}


class Markdown:
    name: ClassVar[str] = "markdown"
    label: ClassVar[str] = "Markdown"

    def recognises(self, source: Source) -> bool:
        if source.archive:
            return any(name.lower().endswith(ENDINGS[:3]) and not _is_hidden(name) for name in source.archive)
        if not source.name.lower().endswith(ENDINGS) or not source.words:
            return False
        head, _rest = front_matter.split(iter(source.words.splitlines(keepends=True)))
        return any(head.get(name) for name in _DATES) or _of_name(source.name) is not None or any(map(_dated, source.words.split("\n")))

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        archive = source.archive
        if archive is None:
            yield from _document(_Document(source.name), texts.lines(source.file), source)
            return
        files = embeds.Files(archive)
        for name in archive:
            if not name.lower().endswith(ENDINGS) or _is_hidden(name):
                continue
            try:
                with archive.open(name) as file:
                    yield from _document(_Document(name, files, archive.modified(name)), texts.lines(file), source)
            except Refused:
                yield Problem(basename(name), "encoding")
            except OSError:
                yield Problem(basename(name), "broken")


@dataclass(slots=True)
class _Document:
    """A file, with the files around it, and when it was last changed where that is known."""

    name: str
    files: embeds.Files | None = None
    changed: tuple[int, ...] | None = None
    head: Keys = field(default_factory=dict)


@dataclass(slots=True)
class _Section:
    """What follows a heading with a date, or the whole text before any."""

    when: When | None = None
    title: str = ""
    heading: str = ""
    gathered: Gathered = field(default_factory=Gathered)


def _document(document: _Document, lines: Iterator[str], source: Source) -> Iterator[Incoming | Problem]:
    document.head, taken = front_matter.split(lines)
    section, count, is_code = _Section(), 0, False
    for line in _all(taken, lines):
        is_code ^= line.startswith(("```", "~~~"))
        dated = None if is_code else _dated(line)
        if dated is None:
            section.gathered.add(line)
            continue
        if section.when or not _is_only_headings(section):
            count += 1
            yield from _entry(document, section, count, source, is_alone=False)
        section = _Section(*dated, line)
    yield from _entry(document, section, count + 1, source, is_alone=not count)


def _entry(document: _Document, section: _Section, number: int, source: Source, *, is_alone: bool) -> Iterator[Incoming | Problem]:
    """By precedence: front matter, the name of the file, the first heading that is a date, when the file was changed."""
    where, head = basename(document.name), document.head
    if section.gathered.is_too_long:
        yield Problem(where, "too-long")
        return
    oddities: list[Oddity] = []
    said = next((when for name in _DATES if (when := moments.written(word_of(head.get(name))))), None)
    when = said or _of_name(document.name) if is_alone else section.when or said or _of_name(document.name)
    if when is None:
        when = section.when
    if when is None and document.changed:
        when = _modified(document.changed)
        oddities.append(Oddity("date-from-file"))
    text = section.gathered.text
    title = word_of(head.get("title")) if is_alone or number == 1 else ""
    location = keys_of(head.get("location"))
    found = Found(
        when=when,
        where=where,
        edited=next((edited for name in _EDITED if (edited := moments.written(word_of(head.get(name))))), None),
        zone=word_of(head.get("timezone")),
        title=title or section.title,
        text=text,
        feeling=_feeling(head.get("mood") or head.get("feeling")),
        tags=list(_tags(head.get("tags"))),
        is_starred=any(flag_of(head.get(name)) for name in ("starred", "favorite", "favourite")),
        place=joined(location.get("name"), location.get("address")) or ("" if location else head.get("location")),
        latitude=_number(location.get("lat", location.get("latitude"))),
        longitude=_number(location.get("lon", location.get("longitude"))),
        extra={name: value for name, value in head.items() if name not in _KNOWN},
        oddities=oddities,
    )
    if document.files:
        found.text, found.files, missing = document.files.taken(text, document.name)
        found.oddities += [Oddity("file-missing", name) for name in missing]
    yield from finished(found, source)


def _all(taken: list[str], lines: Iterator[str]) -> Iterator[str]:
    yield from taken
    yield from lines


def _dated(line: str) -> tuple[When, str] | None:
    """The date of a heading, and the words after it; None for any other line."""
    if not _HEADING.match(line) or len(line) > 300:
        return None
    words = line.strip().strip("#").strip()
    dated = _DATED.match(words)
    if dated:
        when = moments.iso(dated[1])
        return (when, dated[2] or "") if when else None
    when = moments.written(words) if len(words) < 40 else None
    return (when, "") if when else None


def _is_only_headings(section: _Section) -> bool:
    """Whether nothing stands there but headings, such as those of years and months."""
    return all(not line.strip() or line.startswith("#") for line in section.gathered.text.split("\n"))


def _of_name(name: str) -> When | None:
    dated = _NAMED.search(basename(name))
    return moments.iso("-".join(dated.groups())) if dated else None


def _modified(parts: tuple[int, ...]) -> When | None:
    return moments.iso("{}-{:02}-{:02} {:02}:{:02}:{:02}".format(*parts))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or "/." in name


def _tags(value: object) -> Iterator[str]:
    """A list, or words with commas or spaces between them, each with or without its sign."""
    values = (
        value if isinstance(value, list) else re.split(r"\s*,\s*" if "," in str(value) else r"\s+", value) if isinstance(value, str) else []
    )
    yield from (tag for item in values[: limits.TAGS] if (tag := word_of(item).lstrip("#")))


def _feeling(value: object) -> str:
    """The feeling where it is one of Nightlight's own words; anything else stays among what else was said."""
    word = word_of(value).casefold()
    return word if word in Feeling.values else ""


def _number(value: object) -> object:
    try:
        return float(value) if isinstance(value, str) and len(value) < 40 else value
    except ValueError:
        return None
