"""/tonight/: reading the night's question, answering it, and the buttons of the page."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import time_machine
from bs4 import BeautifulSoup

from accounts.models import User
from common.ids import new_id
from journal.models import Entry, Night, Revision
from prompts.models import Prompt
from tests.factories import make_entry, make_prompt, make_user, page_fields
from tests.helpers import DAY, EVENING, HOUR, JSON, TONIGHT, element, hidden_fields, list_session, parsed
from tests.journal.cases import JournalCase


class TonightCase(JournalCase):
    url = "/tonight/"
    prompts: list[Prompt]

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.prompts = [make_prompt(slug=f"question-{n}", question=f"What is question number {n}?") for n in range(6)]

    def page(self) -> BeautifulSoup:
        return self.read(self.url)

    def fields(self, **changed: Any) -> dict[str, Any]:
        """What the page as it is now would send."""
        return {**hidden_fields(self.page()), "text": "", "feeling": "", **changed}

    def send(self, **changed: Any) -> Any:
        return self.client.post(self.url, self.fields(**changed))

    def question(self) -> str:
        return element(self.page(), "h1").get_text()


class ReadingTests(TonightCase):
    def test_shows_the_date_in_words_one_question_and_a_place_to_write(self) -> None:
        page = self.page()

        assert "Sunday, 1 March" in element(page, ".asked").get_text()
        assert self.question() in {prompt.question for prompt in self.prompts}
        assert len(page.select("textarea")) == 1

    def test_a_follow_up_names_the_question_it_comes_back_to(self) -> None:
        make_prompt(slug="since-then", question="What is it like now?", daily=False, follows="question-3")
        assert "Some weeks ago" not in element(self.page(), ".asked").get_text()
        make_entry(self.author, night=TONIGHT, prompt="since-then", mode="question", text="Better.")

        page = self.page()

        note = element(page, ".asked .note")
        assert note.get_text() == "Some weeks ago we asked: What is question number 3?"
        assert element(page, ".asked .note a")["href"] == "/prompts/question-3/"

    def test_writes_nothing(self) -> None:
        for _ in range(3):
            self.page()

        assert not Entry.objects.exists()
        assert not Night.objects.exists()

    def test_gives_every_opened_page_ids_of_its_own(self) -> None:
        first, second = self.fields(), self.fields()

        assert first["entry"] != second["entry"]
        assert first["page"] != second["page"]

    def test_keeps_its_question_all_night(self) -> None:
        question = self.question()

        with time_machine.travel(EVENING + 6 * HOUR, tick=False):
            assert self.question() == question

    def test_turns_to_a_new_night_at_four(self) -> None:
        with time_machine.travel(dt.datetime(2026, 3, 2, 3, 59, tzinfo=dt.UTC), tick=False):
            assert "Sunday, 1 March" in self.page().get_text()
        with time_machine.travel(dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC), tick=False):
            assert "Monday, 2 March" in self.page().get_text()

    def test_says_after_midnight_that_it_is_still_this_evening(self) -> None:
        with time_machine.travel(dt.datetime(2026, 3, 2, 0, 40, tzinfo=dt.UTC), tick=False):
            assert "still this evening’s page" in self.page().get_text()

    def test_offers_last_night_from_the_second_evening_on_until_it_is_written(self) -> None:
        link = "/tonight/?night=2026-02-28"
        assert not self.page().select(f'a[href="{link}"]')  # the account was made tonight

        User.objects.update(date_joined=EVENING - DAY)
        assert self.page().select(f'a[href="{link}"]')

        make_entry(self.author, night=dt.date(2026, 2, 28))

        assert not self.page().select(f'a[href="{link}"]')

    def test_opens_no_other_night(self) -> None:
        for night in ("2026-02-27", "2026-03-02", "yesterday", "2026-02-30", ""):
            assert self.client.get(self.url, {"night": night}).status_code == HTTPStatus.NOT_FOUND

    def test_the_night_before_the_first_evening_can_be_written_for_all_that(self) -> None:
        url = f"{self.url}?night=2026-02-28"
        fields = {**hidden_fields(self.read(url)), "text": "The night before I came.", "feeling": ""}

        self.assertRedirects(self.client.post(url, fields), url)

        assert Entry.objects.get().night == TONIGHT - DAY
        assert len(self.page().select(".window")) == 2

    def test_last_night_is_not_called_today(self) -> None:
        url = f"{self.url}?night=2026-02-28"
        fields = hidden_fields(self.read(url))
        for text, action, words in (("", "close:not_tonight", "Not last night, then."), ("Rain.", "close:done", "That was last night.")):
            self.client.post(url, {**fields, "text": text, "feeling": "", "action": action})
            assert words in self.read(url).get_text()

    def test_has_a_page_where_no_question_suits(self) -> None:
        Prompt.objects.update(retired=True)

        assert "Your page" in self.question()


class WritingTests(TonightCase):
    def test_saves_and_says_good_night(self) -> None:
        response = self.send(text="A heron on the wall.", feeling="light", action="close:done")

        self.assertRedirects(response, self.url)
        entry = Entry.objects.get()
        assert (entry.content.text, entry.summary.feeling, entry.night) == ("A heron on the wall.", "light", TONIGHT)
        assert "That was today. Good night." in self.page().get_text()
        assert Revision.objects.get().kind == "done"

    def test_keeps_the_question_that_was_answered(self) -> None:
        question = self.question()

        self.send(text="Yes.")

        assert Entry.objects.get().summary.question == question

    def test_saves_in_the_background_and_says_when(self) -> None:
        response = self.client.post(self.url, self.fields(text="Half a sen"), headers=JSON)

        answer = response.json()
        assert (answer["state"], answer["version"], answer["message"]) == ("saved", 1, "Saved 21:04")

    def test_says_nothing_of_an_empty_page(self) -> None:
        assert self.client.post(self.url, self.fields(), headers=JSON).json() == {"state": "empty"}
        assert not Entry.objects.exists()

    def test_sent_twice_is_saved_once(self) -> None:
        fields = self.fields(text="Once.", action="close:done")

        for _ in range(2):
            self.client.post(self.url, fields)

        assert Entry.objects.get().version == 1
        assert Revision.objects.count() == 1

    def test_saves_to_the_night_it_was_opened_for(self) -> None:
        fields = self.fields(text="Begun before four.")

        with time_machine.travel(dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC), tick=False):
            self.client.post(self.url, fields)

        assert Entry.objects.get().night == TONIGHT

    def test_shows_both_texts_when_two_pages_disagree(self) -> None:
        newer, older = self.fields(text="On the phone."), self.fields(text="On the laptop.")
        self.client.post(self.url, newer)

        response = self.client.post(self.url, older)

        assert response.status_code == HTTPStatus.CONFLICT
        self.assertContains(response, "On the phone.", status_code=HTTPStatus.CONFLICT)
        self.assertContains(response, "On the laptop.", status_code=HTTPStatus.CONFLICT)

    def test_answers_a_background_save_with_the_conflict(self) -> None:
        newer, older = self.fields(text="On the phone."), self.fields(text="On the laptop.")
        self.client.post(self.url, newer)

        response = self.client.post(self.url, older, headers=JSON)

        assert response.status_code == HTTPStatus.CONFLICT
        assert response.json()["state"] == "conflict"

    def test_the_other_text_can_be_put_on_the_page(self) -> None:
        newer, older = self.fields(text="On the phone."), self.fields(text="On the laptop.")
        self.client.post(self.url, newer)
        page = parsed(self.client.post(self.url, older))

        self.client.post(str(element(page, "main form")["action"]))

        assert Entry.objects.get().content.text == "On the laptop."
        assert "On the phone." in {revision.content.text for revision in Revision.objects.all()}

    def test_refuses_a_page_opened_by_someone_else_and_does_not_show_it(self) -> None:
        other = make_user(email="other@example.org")
        fields = self.fields(text="Mine alone.", author=other.pk)

        response = self.client.post(self.url, fields)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert "Mine alone." not in response.content.decode()
        assert not Entry.objects.exists()

    def test_does_not_write_on_a_strangers_entry(self) -> None:
        theirs = make_entry(make_user(email="other@example.org"), night=dt.date(2026, 2, 20))

        response = self.send(text="Mine now.", entry=theirs.pk)

        assert response.status_code == HTTPStatus.NOT_FOUND
        assert "Mine now." in response.content.decode()
        assert Entry.objects.get().content.text == "We read two chapters."


class ControlTests(TonightCase):
    def test_another_question_swaps_and_one_can_go_back(self) -> None:
        first = self.question()
        self.send(action="turn:1")
        second = self.question()

        self.send(action="turn:0")

        assert second != first
        assert self.question() == first

    def test_pressed_twice_it_swaps_once(self) -> None:
        fields = self.fields(action="turn:1")

        for _ in range(2):
            self.client.post(self.url, fields)

        assert Night.objects.get().turn == 1

    def test_a_swap_keeps_what_was_typed(self) -> None:
        self.send(text="Already begun", action="turn:1")

        assert element(self.page(), "textarea").get_text().strip() == "Already begun"
        assert Entry.objects.get().summary.question == self.question()

    def test_just_write_and_just_the_facts_ask_nothing_else(self) -> None:
        self.send(action="mode:just_write")
        assert self.question() == "Your page"

        self.send(action="mode:just_facts")
        assert self.question() == "What happened today?"

        self.send(text="Rain. Soup.", action="mode:just_facts")
        assert (Entry.objects.get().prompt, Entry.objects.get().mode) == (None, "just_facts")

    def test_not_tonight_closes_kindly_and_can_be_taken_back(self) -> None:
        self.send(action="close:not_tonight")
        assert "Not tonight, then. Good night." in self.page().get_text()
        assert not Entry.objects.exists()

        self.client.post(self.url, {"action": "reopen", "night": "2026-03-01"})
        assert self.page().textarea

    def test_opening_a_night_again_leaves_its_text_alone(self) -> None:
        self.send(text="Good night.", action="close:done")

        for _ in range(2):
            self.client.post(self.url, {"action": "reopen", "night": "2026-03-01"})

        assert (Entry.objects.get().content.text, Entry.objects.get().version) == ("Good night.", 1)
        assert self.page().textarea

    def test_opens_no_other_night_again(self) -> None:
        for night in ("2026-02-01", "never"):
            assert self.client.post(self.url, {"action": "reopen", "night": night}).status_code == HTTPStatus.NOT_FOUND

    def test_offers_one_thing_for_tomorrow_with_the_question_it_belongs_to(self) -> None:
        Prompt.objects.update(tomorrow="Look up when they come in.")
        question = self.question()

        self.send(text="Yes.", action="close:done")

        offered = element(self.page(), ".next").get_text()
        assert "Look up when they come in." in offered
        assert question in offered

    def test_the_pages_for_hard_nights_are_one_link_beside_the_question(self) -> None:
        assert [link.get_text() for link in self.page().select('.asked a[href="/prompts/hard-nights/"]')] == ["A hard night"]

    def test_they_are_offered_on_the_closed_page_of_a_hard_night(self) -> None:
        for feeling, offered in (("light", 0), ("stormy", 1)):
            self.send(text="Yes.", feeling=feeling, action="close:done")

            assert len(self.page().select('.goodnight ~ form a[href="/prompts/hard-nights/"]')) == offered
            self.client.post(self.url, {"action": "reopen", "night": "2026-03-01"})

    def test_knows_no_other_acts(self) -> None:
        for action in ("turn:-1", "turn:x", "mode:loud", "close:forever", "turn:٣", "nonsense", "turn:99999999999999999999"):
            assert self.send(action=action).status_code == HTTPStatus.FOUND


class BadInputTests(TonightCase):
    def refused(self, **changed: Any) -> str:
        response = self.send(**{"text": "Still here.", **changed})
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        page: str = response.content.decode()
        return page

    def test_says_how_much_too_long_and_cuts_nothing(self) -> None:
        text = "word " * 40_001

        page = self.refused(text=text)

        assert "5 characters too long" in page
        assert text.strip() in page
        assert not Entry.objects.exists()

    def test_takes_a_page_that_is_just_full(self) -> None:
        self.send(text="wörd " * 40_000)

        assert len(Entry.objects.get().content.text) == 200_000

    def test_says_so_in_the_background_too(self) -> None:
        response = self.client.post(self.url, self.fields(text="x" * 200_001), headers=JSON)

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "1 character too long" in response.json()["message"]

    def test_takes_out_what_cannot_be_kept_and_says_so(self) -> None:
        self.send(text="Before\0after\fthe page")

        assert "removed characters that can’t be saved" in self.page().get_text()
        assert Entry.objects.get().content.text == "Beforeafter\nthe page"

        response = self.client.post(self.url, self.fields(text="Be\0fore", seq=2), headers=JSON)

        assert (response.status_code, response.json()["state"]) == (HTTPStatus.OK, "saved")
        assert "removed characters that can’t be saved" in response.json()["message"]

    def test_says_nothing_of_repairs_where_nothing_was_repaired(self) -> None:
        response = self.client.post(self.url, self.fields(text="\tOne\r\ntwo 🌙"), headers=JSON)

        assert "taken out" not in response.json()["message"]

    def test_counts_an_emoji_as_one_character(self) -> None:
        self.send(text="🌙" * 200_000)

        assert len(Entry.objects.get().content.text) == 200_000

    def test_notices_broken_letters(self) -> None:
        body = "&".join(f"{name}={value}" for name, value in self.fields(text="caf%E9").items())

        response = self.client.post(self.url, body, content_type="application/x-www-form-urlencoded")

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "encoding we can’t read" in response.content.decode()

    def test_takes_a_replacement_character_that_was_meant(self) -> None:
        body = "&".join(f"{name}={value}" for name, value in self.fields(text="%EF%BF%BD").items())

        response = self.client.post(self.url, body, content_type="application/x-www-form-urlencoded")

        assert response.status_code == HTTPStatus.FOUND

    def test_keeps_the_text_where_the_page_came_damaged(self) -> None:
        for name in ("entry", "page", "seq", "base", "author", "mode", "feeling"):
            page = self.refused(**{name: "broken"})
            assert "damaged on the way" in page
            assert "Still here." in page

    def test_a_damaged_page_can_be_saved_at_the_second_try(self) -> None:
        page = BeautifulSoup(self.refused(entry="broken", seq="-1"), "html.parser")

        response = self.client.post(self.url, {**hidden_fields(page), "text": "Still here."})

        assert response.status_code == HTTPStatus.FOUND
        assert Entry.objects.get().content.text == "Still here."

    def test_refuses_nights_that_have_not_come_and_dates_that_do_not_exist(self) -> None:
        assert "hasn’t come yet" in self.refused(night="2026-03-03")
        assert "Enter the date as" in self.refused(night="2026-02-30")
        assert "further back" in self.refused(night="0001-01-01")

    def test_asks_about_a_night_that_is_far_from_tonight(self) -> None:
        """Such as that of a device whose clock says that it is the year 2000."""
        for night in ("2000-01-01", "2026-01-28", "2026-03-03"):
            page = BeautifulSoup(self.refused(night=night), "html.parser")
            form = page.select_one("form#writing")

            assert form
            assert form["action"] == "/journal/new/"
            assert page.select_one("input[type=date][name=night]")["value"] == "2026-03-01"  # type: ignore[index]
            assert not Entry.objects.exists()

            answer = self.client.post(self.url, self.fields(text="Still here.", night=night), headers=JSON)

            assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
            assert (answer.json()["reason"], answer.json()["tonight"]) == ("night", "2026-03-01")
        assert "Saturday, 1 January 2000, which is far from tonight" in self.refused(night="2000-01-01")

    def test_a_far_night_is_saved_once_it_was_chosen(self) -> None:
        page = BeautifulSoup(self.refused(night="2000-01-01"), "html.parser")

        for _twice in range(2):
            response = self.client.post("/journal/new/", {**hidden_fields(page), "text": "Still here.", "night": "2000-01-01"})

            assert response.status_code == HTTPStatus.FOUND
            entry = Entry.objects.get()
            assert (entry.night.isoformat(), entry.content.text) == ("2000-01-01", "Still here.")

    def test_takes_a_text_that_waited_for_a_month(self) -> None:
        self.send(text="From the mountains.", night="2026-01-29")

        assert Entry.objects.get().night.isoformat() == "2026-01-29"

    def test_goes_on_with_a_page_that_was_saved_before_without_a_question(self) -> None:
        fields = self.fields(text="Begun.", night="2026-01-29")
        self.client.post(self.url, fields)
        with time_machine.travel("2026-03-09 20:00Z"):
            response = self.client.post(self.url, {**fields, "text": "Gone on.", "seq": 2})

        assert response.status_code == HTTPStatus.FOUND
        assert Entry.objects.get().content.text == "Gone on."

    def test_tells_a_script_what_can_be_changed(self) -> None:
        for reason, changed in {"text": {"text": "x" * 200_001}, "night": {"night": "2026-03-09"}, "page": {"entry": "broken"}}.items():
            answer = self.client.post(self.url, self.fields(**{"text": "Still here.", **changed}), headers=JSON).json()

            assert (answer["state"], answer["reason"]) == ("refused", reason)

    def test_answers_an_unknown_question_by_forgetting_it(self) -> None:
        self.send(text="Still here.", prompt="no-such-question")

        assert Entry.objects.get().prompt is None

    def test_keeps_line_ends_and_spaces_as_typed(self) -> None:
        self.send(text="  one\r\n\r\ntwo  \r\n")

        assert Entry.objects.get().content.text == "  one\n\ntwo  \n"


class QueryTests(TonightCase):
    def test_costs_the_same_however_long_the_journal(self) -> None:
        list_session(self.client, self.author)
        self.page()
        with self.assertNumQueries(5):  # session with person, the night with its entry, the nights before it, marks, windows
            self.page()

        for days in range(1, 40):
            make_entry(self.author, night=TONIGHT - days * DAY, entry_id=new_id())

        with self.assertNumQueries(5):
            self.page()

    def test_a_first_and_a_second_save_cost_the_same_each_time(self) -> None:
        fields = page_fields(self.author, mode="question", prompt=self.prompts[0].slug)
        self.page()

        with self.assertNumQueries(8):
            self.client.post(self.url, fields, headers=JSON)
        with self.assertNumQueries(6):
            self.client.post(self.url, {**fields, "seq": 2, "base": 1, "text": "We read three."}, headers=JSON)
