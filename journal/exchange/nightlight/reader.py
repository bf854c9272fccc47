"""Reading journal.json: a section at a time, and of the long ones a row at a time, so that memory does not grow with the file."""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import ijson
from django.utils.translation import gettext as _
from ijson.common import ObjectBuilder

from journal.exchange.formats.errors import Refused
from journal.exchange.formats.reading.archives import Archive, damaged
from journal.exchange.nightlight import FORMAT, JSON_FILE, SCHEMA
from journal.exchange.nightlight.guarded import Guarded

type Event = tuple[str, object]


class Piece(NamedTuple):
    """A value of a section. Lists come as one piece for each of their rows."""

    section: str
    value: object


def pieces(archive: Archive) -> Iterator[Piece]:
    """What is in the file. Raises `Refused`, also halfway."""
    try:
        with archive.open(JSON_FILE) as stream:
            yield from _pieces(Guarded(stream))
    except (ijson.JSONError, StopIteration, RuntimeError, KeyError, ValueError, OSError, ArithmeticError) as error:
        raise Refused(damaged()) from error


def _pieces(stream: Guarded) -> Iterator[Piece]:
    events: Iterator[Event] = ijson.basic_parse(stream, use_float=True)
    if next(events, None) != ("start_map", None):
        raise Refused(damaged())
    is_checked = False
    for event, section in events:
        if event == "end_map":
            return
        for value in _values(events, stream):
            piece = Piece(str(section), value)
            is_checked = is_checked or _check(piece)
            yield piece


def _values(events: Iterator[Event], stream: Guarded) -> Iterator[object]:
    """The value that comes next, or each of its rows where it is a list."""
    event = next(events)
    if event[0] != "start_array":
        yield _built(event, events)
        return
    for event in events:
        if event[0] == "end_array":
            return
        stream.begin()
        yield _built(event, events)


def _built(first: Event, events: Iterator[Event]) -> object:
    """The value that begins with this event."""
    builder, depth = ObjectBuilder(), 0
    for event in chain([first], events):
        builder.event(*event)
        depth += event[0].startswith("start") - event[0].startswith("end")
        if depth == 0:
            return builder.value
    raise Refused(damaged())


def _check(piece: Piece) -> bool:
    """Look at the number of the schema before anything that it is the number of."""
    if piece.section == "format" and piece.value != FORMAT:
        raise Refused(_("This file isn’t from Nightlight."))
    if piece.section == "schema":
        if not isinstance(piece.value, int) or piece.value > SCHEMA:
            raise Refused(_("A newer Nightlight made this file. You can import it once this site is updated."))
        return True
    if piece.section not in {"format", "made_at"}:
        raise Refused(damaged())
    return False
