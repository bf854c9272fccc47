"""Dates as other journals write them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.exchange.formats.reading import moments

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-15",
        "15 January 2024",
        "January 15, 2024",
        "Monday, 15 Jan 2024",
        "15. Januar 2024",
        "lunes, 15 de enero de 2024",
        "15 janvier 2024",
        "15 gennaio 2024",
        "15 января 2024 г.",
        "15/01/2024",
        "01/15/2024",
        "15.1.24",
        "2024/01/15",
        "15.01.2024",
    ],
)
def test_a_day(text: str) -> None:
    assert moments.written(text) == moments.When(dt.date(2024, 1, 15))


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-15 21:30",
        "2024-01-15T21:30:00",
        "15 January 2024 at 21:30",
        "15 de enero de 2024, 21:30",
        "January 15, 2024 at 9:30 PM",
        "15/01/2024 21:30",
    ],
)
def test_a_day_and_a_time(text: str) -> None:
    assert moments.written(text) == moments.When(dt.date(2024, 1, 15), dt.datetime(2024, 1, 15, 21, 30))  # noqa: DTZ001  on nobody's clock yet


def test_where_both_ways_are_possible_the_day_comes_first_and_that_is_said() -> None:
    assert moments.written("02/03/2024") == moments.When(dt.date(2024, 3, 2), is_unclear=True)
    assert moments.written("03/03/2024") == moments.When(dt.date(2024, 3, 3))
    assert moments.american("02/03/2024 at 1:00am") == moments.When(dt.date(2024, 2, 3), dt.datetime(2024, 2, 3, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "32 January 2024",
        "2024-13-01",
        "0001-01-01",
        "9999-12-31",
        "15 2024",
        "January 2024",
        "2024-01-15T25:00",
        "x" * 200,
        "2024-01-15T10:00:00+99:99",
        "1/1",
        "٣ يناير",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert moments.written(text) is None


@pytest.mark.parametrize("value", [None, True, "1705350600000", [], float("inf"), 1.7976931348623157e308, -1e17, 1e17])
def test_what_is_no_moment(value: object) -> None:
    assert moments.epoch(value) is None


def test_a_moment_with_a_distance_to_utc_alone_is_on_that_clock() -> None:
    when = moments.iso("2024-01-15T02:30:00-05:00")
    assert when is not None

    night, at, zone, _oddities = moments.placed(when, "", MADRID, dt.time(4))

    assert (night, zone) == (dt.date(2024, 1, 14), "")
    assert at == dt.datetime(2024, 1, 15, 7, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "/etc/passwd", "x" * 100, "Europe", "Mars/Base", "a\0b", "posixrules/.."])
def test_what_is_no_zone(name: str) -> None:
    assert moments.zone(name) is None


@given(st.text(max_size=110))
def test_any_text_is_a_date_or_none(text: str) -> None:
    when = moments.written(text)

    assert when is None or 1900 <= when.day.year < 2200


@given(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2100, 1, 1)), st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York"]))  # noqa: DTZ001
def test_the_night_is_never_two_days_from_the_day(local: dt.datetime, zone: str) -> None:
    at = local.replace(tzinfo=ZoneInfo(zone))

    night, again, _zone, _oddities = moments.placed(moments.When(local.date(), at), zone, MADRID, dt.time(4))

    assert again == at
    assert local.date() - night in {dt.timedelta(), dt.timedelta(days=1)}
