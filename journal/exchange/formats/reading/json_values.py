"""JSON of any size, a value at a time, and values of it that may be of any type."""

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

import ijson
from django.utils.translation import gettext as _

from common.text import repair
from common.values import Values
from journal.exchange.formats import limits
from journal.exchange.formats.errors import Refused
from journal.exchange.formats.reading import texts
from journal.exchange.formats.reading.guarded import Guarded

type Keys = Values
# What `repair` would change, and halves of letters that no encoding knows.
_ODD = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def items(file: BinaryIO, place: str) -> Iterator[object]:
    """The values at a place such as "entries.item"."""
    yield from _each(file, lambda guarded: ijson.items(guarded, place, use_float=True))


def pairs(file: BinaryIO, place: str) -> Iterator[tuple[str, object]]:
    """The names and values of the object at a place."""
    yield from _each(file, lambda guarded: ijson.kvitems(guarded, place, use_float=True))


def whole(data: bytes) -> object:
    """The value of a small file, which is read faster by what reads it at once. Raises ValueError."""
    try:
        return json.loads(data.removeprefix(b"\xef\xbb\xbf").decode())
    except RecursionError as error:
        raise ValueError("This is nested too deep.") from error


def first(file: BinaryIO, place: str) -> object:
    """The first value at a place near the beginning of the file; None where there is none."""
    file.seek(0)
    try:
        return next(ijson.items(Guarded(io.BytesIO(file.read(limits.MIB))), place, use_float=True), None)
    except (ijson.JSONError, UnicodeError, ValueError, ArithmeticError, OSError):
        return None


def _each[V](file: BinaryIO, read: Callable[[Guarded], Iterator[V]]) -> Iterator[V]:
    guarded = Guarded(file)
    try:
        for value in read(guarded):
            guarded.begin()
            yield value
    except UnicodeError:
        raise Refused(texts.not_utf_8()) from None
    except ijson.JSONError as error:
        raise Refused(texts.not_utf_8() if "UTF8" in str(error) else incomplete()) from None
    except (ValueError, ArithmeticError, OSError):
        raise Refused(incomplete()) from None


def incomplete() -> str:
    return _("This file is damaged or incomplete. Export it again, and send that file.")


# --- Values that may be of any type.


def clean(text: str) -> str:
    """The text as it can be stored and shown."""
    # The first two are many times faster, and true of nearly every text.
    if text.isprintable() or text.replace("\n", " ").isprintable() or _ODD.search(text) is None:
        return text
    return repair(_SURROGATES.sub("\ufffd", text))


def text_of(value: object) -> str:
    """A text; "" for what is none."""
    return clean(value) if isinstance(value, str) else ""


def word_of(value: object) -> str:
    """A text or a number as a text on one line; "" for anything else."""
    if isinstance(value, str):
        is_plain = value.isprintable() and "  " not in value and value[:1] != " " and value[-1:] != " "
        return value if is_plain else " ".join(clean(value).split())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return number_text(value)


def number_text(value: float) -> str:
    """A number as a text; "" for one that is out of all proportion."""
    return f"{value:g}" if abs(value) < 1e15 else ""


def number_of(value: object) -> float | None:
    """A number within reason; None for anything else. Some journals write the largest there is where they have none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return None if not abs(value) < 1e300 else float(value)


def degrees_of(value: object) -> str:
    """A temperature in degrees Celsius; "" for what is none."""
    number = number_of(value)
    return f"{number:.0f} °C" if number is not None and abs(number) < 100 else ""


def joined(*values: object) -> str:
    """Words that say where, or in what weather: each once, with commas."""
    return ", ".join(dict.fromkeys(word for value in values if (word := word_of(value))))


def keys_of(value: object) -> Keys:
    """An object; an empty one for what is none."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[object]:
    """A list; an empty one for what is none."""
    return value if isinstance(value, list) else []


def flag_of(value: object) -> bool:
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in {"true", "yes", "1"})


def is_too_deep(value: object) -> bool:
    """Whether values are nested beyond the limit. Goes level by level, as deep ones would exhaust the stack."""
    level: list[object] = [value]
    for _depth in range(limits.DEPTH):
        level = [inner for outer in level if isinstance(outer, dict | list) for inner in _inner(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inner(value: Keys | list[object]) -> list[object]:
    return list(value.values()) if isinstance(value, dict) else value


# --- What else the source said.


class Budget:
    """Values cleaned for storing, up to so many characters in all. `is_cut` once something was left out."""

    def __init__(self, size: int = limits.EXTRA) -> None:
        self._left = size
        self.is_cut = False

    def keep(self, value: object, depth: int = 0) -> object:
        """The value without what is empty, or None."""
        if isinstance(value, str):
            return self._take(clean(value)) or None
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return value if abs(value) < 1e15 else None
        if depth > 8:
            self.is_cut = True
        elif isinstance(value, dict):
            return self._keep_names(value, depth)
        elif isinstance(value, list):
            self._left -= len(value)
            return [inner for inner in (self.keep(inner, depth + 1) for inner in value if self._left > 0) if inner is not None] or None
        return None

    def _keep_names(self, value: Keys, depth: int) -> Keys | None:
        kept: Keys = {}
        for name, inner in value.items():
            if self._left <= 0:
                self.is_cut = True
                break
            said = self.keep(inner, depth + 1)
            if said is not None:
                kept[self._take(clean(str(name)))] = said
        return kept or None

    def _take(self, text: str) -> str:
        if len(text) > self._left:
            self.is_cut = True
            text = text[: max(0, self._left)]
        self._left -= len(text) + 4
        return text
