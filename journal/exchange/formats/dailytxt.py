"""DailyTxT's backup: a ZIP file with a folder for each year, in it a JSON file for each month, and the files of all days in one."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import ClassVar

from django.utils.translation import gettext as _

from journal.exchange.formats import limits
from journal.exchange.formats.errors import Refused
from journal.exchange.formats.incoming import Incoming, Oddity, Problem
from journal.exchange.formats.reading import json_values, moments
from journal.exchange.formats.reading.archives import Archive
from journal.exchange.formats.reading.attachments import attached
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import Keys, flag_of, keys_of, list_of, number_of, text_of, word_of
from journal.exchange.formats.source import Source

_MONTH = re.compile(r"^(|.*/)(\d{4})/(\d{1,2})\.json$")
_KNOWN = {"day", "text", "date_written", "tags", "files", "isBookmarked"}


class DailyTxT:
    name: ClassVar[str] = "dailytxt"
    label: ClassVar[str] = "DailyTxT"

    def recognises(self, source: Source) -> bool:
        archive = source.archive
        months = [name for name in archive or () if _MONTH.match(name)]
        if not archive or not months:
            return False
        root = _MONTH.sub(r"\1", months[0])
        if f"{root}user.json" in archive or f"{root}users.json" in archive:
            raise Refused(
                _("This DailyTxT backup is encrypted. In DailyTxT’s settings, choose the unencrypted export, and send that file.")
            )
        return True

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        archive = source.members
        for name in archive:
            month = _MONTH.match(name)
            if month:
                root, where = month[1], f"{month[2]}-{month[3]:>02}"
                tags = _tags(archive, f"{root}tags.json")
                try:
                    with archive.open(name) as file:
                        for value in json_values.items(file, "days.item"):
                            yield from _day(value, where, archive, root, tags, source)
                except (Refused, OSError):
                    yield Problem(where, "broken")


def _tags(archive: Archive, name: str) -> dict[str, str]:
    """Names by their ids; none where the file is missing or damaged."""
    try:
        value = json_values.whole(archive.data(name, limits.DOCUMENT)) if name in archive else None
    except (OSError, ValueError):
        return {}
    tags = [keys_of(tag) for tag in list_of(keys_of(value).get("tags"))]
    return {word_of(tag.get("id")): word_of(tag.get("name")) for tag in tags}


def _day(value: object, month: str, archive: Archive, root: str, tags: dict[str, str], source: Source) -> Iterator[Incoming | Problem]:
    day = keys_of(value)
    number = number_of(day.get("day"))
    where = f"{month}-{int(number):02}" if number is not None and 0 < number < 32 else month
    if not isinstance(value, dict):
        yield Problem(where, "not-an-entry")
    elif json_values.is_too_deep(day):
        yield Problem(where, "too-deep")
    elif word_of(day.get("text")) or list_of(day.get("files")):  # days without words are listed, too
        yield from finished(_found(day, where, archive, root, tags), source)


def _found(day: Keys, where: str, archive: Archive, root: str, tags: dict[str, str]) -> Found:
    pins = [keys_of(pin) for pin in list_of(day.get("pins"))]
    pin = pins[0] if pins else {}
    found = Found(
        when=moments.iso(where),  # the folder says the day for sure; when it was written is free text
        where=where,
        source_id=where,
        edited=moments.written(word_of(day.get("date_written"))),
        text=text_of(day.get("text")),
        tags=[tags.get(word_of(tag), "") for tag in list_of(day.get("tags"))],
        is_starred=flag_of(day.get("isBookmarked")),
        place=pin.get("text"),
        latitude=pin.get("lat"),
        longitude=pin.get("lon"),
        extra={name: value for name, value in day.items() if name not in _KNOWN},
    )
    for file in list_of(day.get("files")):
        name = word_of(keys_of(file).get("filename")) or word_of(file)
        if name and f"{root}files/{name}" in archive:
            found.files.append(attached(archive, f"{root}files/{name}", PurePosixPath(name).name))
        else:
            found.oddities.append(Oddity("file-missing", name[:60] or "?"))
    return found
