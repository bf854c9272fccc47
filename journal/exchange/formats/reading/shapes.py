"""Which places the JSON of a file has values at: what its format is recognised by."""

import io
from itertools import islice
from typing import BinaryIO

import ijson

from journal.exchange.formats.reading.guarded import Guarded

BYTES = 1024 * 1024  # of the file that are looked at
EVENTS = 4_000  # names, values, beginnings and ends among them


def of(file: BinaryIO) -> frozenset[str]:
    """Places such as "entries.item.text", and "item" for the values of a list at the top; empty for what is not JSON.

    A broken end does not matter: what was seen before it counts. Raises `Refused` for hostile JSON.
    """
    file.seek(0)
    beginning = file.read(BYTES)
    if beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in {b"{", b"["}:
        return frozenset()
    seen: set[str] = set()
    try:
        for place, _event, _value in islice(ijson.parse(Guarded(io.BytesIO(beginning)), use_float=True), EVENTS):
            if place.count(".") < 6:
                seen.add(place)
    except (ijson.JSONError, UnicodeError, ValueError, ArithmeticError):
        pass
    return frozenset(seen - {""}) or frozenset({"{}"})
