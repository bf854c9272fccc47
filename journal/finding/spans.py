"""Spans of nights that have a name: a month, a season, a year. The seasons are whole months, as meteorologists count them."""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import dates
from common.numbers import parse_number
from common.places import time_zones

DAY = dt.timedelta(days=1)
MONTHS_IN_SEASON = 3

# Countries that lie south of the equator, all or nearly all of them: ISO 3166.
SOUTHERN = frozenset(
    "AO AR AS AU BI BO BR BW CC CK CL CX FJ FK GS KM LS MG MU MW MZ NA NC NF NR NU NZ PE PF PG PN PY RE RW SB SH SZ TF TK TL TO TV TZ "
    "UY VU WF WS YT ZA ZM ZW".split()
)
# The names of the seasons by their first month in the north; in the south each is half a year later.
SEASONS: dict[int, tuple[Promise, Promise]] = {
    3: (gettext_lazy("spring %(year)s"), gettext_lazy("spring %(year)s–%(next)s")),
    6: (gettext_lazy("summer %(year)s"), gettext_lazy("summer %(year)s–%(next)s")),
    9: (gettext_lazy("autumn %(year)s"), gettext_lazy("autumn %(year)s–%(next)s")),
    12: (gettext_lazy("winter %(year)s"), gettext_lazy("winter %(year)s–%(next)s")),
}


@dataclass(frozen=True, slots=True)
class Span:
    """From a first month on, so many of them: 1, 3 (a season, which begins in March, June, September or December) or 12 (a year)."""

    year: int
    month: int
    length: int

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    @property
    def last(self) -> dt.date:
        months = self.month - 1 + self.length - 1
        year, month = self.year + months // 12, months % 12 + 1
        return dt.date(year, month, monthrange(year, month)[1])

    @property
    def key(self) -> str:
        """As "2026-03+3": what `parse` reads."""
        return f"{self.year:04}-{self.month:02}+{self.length}"


def parse(key: str | None) -> Span | None:
    """The span of a key; None for any other text."""
    start, _plus, length = (key or "").partition("+")
    first, months = dates.parse(f"{start}-01"), parse_number(length, 12)
    if first is None or first.year >= dt.MAXYEAR:
        return None
    span = Span(first.year, first.month, months or 0)
    return span if is_named(span) else None


def is_named(span: Span) -> bool:
    return span.length == 1 or (span.length == MONTHS_IN_SEASON and span.month in SEASONS) or (span.length == 12 and span.month == 1)


def exactly(first: dt.date, last: dt.date) -> Span | None:
    """The span with a name that begins and ends with these nights; None where there is none."""
    length = (last.year - first.year) * 12 + last.month - first.month + 1
    if first.day != 1 or length not in {1, MONTHS_IN_SEASON, 12} or last.year >= dt.MAXYEAR:
        return None
    span = Span(first.year, first.month, length)
    return span if is_named(span) and span.last == last else None


def name(span: Span, time_zone: str) -> str:
    """As "March 2026", "spring 2026" or "2026", for somebody who lives in this time zone."""
    if span.length == 1:
        return dates.month(span.first)
    if span.length == 12:
        return str(span.year)
    months = span.month + 6 * (time_zones.country(time_zone) in SOUTHERN)
    of_one_year, of_two_years = SEASONS[(months - 1) % 12 + 1]
    pattern = of_two_years if span.last.year > span.year else of_one_year
    return str(pattern) % {"year": span.year, "next": f"{span.last.year % 100:02}"}


def between(first: dt.date | None, last: dt.date | None, time_zone: str) -> str:
    """Both nights and all between them in words, within a sentence: the name of the span, or else from when until when."""
    if first and last:
        if span := exactly(first, last):
            return name(span, time_zone)
        if first == last:
            return dates.day(first)
        return _("from %(first)s to %(last)s") % {"first": dates.day(first), "last": dates.day(last)}
    if first:
        return _("from %(first)s on") % {"first": dates.day(first)}
    return _("until %(last)s") % {"last": dates.day(last)} if last else ""


def recent(tonight: dt.date, since: dt.date) -> list[Span]:
    """This month and the last, this season and the last, and the last three years, but none that ended before `since`."""
    month = Span(tonight.year, tonight.month, 1)
    start = tonight.replace(day=1)
    while start.month not in SEASONS:
        start = (start - DAY).replace(day=1)
    season = Span(start.year, start.month, MONTHS_IN_SEASON)
    years = [Span(year, 1, 12) for year in range(tonight.year, max(tonight.year - 3, 0), -1)]
    spans = [month, _before(month), season, _before(season), *years]
    return [span for span in spans if span.last >= since]


def _before(span: Span) -> Span:
    """The span of the same length that ends when this one begins."""
    months = span.year * 12 + span.month - 1 - span.length
    return Span(months // 12, months % 12 + 1, span.length)


def heading(span: Span, time_zone: str) -> str:
    """Its name where a line begins with it."""
    return capfirst(name(span, time_zone))
