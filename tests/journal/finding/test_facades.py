"""journal.finding.facades: every night of a month in its place, with its name, and where it leads."""

import datetime as dt
import re
import uuid
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from django.test import SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from common.nights import night_of
from common.places import customs
from common.places.customs import Customs
from journal.entries import trash
from journal.finding import facades
from journal.finding.facades import Facade, Span, Written
from journal.models import Entry, Size
from tests.factories import make_entry, make_journal, make_user
from tests.helpers import DAY, EVENING, MINUTE, TONIGHT
from tests.journal.models.test_entry import add

MARCH, FEBRUARY = dt.date(2026, 3, 1), dt.date(2026, 2, 1)
PAGE = uuid.UUID(int=7)
COUNTRIES = {"US": 6, "SE": 0, "EG": 5, "MV": 4}  # the first day of the week
ZONES = {"America/New_York": "US", "Europe/Stockholm": "SE", "Africa/Cairo": "EG", "Indian/Maldives": "MV"}


def plain(night: dt.date) -> str:
    return f"/{night.isoformat()}/"


class PlacesOfNights(SimpleTestCase):
    """Every night of every month is in the column of its weekday and says its own date."""

    @given(
        now=st.integers(0, 40 * 365 * 24 * 60).map(lambda minutes: EVENING - 26 * 365 * DAY + minutes * MINUTE),
        zone=st.sampled_from([*ZONES]),
        ends_at=st.integers(0, 12),
        days=st.integers(0, 800),
        back=st.integers(0, 26),
        language=st.sampled_from(["en", "es"]),
        data=st.data(),
    )
    def test_all_are_there_and_named(
        self, now: dt.datetime, zone: str, ends_at: int, days: int, back: int, language: str, data: st.DataObject
    ) -> None:
        tonight = night_of(now, ZoneInfo(zone), ends_at)
        span = Span(tonight - days * DAY, tonight)
        months = [month for year in range(span.first.year, tonight.year + 1) for month in span.months(year)]
        month = months[-1 - back % len(months)]
        dark = data.draw(st.sets(st.integers(1, 31), max_size=5))

        with customs.override(Customs.of(zone)), translation.override(language):
            prefix = gettext("Tonight, %(evening)s").partition("%")[0]
            facade = facades.facade(span, month, self.lit(month, dark), plain)

        first_weekday = COUNTRIES[ZONES[zone]]
        nights = [window.night for window in facade.windows]
        length = facade.blank + len(nights) + facade.to_come
        assert (month + length * DAY).day == 1  # as many as the month has
        assert (month + (length - 1) * DAY).month == month.month
        assert nights == [month + n * DAY for n in range(facade.blank, length - facade.to_come)]
        assert (facade.column - 1 + first_weekday) % 7 == month.weekday()
        assert all(span.first <= night <= tonight for night in nights)
        assert facade.blank == 0 or nights[0] == span.first
        assert facade.to_come == 0 or nights[-1] == tonight
        for window in facade.windows:
            self.check(window.label, window.night, language)
            assert window.label.startswith(prefix) == (window.night == tonight)
            assert (window.day, window.url) == (str(window.night.day), plain(window.night))
            assert window.is_tonight == (window.night == tonight)
            assert (window.size == 0) == (window.night.day in dark)

    def lit(self, month: dt.date, dark: set[int]) -> dict[dt.date, Written]:
        nights = [month + n * DAY for n in range(31)]
        return {night: Written(1 + night.day % 3, 1, PAGE) for night in nights if night.month == month.month and night.day not in dark}

    def check(self, label: str, night: dt.date, language: str) -> None:
        """It names the weekday, the day and the month, and no other."""
        if language == "en":
            assert f"{night:%A}" in label
            assert f"{night:%B}" in label
        assert re.findall(r"\d+", label) == [str(night.day)]


class MonthsTests(SimpleTestCase):
    def test_there_are_none_before_the_first_evening_nor_after_tonight(self) -> None:
        span = Span(dt.date(2024, 11, 28), TONIGHT)

        assert span.months(2024) == [dt.date(2024, 11, 1), dt.date(2024, 12, 1)]
        assert len(span.months(2025)) == 12
        assert span.months(2026) == [dt.date(2026, 1, 1), FEBRUARY, MARCH]
        assert span.months(2023) == span.months(2027) == []


@time_machine.travel(EVENING, tick=False)
class CalendarTests(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        with time_machine.travel(EVENING - 20 * DAY, tick=False):  # on 9 February
            cls.author = make_user()

    def span(self) -> Span:
        return Span.of(self.author, TONIGHT)

    def month(self, month: dt.date = FEBRUARY) -> Facade:
        return facades.month(self.author, self.span(), month)

    def url_and_label(self, day: int) -> tuple[str, str]:
        [window] = [window for window in self.month().windows if window.night.day == day]
        return window.url, window.label

    def test_begins_with_the_first_evening_and_ends_tonight(self) -> None:
        february, march = self.month(), self.month(MARCH)

        assert (february.blank, len(february.windows), february.to_come) == (8, 20, 0)
        assert (march.blank, len(march.windows), march.to_come) == (0, 1, 30)
        assert self.span().is_empty

    def test_what_was_written_for_an_earlier_night_moves_its_beginning_back(self) -> None:
        make_entry(self.author, night=dt.date(2025, 12, 24), kind=Entry.Kind.FREE)

        assert self.span() == Span(dt.date(2025, 12, 24), TONIGHT)

    def test_a_dark_window_leads_to_writing_and_last_nights_to_its_own_page(self) -> None:
        assert self.url_and_label(27) == ("/journal/new/?night=2026-02-27", "Friday, 27 February: dark; write about it")
        assert self.url_and_label(28)[0] == "/tonight/?night=2026-02-28"
        assert self.month(MARCH).windows[0].url == "/tonight/"
        assert self.month(MARCH).windows[0].label == "Tonight, Sunday, 1 March: dark"

    def test_a_lit_window_leads_to_its_page_and_says_how_much_was_written(self) -> None:
        entry = make_entry(self.author, night=dt.date(2026, 2, 20), text="word " * 151)

        assert self.url_and_label(20) == (entry.get_absolute_url(), "Friday, 20 February: a long page")

    def test_a_night_without_words_is_lit_faintly(self) -> None:
        make_entry(self.author, night=dt.date(2026, 2, 20), text="", feeling="heavy")

        [window] = [window for window in self.month().windows if window.size]
        assert (window.size, window.label) == (Size.LINE, "Friday, 20 February: no words")

    def test_several_pages_are_as_bright_as_the_longest_and_lead_to_their_place_in_the_timeline(self) -> None:
        night = dt.date(2026, 2, 20)
        make_entry(self.author, night=night, text="word " * 30)
        newest = make_entry(self.author, night=night, kind=Entry.Kind.FREE)

        [window] = [window for window in self.month().windows if window.size]
        assert (window.size, window.label) == (Size.PAGE, "Friday, 20 February: some lines; 2 pages")
        assert window.url == f"/journal/?at=2026-02-20_{newest.pk.hex}#{newest.pk}"

    def test_leaves_out_the_trash_and_other_people(self) -> None:
        trash.delete(self.author, make_entry(self.author, night=dt.date(2026, 2, 20)), EVENING)
        make_entry(make_user(email="other@example.org"), night=dt.date(2026, 2, 21))

        assert {window.size for window in self.month().windows} == {0}

    def test_a_page_for_a_night_that_is_still_to_come_is_not_shown(self) -> None:
        make_entry(self.author, night=TONIGHT + DAY)  # after a move to the west

        assert (self.month(MARCH).to_come, self.month(MARCH).windows[0].size) == (30, 0)

    def test_a_year_has_the_same_nights_by_short_addresses(self) -> None:
        make_entry(self.author, night=dt.date(2026, 2, 20))

        months = facades.year(self.author, self.span(), 2026)

        assert [facade.month for facade in months] == [FEBRUARY, MARCH]
        for shown in months:
            month = self.month(shown.month)
            assert [window.label for window in shown.windows] == [window.label for window in month.windows]
            for window, other in zip(shown.windows, month.windows, strict=True):
                assert window.url == f"/journal/calendar/2026/{window.night.month}/{window.night.day}/"
                assert facades.night_url(self.author, self.span(), window.night) == other.url

    def test_costs_one_query_however_much_is_written(self) -> None:
        make_entry(self.author, night=dt.date(2026, 2, 20))
        span = self.span()
        self.month()  # compiles what is prepared
        add(self.author, [*range(-20, 60)] * 3)

        for read in (
            lambda: facades.month(self.author, span, FEBRUARY),
            lambda: facades.year(self.author, span, 2026),
            lambda: Span.of(self.author, TONIGHT),
        ):
            with self.assertNumQueries(1):
                read()


@pytest.mark.django_db
def test_a_database_reads_the_nights_that_are_shown_and_no_others() -> None:
    author = make_user()
    make_journal(author, 2_000, last=TONIGHT)  # of a short one PostgreSQL reads all, by whichever index
    first, last = dt.date(2026, 2, 1), dt.date(2026, 2, 28)
    assert len(facades.written(author, first, last)) == 28  # compiles what is prepared
    with CaptureQueriesContext(connection) as queries:
        facades.written(author, first, last)
    [query] = queries

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = "\n".join(row[3] for row in cursor.fetchall())
            assert re.search(r"SEARCH \w+ USING INDEX journal_entry_timeline \(author_id=\? AND night>\? AND night<\?\)", plan), plan
            assert "SCAN" not in plan
            assert "TEMP B-TREE" not in plan
            return
        cursor.execute("ANALYZE journal_entry")  # otherwise what the table held when it was last looked at would decide
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {query['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert re.search(r"Index Scan.* using journal_entry_timeline", plan), plan
    assert re.search(r"Index Cond: \(\(author_id = .*\) AND .*\(night >= .*\(night <= ", plan), plan
