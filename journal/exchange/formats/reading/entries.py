"""How an entry is put together from what a reader found: cleaned, within the limits, and with what is odd about it."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol
from zoneinfo import ZoneInfo

from journal.exchange.formats import limits
from journal.exchange.formats.incoming import Incoming, IncomingFile, Oddity, Problem
from journal.exchange.formats.reading import moments
from journal.exchange.formats.reading.json_values import Budget, Keys, clean, number_of, word_of
from journal.exchange.formats.reading.moments import When

ID = 128  # characters of an id as it is; a longer one is made shorter


class Clock(Protocol):
    """Whose zone counts where an entry names none, and when the night ends: a source."""

    zone: ZoneInfo
    day_ends: dt.time


@dataclass(slots=True)
class Found:
    """An entry as a reader found it: values as the file has them. `where` names it for its author where it cannot be read.

    `title`, `place`, `weather` and `tags` may be of any type. `extra` is whatever else was said.
    """

    when: When | None
    where: str = ""
    source_id: str = ""
    edited: When | None = None
    zone: str = ""
    title: object = ""
    text: str = ""
    question: str = ""
    feeling: str = ""
    tags: list[object] = field(default_factory=list)
    is_starred: bool = False
    place: object = ""
    latitude: object = None
    longitude: object = None
    weather: object = ""
    extra: Keys = field(default_factory=dict)
    files: list[IncomingFile] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)


def finished(found: Found, clock: Clock) -> Iterator[Incoming | Problem]:
    """The entry; several where its text is too long for one page; a problem where it has no date, or nothing in it."""
    where = " ".join(clean(found.where).split())[: limits.LABEL]
    if found.when is None:
        yield Problem(where, "no-date")
        return
    where = where or found.when.day.isoformat()
    text, budget, oddities = clean(found.text).strip("\n"), Budget(), list(found.oddities)
    title = _line(found.title, limits.TITLE, oddities)
    if not text.strip() and not title and not found.files and not found.feeling:
        yield Problem(where, "empty")
        return
    if len(text) > limits.TEXT * limits.PAGES:
        yield Problem(where, "too-long")
        return
    night, at, zone, odd = moments.placed(found.when, found.zone, clock.zone, clock.day_ends)
    oddities += odd
    if night > dt.datetime.now(clock.zone).date():
        oddities.append(Oddity("future"))
    latitude, longitude = _coordinates(found.latitude, found.longitude)
    extra = budget.keep(found.extra)
    if budget.is_cut:
        oddities.append(Oddity("extra-cut"))
    if len(found.files) > limits.FILES:
        oddities.append(Oddity("too-many-files", str(limits.FILES)))
    entry = Incoming(
        source_id=_id(found.source_id) or _id_of_content(night, at, title, text),
        night=night,
        created_at=at,
        edited_at=moments.instant(found.edited, zone, clock.zone),
        zone=zone,
        title=title,
        text=text,
        question=clean(found.question).strip(),
        feeling=found.feeling,
        tags=_tags(found.tags, oddities),
        is_starred=found.is_starred,
        place=_line(found.place, limits.LABEL, oddities),
        latitude=latitude,
        longitude=longitude,
        weather=_line(found.weather, limits.LABEL, oddities),
        extra=extra if isinstance(extra, dict) else {},
        files=tuple(found.files[: limits.FILES]),
        oddities=tuple(oddities),
    )
    yield from [entry] if len(text) <= limits.TEXT else _pages(entry)


def _pages(entry: Incoming) -> Iterator[Incoming]:
    """The first has everything but the rest of the text; the others of the same night follow it."""
    texts = list(_split(entry.text))
    oddities = (*entry.oddities, Oddity("split", str(len(texts))))
    yield replace(entry, text=texts[0], oddities=oddities)
    for number, text in enumerate(texts[1:], start=2):
        yield replace(entry, source_id=f"{entry.source_id}#{number}", title="", text=text, files=(), extra={}, oddities=oddities)


def _split(text: str) -> Iterator[str]:
    """Parts within the limit, at the end of a paragraph, a line or a word where there is one in their second half."""
    while len(text) > limits.TEXT:
        ends = (text.rfind(sign, limits.TEXT // 2, limits.TEXT) for sign in ("\n\n", "\n", " "))
        end = next((end for end in ends if end > 0), limits.TEXT)
        yield text[:end].rstrip("\n")
        text = text[end:].lstrip("\n" if text[end] == "\n" else " ")
    if text:
        yield text


def _line(value: object, limit: int, oddities: list[Oddity]) -> str:
    line = word_of(value)
    if len(line) > limit:
        oddities.append(Oddity("cut", line[:40].strip() + "…"))
        return line[: limit - 1].rstrip() + "…"
    return line


def _tags(values: list[object], oddities: list[Oddity]) -> tuple[str, ...]:
    tags = dict.fromkeys(tag for value in values[: limits.TAGS * 2] if (tag := _line(value, limits.LABEL, oddities)))
    return tuple(tags)[: limits.TAGS]


def _coordinates(latitude: object, longitude: object) -> tuple[float | None, float | None]:
    """Both or none, and only where they are a place on Earth."""
    north, east = number_of(latitude), number_of(longitude)
    if north is None or east is None or not (-90 <= north <= 90 and -180 <= east <= 180):
        return None, None
    return north, east


def _id(text: str) -> str:
    line = " ".join(clean(text).split())
    return line if len(line) <= ID else hashlib.sha256(line.encode()).hexdigest()


def _id_of_content(night: dt.date, at: dt.datetime | None, title: str, text: str) -> str:
    """Alike for the same entry in the same file, whatever stands around it."""
    moment = at.astimezone(dt.UTC).isoformat() if at else ""
    return hashlib.sha256("\0".join((night.isoformat(), moment, title, text)).encode()).hexdigest()
