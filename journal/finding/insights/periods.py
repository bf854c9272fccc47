"""Weeks, months, quarters and years, into which nights are put to be counted. Pure functions of dates."""

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple, Self

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common import dates
from common.places import customs

MOST_ROWS = 20  # as many as one takes in at a glance


class Unit(StrEnum):
    """Each is a part of the next, but for weeks."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}


def start_of(night: dt.date, unit: Unit, first_weekday: int = 0) -> dt.date:
    """The first night of the period that a night is in; weeks begin with `first_weekday`, where Monday is 0."""
    if unit == Unit.WEEK:
        # The very first week of the calendar may be cut.
        return dt.date.fromordinal(max(night.toordinal() - (night.weekday() - first_weekday) % 7, 1))
    months = _MONTHS[unit]
    return dt.date(night.year, (night.month - 1) // months * months + 1, 1)


def after(start: dt.date, unit: Unit) -> dt.date:
    """The first night of the next period. Raises OverflowError after the last one of the calendar."""
    if unit == Unit.WEEK:
        return start + dt.timedelta(days=7)
    return months_after(start, _MONTHS[unit])


def months_after(start: dt.date, months: int) -> dt.date:
    """The first night of the month so many months later or, with a negative number, earlier. Raises OverflowError outside the calendar."""
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not dt.MINYEAR <= years <= dt.MAXYEAR:
        raise OverflowError("there is no such year")
    return dt.date(years, month + 1, 1)


def count(first: dt.date, last: dt.date, unit: Unit, first_weekday: int = 0) -> int:
    """How many periods the nights from `first` to `last` are in."""
    start, end = start_of(first, unit, first_weekday), start_of(last, unit, first_weekday)
    if unit == Unit.WEEK:
        return -(-(end - start).days // 7) + 1
    return ((end.year - start.year) * 12 + end.month - start.month) // _MONTHS[unit] + 1


def finest(first: dt.date, last: dt.date, first_weekday: int = 0) -> Unit:
    """The smallest unit of which these nights are in at most `MOST_ROWS`; else years."""
    return next((unit for unit in Unit if count(first, last, unit, first_weekday) <= MOST_ROWS), Unit.YEAR)


def starts(nights: Iterable[dt.date], unit: Unit, first_weekday: int = 0) -> list[dt.date]:
    """The periods from the first of these nights to the last, in order; of years only those that have one of these nights.

    Years without a night say nothing, and there may be a hundred between two nights of an imported journal.
    """
    begun = sorted({start_of(night, unit, first_weekday) for night in nights})
    if unit == Unit.YEAR or not begun:
        return begun
    found = begun[:1]
    while found[-1] < begun[-1]:
        found.append(start_of(after(found[-1], unit), unit, first_weekday))
    return found


def label(start: dt.date, unit: Unit) -> str:
    """A period in words: a week by its first evening, as "3 March", others as "March 2026", "Jan to Mar 2026", "2026"."""
    match unit:
        case Unit.WEEK:
            return dates.day(start)
        case Unit.MONTH:
            return dates.month(start)
        case Unit.QUARTER:
            return dates.months(start, months_after(start, 2))
        case Unit.YEAR:
            return str(start.year)


class Division(NamedTuple):
    """Into which periods nights are put, where somebody's weeks begin as they do where they live."""

    unit: Unit
    first_weekday: int

    @classmethod
    def into(cls, unit: Unit) -> Self:
        return cls(unit, customs.active().first_weekday)

    @classmethod
    def fitting(cls, nights: Mapping[dt.date, object]) -> Self:
        """Into the finest that fit. There has to be a night."""
        first_weekday = customs.active().first_weekday
        return cls(finest(min(nights), max(nights), first_weekday), first_weekday)

    def period(self, night: dt.date) -> dt.date:
        """The first night of the period that this one is in."""
        return start_of(night, self.unit, self.first_weekday)

    def count(self, nights: Mapping[dt.date, object]) -> int:
        return count(min(nights), max(nights), self.unit, self.first_weekday)

    def periods(self, nights: Iterable[dt.date]) -> list[dt.date]:
        """The first nights of all periods."""
        return starts(nights, self.unit, self.first_weekday)

    def label(self, start: dt.date) -> str:
        """As it begins a line."""
        return capfirst(label(start, self.unit))

    @property
    def note(self) -> str:
        """What a line of the labels alone would not say."""
        return _("Each line is a week, starting on the day shown.") if self.unit == Unit.WEEK else ""

    @property
    def heading(self) -> str:
        """What the labels are."""
        return {Unit.WEEK: _("Week from"), Unit.MONTH: _("Month"), Unit.QUARTER: _("Months"), Unit.YEAR: _("Year")}[self.unit]
