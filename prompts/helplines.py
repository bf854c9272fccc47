"""Helplines as the Help page shows them, and the country that a visitor is likely in."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.models import User
from prompts.library.helplines import Country, Line, read
from prompts.questions import reading_language


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A helpline in the visitor's language."""

    name: str
    kind: str
    what: str
    number: str
    tel: str
    hours: str
    site: str
    source: str
    checked: dt.date


@dataclass(frozen=True, slots=True)
class ShownCountry:
    code: str
    name: str
    emergency: str
    lines: list[ShownLine]


def _in_reading_language(texts: dict[str, str]) -> str:
    return texts.get(reading_language()) or texts["en"]


def _line(line: Line) -> ShownLine:
    return ShownLine(
        name=line.name,
        kind=line.kind,
        what=_in_reading_language(line.what),
        number=line.number,
        tel=line.tel,
        hours=_in_reading_language(line.hours),
        site=line.site,
        source=line.source,
        checked=line.checked,
    )


def countries() -> list[ShownCountry]:
    """Every country in the visitor's language, ordered by name. Raises `LibraryError` where the file cannot be read or is invalid."""
    translated = [
        ShownCountry(country.code, _in_reading_language(country.name), country.emergency, [_line(line) for line in country.lines])
        for country in read(settings.HELPLINES)
    ]
    return sorted(translated, key=lambda country: country.name)


def stale(today: dt.date) -> list[tuple[Country, Line]]:
    """The lines that the operator has to check again, each with its country. Raises `LibraryError`."""
    return [(country, line) for country in read(settings.HELPLINES) for line in country.stale(today)]


@cache
def _country_of_zone() -> dict[str, str]:
    """Time zone to country code, from the tz database's zone.tab; an outdated name has the country of the name it links to."""
    folder = resources.files("tzdata") / "zoneinfo"
    rows = [line.split("\t") for line in (folder / "zone.tab").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    country_of = {zone: code for code, _coordinates, zone, *_comments in rows}
    links = [line.split() for line in (folder / "tzdata.zi").read_text(encoding="utf-8").splitlines() if line.startswith("L ")]
    return {name: country_of[target] for _type, target, name in links if target in country_of} | country_of


def _likely_codes(request: HttpRequest) -> Iterator[str]:
    """Country codes, the likeliest first; "" for a time zone that is no country's."""
    if isinstance(request.user, User):
        yield _country_of_zone().get(request.user.time_zone, "")
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if "-" in tag:
            yield tag.rpartition("-")[2].upper()


def likely_country(request: HttpRequest, listed: list[ShownCountry]) -> ShownCountry | None:
    """The one of these that the visitor's time zone is in, else that of their browser's language. Nothing is asked or stored."""
    by_code = {country.code: country for country in listed}
    return next((by_code[code] for code in _likely_codes(request) if code in by_code), None)
