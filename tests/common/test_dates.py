"""common.dates: dates and times as text, by the reader's clock."""

import datetime as dt

import time_machine
from django.test import SimpleTestCase, TestCase
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from hypothesis import given
from hypothesis import strategies as st

from common import dates
from common.places import customs
from common.places.customs import Customs
from tests.factories import make_entry, make_user
from tests.helpers import EVENING, TONIGHT, read, signed_in


@time_machine.travel(EVENING, tick=False)
class WordsTests(SimpleTestCase):
    def test_an_evening_of_this_year_goes_without_it(self) -> None:
        assert dates.evening(TONIGHT) == "Sunday, 1 March"

    def test_an_evening_of_another_year_says_so(self) -> None:
        assert dates.evening(dt.date(2025, 3, 1)) == "Saturday, 1 March 2025"
        assert dates.evening(dt.date(2027, 1, 1)) == "Friday, 1 January 2027"

    def test_the_present_year_is_the_readers(self) -> None:
        with time_machine.travel(dt.datetime(2026, 12, 31, 12, tzinfo=dt.UTC), tick=False):
            with timezone.override("Pacific/Kiritimati"):
                assert dates.evening(TONIGHT) == "Sunday, 1 March 2026"
            with timezone.override("America/New_York"):
                assert dates.evening(TONIGHT) == "Sunday, 1 March"

    def test_the_date_of_a_moment_is_the_readers(self) -> None:
        with timezone.override("Pacific/Kiritimati"):
            assert (dates.date_of(EVENING), dates.day_of(EVENING)) == ("Monday, 2 March", "2 March")
        with timezone.override("America/New_York"):
            assert (dates.date_of(EVENING), dates.day_of(EVENING)) == ("Sunday, 1 March", "1 March")

    def test_a_list_has_them_short_under_their_month(self) -> None:
        assert (dates.short_evening(TONIGHT), dates.month(TONIGHT)) == ("Sun 1", "March 2026")

    def test_the_clock_is_the_readers(self) -> None:
        for zone, shown in (("UTC", "21:04"), ("Europe/Stockholm", "22:04"), ("Asia/Kathmandu", "02:49")):
            with timezone.override(zone):
                assert dates.clock(EVENING) == shown

    def test_times_and_dates_are_written_as_where_the_reader_lives(self) -> None:
        for language, zone, shown in (
            ("en", "Europe/London", "Sunday, 1 March at 21:04"),
            ("en", "America/New_York", "Sunday, March 1 at 4:04 PM"),
            ("en", "Australia/Sydney", "Monday, 2 March at 8:04 AM"),
            ("es", "Europe/Madrid", "domingo, 1 de marzo, 22:04"),
            ("es", "America/New_York", "domingo, 1 de marzo, 4:04 p. m."),
            ("es", "America/Mexico_City", "domingo, 1 de marzo, 3:04 p. m."),
            ("es", "America/Argentina/Buenos_Aires", "domingo, 1 de marzo, 18:04"),
        ):
            with translation.override(language), timezone.override(zone), customs.override(Customs.of(zone)):
                assert dates.moment(EVENING).replace("\u00a0", " ") == shown

    def test_twelve_oclock_is_noon_and_midnight(self) -> None:
        with customs.override(Customs(twelve_hours=True)):
            assert [dates.clock(EVENING.replace(hour=hour)).replace("\u00a0", " ") for hour in (0, 11, 12, 23)] == [
                "12:04 AM",
                "11:04 AM",
                "12:04 PM",
                "11:04 PM",
            ]

    def test_a_date_of_another_year_has_it_last(self) -> None:
        with customs.override(Customs(month_first=True)):
            assert (dates.evening(dt.date(2025, 3, 1)), dates.day(dt.date(2025, 3, 1))) == ("Saturday, March 1, 2025", "March 1, 2025")

    def test_a_moment_has_the_readers_day_and_clock(self) -> None:
        with timezone.override("Asia/Kathmandu"):
            assert dates.moment(EVENING) == "Monday, 2 March at 02:49"

    def test_a_date_is_in_the_language_of_each_reader_in_turn(self) -> None:
        for _again in range(2):
            for language, shown in (("en", "Sun 1"), ("es", "dom 1"), ("en", "Sun 1")):
                with translation.override(language):
                    assert dates.short_evening(TONIGHT) == shown

    @given(date=st.dates(), time=st.times(), language=st.sampled_from(["en", "es"]))
    def test_what_was_formatted_before_is_what_django_formats(self, date: dt.date, time: dt.time, language: str) -> None:
        moment = dt.datetime.combine(date, time, tzinfo=dt.UTC)
        with translation.override(language):
            for _again in range(2):
                assert dates.short_evening(date) == date_format(date, gettext("D j"), use_l10n=False)
                assert dates.month(date) == date_format(date, gettext("F Y"), use_l10n=False)
                assert dates.clock(moment) == date_format(moment, gettext("H:i"), use_l10n=False)


@time_machine.travel(EVENING, tick=False)
class PersonsClockTests(TestCase):
    def test_pages_say_the_time_where_the_person_is(self) -> None:
        author = make_user(time_zone="Asia/Kathmandu")
        entry = make_entry(author, now=EVENING)

        assert "Saved on Monday, 2 March at 02:49" in str(read(signed_in(author), entry.get_absolute_url()))

    def test_pages_write_it_as_there(self) -> None:
        author = make_user(time_zone="America/New_York")
        entry = make_entry(author, now=EVENING)

        assert "Saved on Sunday, March 1 at 4:04\u00a0PM" in str(read(signed_in(author), entry.get_absolute_url()))
