"""common.nights: every moment belongs to one night, and nights never go backwards."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase
from hypothesis import assume, example, given
from hypothesis import strategies as st

from common.nights import night_of
from tests.helpers import DAY, HOUR
from tests.zones import BEGIN, ZONES, clock_changes

DATE_JUMPS = {"Pacific/Apia": dt.date(2011, 12, 30), "Pacific/Kiritimati": dt.date(1994, 12, 31)}
zones = st.sampled_from(ZONES)
hours = st.integers(0, 12)
moments = st.integers(0, 43 * 366 * 24 * 60 * 60).map(lambda seconds: BEGIN + dt.timedelta(seconds=seconds))
spans = st.timedeltas(dt.timedelta(0), dt.timedelta(days=3))


def clocks_change_near(zone: ZoneInfo, moment: dt.datetime) -> bool:
    """Whether the zone's clocks are set within a day and a half of the moment."""
    return len({(moment + hours * HOUR).astimezone(zone).utcoffset() for hours in range(-36, 37)}) > 1


class AnyNightTests(SimpleTestCase):
    @given(zone=zones, ends_at=hours, moment=moments, span=spans)
    def test_a_later_moment_never_belongs_to_an_earlier_night(
        self, zone: str, ends_at: int, moment: dt.datetime, span: dt.timedelta
    ) -> None:
        assert night_of(moment, ZoneInfo(zone), ends_at) <= night_of(moment + span, ZoneInfo(zone), ends_at)

    @given(zone=zones, ends_at=hours, moment=moments)
    def test_ends_at_its_hour_where_no_clock_is_set(self, zone: str, ends_at: int, moment: dt.datetime) -> None:
        assume(not clocks_change_near(ZoneInfo(zone), moment))

        wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)

        assert night_of(moment, ZoneInfo(zone), ends_at) == (wall - ends_at * HOUR).date()

    @given(zone=zones, ends_at=hours, moment=moments)
    def test_is_the_date_on_the_wall_or_the_one_before(self, zone: str, ends_at: int, moment: dt.datetime) -> None:
        local = moment.astimezone(ZoneInfo(zone))
        assume(local.fold == 0)  # while an hour is shown again, the night after midnight stays begun

        assert local.date() - night_of(moment, ZoneInfo(zone), ends_at) in {dt.timedelta(0), DAY}

    @given(zone=zones, moment=moments)
    def test_that_ends_at_midnight_is_the_calendar_day(self, zone: str, moment: dt.datetime) -> None:
        local = moment.astimezone(ZoneInfo(zone))
        assume(local.fold == 0)

        assert night_of(moment, ZoneInfo(zone), 0) == local.date()

    @given(moment=moments, ends_at=hours, elsewhere=zones)
    def test_does_not_depend_on_the_zone_that_the_moment_is_given_in(self, moment: dt.datetime, ends_at: int, elsewhere: str) -> None:
        zone = ZoneInfo("Europe/Stockholm")

        assert night_of(moment.astimezone(ZoneInfo(elsewhere)), zone, ends_at) == night_of(moment, zone, ends_at)


class ClockChangeTests(SimpleTestCase):
    """Around the moments at which clocks are set."""

    def test_nights_never_go_backwards_in_any_zone_whenever_they_end(self) -> None:
        around = [dt.timedelta(minutes=minutes) for minutes in (-125, -65, -35, -0.5, 0, 35, 65, 125)]
        for zone in map(ZoneInfo, ZONES):
            for change in clock_changes(zone):
                for ends_at in range(13):
                    nights = [night_of(change + span, zone, ends_at) for span in around]
                    assert nights == sorted(nights), (zone, change, ends_at)

    @given(zone=zones, ends_at=hours, data=st.data())
    def test_a_night_is_a_day_long_give_or_take_what_clocks_are_set_by(self, zone: str, ends_at: int, data: st.DataObject) -> None:
        changes = [change for change in clock_changes(ZoneInfo(zone)) if abs(change.date() - DATE_JUMPS.get(zone, dt.date.min)) > 3 * DAY]
        assume(changes)
        change = data.draw(st.sampled_from(changes))
        most = 26 * HOUR if zone == "Antarctica/Troll" else 25 * HOUR
        least = 22 * HOUR if zone == "Antarctica/Troll" else 23 * HOUR
        moment = change + data.draw(st.integers(-36, 36)) * HOUR

        assert night_of(moment + most, ZoneInfo(zone), ends_at) > night_of(moment, ZoneInfo(zone), ends_at)
        assert night_of(moment + least, ZoneInfo(zone), ends_at) - night_of(moment, ZoneInfo(zone), ends_at) <= DAY


class OneNightTests(SimpleTestCase):
    """Moments are in UTC; the comment beside them is what a clock on the wall shows."""

    def nights(self, zone: str, ends_at: int, *moments: str) -> list[str]:
        at = [dt.datetime.fromisoformat(f"{moment}+00:00") for moment in moments]
        return [night_of(moment, ZoneInfo(zone), ends_at).isoformat() for moment in at]

    def test_forty_past_midnight_belongs_to_the_evening_before(self) -> None:
        assert self.nights("Europe/Stockholm", 4, "2026-03-01T23:40") == ["2026-03-01"]  # 00:40 on the 2nd

    def test_ends_at_its_hour_to_the_microsecond(self) -> None:
        last, first = "2026-03-02T02:59:59.999999", "2026-03-02T03:00"  # 03:59:59.999999 and 04:00

        assert self.nights("Europe/Stockholm", 4, last, first) == ["2026-03-01", "2026-03-02"]

    def test_ends_when_clocks_skip_its_hour(self) -> None:
        last, first = "2026-03-29T00:59:59", "2026-03-29T01:00"  # 01:59:59, then 03:00

        assert self.nights("Europe/Stockholm", 2, last, first) == ["2026-03-28", "2026-03-29"]
        assert self.nights("Europe/Stockholm", 3, last, first) == ["2026-03-28", "2026-03-29"]

    def test_is_an_hour_shorter_when_clocks_go_forward(self) -> None:
        first, last, next_first = "2026-03-28T03:00", "2026-03-29T01:59:59", "2026-03-29T02:00"  # 04:00, 03:59:59, 04:00

        assert self.nights("Europe/Stockholm", 4, first, last, next_first) == ["2026-03-28", "2026-03-28", "2026-03-29"]

    def test_ends_at_the_first_showing_of_its_hour_and_stays_ended(self) -> None:
        shown = ["2026-10-24T23:59:59", "2026-10-25T00:00", "2026-10-25T00:59:59", "2026-10-25T01:00"]  # 01:59, 02:00, 02:59, 02:00 again

        assert self.nights("Europe/Stockholm", 2, *shown) == ["2026-10-24", "2026-10-25", "2026-10-25", "2026-10-25"]

    def test_is_an_hour_longer_when_an_hour_before_its_end_is_repeated(self) -> None:
        shown = ["2026-10-25T00:59:59", "2026-10-25T01:00", "2026-10-25T01:59:59", "2026-10-25T02:00"]  # 02:59, 02:00, 02:59, 03:00

        assert self.nights("Europe/Stockholm", 3, *shown) == ["2026-10-24", "2026-10-24", "2026-10-24", "2026-10-25"]

    def test_stays_begun_where_clocks_go_back_over_midnight(self) -> None:
        shown = ["2010-11-07T02:29:59", "2010-11-07T02:30", "2010-11-07T02:31", "2010-11-07T03:31"]  # 23:59, 00:00, 23:01, 00:01

        assert self.nights("America/St_Johns", 0, *shown) == ["2010-11-06", "2010-11-07", "2010-11-07", "2010-11-07"]

    def test_stays_ended_where_clocks_go_back_over_its_hour(self) -> None:
        shown = ["2026-10-24T23:59:59", "2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00"]  # 01:59, 02:00, 01:00, 02:00

        assert self.nights("Antarctica/Troll", 2, *shown) == ["2026-10-24", "2026-10-25", "2026-10-25", "2026-10-25"]

    def test_begins_at_one_where_clocks_skip_midnight(self) -> None:
        shown = ["2018-11-04T02:59:59", "2018-11-04T03:00"]  # 23:59:59, then 01:00

        assert self.nights("America/Sao_Paulo", 0, *shown) == ["2018-11-03", "2018-11-04"]
        assert self.nights("America/Sao_Paulo", 1, *shown) == ["2018-11-03", "2018-11-04"]

    def test_goes_on_into_the_day_after_one_that_was_left_out(self) -> None:
        shown = ["2011-12-30T09:59:59", "2011-12-30T10:00", "2011-12-30T14:00"]  # 23:59 on the 29th, 00:00 and 04:00 on the 31st

        assert self.nights("Pacific/Apia", 4, *shown) == ["2011-12-29", "2011-12-30", "2011-12-31"]

    def test_half_an_hour_is_enough_to_skip_a_boundary(self) -> None:
        shown = ["2026-10-03T15:29:59", "2026-10-03T15:30"]  # 01:59:59, then 02:30

        assert self.nights("Australia/Lord_Howe", 2, *shown) == ["2026-10-03", "2026-10-04"]


class EdgeOfTheCalendarTests(SimpleTestCase):
    @given(zone=zones, ends_at=hours)
    @example(zone="America/New_York", ends_at=12)
    def test_has_an_answer_for_years_at_both_ends(self, zone: str, ends_at: int) -> None:
        for year in (1900, 9998):
            assert night_of(dt.datetime(year, 6, 1, 12, tzinfo=dt.UTC), ZoneInfo(zone), ends_at).year == year
