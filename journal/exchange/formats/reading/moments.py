"""When an entry was written, as other journals say it, and which night that is."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from common.nights import night_of
from journal.exchange.formats import limits
from journal.exchange.formats.incoming import Oddity
from journal.exchange.formats.reading.json_values import number_of
from journal.exchange.formats.reading.month_names import MONTHS

# Fractions may have any number of digits; a zone may follow, with or without a colon.
_ISO = re.compile(
    r"\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?\s*", re.IGNORECASE
)
_NUMBERS = re.compile(r"\s*(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:,?\s+(.{1,20}))?\s*")
_AMERICAN = re.compile(r"\s*(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_WORDS = re.compile(r"[^\W\d_]+|\d+(?::\d{2})*", re.UNICODE)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]\.?\s*m)?", re.IGNORECASE)


UTC = dt.UTC


@dataclass(frozen=True, slots=True)
class When:
    """`at` is aware where the source says in which zone, else on the clock of whoever takes it in; None where only a day is known."""

    day: dt.date
    at: dt.datetime | None = None
    is_unclear: bool = False


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo | None:
    """An IANA time zone; None for anything else."""
    try:
        return ZoneInfo(name) if 0 < len(name) < 64 else None
    except (ValueError, OSError, LookupError):  # no such zone, or a name that leads elsewhere
        return None


def iso(text: object) -> When | None:
    """A date, or a date and a time, as ISO 8601 has it."""
    found = _ISO.fullmatch(text) if isinstance(text, str) and len(text) < 64 else None
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        date = dt.date(int(year), int(month), int(day))
        if hour is None:
            return _within(When(date))
        time = dt.time(int(hour), int(minute), int(second or 0), int((fraction or "0")[:6].ljust(6, "0")))
        return _within(When(date, dt.datetime.combine(date, time, _offset(offset))))
    except ValueError:
        return None


def epoch(value: object, *, per_second: int = 1000) -> When | None:
    """Milliseconds since 1970."""
    number = number_of(value)
    if number is None:
        return None
    try:
        at = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=number / per_second)
    except OverflowError:
        return None
    return _within(When(at.date(), at))


def written(text: str) -> When | None:
    """A date as people and programs write it: ISO, 31/12/2024, 12/31/2024, "15 January 2024 at 21:30", "enero 3, 2024". The day
    comes first where both ways are possible, and `is_unclear` says so.
    """
    if not text or len(text) > 100:
        return None
    return iso(text) or _numbers(text) or _words(text)


def american(text: str) -> When | None:
    """The same, where the month is known to come first: 12/31/2024 at 9:30pm."""
    found = _AMERICAN.match(text)
    return _made(int(found[3]), int(found[1]), int(found[2]), _clock(text[found.end() :])) if found else None


def _offset(text: str | None) -> dt.tzinfo | None:
    if not text:
        return None
    if text in "Zz":
        return dt.UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    return dt.timezone((-1 if text[0] == "-" else 1) * dt.timedelta(hours=hours, minutes=minutes))


def _numbers(text: str) -> When | None:
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return None
    first, second, third = (int(part) for part in found.groups()[:3])
    time = _clock(found[4] or "")
    if first > 31:
        return _made(first, second, third, time)
    if len(found[1]) > 2 or len(found[3]) not in {2, 4}:
        return None
    if len(found[3]) == 2:
        third += 2000
    if second > 12:
        return _made(third, first, second, time)
    is_unclear = first <= 12 and first != second
    return _made(third, second, first, time, is_unclear=is_unclear)


def _words(text: str) -> When | None:
    words = [word.casefold() for word in _WORDS.findall(text)]
    month = next((MONTHS[word] for word in words if word in MONTHS), None)
    numbers = [int(word) for word in words if word.isdecimal() and len(word) <= 4]
    year = next((number for number in numbers if number > 31), None)
    day = next((number for number in numbers if 0 < number <= 31), None)
    if month is None or year is None or day is None:
        return None
    return _made(year, month, day, _clock(text))


def _clock(text: str) -> dt.time | None:
    found = _TIME.search(text)
    if found is None:
        return None
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4][0] in "pP" else 0)
    try:
        return dt.time(hour, int(found[2]), int(found[3] or 0))
    except ValueError:
        return None


def _made(year: int, month: int, day: int, time: dt.time | None, *, is_unclear: bool = False) -> When | None:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return None
    return _within(When(date, dt.datetime.combine(date, time) if time else None, is_unclear))


def _within(when: When) -> When | None:
    return when if limits.FIRST_YEAR <= when.day.year < 2200 else None


def placed(when: When, zone_name: str, own: ZoneInfo, day_ends: dt.time) -> tuple[dt.date, dt.datetime | None, str, tuple[Oddity, ...]]:
    """The night, the moment and the zone of an entry. Exactly midnight on its clock is a day without a time, as journals write it."""
    named = zone(zone_name)
    oddities: tuple[Oddity, ...] = (Oddity("zone-unknown", zone_name[: limits.LABEL]),) if zone_name and named is None else ()
    if when.is_unclear:
        oddities += (Oddity("date-unclear", when.day.isoformat()),)
    if when.at is None:
        return when.day, None, zone_name if named else "", oddities
    clock = named or own
    if when.at.tzinfo is None:
        at = when.at.replace(tzinfo=clock)
    elif named is None and when.at.utcoffset():
        return _on_its_clock(when.at, day_ends), when.at, "", oddities
    else:
        at = when.at.astimezone(clock)
    if at.time() == dt.time.min:
        return at.date(), at, zone_name if named else "", oddities
    return night_of(at, clock, day_ends.hour), at, zone_name if named else "", oddities


def instant(when: When | None, zone_name: str, own: ZoneInfo) -> dt.datetime | None:
    """The moment alone, such as that of the last change; None where only a day is known."""
    if when is None or when.at is None:
        return None
    return when.at if when.at.tzinfo else when.at.replace(tzinfo=zone(zone_name) or own)


def _on_its_clock(at: dt.datetime, day_ends: dt.time) -> dt.date:
    """The night of a moment of which only its distance to UTC is known."""
    is_of_the_night_before = dt.time.min < at.time() < day_ends
    return at.date() - dt.timedelta(days=1) if is_of_the_night_before else at.date()
