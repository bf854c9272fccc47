"""Helplines: which file they stand in, in which order, and which country a visitor is likely in."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.models import User
from prompts.questions import reading_language
from prompts.shelf import helplines
from prompts.shelf.helplines import Country, Line


@dataclass(frozen=True, slots=True)
class LineShown:
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
class CountryShown:
    code: str
    name: str
    emergency: str
    lines: list[LineShown]


def _in(words: dict[str, str]) -> str:
    return words.get(reading_language()) or words["en"]


def _line(line: Line) -> LineShown:
    return LineShown(line.name, line.kind, _in(line.what), line.number, line.tel, _in(line.hours), line.site, line.source, line.checked)


def countries() -> list[CountryShown]:
    """Every country in the visitor's language, by name. Raises `LibraryError` where the operator's file has a fault."""
    shown = [
        CountryShown(country.code, _in(country.name), country.emergency, [_line(line) for line in country.lines])
        for country in helplines.read(settings.HELPLINES)
    ]
    return sorted(shown, key=lambda country: country.name)


def stale(today: dt.date) -> list[tuple[Country, Line]]:
    """What nobody has checked for a year, for whoever runs the site."""
    return [(country, line) for country in helplines.read(settings.HELPLINES) for line in country.stale(today)]


@cache
def _country_of_zone() -> dict[str, str]:
    """The country of each time zone, from the tz database's zone.tab; an older name goes by what it is a link to."""
    folder = resources.files("tzdata") / "zoneinfo"
    rows = [line.split("\t") for line in (folder / "zone.tab").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    country = {row[2]: row[0] for row in rows}
    links = [line.split() for line in (folder / "tzdata.zi").read_text(encoding="utf-8").splitlines() if line.startswith("L ")]
    return {name: country[target] for _l, target, name in links if target in country} | country


def _likely(request: HttpRequest) -> Iterator[str]:
    if isinstance(request.user, User):
        yield _country_of_zone().get(request.user.time_zone, "")
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if "-" in tag:
            yield tag.rpartition("-")[2].upper()


def likely_country(request: HttpRequest, there: list[CountryShown]) -> CountryShown | None:
    """By the visitor's time zone, else by the region of their browser's language; nothing is asked or kept."""
    by_code = {country.code: country for country in there}
    return next((by_code[code] for code in _likely(request) if code in by_code), None)
