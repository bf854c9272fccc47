"""Journiv's export: a ZIP file with one JSON file of all journals, and their media."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, ClassVar

from journal.exchange.formats.incoming import Incoming, Oddity, Problem
from journal.exchange.formats.reading import json_values, moments, rich_text
from journal.exchange.formats.reading.archives import Archive
from journal.exchange.formats.reading.attachments import attached
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import Keys, degrees_of, joined, keys_of, list_of, text_of, word_of
from journal.exchange.formats.source import Source

_VERSIONS = {"1.0", "1.1", "1"}
_KNOWN = set("id title content entry_date entry_datetime_utc entry_timezone word_count tags location weather prompt_text media".split())
_KNOWN |= {"created_at", "updated_at"}


class Journiv:
    name: ClassVar[str] = "journiv"
    label: ClassVar[str] = "Journiv"

    def recognises(self, source: Source) -> bool:
        return any(_is_export(source.shape_of(name)) for name in _named(source.archive)) if source.archive else _is_export(source.shape)

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        archive = source.archive
        if archive is None:
            yield from _read(source.file, source, None)
            return
        for name in _named(archive):
            if _is_export(source.shape_of(name)):
                with source.opened(name) as file:
                    yield from _read(file, source, archive)


def _named(archive: Archive) -> list[str]:
    return [name for name in archive if PurePosixPath(name).name in {"data.json", "journiv.json"}]


def _is_export(shape: frozenset[str]) -> bool:
    return "journals" in shape and bool(shape & {"export_version", "journals.item.entries", "mood_definitions"})


def _read(file: BinaryIO, source: Source, archive: Archive | None) -> Iterator[Incoming | Problem]:
    version = word_of(json_values.first(file, "export_version"))
    media = {PurePosixPath(name).name: name for name in archive or ()}
    for number, value in enumerate(json_values.items(file, "journals.item.entries.item"), start=1):
        if not isinstance(value, dict):
            yield Problem(f"#{number}", "not-an-entry")
        elif json_values.is_too_deep(value):
            yield Problem(word_of(value.get("entry_date")) or f"#{number}", "too-deep")
        else:
            found = _found(value)
            if number == 1 and version not in _VERSIONS:
                found.oddities.append(Oddity("version-unknown", version[:20] or "?"))
            _attach(found, value, archive, media)
            yield from finished(found, source)


def _found(entry: Keys) -> Found:
    mood, location, weather = keys_of(entry.get("mood_log")), keys_of(entry.get("location")), keys_of(entry.get("weather"))
    when = moments.iso(entry.get("entry_datetime_utc")) or moments.iso(entry.get("entry_date"))
    content, oddities = entry.get("content"), []
    if rich_text.is_quill(content):
        try:
            text = rich_text.of_quill(content)
        except ValueError:
            text, oddities = text_of(content), [Oddity("raw", "Quill")]
    else:
        text = text_of(content)
    note = text_of(mood.get("note")).strip()
    return Found(
        when=_in_utc(when),
        where=word_of(entry.get("entry_date")) or word_of(entry.get("title")),
        source_id=word_of(entry.get("id")),
        edited=_in_utc(moments.iso(entry.get("updated_at"))),
        zone=word_of(entry.get("entry_timezone")),
        title=entry.get("title"),
        text=f"{text}\n\n{note}" if note and note not in text else text,
        question=text_of(entry.get("prompt_text")),
        tags=list_of(entry.get("tags")),
        place=joined(location.get("name"), location.get("city"), location.get("country")) or entry.get("location"),
        latitude=location.get("latitude", location.get("lat")),
        longitude=location.get("longitude", location.get("lon")),
        weather=joined(weather.get("condition"), weather.get("description"), degrees_of(weather.get("temp_c"))) or entry.get("weather"),
        extra={name: value for name, value in entry.items() if name not in _KNOWN},
        oddities=oddities,
    )


def _in_utc(when: moments.When | None) -> moments.When | None:
    """The moment, which is in UTC also where it does not say so."""
    if when is None or when.at is None or when.at.tzinfo:
        return when
    return moments.When(when.day, when.at.replace(tzinfo=moments.UTC))


def _attach(found: Found, entry: Keys, archive: Archive | None, media: dict[str, str]) -> None:
    for medium in (keys_of(medium) for medium in list_of(entry.get("media"))):
        path, name = word_of(medium.get("file_path")), word_of(medium.get("filename"))
        candidates = (path, f"media/{path}", media.get(PurePosixPath(path or name).name, ""), media.get(name, ""))
        member = next((candidate for candidate in candidates if archive and candidate in archive), "")
        if archive and member:
            found.files.append(attached(archive, member, name))
        else:
            found.oddities.append(Oddity("file-missing", (name or path)[:60] or "?"))
