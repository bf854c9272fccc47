"""journal.messages.schedule: when a message is due, while clocks change, at odd offsets, and on travels."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.nights import night_of
from journal.messages.schedule import moment_of, next_moment

DAY = dt.timedelta(days=1)
EVERY_DAY = frozenset(range(7))
BERLIN, NEW_YORK, LORD_HOWE, APIA = map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"))

zones = st.sampled_from(
    "UTC Europe/Berlin America/New_York America/St_Johns Asia/Kathmandu Australia/Lord_Howe Africa/Cairo "
    "America/Santiago Pacific/Chatham Pacific/Kiritimati Africa/Casablanca".split()
).map(ZoneInfo)
nights = st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31))
times = st.times().map(lambda time: time.replace(second=0, microsecond=0))
ends = st.integers(0, 12)
moments = st.builds(lambda date, time: dt.datetime.combine(date, time, dt.UTC), nights, st.times())


@given(nights, times, zones, ends)
@example(dt.date(2026, 3, 28), dt.time(2, 30), BERLIN, 3)  # skipped, and over when clocks are set forward
@example(dt.date(2026, 3, 29), dt.time(2, 30), BERLIN, 2)  # skipped, and begins then
@example(dt.date(2026, 10, 25), dt.time(2, 30), BERLIN, 2)  # shown twice
@example(dt.date(2026, 4, 4), dt.time(1, 45), LORD_HOWE, 2)  # half an hour twice
def test_every_night_has_one_moment_and_it_lies_within_it(night: dt.date, time: dt.time, zone: ZoneInfo, ends_at: int) -> None:
    moment = moment_of(night, time, zone, ends_at)

    assert moment is not None
    assert night_of(moment, zone, ends_at) == night
    if moment.astimezone(zone).time() != time:
        wall = dt.datetime.combine(night if time >= dt.time(ends_at) else night + DAY, time, zone)
        assert wall.astimezone(dt.UTC).astimezone(zone).time() != time  # clocks skip it


@pytest.mark.parametrize(
    ("night", "time", "ends_at", "moment"),
    [
        (dt.date(2026, 3, 28), dt.time(21), 4, "2026-03-28T20:00"),
        (dt.date(2026, 3, 29), dt.time(21), 4, "2026-03-29T19:00"),
        (dt.date(2026, 10, 24), dt.time(21), 4, "2026-10-24T19:00"),
        (dt.date(2026, 10, 25), dt.time(21), 4, "2026-10-25T20:00"),
        (dt.date(2026, 3, 28), dt.time(2, 30), 4, "2026-03-29T01:30"),  # skipped: shown as 3:30
        (dt.date(2026, 3, 28), dt.time(2, 30), 3, "2026-03-29T00:30"),  # the night would be over: shown as 1:30
        (dt.date(2026, 10, 24), dt.time(2, 30), 4, "2026-10-25T00:30"),  # twice: the first
        (dt.date(2026, 1, 9), dt.time(0, 30), 4, "2026-01-09T23:30"),  # after midnight
    ],
)
def test_is_at_the_time_that_clocks_show(night: dt.date, time: dt.time, ends_at: int, moment: str) -> None:
    assert moment_of(night, time, BERLIN, ends_at) == dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)


def test_a_day_that_a_place_left_out_has_none_and_the_next_follows() -> None:
    assert moment_of(dt.date(2011, 12, 30), dt.time(21), APIA, 4) is None
    before = dt.datetime(2011, 12, 29, 22, tzinfo=APIA)
    due = next_moment(before, dt.time(21), EVERY_DAY, APIA, 4)
    assert due is not None
    assert due.astimezone(APIA).date() == dt.date(2011, 12, 31)


@given(moments, times, st.frozensets(st.integers(0, 6), min_size=1), zones, ends)
def test_the_next_is_later_on_a_chosen_evening_and_none_is_passed_over(
    after: dt.datetime, time: dt.time, weekdays: frozenset[int], zone: ZoneInfo, ends_at: int
) -> None:
    due = next_moment(after, time, weekdays, zone, ends_at)

    assert due is not None
    assert due > after
    night = night_of(due, zone, ends_at)
    assert night.weekday() in weekdays
    between = [night_of(after, zone, ends_at) + days * DAY for days in range((night - night_of(after, zone, ends_at)).days)]
    assert all(day.weekday() not in weekdays or (moment_of(day, time, zone, ends_at) or after) <= after for day in between)


@given(moments, times, zones, ends, st.lists(zones, min_size=1, max_size=6))
def test_no_night_has_two_however_one_travels(
    after: dt.datetime, time: dt.time, zone: ZoneInfo, ends_at: int, journey: list[ZoneInfo]
) -> None:
    last, sent = None, list[dt.date]()
    for place in [zone, *journey]:
        due = next_moment(after, time, EVERY_DAY, place, ends_at, last=last)
        assert due is not None
        last, after = night_of(due, place, ends_at), due
        sent.append(last)

    assert sent == sorted(set(sent))


def test_a_second_evening_of_one_date_brings_nothing() -> None:
    sent = dt.datetime(2026, 6, 5, 21, tzinfo=BERLIN)
    due = next_moment(sent, dt.time(21), EVERY_DAY, NEW_YORK, 4, last=dt.date(2026, 6, 5))
    assert due == dt.datetime(2026, 6, 6, 21, tzinfo=NEW_YORK)


def test_no_weekday_is_never() -> None:
    assert next_moment(dt.datetime(2026, 6, 5, tzinfo=dt.UTC), dt.time(21), frozenset(), BERLIN, 4) is None
