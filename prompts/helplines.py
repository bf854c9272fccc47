"""Helplines and topics as the Help page shows them, and the country that a visitor is likely in."""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.models import User
from common.places import time_zones
from prompts.library import topics as library_topics
from prompts.library.files import LibraryError
from prompts.library.helplines import Country, Line, read
from prompts.questions import reading_language

EMERGENCY_NUMBERS = (  # for whoever is in a country that is not known
    ("112", gettext_lazy("In the European Union and many other countries")),
    ("911", gettext_lazy("In the United States and Canada")),
    ("999", gettext_lazy("In the United Kingdom")),
    ("000", gettext_lazy("In Australia")),
    ("111", gettext_lazy("In New Zealand")),
)

logger = logging.getLogger("nightlight.help")


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
    checked: dt.date | None  # None where nobody called it or read it on the live page
    how: str


@dataclass(frozen=True, slots=True)
class ShownCountry:
    code: str
    name: str
    emergency: str
    ambulance: str  # "" where it is the same number
    note: str
    lines: list[ShownLine]


@dataclass(frozen=True, slots=True)
class ShownTopic:
    """A topic in the visitor's language: the number that comes first, "" where no country is known, and its helplines."""

    slug: str
    name: str
    number: str
    now: str
    say: str
    lines: list[ShownLine]
    language: str


@dataclass(frozen=True, slots=True)
class Call:
    """A number as a button shows it: `who` answers there, or when to call it, and `more` about that."""

    number: str
    tel: str
    who: str
    more: str = ""
    is_emergency: bool = False


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
        checked=line.checked if line.is_checked else None,
        how=line.how,
    )


_shown: dict[
    str, tuple[tuple[Country, ...], list[ShownCountry]]
] = {}  # by language: what it was made from, which is read when the file changes


def countries() -> list[ShownCountry]:
    """Every country in the visitor's language, ordered by name. Raises `LibraryError` where the file cannot be read or is invalid."""
    language, present = reading_language(), read(settings.HELPLINES)
    source, shown = _shown.get(language, ((), []))
    if source is not present:
        shown = _translated(present)
        _shown[language] = present, shown
    return shown


def _translated(countries: Iterable[Country]) -> list[ShownCountry]:
    translated = [
        ShownCountry(
            code=country.code,
            name=_in_reading_language(country.name),
            emergency=country.emergency,
            ambulance=country.ambulance,
            note=_in_reading_language(country.note) if country.note else "",
            lines=[_line(line) for line in country.lines],
        )
        for country in countries
    ]
    return sorted(translated, key=lambda country: country.name)


def available() -> list[ShownCountry]:
    """As `countries`; none, and a line in the log, where the operator's file cannot be read."""
    try:
        return countries()
    except LibraryError:
        logger.exception("The helplines cannot be read")
        return []


def topics(country: ShownCountry | None, slugs: Iterable[str] | None = None) -> list[ShownTopic]:
    """What Help speaks of, with this country's numbers: all of it, or these topics."""
    known = library_topics.read(reading_language())
    return [_topic(known[slug], country) for slug in (known if slugs is None else slugs)]


def _topic(topic: library_topics.Topic, country: ShownCountry | None) -> ShownTopic:
    number, lines = "", list[ShownLine]()
    if country:
        number = country.ambulance or country.emergency if topic.first == "ambulance" else country.emergency
        by_number = dict[str, ShownLine]()  # one line may answer for two kinds
        for kind in topic.kinds:
            for line in country.lines:
                if line.kind == kind:
                    by_number.setdefault(line.tel, line)
        lines = list(by_number.values())
    return ShownTopic(topic.slug, topic.name, number, topic.now, topic.say, lines, topic.language)


def calls(country: ShownCountry | None, asked: Sequence[ShownTopic]) -> list[Call]:
    """The numbers to call about these topics, each once: the country's emergency numbers, then its lines, each topic's first before
    any topic's second.

    Where no country is known, the emergency numbers of large parts of the world: there is always one.
    """
    if country is None:
        return [Call(number, number, str(where), is_emergency=True) for number, where in EMERGENCY_NUMBERS]
    urgent = {topic.number: [other.now for other in asked if other.number == topic.number] for topic in asked}
    in_turn = chain.from_iterable(zip_longest(*(topic.lines for topic in asked)))
    lines = {line.tel: line for line in in_turn if line}
    return [
        *(
            Call(number, number, when[0] if len(when) == 1 else _when(country, number), is_emergency=True)
            for number, when in urgent.items()
        ),
        *(Call(line.number, line.tel, line.name, line.hours) for line in lines.values()),
    ]


def _when(country: ShownCountry, number: str) -> str:
    """When to call one of a country's emergency numbers."""
    if not country.ambulance:
        return _("If someone’s in danger now")
    return (
        _("Ambulance, if someone’s hurt or has taken something") if number == country.ambulance else _("Police, if someone’s in danger now")
    )


def stale(today: dt.date) -> list[tuple[Country, Line]]:
    """The lines that the operator has to check again, each with its country. Raises `LibraryError`."""
    return [(country, line) for country in read(settings.HELPLINES) for line in country.stale(today)]


def unchecked() -> list[tuple[Country, Line]]:
    """The lines that nobody has checked yet, each with its country. Raises `LibraryError`."""
    return [(country, line) for country in read(settings.HELPLINES) for line in country.unchecked()]


def _likely_codes(request: HttpRequest) -> Iterator[str]:
    """Country codes, the likeliest first; "" for a time zone that is no country's."""
    if isinstance(request.user, User):
        yield time_zones.country(request.user.time_zone)
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if "-" in tag:
            yield tag.rpartition("-")[2].upper()


def likely_country(request: HttpRequest, listed: list[ShownCountry]) -> ShownCountry | None:
    """The one of these that the visitor's time zone is in, else that of their browser's language. Nothing is asked or stored."""
    by_code = {country.code: country for country in listed}
    return next((by_code[code] for code in _likely_codes(request) if code in by_code), None)
