"""Helplines by country, from a file that whoever runs the site may put in place of ours."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError

OURS = LIBRARY / "helplines.toml"
STALE = dt.timedelta(days=365)
KINDS = ("talk", "parents", "violence", "children")
TEL = re.compile(r"\+?[0-9]{2,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One number. Words are by language, English always among them; `checked` is when it was last compared with `source`."""

    name: str
    kind: str  # talk, parents, violence, children
    what: dict[str, str]
    number: str
    tel: str
    hours: dict[str, str]
    site: str
    source: str
    checked: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    code: str  # ISO 3166-1 alpha-2
    name: dict[str, str]
    emergency: str
    lines: tuple[Line, ...]

    def stale(self, today: dt.date) -> list[Line]:
        """The lines that nobody has checked for a year."""
        return [line for line in self.lines if today - line.checked > STALE]


def read(path: Path = OURS) -> tuple[Country, ...]:
    """Every country, as the file has them; read anew when the file has changed. Raises `LibraryError`."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise LibraryError(f"{path.name}: {error}") from error


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> tuple[Country, ...]:
    return tuple(_country(path, values) for values in files.rows(path, "country"))


def _country(path: Path, values: dict[str, Any]) -> Country:
    lines = tuple(_line(path, row) for row in files.tables(path, values, "line"))
    country = files.make(Country, path, {name: value for name, value in values.items() if name != "line"}, lines=lines)
    if not lines or not _has_english(country.name) or not _is_dialled(country.emergency):
        raise LibraryError(f"{path.name}: {country.code} needs an English name, an emergency number in quotes and at least one line")
    return country


def _has_english(words: object) -> bool:
    return isinstance(words, dict) and isinstance(words.get("en"), str)


def _is_dialled(number: object) -> bool:
    return isinstance(number, str) and bool(TEL.fullmatch(number))


def _line(path: Path, values: dict[str, Any]) -> Line:
    line = files.make(Line, path, values)
    if not _is_dialled(line.tel) or not _has_english(line.what) or not _has_english(line.hours):
        raise LibraryError(f"{path.name}: {line.name} needs what and hours in English, and a tel of digits in quotes")
    if type(line.checked) is not dt.date or line.kind not in KINDS or not str(line.site).startswith("https://"):
        raise LibraryError(
            f"{path.name}: {line.name} needs the day it was checked, one of {', '.join(KINDS)} as kind, and an https:// site"
        )
    return line
