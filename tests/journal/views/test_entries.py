"""/journal/, /journal/new/, /journal/<id>/ and /journal/<id>/edit/: the timeline, and writing, reading and editing one entry."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any
from unittest import mock

import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse

from common.ids import new_id
from journal.entries import trash
from journal.models import TEXT_LIMIT, Entry, EntryContent, Mode, Night, Revision
from prompts import questions
from prompts.models import Prompt
from tests.factories import make_entry, make_user, page_fields
from tests.helpers import DAY, EVENING, TONIGHT, element, hidden_fields, main_text, parsed, read
from tests.journal.asking import AskingCase
from tests.journal.cases import JournalCase


class TimelineTests(JournalCase):
    url = "/journal/"

    def nights(self, url: str = url) -> list[str]:
        return [str(link["href"]) for link in self.read(url).select(".nights a")]

    def test_invites_where_nothing_is_written(self) -> None:
        assert "The first can be one line." in self.read(self.url).get_text()

    def test_lists_newest_first_under_their_months(self) -> None:
        for night in (dt.date(2026, 2, 27), TONIGHT, dt.date(2025, 12, 31)):
            self.entry(night=night)

        page = self.read(self.url)

        assert [heading.get_text() for heading in page.select("h2.month")] == ["March 2026", "February 2026", "December 2025"]
        assert [when.get_text(strip=True) for when in page.select(".when")] == ["Sun 1", "Fri 27", "Wed 31"]

    def test_leaves_out_strangers_and_the_trash(self) -> None:
        make_entry(make_user(email="other@example.org"), text="Theirs.")
        trash.delete(self.author, self.entry(text="Deleted."), EVENING)

        assert not self.nights()

    def test_pages_back_and_forth_over_all_entries_once(self) -> None:
        for days in range(75):
            self.entry(night=TONIGHT - days * DAY)
        everything = [entry.get_absolute_url() for entry in Entry.objects.newest_first()]

        listed, url = self.nights(), self.url
        while older := self.read(url).select_one("[rel=next]"):
            url = str(older["href"])
            listed += self.nights(url)

        assert listed == everything
        newer = element(self.read(url), ".pager [rel=prev]")
        assert self.nights(str(newer["href"])) == everything[30:60]
        assert str(element(self.read(url), "main")).index("prev") < str(element(self.read(url), "main")).index('class="nights"')

    def test_several_pages_of_one_night_are_all_listed(self) -> None:
        for _ in range(35):
            self.entry(kind=Entry.Kind.FREE, entry_id=new_id())

        first = self.nights()
        older = element(self.read(self.url), "[rel=next]")

        assert len(set(first + self.nights(str(older["href"])))) == 35

    def test_says_that_there_is_nothing_further_back(self) -> None:
        self.entry()

        page = self.read(self.url, before="2020-01-01_" + "0" * 32)

        assert "nothing further back" in page.get_text()
        assert element(page, ".empty a")["href"] == self.url

    def test_knows_no_other_places_and_times(self) -> None:
        for name in ("before", "after", "at"):
            for mark in ("yesterday", "2026-13-01_" + "0" * 32, "2026-01-01_x", "\0"):
                assert self.client.get(self.url, {name: mark}).status_code == HTTPStatus.NOT_FOUND
        for name, values in (("month", ("2026", "2026-13", "2026-00", "may", "\0")), ("year", ("26", "0000", "10000", "2026-01", "\0"))):
            for value in values:
                assert self.client.get(self.url, {name: value}).status_code == HTTPStatus.NOT_FOUND, value

    def test_costs_five_queries_whatever_it_shows(self) -> None:
        self.entry()
        with self.assertNumQueries(5):  # session, person with their key, entries, years, months
            self.client.get(self.url)

        for days in range(1, 60):
            self.entry(night=TONIGHT - days * DAY)

        with self.assertNumQueries(5):
            self.client.get(self.url)
        for query in ("month=2026-02", "year=2026", f"before={TONIGHT}_" + "0" * 32, f"at={TONIGHT - 30 * DAY}_" + "0" * 32):
            with self.assertNumQueries(6):  # whether there is anything newer
                self.client.get(f"{self.url}?{query}")


class JumpTests(JournalCase):
    """From the timeline to a month or a year."""

    url = "/journal/"
    entries: list[Entry]

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        nights = [TONIGHT, dt.date(2026, 1, 31), dt.date(2026, 1, 2), dt.date(2024, 7, 1), dt.date(2024, 6, 30)]
        cls.entries = [make_entry(cls.author, night=night) for night in nights]

    def jumps(self, page: BeautifulSoup) -> dict[str, str]:
        return {link.get_text(): str(link["href"]) for link in page.select(".jump a")}

    def nights(self, page: BeautifulSoup) -> list[str]:
        return [str(link["href"]) for link in page.select(".nights a")]

    def test_offers_the_years_and_the_months_of_the_year_that_is_shown_where_there_are_pages(self) -> None:
        trash.delete(self.author, self.entry(night=dt.date(2023, 5, 1)), EVENING)
        make_entry(make_user(email="other@example.org"), night=dt.date(2022, 1, 1))

        page = self.read(self.url)

        assert list(self.jumps(page)) == ["2026", "2024", "January", "March"]
        assert [link.get_text() for link in page.select(".jump [aria-current]")] == ["2026", "March"]
        assert "open" not in element(page, ".jump").attrs

    def test_leads_to_a_year_and_from_there_to_its_months(self) -> None:
        year = self.read(self.jumps(self.read(self.url))["2024"])
        month = self.read(self.jumps(year)["June"])

        assert list(self.jumps(year)) == ["2026", "2024", "June", "July"]
        assert self.nights(year) == [entry.get_absolute_url() for entry in self.entries[3:]]
        assert self.nights(month) == [self.entries[4].get_absolute_url()]
        assert "open" in element(month, ".jump").attrs
        assert self.nights(self.read(str(element(month, "[rel=prev]")["href"]))) == [entry.get_absolute_url() for entry in self.entries]

    def test_a_month_begins_with_its_last_evening(self) -> None:
        page = self.read(self.url, month="2026-01")

        assert self.nights(page)[0] == self.entries[1].get_absolute_url()

    def test_a_month_without_pages_begins_with_what_came_before_it(self) -> None:
        assert self.nights(self.read(self.url, month="2025-02"))[0] == self.entries[3].get_absolute_url()

    def test_is_not_there_while_there_is_nothing_to_go_to(self) -> None:
        Entry.objects.exclude(pk=self.entries[0].pk).delete()

        assert not self.read(self.url).select(".jump")
        assert self.jumps(self.read(self.url, year="2020")) == {"2026": "/journal/?year=2026"}


class EntryTests(JournalCase):
    def test_shows_the_text_as_markdown(self) -> None:
        entry = self.entry(text="Today:\n- soup\n- *rain*", feeling="even")

        article = element(self.read(entry.get_absolute_url()), "article")

        assert [item.get_text() for item in article.select("li")] == ["soup", "rain"]
        assert "Even" in article.get_text()

    def test_never_puts_the_text_into_the_title(self) -> None:
        title = element(self.read(self.entry(text="A secret.").get_absolute_url()), "title")

        assert title.get_text() == "Sunday, 1 March · Nightlight"

    def test_shows_a_night_without_words(self) -> None:
        assert "only how it felt" in self.read(self.entry(text="", feeling="heavy").get_absolute_url()).get_text()

    def test_shows_anew_what_an_older_renderer_left_and_changes_nothing(self) -> None:
        entry = self.entry(text="2019. *Long.* " + "x" * 20_001)
        for old in (EntryContent(text=entry.content.text), EntryContent(text=entry.content.text, html="<p>2020</p>", renderer=1)):
            entry.content = old
            entry.save()

            assert "2019. Long. " + "x" * 20_001 in self.read(entry.get_absolute_url()).get_text()
            assert Entry.objects.get(pk=entry.pk).content == old

    def test_does_not_render_what_was_saved(self) -> None:
        entry = self.entry(text="*Long.* " + "x" * (TEXT_LIMIT - 10))

        with mock.patch("journal.markup.render", side_effect=AssertionError):
            assert "Long. xxx" in self.read(entry.get_absolute_url()).get_text()

    def test_unknown_ids_are_not_found(self) -> None:
        for url in (f"/journal/{new_id()}/", "/journal/12/", "/journal/%ff/", f"/journal/{new_id()}/edit/"):
            assert self.client.get(url).status_code == HTTPStatus.NOT_FOUND

    def test_costs_five_queries(self) -> None:
        url = self.entry().get_absolute_url()

        with self.assertNumQueries(5):  # session, person with their key, entry, its two neighbours
            self.client.get(url)


class PlaceTests(JournalCase):
    """An entry among the others: its neighbours, its month, and its place in the timeline."""

    entries: list[Entry]

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.entries = [make_entry(cls.author, night=TONIGHT - days * DAY) for days in range(50)]

    def beside(self, entry: Entry) -> dict[str, str]:
        links = self.read(entry.get_absolute_url()).select(".neighbours a")
        return {link.get_text(" ", strip=True): str(link["href"]) for link in links}

    def test_leads_to_the_next_newer_and_older_page_by_their_evenings(self) -> None:
        make_entry(make_user(email="other@example.org"), night=TONIGHT - DAY)

        assert self.beside(self.entries[1]) == {
            "Newer Sunday, 1 March": self.entries[0].get_absolute_url(),
            "Older Friday, 27 February": self.entries[2].get_absolute_url(),
        }
        assert list(self.beside(self.entries[0])) == ["Older Saturday, 28 February"]
        assert list(self.beside(self.entries[-1])) == ["Newer Monday, 12 January"]

    def test_passes_over_what_was_deleted_which_has_no_neighbours_itself(self) -> None:
        trash.delete(self.author, self.entries[1], EVENING)

        assert list(self.beside(self.entries[0]).values()) == [self.entries[2].get_absolute_url()]
        assert not self.beside(self.entries[1])
        assert "/journal/deleted/" in str(element(self.read(self.entries[1].get_absolute_url()), ".crumbs"))

    def test_the_only_page_leads_nowhere(self) -> None:
        Entry.objects.exclude(pk=self.entries[0].pk).delete()

        assert not self.beside(self.entries[0])

    def test_leads_to_its_place_in_the_timeline_and_to_its_month(self) -> None:
        for entry in (self.entries[0], self.entries[35], self.entries[-1]):
            journal, month = self.read(entry.get_absolute_url()).select(".crumbs a")

            url, _hash, anchor = str(journal["href"]).partition("#")
            place = element(self.read(url), f"[id='{anchor}'] a")
            assert place["href"] == entry.get_absolute_url()
            assert month.get_text() == f"{entry.night:%B %Y}"
            assert element(self.read(str(month["href"])), "h2.month").get_text() == month.get_text()

    def test_what_was_deleted_leaves_one_where_it_was(self) -> None:
        newest, middle, oldest = self.entries[0], self.entries[35], self.entries[-1]
        for entry, next_to_it in ((middle, self.entries[36]), (newest, self.entries[1]), (oldest, self.entries[-2])):
            response = self.client.post(reverse("journal:entry_delete", args=[entry.pk]))

            page = self.read(response.headers["Location"])
            links = [link["href"] for link in page.select(".nights a")]
            assert links[-1 if entry is oldest else 0] == next_to_it.get_absolute_url()
            assert "You can put it back" in page.get_text()


class FreePageTests(JournalCase):
    url = "/journal/new/"

    def test_is_kept_for_the_night_that_was_chosen(self) -> None:
        response = self.client.post(self.url, page_fields(self.author, text="Long ago.", night="2020-05-04"))

        entry = Entry.objects.get()
        self.assertRedirects(response, entry.get_absolute_url())
        assert (entry.kind, entry.night, entry.content.text) == ("free", dt.date(2020, 5, 4), "Long ago.")

    def test_stands_beside_the_nights_own_page(self) -> None:
        self.entry()

        self.client.post(self.url, page_fields(self.author))

        assert Entry.objects.filter(night=TONIGHT).count() == 2

    def test_keeps_nothing_of_an_empty_page(self) -> None:
        response = self.client.post(self.url, page_fields(self.author, text=""), follow=True)

        assert "nothing was saved" in response.content.decode()
        assert not Entry.objects.exists()

    def test_opens_for_nights_of_the_past_only(self) -> None:
        assert element(self.read(self.url, night="2026-02-20"), "#id_night")["value"] == "2026-02-20"
        for night in ("2026-03-02", "soon"):
            assert self.client.get(self.url, {"night": night}).status_code == HTTPStatus.NOT_FOUND

    def test_a_wrong_date_keeps_the_text(self) -> None:
        response = self.client.post(self.url, page_fields(self.author, text="Kept.", night="2026-02-30"))

        self.assertContains(response, "Kept.", status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
        self.assertContains(response, "Enter the date as", status_code=HTTPStatus.UNPROCESSABLE_ENTITY)


class EditTests(JournalCase):
    def edit(self, entry: Entry, **changed: Any) -> int:
        """The status of the response to a page that was opened at this version of the entry, and changed."""
        fields = page_fields(self.author, entry=entry.pk, base=entry.version, **{"night": entry.night.isoformat(), **changed})
        return self.client.post(reverse("journal:entry_edit", args=[entry.pk]), fields).status_code

    def test_changes_the_text_and_keeps_it_as_done(self) -> None:
        entry = self.entry(text="First.")

        assert self.edit(entry, text="Second.", action="close:done") == HTTPStatus.FOUND

        assert Entry.objects.get().content.text == "Second."
        assert Revision.objects.get(kind="done").content.text == "Second."

    def test_a_save_that_was_not_done_is_not_called_done(self) -> None:
        for action in ({}, {"action": "save"}):
            entry = self.entry(kind=Entry.Kind.FREE, text="First.")

            assert self.edit(entry, text="Half a sen", **action) == HTTPStatus.FOUND

            assert Entry.objects.get(pk=entry.pk).content.text == "Half a sen"
            assert not Revision.objects.filter(kind="done").exists()

    def test_leaves_the_night_open(self) -> None:
        entry = self.entry(text="First.")

        self.edit(entry, text="Second.")
        self.edit(self.entry(night=TONIGHT - 3 * DAY), night=TONIGHT.isoformat(), text="Of another night.")

        assert list(Night.objects.values_list("night", "closed").order_by("night")) == [
            (TONIGHT - 3 * DAY, Night.Closed.OPEN),
            (TONIGHT, Night.Closed.OPEN),
        ]
        assert "Good night" not in main_text(self.client.get("/tonight/"))

    def test_does_not_move_a_nights_page_to_another_night(self) -> None:
        entry = self.entry()

        self.client.post(
            reverse("journal:entry_edit", args=[entry.pk]),
            page_fields(self.author, entry=entry.pk, base=1, night="2020-01-01", text="Moved?"),
        )

        assert Entry.objects.get().night == TONIGHT

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
        entry, other = self.entry(), self.entry(kind=Entry.Kind.FREE)

        fields = page_fields(self.author, entry=other.pk, base=1, text="Elsewhere.")

        assert self.client.post(reverse("journal:entry_edit", args=[entry.pk]), fields).status_code == HTTPStatus.NOT_FOUND

    def test_a_page_in_the_trash_is_taken_out_before_it_is_edited(self) -> None:
        entry = self.entry()
        trash.delete(self.author, entry, EVENING)

        response = self.client.get(reverse("journal:entry_edit", args=[entry.pk]))

        self.assertRedirects(response, entry.get_absolute_url())


@time_machine.travel(EVENING, tick=False)
class NewPageTests(AskingCase):
    url = "/journal/new/"

    def setUp(self) -> None:
        self.client.force_login(self.author)

    def opened(self, slug: str) -> tuple[BeautifulSoup, dict[str, Any]]:
        """The page that is begun from this question, and what it would send."""
        page = read(self.client, self.url, prompt=slug)
        return page, {**hidden_fields(page, "main form#writing"), "night": "2026-02-20", "text": "The baby.", "feeling": ""}

    def test_answers_a_question_of_the_library_or_of_ones_own(self) -> None:
        own = self.make_own()
        for slug, words in (("presence-3", "What is question number 3?"), (own, "Who laughed first?")):
            _page, fields = self.opened(slug)

            self.client.post(self.url, fields)

            entry = Entry.objects.get(pk=uuid.UUID(str(fields["entry"])))
            assert (entry.asked, entry.summary.question, entry.mode) == (slug, words, Mode.QUESTION)
            assert (entry.kind, entry.night) == (Entry.Kind.FREE, dt.date(2026, 2, 20))

    def test_shows_the_question_that_it_answers(self) -> None:
        page, _fields = self.opened("presence-3")

        assert "What is question number 3?" in element(page, "main").get_text()

    def test_opens_for_a_question_that_left_the_library(self) -> None:
        Prompt.objects.filter(slug="presence-3").update(retired=True)
        questions.forget_library()

        _page, fields = self.opened("presence-3")

        assert fields["prompt"] == "presence-3"

    def test_takes_what_it_answers_off_the_list_for_later(self) -> None:
        self.mark("presence-3")
        _page, fields = self.opened("presence-3")
        assert self.marked() == {"presence-3"}

        for _ in range(2):
            self.client.post(self.url, {**fields, "action": "close:done"})

        assert self.marked() == set()
        assert Entry.objects.get().version == 1

    def test_keeps_question_and_text_where_the_date_is_wrong(self) -> None:
        _page, fields = self.opened("presence-3")

        response = self.client.post(self.url, {**fields, "night": "2026-02-30"})

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        page = parsed(response)
        assert element(page, "input[name=prompt]")["value"] == "presence-3"
        assert "The baby." in page.get_text()

    def test_is_not_found_for_unknown_questions_and_those_of_others(self) -> None:
        theirs = self.make_own(author=self.stranger)

        for slug in ("no-such-question", theirs, str(new_id()), "", "\0", "../presence-3"):
            assert self.client.get(self.url, {"prompt": slug}).status_code == HTTPStatus.NOT_FOUND

    def test_writes_nothing_when_it_is_opened(self) -> None:
        self.mark("presence-3")

        self.opened("presence-3")

        assert not Entry.objects.exists()
        assert self.marked() == {"presence-3"}

    def test_is_for_people_who_are_signed_in(self) -> None:
        self.client.logout()

        response = self.client.get(self.url, {"prompt": "presence-3"})

        assert response.status_code == HTTPStatus.FOUND
        assert response.headers["Location"].startswith(reverse("account_login"))
