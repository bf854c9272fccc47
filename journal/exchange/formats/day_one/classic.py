"""The folder of Day One's first versions, packed as a ZIP file: a property list for each entry, and a photo of the same name."""

import datetime as dt
import plistlib
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import ClassVar
from xml.parsers.expat import ExpatError

from journal.exchange.formats import limits
from journal.exchange.formats.day_one import markup
from journal.exchange.formats.incoming import Incoming, Oddity, Problem
from journal.exchange.formats.reading import moments
from journal.exchange.formats.reading.archives import Archive
from journal.exchange.formats.reading.attachments import attached
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import Keys, flag_of, joined, keys_of, list_of, text_of, word_of
from journal.exchange.formats.source import Source

_ENTRY = re.compile(r"(?:^|/)entries/[^/]+\.doentry$")
_KNOWN = {"UUID", "Creation Date", "Entry Text", "Starred", "Tags", "Time Zone", "Location", "Weather"}
# What begins a list, of which a property list may hold as many within one another as the stack has room for.
_OPENS = re.compile(rb"<(?:dict|array)>")


class Classic:
    name: ClassVar[str] = "day-one-classic"
    label: ClassVar[str] = "Day One"

    def recognises(self, source: Source) -> bool:
        return source.archive is not None and any(_ENTRY.search(name) for name in source.archive)

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        archive = source.members
        photos = {PurePosixPath(name).stem: name for name in archive if PurePosixPath(name).parent.name == "photos"}
        for name in archive:
            if _ENTRY.search(name):
                entry = _opened(archive, name)
                if isinstance(entry, Problem):
                    yield entry
                else:
                    yield from finished(_found(entry, PurePosixPath(name).stem, archive, photos), source)


def _opened(archive: Archive, name: str) -> Keys | Problem:
    where = PurePosixPath(name).name
    try:
        data = archive.data(name, limits.DOCUMENT)
        if len(_OPENS.findall(data)) > limits.EXTRA or b"<!ENTITY" in data:
            return Problem(where, "broken")
        value = plistlib.loads(data, fmt=plistlib.FMT_XML)
    except (
        OSError,
        ExpatError,
        plistlib.InvalidFileException,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        OverflowError,
        RecursionError,
    ):
        return Problem(where, "broken")
    return value if isinstance(value, dict) else Problem(where, "not-an-entry")


def _found(entry: Keys, stem: str, archive: Archive, photos: dict[str, str]) -> Found:
    location, weather = keys_of(entry.get("Location")), keys_of(entry.get("Weather"))
    uuid = word_of(entry.get("UUID")) or stem
    text, has_links = markup.without_links(text_of(entry.get("Entry Text")))
    found = Found(
        when=moments.iso(_iso(entry.get("Creation Date"))),
        where=stem,
        source_id=uuid,
        zone=word_of(entry.get("Time Zone")),
        text=markup.unescaped(text),
        tags=list_of(entry.get("Tags")),
        is_starred=flag_of(entry.get("Starred")),
        place=joined(*(location.get(name) for name in ("Place Name", "Locality", "Administrative Area", "Country"))),
        latitude=location.get("Latitude"),
        longitude=location.get("Longitude"),
        weather=joined(weather.get("Description"), _celsius(weather.get("Celsius"))),
        extra={name: _plain(value) for name, value in entry.items() if isinstance(name, str) and name not in _KNOWN},
    )
    if stem in photos:
        found.files.append(attached(archive, photos[stem]))
    if has_links:
        found.oddities.append(Oddity("link-to-entry"))
    return found


def _iso(value: object) -> str:
    """A property list's date, which is in UTC and says so by its kind alone."""
    return f"{value.isoformat()}Z" if isinstance(value, dt.datetime) else ""


def _celsius(value: object) -> str:
    number = word_of(value)
    return f"{number} °C" if number else ""


def _plain(value: object) -> object:
    return _iso(value) or value
