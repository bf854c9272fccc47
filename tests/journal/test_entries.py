"""/journal/: the timeline and one entry, from writing to the trash and back."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import time_machine
from bs4 import BeautifulSoup
from django.test import TestCase
from django.urls import reverse

from accounts.models import User
from common.ids import new_id
from journal.entries import trash
from journal.entries.submission import submit
from journal.history import revisions
from journal.models import Entry, Revision
from tests.factories import make_draft, make_entry, make_user, page_fields

EVENING = dt.datetime(2026, 3, 1, 21, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@time_machine.travel(EVENING, tick=False)
class JournalCase(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()

    def setUp(self) -> None:
        self.client.force_login(self.author)

    def read(self, url: str, **query: Any) -> BeautifulSoup:
        response = self.client.get(url, query)
        assert response.status_code == HTTPStatus.OK
        return BeautifulSoup(response.content, "html.parser")

    def entry(self, **fields: Any) -> Entry:
        return make_entry(self.author, **fields)


class TimelineTests(JournalCase):
    url = "/journal/"

    def nights(self, url: str = url) -> list[str]:
        return [a["href"] for a in self.read(url).select(".nights a")]  # type: ignore[misc]

    def test_invites_where_nothing_is_written(self) -> None:
        assert "The first can be one line." in self.read(self.url).get_text()

    def test_lists_newest_first_under_their_months(self) -> None:
        for night in (dt.date(2026, 2, 27), dt.date(2026, 3, 1), dt.date(2025, 12, 31)):
            self.entry(night=night)

        page = self.read(self.url)

        assert [h.get_text() for h in page.select("h2.month")] == ["March 2026", "February 2026", "December 2025"]
        assert [when.get_text(strip=True) for when in page.select(".when")] == ["Sun 1", "Fri 27", "Wed 31"]

    def test_leaves_out_strangers_and_the_trash(self) -> None:
        make_entry(make_user(email="other@example.org"), text="Theirs.")
        trash.delete(self.author, self.entry(text="Put away."), EVENING)

        assert not self.nights()

    def test_pages_back_and_forth_over_all_entries_once(self) -> None:
        for n in range(75):
            self.entry(night=dt.date(2026, 3, 1) - n * DAY)
        everything = [entry.get_absolute_url() for entry in Entry.objects.newest_first()]

        seen, url = self.nights(), self.url
        while older := self.read(url).select_one("[rel=next]"):
            url = str(older["href"])
            seen += self.nights(url)

        assert seen == everything
        back = self.read(url).select_one("[rel=prev]")
        assert back is not None
        assert self.nights(str(back["href"])) == everything[30:60]

    def test_several_pages_of_one_night_are_all_listed(self) -> None:
        for _ in range(35):
            self.entry(kind=Entry.Kind.FREE, entry_id=new_id())

        first = self.nights()
        older = self.read(self.url).select_one("[rel=next]")

        assert older is not None
        assert len(set(first + self.nights(str(older["href"])))) == 35

    def test_says_that_there_is_nothing_further_back(self) -> None:
        assert "nothing further back" in self.read(self.url, before="2020-01-01_" + "0" * 32).get_text()

    def test_knows_no_other_marks(self) -> None:
        for mark in ("yesterday", "2026-13-01_" + "0" * 32, "2026-01-01_x", "\0"):
            assert self.client.get(self.url, {"before": mark}).status_code == HTTPStatus.NOT_FOUND

    def test_costs_four_queries_whatever_it_shows(self) -> None:
        self.entry()
        with self.assertNumQueries(4):  # session, person, entries, key
            self.client.get(self.url)

        for n in range(1, 60):
            self.entry(night=dt.date(2026, 3, 1) - n * DAY)

        with self.assertNumQueries(4):
            self.client.get(self.url)


class EntryTests(JournalCase):
    def test_shows_the_text_as_markdown(self) -> None:
        entry = self.entry(text="Today:\n- soup\n- *rain*", feeling="even")

        article = self.read(entry.get_absolute_url()).article

        assert article is not None
        assert [li.get_text() for li in article.select("li")] == ["soup", "rain"]
        assert "Even" in article.get_text()

    def test_never_puts_the_text_into_the_title(self) -> None:
        title = self.read(self.entry(text="A secret.").get_absolute_url()).title

        assert title is not None
        assert title.get_text() == "Sunday, 1 March · Nightlight"

    def test_shows_a_night_without_words(self) -> None:
        assert "only how it felt" in self.read(self.entry(text="", feeling="heavy").get_absolute_url()).get_text()

    def test_renders_anew_what_an_older_renderer_left(self) -> None:
        entry = self.entry(text="x" * 20_001)
        assert entry.content.renderer == 0

        assert "x" * 20_001 in self.read(entry.get_absolute_url()).get_text()

    def test_unknown_ids_are_not_found(self) -> None:
        for path in (f"/journal/{new_id()}/", "/journal/12/", "/journal/%ff/", f"/journal/{new_id()}/edit/"):
            assert self.client.get(path).status_code == HTTPStatus.NOT_FOUND

    def test_costs_four_queries(self) -> None:
        url = self.entry().get_absolute_url()

        with self.assertNumQueries(4):  # session, person, entry, key
            self.client.get(url)


class FreePageTests(JournalCase):
    url = "/journal/new/"

    def test_is_kept_for_the_evening_that_was_chosen(self) -> None:
        response = self.client.post(self.url, page_fields(self.author, text="Long ago.", night="2020-05-04"))

        entry = Entry.objects.get()
        self.assertRedirects(response, entry.get_absolute_url())
        assert (entry.kind, entry.night, entry.content.text) == ("free", dt.date(2020, 5, 4), "Long ago.")

    def test_stands_beside_the_nights_own_page(self) -> None:
        self.entry()

        self.client.post(self.url, page_fields(self.author))

        assert Entry.objects.filter(night=dt.date(2026, 3, 1)).count() == 2

    def test_keeps_nothing_of_an_empty_page(self) -> None:
        response = self.client.post(self.url, page_fields(self.author, text=""), follow=True)

        assert "nothing was kept" in response.content.decode()
        assert not Entry.objects.exists()

    def test_opens_for_an_evening_of_the_past_only(self) -> None:
        value = self.read(self.url, night="2026-02-20").select_one("#id_night")
        assert value is not None
        assert value["value"] == "2026-02-20"
        for night in ("2026-03-02", "soon"):
            assert self.client.get(self.url, {"night": night}).status_code == HTTPStatus.NOT_FOUND

    def test_a_wrong_date_keeps_the_text(self) -> None:
        response = self.client.post(self.url, page_fields(self.author, text="Kept.", night="2026-02-30"))

        self.assertContains(response, "Kept.", status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
        self.assertContains(response, "Give the date as in", status_code=HTTPStatus.UNPROCESSABLE_ENTITY)


class EditTests(JournalCase):
    def edit(self, entry: Entry, **changed: Any) -> int:
        fields = page_fields(self.author, entry=entry.pk, base=entry.version, night=entry.night.isoformat(), **changed)
        return self.client.post(reverse("journal:entry_edit", args=[entry.pk]), fields).status_code

    def test_changes_the_text_and_keeps_it_as_done(self) -> None:
        entry = self.entry(text="First.")

        assert self.edit(entry, text="Second.") == HTTPStatus.FOUND

        assert Entry.objects.get().content.text == "Second."
        assert Revision.objects.get(kind="done").content.text == "Second."

    def test_does_not_move_a_nights_page_to_another_night(self) -> None:
        entry = self.entry()

        self.client.post(
            reverse("journal:entry_edit", args=[entry.pk]),
            page_fields(self.author, entry=entry.pk, base=1, night="2020-01-01", text="Moved?"),
        )

        assert Entry.objects.get().night == dt.date(2026, 3, 1)

    def test_moves_a_free_page(self) -> None:
        entry = self.entry(kind=Entry.Kind.FREE)

        self.client.post(
            reverse("journal:entry_edit", args=[entry.pk]), page_fields(self.author, entry=entry.pk, base=1, night="2020-01-01")
        )

        assert Entry.objects.get().night == dt.date(2020, 1, 1)

    def test_an_old_tab_overwrites_nothing(self) -> None:
        entry = self.entry(text="First.")
        self.edit(entry, text="Second.")

        assert self.edit(entry, text="From the old tab.") == HTTPStatus.CONFLICT

        assert Entry.objects.get().content.text == "Second."

    def test_the_id_in_the_address_is_the_one_that_counts(self) -> None:
        one, other = self.entry(), self.entry(kind=Entry.Kind.FREE)

        fields = page_fields(self.author, entry=other.pk, base=1, text="Elsewhere.")

        assert self.client.post(reverse("journal:entry_edit", args=[one.pk]), fields).status_code == HTTPStatus.NOT_FOUND

    def test_a_page_in_the_trash_is_taken_out_before_it_is_edited(self) -> None:
        entry = self.entry()
        trash.delete(self.author, entry, EVENING)

        response = self.client.get(reverse("journal:entry_edit", args=[entry.pk]))

        self.assertRedirects(response, entry.get_absolute_url())


class KeptTextTests(JournalCase):
    def setUp(self) -> None:
        super().setUp()
        self.page = self.entry(text="As it was.", feeling="heavy")
        revisions.keep_done(self.author, self.page, EVENING)
        fields = page_fields(self.author, entry=self.page.pk, base=1, text="As it is.")
        self.client.post(reverse("journal:entry_edit", args=[self.page.pk]), fields)
        self.first = Revision.objects.get(version=1)

    def test_lists_every_kept_text(self) -> None:
        links = self.read(reverse("journal:history", args=[self.page.pk])).select("main .ways-on a")

        assert len(links) == 3

    def test_shows_an_earlier_text(self) -> None:
        page = self.read(reverse("journal:revision", args=[self.page.pk, self.first.pk]))

        assert "As it was." in page.get_text()
        assert "Heavy" in page.get_text()

    def test_brings_an_earlier_text_back_and_keeps_the_present_one(self) -> None:
        url = reverse("journal:revision_restore", args=[self.page.pk, self.first.pk])

        for _ in range(2):
            self.assertRedirects(self.client.post(url), self.page.get_absolute_url())

        entry = Entry.objects.get()
        assert (entry.content.text, entry.summary.feeling, entry.version) == ("As it was.", "heavy", 3)
        assert "As it is." in {revision.content.text for revision in Revision.objects.all()}

    def test_strangers_find_nothing_under_an_entry_of_their_own(self) -> None:
        other = make_user(email="other@example.org")
        theirs = make_entry(other)
        self.client.force_login(other)

        assert self.client.get(reverse("journal:revision", args=[theirs.pk, self.first.pk])).status_code == HTTPStatus.NOT_FOUND
        assert self.client.post(reverse("journal:revision_restore", args=[theirs.pk, self.first.pk])).status_code == HTTPStatus.NOT_FOUND

    def test_costs_the_same_however_many_were_kept(self) -> None:
        url, page = reverse("journal:history", args=[self.page.pk]), new_id()
        for seq in range(10, 40):
            draft = make_draft(entry_id=self.page.pk, page=page, seq=seq, base=2, text=f"Save {seq}.")
            submit(self.author, draft, None, EVENING + dt.timedelta(minutes=6 * seq))
        assert Revision.objects.count() > 30

        with self.assertNumQueries(4):  # session, person, entry, revisions; nothing sealed is opened
            self.client.get(url)


class TrashTests(JournalCase):
    def setUp(self) -> None:
        super().setUp()
        self.page = self.entry(text="Away with it.")

    def act(self, name: str) -> None:
        response = self.client.post(reverse(f"journal:{name}", args=[self.page.pk]))
        assert response.status_code == HTTPStatus.FOUND

    def listed(self) -> bool:
        return "Away with it." in self.read("/journal/deleted/").get_text()

    def test_addresses_of_before_lead_there_for_good(self) -> None:
        trash.delete(self.author, self.page, EVENING)

        listed = self.client.get("/journal/drawer/")
        put_back = self.client.post(f"/journal/{self.page.pk}/take-out/")

        assert (listed.status_code, listed.headers["Location"]) == (HTTPStatus.MOVED_PERMANENTLY, "/journal/deleted/")
        assert (put_back.status_code, put_back.headers["Location"]) == (
            HTTPStatus.PERMANENT_REDIRECT,
            f"/journal/{self.page.pk}/put-back/",
        )
        assert not Entry.objects.not_deleted().exists()

    def test_is_empty_at_first(self) -> None:
        assert "Nothing was deleted in the last 30 days." in self.read("/journal/deleted/").get_text()

    def test_takes_an_entry_in_and_gives_it_back(self) -> None:
        self.act("entry_delete")
        assert self.listed()

        self.act("entry_put_back")
        assert not self.listed()
        assert Entry.objects.not_deleted().get() == self.page

    def test_put_in_twice_keeps_the_first_day(self) -> None:
        self.act("entry_delete")
        with time_machine.travel(EVENING + 3 * DAY, tick=False):
            self.act("entry_delete")

        assert Entry.objects.get().deleted_at == EVENING

    def test_shows_until_when_it_keeps_a_page(self) -> None:
        self.act("entry_delete")

        assert "until Tuesday, 31 March" in self.read("/journal/deleted/").get_text()

    def test_lets_go_after_thirty_days(self) -> None:
        self.act("entry_delete")

        assert trash.empty(EVENING + 29 * DAY) == 0
        assert trash.empty(EVENING + 30 * DAY) == 1
        assert not Entry.objects.exists()

    def test_no_longer_shows_what_is_overdue(self) -> None:
        self.act("entry_delete")

        with time_machine.travel(EVENING + 31 * DAY, tick=False):
            self.client.force_login(self.author)
            assert not self.listed()

    def test_deletes_for_good_with_the_whole_history(self) -> None:
        revisions.keep_done(self.author, self.page, EVENING)
        self.act("entry_delete")

        for _ in range(2):
            self.act("entry_delete_for_good")

        assert not Entry.objects.exists()
        assert not Revision.objects.exists()

    def test_deletes_nothing_that_was_not_put_away_first(self) -> None:
        self.act("entry_delete_for_good")

        assert Entry.objects.exists()

    def test_a_night_written_anew_meanwhile_keeps_its_page(self) -> None:
        self.act("entry_delete")
        self.entry(text="Written again.")

        self.act("entry_put_back")

        assert {entry.kind for entry in Entry.objects.not_deleted()} == {"night", "free"}
