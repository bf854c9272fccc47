"""Dates and times as text, in the active language.

They are formatted in Python, since the template filter takes longer than the rest of a list.
"""

import datetime as dt

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def _is_this_year(date: dt.date) -> bool:
    return date.year == timezone.localdate().year


def evening(night: dt.date) -> str:
    """As "Friday, 20 November"; with the year unless it is this year's."""
    return date_format(night, _("l, j F") if _is_this_year(night) else _("l, j F Y"), use_l10n=False)


def date_of(moment: dt.datetime) -> str:
    """The date of a moment in the active time zone, as `evening`."""
    return evening(timezone.localdate(moment))


def short_evening(night: dt.date) -> str:
    """As "Fri 20"."""
    return date_format(night, _("D j"), use_l10n=False)


def day(date: dt.date) -> str:
    """As "20 November"; with the year unless it is this year's."""
    return date_format(date, _("j F") if _is_this_year(date) else _("j F Y"), use_l10n=False)


def day_of(moment: dt.datetime) -> str:
    """The date of a moment in the active time zone, as `day`."""
    return day(timezone.localdate(moment))


def month(night: dt.date) -> str:
    """As "November 2026"."""
    return date_format(night, _("F Y"), use_l10n=False)


def clock(moment: dt.datetime) -> str:
    """As "21:04", in the active time zone."""
    return date_format(timezone.localtime(moment), _("H:i"), use_l10n=False)


def moment(moment: dt.datetime) -> str:
    """As "Friday, 20 November at 21:04", in the active time zone."""
    local = timezone.localtime(moment)
    return _("%(day)s at %(time)s") % {"day": evening(local.date()), "time": clock(moment)}


def parse(text: str | None) -> dt.date | None:
    """The date that a text states in the form 2026-11-20, or None."""
    try:
        return parse_date(text or "")
    except ValueError:  # in that form, but no such day
        return None
