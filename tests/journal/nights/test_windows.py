"""`journal.nights.windows`: the last fourteen nights as a row of lit windows."""

import datetime as dt

import time_machine
from django.test import SimpleTestCase, TestCase
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from journal.entries import trash
from journal.models import Entry
from journal.nights import windows
from journal.nights.windows import Window
from tests.factories import make_entry, make_user
from tests.helpers import DAY, EVENING, MINUTE, TONIGHT, signed_in


def ago(nights: int) -> dt.date:
    return TONIGHT - nights * DAY


@time_machine.travel(EVENING, tick=False)
class StripTests(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        with time_machine.travel(EVENING - 90 * DAY, tick=False):
            cls.author = make_user()

    def strip(self) -> list[Window]:
        return windows.strip(self.author, TONIGHT)

    def window(self, nights_ago: int) -> Window:
        return self.strip()[-1 - nights_ago]

    def test_has_a_window_for_each_of_fourteen_nights_tonights_last(self) -> None:
        strip = self.strip()

        assert [window.night for window in strip] == [ago(n) for n in range(13, -1, -1)]
        assert [window.day for window in strip] == [*map(str, range(16, 29)), "1"]
        assert [window.is_tonight for window in strip] == [False] * 13 + [True]

    def test_is_dark_where_nothing_is_written_and_leads_to_a_page_for_that_night(self) -> None:
        window = self.window(2)

        assert (window.size, window.label) == (0, "Friday, 27 February: dark")
        assert window.url == "/journal/new/?night=2026-02-27"

    def test_last_nights_leads_to_its_own_page_while_it_is_dark(self) -> None:
        assert self.window(1).url == "/tonight/?night=2026-02-28"

    def test_the_page_it_leads_to_is_for_that_night(self) -> None:
        page = signed_in(self.author).get(self.window(2).url).content.decode()

        assert 'value="2026-02-27"' in page

    def test_is_lit_by_how_much_was_written_and_leads_there(self) -> None:
        for nights, words, size, length in ((1, 5, 1, "a line"), (2, 26, 2, "some lines"), (3, 151, 3, "a long page")):
            entry = make_entry(self.author, night=ago(nights), text="word " * words)
            window = self.window(nights)
            assert (window.size, window.url) == (size, entry.get_absolute_url())
            assert window.label.endswith(f": {length}")

    def test_a_night_without_words_is_lit_faintly_and_says_so(self) -> None:
        make_entry(self.author, night=ago(1), text="", feeling="heavy")

        assert (self.window(1).size, self.window(1).label) == (1, "Saturday, 28 February: no words")

    def test_tonights_window_leads_to_tonight_lit_or_not(self) -> None:
        assert (self.window(0).url, self.window(0).label, self.window(0).size) == ("/tonight/", "Tonight: dark", 0)

        make_entry(self.author, night=TONIGHT)

        assert (self.window(0).url, self.window(0).label, self.window(0).size) == ("/tonight/", "Tonight: a line", 1)

    def test_two_pages_of_one_night_are_as_bright_as_the_brighter_and_lead_to_the_nights_own(self) -> None:
        for nights, own_words, free_words in ((1, 5, 151), (2, 151, 5)):
            words = {Entry.Kind.NIGHT: own_words, Entry.Kind.FREE: free_words}
            for kinds in ((Entry.Kind.NIGHT, Entry.Kind.FREE), (Entry.Kind.FREE, Entry.Kind.NIGHT)):
                Entry.objects.all().delete()
                for kind in kinds:
                    make_entry(self.author, night=ago(nights), kind=kind, text="word " * words[kind])
                assert self.window(nights).size == 3
                assert self.window(nights).url == Entry.objects.get(kind=Entry.Kind.NIGHT).get_absolute_url()

    def test_leaves_out_the_trash_other_people_and_longer_ago(self) -> None:
        trash.delete(self.author, make_entry(self.author, night=ago(1)), EVENING)
        make_entry(make_user(email="other@example.org"), night=ago(2))
        make_entry(self.author, night=ago(14))

        assert {window.size for window in self.strip()} == {0}

    def test_says_the_year_of_nights_before_new_year(self) -> None:
        with time_machine.travel(dt.datetime(2026, 1, 3, 21, tzinfo=dt.UTC), tick=False):
            strip = windows.strip(self.author, dt.date(2026, 1, 3))

        assert strip[-4].label == "Wednesday, 31 December 2025: dark"
        assert strip[-3].label == "Thursday, 1 January: dark"

    def test_costs_one_query_before_anything_is_written(self) -> None:
        with self.assertNumQueries(1):
            self.strip()

    def test_costs_one_query_however_much_is_written(self) -> None:
        for nights in range(14):
            make_entry(self.author, night=ago(nights))
            make_entry(self.author, night=ago(nights), kind=Entry.Kind.FREE)

        with self.assertNumQueries(1):
            self.strip()


@time_machine.travel(EVENING, tick=False)
class FirstEveningTests(TestCase):
    """What the strip shows of somebody who has just come."""

    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()

    def nights(self, tonight: dt.date = TONIGHT) -> list[int]:
        """How many nights ago each window is."""
        return [(tonight - window.night).days for window in windows.strip(self.author, tonight)]

    def test_there_is_no_window_before_the_account_was_made(self) -> None:
        assert self.nights() == [0]
        assert self.nights(TONIGHT + 2 * DAY) == [2, 1, 0]
        assert self.nights(TONIGHT + 40 * DAY) == list(range(13, -1, -1))

    def test_nor_for_an_administrator(self) -> None:
        self.author = User.objects.create_superuser("admin@example.org", "a lamp, a page, a pen")

        assert self.nights() == [0]

    def test_a_page_written_for_an_earlier_night_moves_them_back_and_none_forward(self) -> None:
        make_entry(self.author, night=ago(3), kind=Entry.Kind.FREE)
        assert self.nights() == [3, 2, 1, 0]

        make_entry(self.author, night=ago(1))
        assert self.nights() == [3, 2, 1, 0]

        make_entry(self.author, night=ago(400))
        assert len(self.nights()) == 14

    def test_no_other_persons_page_does(self) -> None:
        make_entry(make_user(email="other@example.org"), night=ago(5))

        assert self.nights() == [0]

    def test_a_page_in_the_trash_does_not_until_it_is_put_back(self) -> None:
        entry = make_entry(self.author, night=ago(3))

        trash.delete(self.author, entry, EVENING)
        assert self.nights() == [0]

        trash.put_back(self.author, entry)
        assert self.nights() == [3, 2, 1, 0]

    def test_a_page_that_is_given_another_date_takes_them_along(self) -> None:
        entry = make_entry(self.author, night=ago(3), kind=Entry.Kind.FREE)

        make_entry(self.author, night=ago(1), entry_id=entry.pk, page=entry.page, seq=2, base=1, kind=Entry.Kind.FREE)

        assert self.nights() == [1, 0]

    def test_a_move_to_another_time_zone_leaves_tonights_window(self) -> None:
        for zone, nights in (("Pacific/Kiritimati", [0]), ("Pacific/Pago_Pago", [0]), ("UTC", [0])):
            self.author.time_zone = zone
            assert self.nights(self.author.tonight(EVENING)) == nights

        make_entry(self.author, night=TONIGHT)
        self.author.time_zone = "Pacific/Kiritimati"  # it is the next day there: that page was written yesterday
        assert self.nights(self.author.tonight(EVENING)) == [1, 0]


class FirstEveningProperties(SimpleTestCase):
    zones = st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe", "America/New_York"])
    moments = st.integers(0, 365 * 24 * 60).map(lambda minutes: EVENING + minutes * MINUTE)

    @given(moments, moments, zones, st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2027, 1, 1)))
    def test_is_never_after_tonight_nor_after_what_was_written(
        self, joined: dt.datetime, now: dt.datetime, zone: str, earliest: dt.date | None
    ) -> None:
        author = User(date_joined=joined, time_zone=zone)
        tonight = author.tonight(now)

        first = windows.first_evening(author, tonight, earliest)

        assert first <= tonight
        assert earliest is None or first <= earliest
        assert first in {tonight, earliest, author.tonight(joined)}
