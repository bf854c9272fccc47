"""`/journal/on-this-day/`: what it shows, every brake, and the line after *Done*."""

import datetime as dt
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import time_machine
from bs4 import Tag
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Preferences, User
from journal.models import Entry
from journal.repairs import GUIDE
from tests.factories import make_entry, make_prompt, make_user, page_fields
from tests.helpers import DAY, EVENING, TONIGHT, element, form_fields, main_text, parsed, sealed_bytes
from tests.journal.cases import JournalCase

URL = "/journal/on-this-day/"
YEAR_AGO, HALF_YEAR_AGO, MONTH_AGO, WEEK_AGO = dt.date(2025, 3, 1), dt.date(2025, 9, 1), dt.date(2026, 2, 1), dt.date(2026, 2, 22)


class OnThisDayCase(JournalCase):
    def written(self, night: dt.date = YEAR_AGO, **fields: Any) -> Entry:
        return make_entry(self.author, night=night, now=dt.datetime.combine(night, dt.time(21), dt.UTC), **fields)

    def change(self, entry: Entry, **summary: Any) -> None:
        entry.summary = replace(entry.summary, **summary)
        entry.save(update_fields=["summary"])

    def choose(self, **chosen: Any) -> None:
        self.author.change_preferences(lambda current: replace(current, **chosen))

    def stored(self) -> Preferences:
        return User.objects.get(pk=self.author.pk).preferences

    def text(self, url: str = URL) -> str:
        return main_text(self.client.get(url))

    def press(self, button: Tag, url: str) -> Any:
        """Send the form that this button is in, as a browser does."""
        form = button.find_parent("form")
        assert form is not None
        fields = {str(field["name"]): str(field.get("value", "")) for field in form.select("input[name]")}
        return self.client.post(str(form.get("action") or url), {**fields, str(button["name"]): str(button["value"])})

    def press_named(self, words: str, url: str = URL) -> Any:
        page = self.read(url)
        [button, *_more] = [button for button in page.select("main button") if button.get_text() == words]
        return self.press(button, url)


class PageTests(OnThisDayCase):
    def test_shows_each_page_with_when_it_was_what_was_asked_and_how_it_begins(self) -> None:
        prompt = make_prompt()
        entry = self.written(prompt=prompt.slug, mode="question", text="Rain on **the** stairs.", feeling="light")
        self.written(dt.date(2023, 3, 1))
        self.written(HALF_YEAR_AGO)
        self.written(MONTH_AGO)
        self.written(WEEK_AGO)

        page = self.read(URL)

        assert [" ".join(title.get_text().split()) for title in page.select(".memory h2")] == [
            "A year ago Saturday, 1 March 2025",
            "Three years ago Wednesday, 1 March 2023",
            "Half a year ago Monday, 1 September 2025",
            "A month ago Sunday, 1 February",
            "A week ago Sunday, 22 February",
        ]
        memory = element(page, ".memory")
        assert element(memory, ".q").get_text() == "What happened at the door tonight?"
        assert element(memory, "blockquote").get_text() == "Rain on the stairs."
        assert element(memory, ".feeling").get_text() == "Light"
        assert element(memory, "a")["href"] == entry.get_absolute_url()

    def test_shows_the_same_until_the_night_ends_and_then_another_night(self) -> None:
        self.written(text="Rain.")
        self.written(dt.date(2025, 3, 2), text="Snow.")
        with time_machine.travel(EVENING + dt.timedelta(hours=6), tick=False):
            assert "Rain." in self.text()
            self.client.post("/journal/new/", page_fields(self.author, night="2025-03-01", text="Written just now."))
            assert "Rain." in self.text()
            assert "Written just now." not in self.text()
        with time_machine.travel(EVENING + dt.timedelta(hours=7), tick=False):
            assert "Snow." in self.text()
            assert "Rain." not in self.text()

    def test_is_of_the_authors_own_evening(self) -> None:
        self.author.time_zone = "Pacific/Auckland"
        self.author.save()
        self.written(dt.date(2025, 3, 2), text="Monday there.")

        assert "Monday there." in self.text()

    def test_nobody_elses_pages(self) -> None:
        make_entry(make_user(email="other@example.org"), night=YEAR_AGO, now=EVENING - 365 * DAY, text="Of another.")

        assert "Of another." not in self.text()

    def test_what_is_typed_is_shown_as_it_was_typed(self) -> None:
        self.written(text="<script>alert(1)</script> \u202eback")

        memory = element(self.read(URL), ".memory blockquote")

        assert memory["dir"] == "auto"
        assert not memory.select("script")

    def test_what_was_mended_comes_back_with_what_was_said_of_it(self) -> None:
        self.change(self.written(text="I shouted.", guide=GUIDE), repair="mended", mended="2025-03-02", mended_words="A <b> walk.")
        self.written(WEEK_AGO, text="Snow.")

        first, other = self.read(URL).select(".memory")

        assert "Mended A <b> walk." in " ".join(first.get_text(" ").split())
        assert "Mended" not in other.get_text()

    def test_says_nothing_of_what_is_left_out(self) -> None:
        self.written(text="A storm.", feeling="stormy")
        self.change(self.written(WEEK_AGO, text="A quarrel."), repair="open")

        text = self.text()

        assert "Nothing comes back tonight." in text
        assert "storm." not in text
        assert "quarrel" not in text


class EmptyTests(OnThisDayCase):
    def test_before_the_first_page(self) -> None:
        assert "No nights here yet. Your first can come back a week after you write it." in self.text()

    def test_in_the_first_week(self) -> None:
        self.written(TONIGHT - 3 * DAY)

        assert "The first page can come back on Thursday, 5 March." in self.text()

    def test_on_a_night_with_nothing_to_look_back_at(self) -> None:
        self.written(TONIGHT - 10 * DAY)

        assert "Nothing comes back tonight." in self.text()

    def test_near_a_hard_date(self) -> None:
        self.written(text="Rain.")
        self.choose(hard_dates=("2019-03-05",))

        text = self.text()

        assert "As you asked, it’s quiet here until Friday, 20 March." in text
        assert "Rain." not in text

    def test_where_every_night_of_the_year_is_near_a_hard_date(self) -> None:
        self.choose(hard_dates=tuple(f"2020-{month:02}-{day:02}" for month in range(1, 13) for day in (1, 20)))

        assert "As you asked, it’s quiet here. " in self.text()


class SwitchTests(OnThisDayCase):
    def test_it_is_switched_off_and_on_again_with_one_press(self) -> None:
        self.written(text="Rain.")

        self.assertRedirects(self.press_named("Turn off “On this day”"), URL)
        assert not self.stored().memories
        assert "Rain." not in self.text()
        assert "Nothing comes back." in self.text()
        assert "Switched off" in self.text("/accounts/settings/")

        self.press_named("Turn it on")
        assert "Rain." in self.text()
        assert "We show you earlier pages" in self.text("/accounts/settings/")

    def test_heavy_and_stormy_nights_come_only_where_they_are_asked_for(self) -> None:
        self.written(text="A storm.", feeling="stormy")

        self.press_named("Include them, too")
        assert "A storm." in self.text()

        self.press_named("Leave them out")
        assert "A storm." not in self.text()

    def test_a_press_is_safe_to_send_twice_and_changes_nothing_else(self) -> None:
        self.choose(themes=("grace",), welcomed=True)

        for action, expected in [
            ("off", Preferences(themes=("grace",), welcomed=True, memories=False)),
            ("hard_nights", Preferences(themes=("grace",), welcomed=True, memories=False, hard_nights=True)),
            ("on", Preferences(themes=("grace",), welcomed=True, hard_nights=True)),
            ("no_hard_nights", Preferences(themes=("grace",), welcomed=True)),
            ("anything", Preferences(themes=("grace",), welcomed=True)),
        ]:
            for _ in range(2):
                self.client.post(URL, {"action": action})
                assert self.stored() == expected

    def test_a_look_at_it_changes_nothing(self) -> None:
        self.client.get(URL, {"action": "off", "date": "2020-01-01", "kept": "nothing"})

        assert self.author.preferences == self.stored() == Preferences()


class HardDateTests(OnThisDayCase):
    def add(self, date: str) -> Any:
        return self.client.post(URL, {"action": "add", "date": date})

    def test_is_added_and_removed_again(self) -> None:
        self.written(text="Rain.")

        self.assertRedirects(self.add("2024-02-20"), f"{URL}?dates=open#hard-dates")
        self.add("2030-07-04")
        self.add("2024-02-20")
        assert self.stored().hard_dates == ("2024-02-20", "2030-07-04")
        page = self.read(f"{URL}?dates=open")
        assert [row.get_text() for row in page.select(".hard-dates span")] == ["20 February 2024", "4 July 2030"]
        assert element(page, "#hard-dates").has_attr("open")
        assert "Rain." not in page.get_text()

        self.press(page.select(".hard-dates button")[0], URL)
        assert self.stored().hard_dates == ("2030-07-04",)
        assert "Rain." in self.text()

    def test_what_is_no_date_gets_a_sentence_and_stays_in_its_field(self) -> None:
        for typed, sentence in [
            ("", "Enter the date as 2026-11-20."),
            ("last spring", "Enter the date as 2026-11-20."),
            ("2025-02-29", "Enter the date as 2026-11-20."),
            ("0001-01-01", "Enter a date between the years 1900 and 2199."),
            ("9999-12-31", "Enter a date between the years 1900 and 2199."),
        ]:
            response = self.add(typed)

            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
            assert sentence in main_text(response)
            page = parsed(response)
            assert element(page, "#hard-dates").has_attr("open")
            assert element(page, "#id_date").get("value", "") == typed
        assert self.stored() == Preferences()

    def test_there_are_twenty_at_most(self) -> None:
        self.choose(hard_dates=tuple(f"2000-01-{day:02}" for day in range(1, 21)))

        response = self.add("2000-02-01")

        assert "You’ve already marked twenty dates. Remove one first." in main_text(response)
        assert len(self.stored().hard_dates) == 20
        assert self.add("2000-01-01").status_code == HTTPStatus.FOUND  # one of them

    def test_removing_what_is_not_there_changes_nothing(self) -> None:
        self.add("2024-02-20")
        for date in ("", "2024-02-21", "2024-02-20 "):
            self.client.post(URL, {"action": "remove", "date": date})

        assert self.stored().hard_dates == ("2024-02-20",)

    def test_is_sealed(self) -> None:
        self.add("2024-02-20")

        assert b"2024-02-20" not in sealed_bytes(User.objects.get(pk=self.author.pk), "sealed_preferences")


class KeepingBackTests(OnThisDayCase):
    def kept(self, entry: Entry) -> bool:
        return Entry.objects.get(pk=entry.pk).summary.is_kept_back

    def test_one_press_keeps_a_page_back_and_its_place_brings_it_back_again(self) -> None:
        entry, other = self.written(text="Rain."), self.written(WEEK_AGO, text="Snow.")

        response = self.press_named("Don’t bring this back")

        self.assertRedirects(response, f"{URL}?kept={entry.pk}#{entry.pk}")
        page = self.read(f"{URL}?kept={entry.pk}")
        assert "Rain." not in page.get_text()
        assert "We won’t bring this page back." in element(page, f"[id='{entry.pk}']").get_text()
        assert "Snow." in element(page, f"[id='{other.pk}']").get_text()
        assert "A year ago" not in self.text()

        self.assertRedirects(self.press(element(page, f"[id='{entry.pk}'] button"), URL), f"{URL}#{entry.pk}")
        assert "Rain." in self.text()

    def test_the_address_after_a_press_shows_no_other_page(self) -> None:
        stormy, deleted = self.written(text="A storm.", feeling="stormy"), self.written(WEEK_AGO, text="Gone.")
        self.change(stormy, is_kept_back=True)
        deleted.delete()

        for kept in (stormy.pk, deleted.pk, make_entry(make_user(email="other@example.org"), night=YEAR_AGO).pk, "x"):
            assert "Nothing comes back tonight." in self.text(f"{URL}?kept={kept}")

    def test_it_can_be_kept_out_from_its_own_page(self) -> None:
        entry = self.written()
        url = entry.get_absolute_url()

        self.assertRedirects(self.press_named("Leave out of “On this day”", url), f"{url}#bringing-back")
        assert "Left out of “On this day.”" in self.text(url)
        self.press_named("Include it again", url)
        assert not self.kept(entry)

    def test_nothing_is_said_of_it_on_pages_that_never_come_back(self) -> None:
        assert "On this day”" not in self.text(self.written(text="", feeling="even").get_absolute_url())
        entry = self.written(WEEK_AGO)
        self.choose(memories=False)
        assert "On this day”" not in self.text(entry.get_absolute_url())

    def test_a_press_is_safe_to_send_twice_and_another_changes_nothing(self) -> None:
        entry = self.written()
        for action, is_kept in [("keep_back", True), ("anything", True), ("", True), ("bring_back", False), ("anything", False)]:
            for _ in range(2):
                assert self.client.post(f"{URL}{entry.pk}/", {"action": action}).status_code == HTTPStatus.FOUND
                assert self.kept(entry) is is_kept

    def test_somebody_elses_page_is_not_there(self) -> None:
        other = make_entry(make_user(email="other@example.org"), night=YEAR_AGO)
        for action in ("keep_back", "bring_back", ""):
            assert self.client.post(f"{URL}{other.pk}/", {"action": action}).status_code == HTTPStatus.NOT_FOUND

        assert not self.kept(other)


class AfterDoneTests(OnThisDayCase):
    LINE = "A year ago you wrote a page."

    def done(self, **fields: Any) -> str:
        self.client.post("/tonight/", {**page_fields(self.author, **fields), "action": "close:done"})
        return self.text("/tonight/")

    def test_one_line_leads_to_the_page_and_says_nothing_of_it(self) -> None:
        entry = self.written(text="Rain on the stairs.")
        self.written(WEEK_AGO)
        assert self.LINE not in self.text("/tonight/")

        text = self.done()

        assert self.LINE in text
        assert "Rain" not in text
        assert "A week ago" not in text
        assert element(self.read("/tonight/"), ".next a")["href"] == entry.get_absolute_url()

    def test_it_is_switched_off_there(self) -> None:
        self.written()
        self.done()

        self.assertRedirects(self.press_named("Stop showing these", "/tonight/"), "/tonight/", fetch_redirect_response=False)

        text = self.text("/tonight/")
        assert "“On this day” is off. You can turn it on again in the settings." in text
        assert self.LINE not in text
        assert not self.stored().memories

    def test_not_after_a_hard_night_nor_from_one(self) -> None:
        past = self.written()
        assert self.LINE not in self.done(feeling="heavy")
        Entry.objects.filter(night=TONIGHT).delete()
        assert self.LINE in self.done(feeling="light")

        self.change(past, feeling="stormy")
        assert self.LINE not in self.text("/tonight/")

    def test_not_where_something_else_is_offered(self) -> None:
        self.written()
        make_prompt(tomorrow="Look up once.")
        words = form_fields(self.read("/tonight/"), "#writing")

        text = self.done(prompt="at-the-door", mode="question", words=words.get("words", [""])[0])

        assert "For tomorrow, if you like:" in text
        assert self.LINE not in text

    def test_not_on_a_night_that_is_let_go_nor_on_last_nights_page(self) -> None:
        self.written()
        self.client.post("/tonight/", {**page_fields(self.author, text=""), "action": "close:not_tonight"})
        assert "Not tonight, then." in self.text("/tonight/")
        assert self.LINE not in self.text("/tonight/")

        self.client.post("/tonight/", {**page_fields(self.author, night="2026-02-28"), "action": "close:done"})
        assert "That was last night." in self.text("/tonight/?night=2026-02-28")
        assert self.LINE not in self.text("/tonight/?night=2026-02-28")

    def test_a_closed_page_costs_one_query_more(self) -> None:
        def cost() -> int:
            with CaptureQueriesContext(connection) as queries:
                self.client.get("/tonight/")
            return len(queries)

        self.done()
        self.client.get("/tonight/")
        in_the_first_week = cost()
        self.written()
        with_it = cost()
        self.choose(memories=False)

        assert with_it == in_the_first_week + 1
        assert cost() == in_the_first_week
