"""Values of a file that says it is an export, checked one by one: such a file may come from anywhere."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

from django.db.models import Choices
from django.utils.dateparse import parse_datetime

from journal.exchange.formats.reading.json_values import clean

LATEST_YEAR, EARLIEST_YEAR = 2200, 1800
MOST_NUMBER = 2**31 - 1


class Unusable(Exception):
    """A value that a part of the journal cannot do without is missing, or is none."""


class Row:
    """An object of the file. A value that is not what it has to be counts as missing: `needed` ones raise `Unusable` then."""

    def __init__(self, value: object) -> None:
        if not isinstance(value, dict):
            raise Unusable
        self._values: dict[str, object] = value

    def text(self, name: str, most: int) -> str:
        value = self._values.get(name)
        return clean(value)[:most] if isinstance(value, str) else ""

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._values.get(name)
        return value if isinstance(value, bool) else default

    def number(self, name: str, default: int = 0, most: int = MOST_NUMBER) -> int:
        value = self._values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else default

    def real(self, name: str, most: float) -> float | None:
        value = self._values.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= most else None

    def choice(self, name: str, choices: type[Choices], default: str = "") -> str:
        value = self._values.get(name)
        return value if isinstance(value, str) and value in choices.values else default

    def key(self, name: str) -> uuid.UUID | None:
        value = self._values.get(name)
        try:
            return uuid.UUID(value) if isinstance(value, str) else None
        except ValueError:
            return None

    def needed_key(self, name: str) -> uuid.UUID:
        if (value := self.key(name)) is None:
            raise Unusable
        return value

    def day(self, name: str) -> dt.date | None:
        value = self._values.get(name)
        try:
            date = dt.date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None
        return date if date and EARLIEST_YEAR <= date.year <= LATEST_YEAR else None

    def needed_day(self, name: str) -> dt.date:
        if (value := self.day(name)) is None:
            raise Unusable
        return value

    def moment(self, name: str) -> dt.datetime | None:
        """In UTC. One without a zone is none."""
        value = self._values.get(name)
        try:
            moment = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            return None
        if moment is None or moment.tzinfo is None or not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            return None
        return moment.astimezone(dt.UTC)

    def texts(self, name: str, most: int, length: int) -> tuple[str, ...]:
        value = self._values.get(name)
        return tuple(clean(each)[:length] for each in value if isinstance(each, str))[:most] if isinstance(value, list) else ()

    def numbers(self, name: str, most: int) -> list[int]:
        value = self._values.get(name)
        return [each for each in value if isinstance(each, int) and not isinstance(each, bool)][:most] if isinstance(value, list) else []

    def row(self, name: str) -> "Row | None":
        value = self._values.get(name)
        return Row(value) if isinstance(value, Mapping) else None

    def rows(self, name: str, most: int = MOST_NUMBER) -> "Iterable[Row]":
        value = self._values.get(name)
        return [Row(each) for each in value if isinstance(each, Mapping)][:most] if isinstance(value, list) else []

    def plain(self, name: str) -> dict[str, object]:
        """An object as it is, which is kept and never looked into."""
        value = self._values.get(name)
        return dict(value) if isinstance(value, Mapping) else {}

    def as_it_is(self) -> dict[str, object]:
        return dict(self._values)
