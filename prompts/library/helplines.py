"""Helplines by country, read from the file that ships or from one that the operator provides in its place."""

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError

SHIPPED = LIBRARY / "helplines.toml"
STALE_AFTER = dt.timedelta(days=365)
KINDS = ("talk", "parents", "birth", "violence", "men", "protection", "children")
HOW = ("called", "site")  # how somebody checked a number
DIALLABLE = re.compile(r"\+?[0-9]{2,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One number. `what` and `hours` are texts by language code, always with English.

    `compared` is the day on which the number was last compared with `source`. It is checked only where a person called it
    or read it on the organisation's live page: `checked` is that day, and `how` one of HOW. A day alone counts for nothing.
    """

    name: str
    kind: str  # one of KINDS
    what: dict[str, str]
    number: str  # as people read it
    tel: str  # as it is dialled
    hours: dict[str, str]
    site: str
    source: str
    compared: dt.date | None = None
    checked: dt.date | None = None
    how: str = ""

    @property
    def is_checked(self) -> bool:
        return self.checked is not None and bool(self.how)


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country's emergency numbers and helplines. `name` and `note` are texts by language code, `name` always with English.

    Where `ambulance` is "", one number reaches police and ambulance. `note` and `source` are about these numbers.
    """

    code: str  # ISO 3166-1 alpha-2
    name: dict[str, str]
    emergency: str
    lines: tuple[Line, ...]
    ambulance: str = ""
    note: dict[str, str] = field(default_factory=dict)
    source: str = ""

    def stale(self, today: dt.date) -> list[Line]:
        """The lines that were last checked more than `STALE_AFTER` ago."""
        return [line for line in self.lines if line.is_checked and line.checked and today - line.checked > STALE_AFTER]

    def unchecked(self) -> list[Line]:
        """The lines that nobody has checked yet."""
        return [line for line in self.lines if not line.is_checked]


def read(path: Path = SHIPPED) -> tuple[Country, ...]:
    """Every country in the order of the file, which is read again when it has changed. Raises `LibraryError`."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise LibraryError(f"{path.name}: {error}") from error


@lru_cache(maxsize=4)
def _read(path: Path, _mtime: int) -> tuple[Country, ...]:
    return tuple(_country(path, values) for values in files.rows(path, "country"))


def _country(path: Path, values: dict[str, object]) -> Country:
    lines = tuple(_line(path, row) for row in files.tables(path, values, "line"))
    country = files.make(Country, path, {name: value for name, value in values.items() if name != "line"}, lines=lines)
    if not lines or not _has_english(country.name) or not _is_diallable(country.emergency):
        raise LibraryError(f"{path.name}: {country.code} needs an English name, an emergency number in quotes and at least one line")
    if (country.ambulance != "" and not _is_diallable(country.ambulance)) or (country.note != {} and not _has_english(country.note)):
        raise LibraryError(f"{path.name}: {country.code}: an ambulance is digits in quotes, and a note is in English at least")
    return country


def _has_english(texts: object) -> bool:
    return isinstance(texts, dict) and isinstance(texts.get("en"), str)


def _is_diallable(number: object) -> bool:
    return isinstance(number, str) and bool(DIALLABLE.fullmatch(number))


def _line(path: Path, values: dict[str, object]) -> Line:
    line = files.make(Line, path, values)
    if not _is_diallable(line.tel) or not _has_english(line.what) or not _has_english(line.hours):
        raise LibraryError(f"{path.name}: {line.name} needs what and hours in English, and a tel of digits in quotes")
    if line.kind not in KINDS or not str(line.site).startswith("https://"):
        raise LibraryError(f"{path.name}: {line.name} needs one of {', '.join(KINDS)} as kind, and an https:// site")
    if not _is_day_or_none(line.compared) or not _is_day_or_none(line.checked):
        raise LibraryError(f"{path.name}: {line.name} needs days without quotes for compared and checked, as in 2026-11-26")
    if line.how and (line.how not in HOW or line.checked is None):
        raise LibraryError(f"{path.name}: {line.name}: how is one of {', '.join(HOW)}, together with the day it was checked")
    return line


def _is_day_or_none(day: object) -> bool:
    return day is None or type(day) is dt.date
