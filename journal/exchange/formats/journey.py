"""Journey: a ZIP file with a JSON file for each entry, and its media beside it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from posixpath import basename
from typing import ClassVar

from journal.exchange.formats import limits
from journal.exchange.formats.incoming import Incoming, Oddity, Problem
from journal.exchange.formats.reading import html, json_values, moments
from journal.exchange.formats.reading.archives import Archive
from journal.exchange.formats.reading.attachments import attached
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import Keys, degrees_of, flag_of, joined, keys_of, list_of, text_of, word_of
from journal.exchange.formats.source import Source

_ENTRY = re.compile(r"(?:^|/)\d{9,16}-[0-9A-Za-z]{8,32}\.json$")
# The preview says again what the text says. The mood stays among what else was said: which end of its scale is which is not known for sure.
_KNOWN = set("id date_modified date_journal timezone text type preview_text favourite lat lon address label photos weather tags".split())


class Journey:
    name: ClassVar[str] = "journey"
    label: ClassVar[str] = "Journey"

    def recognises(self, source: Source) -> bool:
        if source.archive:
            return any(_ENTRY.search(name) for name in source.archive)
        return "date_journal" in source.shape

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        archive = source.archive
        if archive is None:
            yield from _read(_all(source), source.name, source, None, {})
            return
        media: dict[str, list[str]] = defaultdict(list)
        for name in archive:
            if not name.endswith(".json"):
                media["-".join(basename(name).split("-")[:2])].append(name)
        for name in archive:
            if _ENTRY.search(name):
                try:
                    data = archive.data(name, limits.DOCUMENT)
                except OSError:
                    yield Problem(basename(name), "broken")
                    continue
                yield from _read(data, name, source, archive, media)


def _all(source: Source) -> bytes:
    source.file.seek(0)
    return source.file.read(limits.DOCUMENT)


def _read(data: bytes, name: str, source: Source, archive: Archive | None, media: dict[str, list[str]]) -> Iterator[Incoming | Problem]:
    where = basename(name)
    try:
        entry = json_values.whole(data)
    except ValueError:
        yield Problem(where, "broken")
        return
    if not isinstance(entry, dict):
        yield Problem(where, "not-an-entry")
    elif json_values.is_too_deep(entry):
        yield Problem(where, "too-deep")
    else:
        stem = where.removesuffix(".json")
        found = _found(entry, stem)
        _attach(found, entry, media.get(stem, []), archive)
        yield from finished(found, source)


def _found(entry: Keys, stem: str) -> Found:
    text, weather = text_of(entry.get("text")), keys_of(entry.get("weather"))
    if word_of(entry.get("type")).lower() == "html":
        text, _pictures = html.to_markdown(text)
    return Found(
        when=moments.epoch(entry.get("date_journal")),
        where=stem,
        source_id=word_of(entry.get("id")) or stem,
        edited=moments.epoch(entry.get("date_modified")),
        zone=word_of(entry.get("timezone")),
        text=text,
        tags=list_of(entry.get("tags")),
        is_starred=flag_of(entry.get("favourite")),
        place=joined(entry.get("label"), entry.get("address")),
        latitude=entry.get("lat"),
        longitude=entry.get("lon"),
        weather=joined(weather.get("description"), degrees_of(weather.get("degree_c"))),
        extra={name: value for name, value in entry.items() if name not in _KNOWN and value not in (0, "")},
    )


def _attach(found: Found, entry: Keys, members: list[str], archive: Archive | None) -> None:
    """The files that the entry lists, in their order, then those that bear its name alone."""
    beside = {basename(name): name for name in members}
    for listed in dict.fromkeys(word_of(name) for name in list_of(entry.get("photos"))):
        member = beside.pop(listed, listed)
        if archive and member in archive:
            found.files.append(attached(archive, member))
        else:
            found.oddities.append(Oddity("file-missing", listed[:60] or "?"))
    if archive:
        found.files += [attached(archive, member) for member in beside.values()]
