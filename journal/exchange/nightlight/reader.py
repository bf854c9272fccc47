"""Reading journal.json: a section at a time, and of the long ones a row at a time, so that memory does not grow with the file."""

import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import IO, NamedTuple

import ijson
from django.utils.translation import gettext as _
from ijson.common import ObjectBuilder

from journal.exchange.nightlight import FORMAT, JSON_FILE, SCHEMA

MOST_BYTES = 4 * 2**30  # of journal.json, unpacked
MOST_EVENTS = 2_000_000  # of one row: no page of ours comes near
MOST_DEPTH = 24


type Event = tuple[str, object]


class NotOurs(Exception):
    """The file is no export of Nightlight, or a damaged one. The message says so to the person who sent it."""


class Piece(NamedTuple):
    """A value of a section. Lists come as one piece for each of their rows."""

    section: str
    value: object


class _Bounded:
    """A stream that ends with an error where it unpacks to more than it may."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._left = stream, MOST_BYTES

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise NotOurs(_("This file unpacks to more than can be taken in."))
        return data


def damaged() -> NotOurs:
    return NotOurs(_("This file is damaged or incomplete. Save it again where it comes from, and send it once more."))


def recognises(archive: zipfile.ZipFile) -> bool:
    return JSON_FILE in archive.namelist()


def pieces(archive: zipfile.ZipFile) -> Iterator[Piece]:
    """What is in the file. Raises `NotOurs`, also halfway."""
    try:
        with archive.open(JSON_FILE) as stream:
            yield from _pieces(_Bounded(stream))
    except (
        ijson.JSONError,
        StopIteration,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        ValueError,
        OSError,
        ArithmeticError,
    ) as error:
        raise damaged() from error


def _pieces(stream: _Bounded) -> Iterator[Piece]:
    events: Iterator[Event] = ijson.basic_parse(stream, use_float=True)
    if next(events, None) != ("start_map", None):
        raise damaged()
    is_checked = False
    for event, section in events:
        if event == "end_map":
            return
        for value in _values(events):
            piece = Piece(str(section), value)
            is_checked = is_checked or _check(piece)
            yield piece


def _values(events: Iterator[Event]) -> Iterator[object]:
    """The value that comes next, or each of its rows where it is a list."""
    event = next(events)
    if event[0] != "start_array":
        yield _built(event, events)
        return
    for event in events:
        if event[0] == "end_array":
            return
        yield _built(event, events)


def _built(first: Event, events: Iterator[Event]) -> object:
    """The value that begins with this event."""
    builder, depth = ObjectBuilder(), 0
    for number, event in enumerate(chain([first], events)):
        builder.event(*event)
        depth += event[0].startswith("start") - event[0].startswith("end")
        if number > MOST_EVENTS or depth > MOST_DEPTH:
            break
        if depth == 0:
            return builder.value
    raise damaged()


def _check(piece: Piece) -> bool:
    """Look at the number of the schema before anything that it is the number of."""
    if piece.section == "format" and piece.value != FORMAT:
        raise NotOurs(_("This file is not of Nightlight."))
    if piece.section == "schema":
        if not isinstance(piece.value, int) or piece.value > SCHEMA:
            raise NotOurs(
                _("This file was made by a newer Nightlight than this one. It can be taken in once this site is brought up to date.")
            )
        return True
    if piece.section not in {"format", "made_at"}:
        raise damaged()
    return False
