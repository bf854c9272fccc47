"""Diaro's backup: tables in one XML file, alone or in a ZIP file with media."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from journal.exchange.formats.incoming import Incoming, Oddity, Problem
from journal.exchange.formats.reading import moments, xml_rows
from journal.exchange.formats.reading.attachments import attached
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.xml_rows import Row
from journal.exchange.formats.source import Source

_FILE = "DiaroBackup.xml"
_KNOWN = {"uid", "date", "tz_offset", "title", "text", "tags", "folder_uid", "location_uid", "primary_photo_uid", "archived"}


class Diaro:
    name: ClassVar[str] = "diaro"
    label: ClassVar[str] = "Diaro"

    def recognises(self, source: Source) -> bool:
        return bool(_named(source)) or ("<?xml" in source.words[:200] and 'name="diaro_' in source.words)

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        name = _named(source)
        around = _around(source, name)
        with source.opened(name) as file:
            for table, row in xml_rows.read(file):
                if table == "diaro_entries":
                    yield from finished(_found(row, around, source), source)


@dataclass(slots=True)
class _Around:
    """What the other tables hold, by its id, and the attachments by their entry's."""

    tags: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    locations: dict[str, Row] = field(default_factory=dict)
    files: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


def _named(source: Source) -> str:
    return next((name for name in source.archive or () if PurePosixPath(name).name == _FILE), "")


def _around(source: Source, name: str) -> _Around:
    around = _Around()
    with source.opened(name) as file:
        for table, row in xml_rows.read(file):
            uid = row.get("uid", "")
            if table == "diaro_tags":
                around.tags[uid] = row.get("title", "")
            elif table == "diaro_folders":
                around.folders[uid] = row.get("title", "")
            elif table == "diaro_locations":
                around.locations[uid] = row
            elif table == "diaro_attachments":
                around.files.setdefault(row.get("entry_uid", ""), []).append((row.get("type", "photo"), row.get("filename", "")))
    return around


def _found(row: Row, around: _Around, source: Source) -> Found:
    location = around.locations.get(row.get("location_uid", ""), {})
    folder = around.folders.get(row.get("folder_uid", ""), "")
    found = Found(
        when=moments.epoch(_number(row.get("date", ""))),
        where=row.get("title", "") or row.get("date", ""),
        source_id=row.get("uid", ""),
        title=row.get("title", ""),
        text=row.get("text", ""),
        tags=[around.tags.get(uid, "") for uid in row.get("tags", "").split(",") if uid],
        place=location.get("title") or location.get("address", ""),
        latitude=_number(location.get("lat", "")),
        longitude=_number(location.get("lng", location.get("long", ""))),
        extra={name: value for name, value in row.items() if name not in _KNOWN} | ({"folder": folder} if folder else {}),
    )
    root = PurePosixPath(_named(source)).parent
    for kind, name in around.files.get(row.get("uid", ""), []):
        member = str(root / "media" / kind / name)
        if source.archive and member in source.archive:
            found.files.append(attached(source.archive, member))
        else:
            found.oddities.append(Oddity("file-missing", name[:60] or "?"))
    return found


def _number(text: str) -> float | None:
    try:
        return float(text) if len(text) < 40 else None
    except ValueError:
        return None
