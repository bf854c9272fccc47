"""/journal/calendar/ and what lies below it: months, years, and one night."""

import datetime as dt
import uuid
from http import HTTPStatus

import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from journal.models import Entry
from tests.factories import make_entry, make_user
from tests.helpers import DAY, EVENING, TONIGHT, element, parsed, read, signed_in
from tests.journal.cases import JournalCase
from tests.journal.models.test_entry import add

NOWHERE = [
    "2026/13/",
    "2026/0/",
    "0/",
    "0/1/",
    "2027/",
    "2026/4/",
    "2025/",
    "2026/1/",
    "99999/",
    "99999/1/",
    f"{10**30}/{10**30}/",
    "2026/2/29/",
    "2026/2/30/",
    "2026/2/0/",
    "2026/3/2/",
    "2026/2/8/",
    "2025/12/31/",
    f"2026/2/{10**30}/",
    "2026/march/",
    "-1/",
    "1e3/",
]


def links(page: BeautifulSoup, selector: str) -> dict[str, str]:
    return {" ".join(link.get_text(" ").split()): str(link["href"]) for link in page.select(selector)}


class CalendarTests(JournalCase):
    """Somebody whose first evening was 9 February 2026; it is 1 March."""

    url = "/journal/calendar/"

    @classmethod
    def setUpTestData(cls) -> None:
        with time_machine.travel(EVENING - 20 * DAY, tick=False):
            cls.author = make_user(time_zone="Europe/Stockholm")

    def test_shows_tonights_month_with_tonight_marked(self) -> None:
        page = self.read(self.url)

        assert element(page, "h1").get_text() == "March 2026"
        assert [link["href"] for link in page.select(".window[aria-current=date]")] == ["/tonight/"]
        assert len(page.select("a.window")) == 1
        assert len(page.select(".window.to-come")) == 30
        assert page.select_one("main a[href^='/journal/calendar/#']") is None

    def test_is_marked_among_the_ways_back(self) -> None:
        for url in (self.url, f"{self.url}2026/", f"{self.url}2026/2/"):
            assert element(self.read(url), ".ways-back [aria-current=page]")["href"] == self.url

    def test_invites_whoever_has_written_nothing_yet_and_nobody_else(self) -> None:
        assert "Each night is a window" in self.read(self.url).get_text()

        self.entry(night=TONIGHT)

        assert "Each night is a window" not in self.read(self.url).get_text()

    def test_leads_to_earlier_and_later_months_and_to_the_year(self) -> None:
        assert links(self.read(self.url), ".calendar-ways a") == {
            "Earlier February 2026": "/journal/calendar/2026/2/",
            "Year 2026": "/journal/calendar/2026/",
        }
        february = self.read(f"{self.url}2026/2/")
        assert links(february, ".calendar-ways a") == {
            "Year 2026": "/journal/calendar/2026/",
            "Later March 2026": "/journal/calendar/2026/3/",
        }
        assert links(february, ".calendar ~ .below a") == {"To tonight’s month": "/journal/calendar/#2026-03-01"}

    def test_leads_to_every_month_of_the_year_and_to_every_year_with_pages(self) -> None:
        for night in (dt.date(1987, 6, 5), dt.date(2024, 5, 1)):
            self.entry(night=night, kind=Entry.Kind.FREE)

        page = self.read(f"{self.url}2024/5/")

        assert links(page, ".jump ul:first-child a") == {str(year): f"/journal/calendar/{year}/" for year in (2026, 2024, 1987)}
        assert list(links(page, ".jump ul:last-child a").values()) == [f"/journal/calendar/2024/{month}/" for month in range(1, 13)]
        assert [link.get_text() for link in page.select(".jump [aria-current]")] == ["2024", "May"]

    def test_offers_nothing_to_jump_to_in_a_first_month(self) -> None:
        with time_machine.travel(EVENING - 19 * DAY, tick=False):
            self.client.force_login(self.author)
            page, year = self.read(self.url), self.read(f"{self.url}2026/")

        assert year.select(".jump, .calendar-ways") == []
        assert page.select(".jump, [rel=prev], [rel=next]") == []
        assert len(page.select(".blank")) == 8
        assert [link["aria-label"] for link in page.select("a.window")] == [
            "Monday, 9 February: dark; write about it",
            "Tonight, Tuesday, 10 February: dark",
        ]

    def test_the_week_begins_as_where_somebody_lives(self) -> None:
        for zone, weekdays, column in (
            ("Europe/Stockholm", ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "7"),
            ("America/New_York", ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"], "1"),
            ("Africa/Cairo", ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"], "2"),
        ):
            User.objects.update(time_zone=zone)
            page = self.read(f"{self.url}2026/2/")
            assert [name.get_text() for name in page.select(".calendar-week abbr")] == weekdays
            assert element(page, "[data-month]")["data-column"] == column

    def test_a_year_is_its_months_whose_headings_lead_to_them(self) -> None:
        self.entry(night=dt.date(2025, 11, 9), kind=Entry.Kind.FREE, text="word " * 30)

        page = self.read(f"{self.url}2025/")

        assert element(page, "h1").get_text() == "2025"
        assert links(page, "main h2 a") == {"November": "/journal/calendar/2025/11/", "December": "/journal/calendar/2025/12/"}
        assert links(page, ".calendar-ways a") == {"Later 2026": "/journal/calendar/2026/"}
        assert [facade["data-month"] for facade in page.select("[data-month]")] == ["2025-11", "2025-12"]
        [lit] = page.select("[data-month] a[class]")
        assert (lit.get_text(), lit["href"]) == ("Sunday, 9 November: some lines", "11/9/")

    def test_a_night_leads_to_what_was_written_or_to_where_it_can_be(self) -> None:
        entry = self.entry(night=dt.date(2026, 2, 10))

        for address, target in (
            ("2026/2/10/", entry.get_absolute_url()),
            ("2026/2/11/", "/journal/new/?night=2026-02-11"),
            ("2026/2/28/", "/tonight/?night=2026-02-28"),
            ("2026/3/1/", "/tonight/"),
        ):
            response = self.client.get(f"{self.url}{address}")
            self.assertRedirects(response, target)

    def test_after_midnight_it_is_still_tonight(self) -> None:
        with time_machine.travel(EVENING + dt.timedelta(hours=5), tick=False):  # three in the morning
            self.client.force_login(self.author)
            assert element(self.read(self.url), "[aria-current=date]").get_text() == "1"
        with time_machine.travel(EVENING + dt.timedelta(hours=7), tick=False):
            self.client.force_login(self.author)
            assert element(self.read(self.url), "[aria-current=date]").get_text() == "2"

    def test_what_is_no_night_of_the_calendar_has_no_page(self) -> None:
        title = element(parsed(self.client.get("/nowhere/")), "h1").get_text()

        for address in NOWHERE:
            response = self.client.get(f"{self.url}{address}")
            assert response.status_code == HTTPStatus.NOT_FOUND, address
            assert element(parsed(response), "h1").get_text() == title, address

    def test_nothing_but_reading_is_answered(self) -> None:
        for address in ("", "2026/", "2026/2/", "2026/2/10/"):
            assert self.client.post(f"{self.url}{address}").status_code == HTTPStatus.METHOD_NOT_ALLOWED
            assert self.client.head(f"{self.url}{address}").status_code in {HTTPStatus.OK, HTTPStatus.FOUND}


# --- Ten years.

MAX_BYTES, MAX_QUERIES = 40_000, 8
YEARS, ENTRIES = 10, 10_000


def fill(author: User) -> None:
    """Ten years of a long page on every night, and of two more on many. One is written, and the others are copies of its row."""
    first = make_entry(author, night=TONIGHT, kind=Entry.Kind.FREE, text="word " * 151)
    fields = {field.name: field for field in Entry._meta.concrete_fields}
    to_id, to_night = (fields.pop(name).get_db_prep_value for name in ("id", "night"))
    rows = [
        (to_id(uuid.uuid4(), connection), to_night(TONIGHT - number % (YEARS * 365 + 3) * DAY, connection), to_id(first.pk, connection))
        for number in range(1, ENTRIES)
    ]
    table, copied = Entry._meta.db_table, ", ".join(str(field.column) for field in fields.values())
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} (id, night, {copied}) SELECT %s, %s, {copied} FROM {table} WHERE id = %s", rows)  # noqa: S608  no input


def cost(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        read(client, url)
    return len(queries)


@time_machine.travel(EVENING, tick=False)
def test_ten_years_cost_no_more_queries_than_ten_nights_and_a_year_is_light(db: None) -> None:
    newcomer, long_kept = (make_user(email=f"{name}@example.org", knows_leave=True) for name in ("new", "long"))
    add(newcomer, list(range(10)))
    fill(long_kept)
    clients = [signed_in(person) for person in (newcomer, long_kept)]
    assert Entry.objects.filter(author=long_kept).count() == ENTRIES
    for url in ("/journal/calendar/", "/journal/calendar/2026/", "/journal/calendar/2026/1/"):
        few, many = (cost(client, url) for client in clients)
        assert few == many <= MAX_QUERIES - 3, url

    for language in ("en", "es"):
        User.objects.filter(pk=long_kept.pk).update(language=language)
        content = clients[1].get("/journal/calendar/2020/").content  # a leap year
        assert content.count(b" class=c") == 366
        assert len(content) <= MAX_BYTES, language


def test_nothing_comes_before_the_first_year_there_is(db: None) -> None:
    """A page for a night of the year 1 is possible."""
    author = make_user()
    make_entry(author, night=dt.date(1, 1, 1), kind=Entry.Kind.FREE)
    client = signed_in(author)

    assert read(client, "/journal/calendar/1/1/").select_one("[rel=prev]") is None
    assert read(client, "/journal/calendar/1/").select_one("[rel=prev]") is None
