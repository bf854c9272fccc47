"""Day One's JSON: a file for each journal, in a ZIP file with their media or alone."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, ClassVar

from journal.exchange.formats import limits
from journal.exchange.formats.day_one import markup
from journal.exchange.formats.incoming import Incoming, Oddity, Problem
from journal.exchange.formats.reading import json_values, moments
from journal.exchange.formats.reading.archives import Archive
from journal.exchange.formats.reading.attachments import attached
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import Keys, degrees_of, flag_of, joined, keys_of, list_of, text_of, word_of
from journal.exchange.formats.source import Source

MEDIA = ("photos", "videos", "audios", "pdfAttachments")
FOLDERS = frozenset({"photos", "videos", "audios", "pdfs"})
# What has a place of its own in an entry, or says again what another says. Whatever else there is, is kept as it is.
_KNOWN = {"uuid", "creationDate", "modifiedDate", "timeZone", "starred", "tags", "text", "richText", *MEDIA}


class DayOne:
    name: ClassVar[str] = "day-one"
    label: ClassVar[str] = "Day One"

    def recognises(self, source: Source) -> bool:
        if source.archive:
            return any(_is_journal(source.shape_of(name)) for name in _at_root(source.archive)[: limits.CANDIDATES])
        return _is_journal(source.shape)

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        archive = source.archive
        if archive is None:
            yield from _read(source.file, source, _Media())
            return
        names = [name for name in _at_root(archive) if _is_journal(source.shape_of(name))]
        media = _Media(archive)
        for name in names:
            media.learn(source, name)
        for name in names:
            with source.opened(name) as file:
                yield from _read(file, source, media, PurePosixPath(name).stem)


def _at_root(archive: Archive) -> list[str]:
    """The journals, also where somebody packed the folder that they lie in."""
    return [name for name in archive if name.endswith(".json") and name.count("/") <= 1]


def _is_journal(shape: frozenset[str]) -> bool:
    if "entries.item.creationDate" in shape:
        return True
    return "metadata.version" in shape and "entries" in shape and not shape & {"metadata.application", "entries.map_key", "journals"}


class _Media:
    """Which file an identifier stands for. A photo in two entries may be listed on the first alone, so all entries are asked before."""

    def __init__(self, archive: Archive | None = None) -> None:
        self.archive = archive
        paths = [(PurePosixPath(name), name) for name in archive or ()]
        self.by_sum = {path.stem.lower(): name for path, name in paths if path.parent.name in FOLDERS}
        self._by_id: dict[str, str] = {}

    def learn(self, source: Source, name: str) -> None:
        if self.archive is None or not self.by_sum:
            return
        with source.opened(name) as file:
            for entry in json_values.items(file, "entries.item"):
                for kind in MEDIA:
                    for medium in list_of(keys_of(entry).get(kind)):
                        self._remember(keys_of(medium))

    def _remember(self, medium: Keys) -> None:
        member = self.by_sum.get(word_of(medium.get("md5")).lower())
        identifier = word_of(medium.get("identifier"))
        if member and identifier:
            self._by_id.setdefault(identifier, member)

    def member(self, identifier: str) -> str:
        return self._by_id.get(identifier, "")


def _read(file: BinaryIO, source: Source, media: _Media, journal: str = "") -> Iterator[Incoming | Problem]:
    for number, value in enumerate(json_values.items(file, "entries.item"), start=1):
        if not isinstance(value, dict):
            yield Problem(f"#{number}", "not-an-entry")
        elif json_values.is_too_deep(value):
            yield Problem(word_of(value.get("creationDate")) or f"#{number}", "too-deep")
        else:
            yield from finished(_found(value, media, journal), source)


def _found(entry: Keys, media: _Media, journal: str) -> Found:
    embedded: list[str] = []
    text = text_of(entry.get("text")) or markup.of_rich_text(entry.get("richText"))
    text = markup.without_embeds(text, embedded.append)
    text, has_links = markup.without_links(text)
    location, weather = keys_of(entry.get("location")), keys_of(entry.get("weather"))
    extra = {name: value for name, value in entry.items() if name not in _KNOWN}
    found = Found(
        when=moments.iso(entry.get("creationDate")),
        where=word_of(entry.get("creationDate")),
        source_id=word_of(entry.get("uuid")),
        edited=moments.iso(entry.get("modifiedDate")),
        zone=word_of(entry.get("timeZone")) or word_of(location.get("timeZoneName")),
        text=markup.unescaped(text),
        tags=list_of(entry.get("tags")),
        is_starred=flag_of(entry.get("starred")),
        place=joined(*(location.get(name) for name in ("placeName", "localityName", "administrativeArea", "country"))),
        latitude=location.get("latitude"),
        longitude=location.get("longitude"),
        weather=joined(weather.get("conditionsDescription"), degrees_of(weather.get("temperatureCelsius"))),
        extra=extra | ({"journal": journal} if journal else {}),
    )
    if flag_of(entry.get("isAllDay")) and found.when:
        found.when = _day_of(found.when, found.zone)
    if has_links:
        found.oddities.append(Oddity("link-to-entry"))
    _attach(found, entry, embedded, media)
    return found


def _day_of(when: moments.When, zone_name: str) -> moments.When:
    """Of an entry of a whole day, the day in its zone: its time says nothing."""
    zone = moments.zone(zone_name)
    return moments.When(when.at.astimezone(zone).date() if zone and when.at and when.at.tzinfo else when.day)


def _attach(found: Found, entry: Keys, embedded: list[str], media: _Media) -> None:
    """The files in the order of the text, then those that it does not mention. One that is missing is said, and the entry stays."""
    listed: dict[str, str] = {}
    for kind in MEDIA:
        items = sorted((keys_of(item) for item in list_of(entry.get(kind))), key=_order)
        for item in items:
            sum_, identifier = word_of(item.get("md5")).lower(), word_of(item.get("identifier"))
            listed[identifier or sum_] = media.by_sum.get(sum_) or media.member(identifier)
    for identifier in dict.fromkeys([*embedded, *listed]):
        member = listed.get(identifier) or media.member(identifier)
        if media.archive and member:
            found.files.append(attached(media.archive, member))
        else:
            found.oddities.append(Oddity("file-missing", identifier[:40] or "?"))


def _order(item: Keys) -> float:
    return json_values.number_of(item.get("orderInEntry")) or 0
