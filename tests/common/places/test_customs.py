"""common.places.customs: on which day weeks begin, by the country of a time zone. How times are written: tests/common/test_dates.py."""

import calendar

import pytest

from common.places.customs import FIRST_WEEKDAY, Customs


@pytest.mark.parametrize(
    ("zone", "weekday"),
    [
        ("Europe/Stockholm", calendar.MONDAY),
        ("America/New_York", calendar.SUNDAY),
        ("US/Pacific", calendar.SUNDAY),
        ("America/Mexico_City", calendar.SUNDAY),
        ("America/Argentina/Buenos_Aires", calendar.MONDAY),
        ("Africa/Cairo", calendar.SATURDAY),
        ("Indian/Maldives", calendar.FRIDAY),
        ("UTC", calendar.MONDAY),
        ("Etc/GMT+5", calendar.MONDAY),
    ],
)
def test_weeks_begin_as_in_the_country_of_the_time_zone(zone: str, weekday: int) -> None:
    assert Customs.of(zone).first_weekday == weekday


def test_no_country_is_named_twice() -> None:
    assert len(FIRST_WEEKDAY) == 71
    assert {len(country) for country in FIRST_WEEKDAY} == {2}
