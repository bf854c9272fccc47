"""Dates and times as text, in the active language, and as they are written where their reader lives (common/places/customs.py).

They are formatted in Python, since the template filter takes longer than the rest of a list.
"""

import datetime as dt
import functools

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.places import customs


@functools.lru_cache(maxsize=4096)
def _formatted(date: dt.date, pattern: str, _language: str | None) -> str:
    """A date of the calendar, which is the same for everybody with this language. Django takes each pattern apart anew."""
    return date_format(date, pattern, use_l10n=False)


@functools.lru_cache(maxsize=4096)
def _formatted_time(time: dt.time, pattern: str, _language: str | None) -> str:
    return time_format(time, pattern, use_l10n=False)


def _format(date: dt.date, pattern: str) -> str:
    return _formatted(date, pattern, get_language())


def _is_this_year(date: dt.date) -> bool:
    return date.year == timezone.localdate().year


def evening(night: dt.date) -> str:
    """As "Friday, 20 November", or "Friday, November 20"; with the year unless it is this year's."""
    if customs.active().month_first:
        return _format(night, _("l, F j") if _is_this_year(night) else _("l, F j, Y"))
    return _format(night, _("l, j F") if _is_this_year(night) else _("l, j F Y"))


def evening_always(night: dt.date) -> str:
    """As `evening`, with the year in any case: for what is read in another."""
    return _format(night, _("l, F j, Y") if customs.active().month_first else _("l, j F Y"))


def evening_of_year(night: dt.date) -> str:
    """As `evening`, without the year: where a heading says it."""
    return _format(night, _("l, F j") if customs.active().month_first else _("l, j F"))


def date_of(moment: dt.datetime) -> str:
    """The date of a moment in the active time zone, as `evening`."""
    return evening(timezone.localdate(moment))


def short_evening(night: dt.date) -> str:
    """As "Fri 20"."""
    return _format(night, _("D j"))


def day(date: dt.date) -> str:
    """As "20 November", or "November 20"; with the year unless it is this year's."""
    if customs.active().month_first:
        return _format(date, _("F j") if _is_this_year(date) else _("F j, Y"))
    return _format(date, _("j F") if _is_this_year(date) else _("j F Y"))


def day_of(moment: dt.datetime) -> str:
    """The date of a moment in the active time zone, as `day`."""
    return day(timezone.localdate(moment))


def month(night: dt.date) -> str:
    """As "November 2026"."""
    return _format(night, _("F Y"))


def months(first: dt.date, last: dt.date) -> str:
    """Months of one year as "Oct to Dec 2026"."""
    return _("%(first)s to %(last)s") % {"first": _format(first, _("M")), "last": _format(last, _("M Y"))}


def span_of_months(first: dt.date, last: dt.date) -> str:
    """As "November 2025 to October 2026"; a single month as `month`."""
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    return _("%(first)s to %(last)s") % {"first": month(first), "last": month(last)}


def month_of_year(night: dt.date) -> str:
    """As "November", by itself: where a heading says the year."""
    return str(MONTHS[night.month])


def weekday(number: int) -> str:
    """As "Monday", which is number 0."""
    return str(WEEKDAYS[number])


def clock(moment: dt.datetime) -> str:
    """As "21:04", or "9:04 PM", in the active time zone."""
    local = timezone.localtime(moment)
    time = dt.time(local.hour, local.minute)
    if not customs.active().twelve_hours:
        return _formatted_time(time, _("H:i"), get_language())
    hours = _formatted_time(time, "g:i", get_language())
    written = (_("%(time)s AM") if local.hour < 12 else _("%(time)s PM")) % {"time": hours}
    return written.replace(" ", "\u00a0")  # no line breaks in a time


def moment(moment: dt.datetime) -> str:
    """As "Friday, 20 November at 21:04", or "Friday, November 20 at 9:04 PM", in the active time zone."""
    local = timezone.localtime(moment)
    return _("%(day)s at %(time)s") % {"day": evening(local.date()), "time": clock(moment)}


def parse(text: str | None) -> dt.date | None:
    """The date that a text states in the form 2026-11-20, or None."""
    try:
        return parse_date(text or "")
    except ValueError:  # in that form, but no such day
        return None
