"""`journal.finding.insights.periods`: weeks, months, quarters and years."""

import datetime as dt

import pytest
import time_machine
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from journal.finding.insights import periods
from journal.finding.insights.periods import Unit
from tests.helpers import DAY, EVENING

NIGHTS = st.dates(max_value=dt.date(2100, 1, 1))
NEAR = st.lists(st.dates(dt.date(2023, 1, 1), dt.date(2026, 3, 1)), min_size=1, max_size=8)
WEEKDAYS = st.integers(0, 6)


@given(NIGHTS, st.sampled_from(Unit), WEEKDAYS)
def test_a_night_is_in_the_period_that_has_begun_and_not_ended(night: dt.date, unit: Unit, first_weekday: int) -> None:
    start = periods.start_of(night, unit, first_weekday)

    assert start <= night < periods.start_of(periods.after(start, unit), unit, first_weekday) or start == dt.date.min
    assert periods.start_of(start, unit, first_weekday) == start
    assert unit != Unit.WEEK or start.weekday() == first_weekday or start == dt.date.min


@given(NEAR, st.sampled_from(Unit), WEEKDAYS)
def test_every_night_is_in_one_of_the_periods_which_follow_each_other(nights: list[dt.date], unit: Unit, first_weekday: int) -> None:
    starts = periods.starts(nights, unit, first_weekday)

    assert {periods.start_of(night, unit, first_weekday) for night in nights} <= set(starts)
    assert starts == sorted(set(starts))
    if unit != Unit.YEAR:
        assert len(starts) == periods.count(min(nights), max(nights), unit, first_weekday)
        assert [periods.after(start, unit) for start in starts[:-1]] == starts[1:]


@given(NIGHTS, NIGHTS, WEEKDAYS)
def test_the_finest_unit_makes_no_more_rows_than_one_takes_in(one: dt.date, other: dt.date, first_weekday: int) -> None:
    first, last = sorted((one, other))
    unit = periods.finest(first, last, first_weekday)

    finer = list(Unit)[: list(Unit).index(unit)]
    assert unit == Unit.YEAR or periods.count(first, last, unit, first_weekday) <= periods.MOST_ROWS
    assert all(periods.count(first, last, each, first_weekday) > periods.MOST_ROWS for each in finer)


def test_of_years_only_those_with_a_night_are_listed() -> None:
    nights = [dt.date(1926, 3, 1), dt.date(2026, 3, 1)]

    assert periods.starts(nights, Unit.YEAR) == [dt.date(1926, 1, 1), dt.date(2026, 1, 1)]


def test_the_first_week_of_the_calendar_is_cut() -> None:
    assert periods.start_of(dt.date.min + DAY, Unit.WEEK, 6) == dt.date.min


def test_no_month_is_outside_the_calendar() -> None:
    with pytest.raises(OverflowError):
        periods.months_after(dt.date.min, -1)


@time_machine.travel(EVENING, tick=False)
def test_is_named_in_words() -> None:
    january = dt.date(2026, 1, 1)

    assert [periods.label(january, unit) for unit in Unit] == ["1 January", "January 2026", "Jan to Mar 2026", "2026"]
    with translation.override("es"):
        assert [periods.label(january, unit) for unit in (Unit.WEEK, Unit.YEAR)] == ["1 de enero", "2026"]
