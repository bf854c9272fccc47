"""`/prompts/own/`, `<id>/` and `<id>/delete/`: a parent's own questions, sealed, and asked by turn where the parent wants that."""

import uuid
from http import HTTPStatus
from typing import Any

import time_machine
from bs4 import BeautifulSoup
from django.test import TestCase
from django.urls import reverse

from accounts.models import Preferences, User
from common.ids import new_id
from journal.models import Entry, Mode
from prompts.models import QUESTION_LIMIT, OwnQuestion, OwnQuestionContent
from tests.factories import make_entry, make_own_question, make_prompt, make_user
from tests.helpers import EVENING, MINUTE, element, everything_stored, form_fields, hidden_fields, parsed, read

RAIN = "What did the <rain> say?"


@time_machine.travel(EVENING, tick=False)
class OwnCase(TestCase):
    url = "/prompts/own/"
    author: User
    other: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.other = make_user(email="other@example.org")

    def setUp(self) -> None:
        self.client.force_login(self.author)

    def read(self, url: str = url) -> BeautifulSoup:
        return read(self.client, url)

    def send(self, url: str = url, **fields: object) -> Any:
        """Send the form with these fields. Those that are None are left out, as a browser leaves out an unchecked box."""
        fields = {"id": new_id(), "text": RAIN, "by_turn": "on", **fields}
        return self.client.post(url, {name: value for name, value in fields.items() if value is not None})

    def make(self, question: str = RAIN, author: User | None = None, *, by_turn: bool = True) -> OwnQuestion:
        """A question that its author wrote on the page."""
        pk = new_id()
        self.client.force_login(author or self.author)
        self.send(id=pk, text=question, by_turn="on" if by_turn else None)
        self.client.force_login(self.author)
        return OwnQuestion.objects.get(pk=pk)

    def stored(self, author: User | None = None) -> list[str]:
        return [row.content.question for row in OwnQuestion.objects.by(author or self.author)]

    def asked(self, person: User | None = None) -> str:
        """The heading of this person's page tonight: its question, where it asks one."""
        self.client.force_login(person or self.author)
        return element(self.read(reverse("journal:tonight")), "h1").get_text()

    def assert_refused(self, response: Any, **typed: object) -> BeautifulSoup:
        """The response is the page with errors, which still holds these fields."""
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        page = parsed(response)
        assert page.select("main :is(.errorlist, .failures li)")
        if "text" in typed:
            assert form_fields(page)["text"] == [typed["text"]]
        if "by_turn" in typed:
            assert bool(page.select("input[name=by_turn][checked]")) is typed["by_turn"]
        return page


class WriteTests(OwnCase):
    def test_opens_with_an_id_of_its_own_and_asks_by_turn(self) -> None:
        pages = [self.read(), self.read()]

        assert len({uuid.UUID(str(page.select("input[name=id]")[0]["value"])) for page in pages}) == 2
        assert pages[0].select("input[name=by_turn][checked]")
        assert "None yet." in pages[0].get_text()

    def test_keeps_and_lists_ones_own_the_latest_first(self) -> None:
        self.make("What did they leave behind?", self.other)
        self.make("What did the stairs hear?", by_turn=False)
        with time_machine.travel(EVENING + MINUTE, tick=False):
            self.send()

        page = self.read()

        assert [heading.get_text() for heading in page.select("article h2")] == [RAIN, "What did the stairs hear?"]
        assert [line.get_text() for line in page.select("article .eyebrow")] == [
            "comes up now and then",
            "comes up only when you choose it",
        ]
        assert "Your question is saved." in page.select(".messages")[0].get_text()

    def test_the_words_are_stored_sealed(self) -> None:
        row = self.make("What did the zephyr say?")
        make_entry(self.author, prompt=str(row.pk), mode=Mode.QUESTION)
        assert self.asked() == "What did the zephyr say?"

        assert str(self.author.email).encode() in everything_stored()
        assert b"zephyr" not in everything_stored()
        assert "zephyr" not in str(dict(self.client.session))

    def test_sent_twice_is_one(self) -> None:
        pk = new_id()

        for _ in range(2):
            self.assertRedirects(self.send(id=pk), self.url)

        assert self.stored() == [RAIN]

    def test_sent_again_after_a_change_does_not_undo_it(self) -> None:
        pk = new_id()
        self.send(id=pk)
        self.send(f"{self.url}{pk}/", text="What did the snow say?")

        self.send(id=pk)

        assert OwnQuestion.objects.get(pk=pk).content == OwnQuestionContent("What did the snow say?")

    def test_another_question_from_the_same_page_is_not_lost(self) -> None:
        pk = new_id()
        self.send(id=pk)

        self.send(id=pk, text="What did the snow say?")

        assert set(self.stored()) == {RAIN, "What did the snow say?"}

    def test_the_id_of_another_persons_question_makes_a_new_one_and_leaves_theirs(self) -> None:
        theirs = self.make("What did they leave behind?", self.other)

        self.assertRedirects(self.send(id=theirs.pk), self.url)

        assert self.stored(self.other) == ["What did they leave behind?"]
        assert self.stored() == [RAIN]

    def test_stands_in_one_line(self) -> None:
        self.send(text="  What did\r\n\r\nthe\t rain  say? ")

        assert self.stored() == ["What did the rain say?"]

    def test_holds_three_hundred_characters_and_keeps_longer_ones_in_the_field(self) -> None:
        longest = "é" * QUESTION_LIMIT
        self.send(text=longest)

        self.assert_refused(self.send(text=longest + "?", by_turn=None), text=longest + "?", by_turn=False)

        assert self.stored() == [longest]

    def test_an_empty_one_is_refused_with_a_message(self) -> None:
        pk = new_id()

        for question in (None, "", " \r\n "):
            page = self.assert_refused(self.send(id=pk, text=question, by_turn=None), by_turn=False)
            assert "Write your question first." in page.get_text()
            assert str(page.select("input[name=id]")[0]["value"]) == str(pk)

        assert self.stored() == []

    def test_bad_ids_and_letters_keep_what_was_typed(self) -> None:
        for pk in ("rain", "\0", "0" * 31):
            self.assert_refused(self.send(id=pk), text=RAIN, by_turn=True)

        assert self.stored() == []

    def test_takes_out_letters_that_cannot_be_kept(self) -> None:
        self.send(text="Wh\0at?")

        assert self.stored() == ["What?"]

    def test_sends_visitors_to_the_login(self) -> None:
        row = self.make()
        self.client.logout()

        for url in (self.url, f"{self.url}{row.pk}/", f"{self.url}{row.pk}/delete/"):
            self.assertRedirects(self.client.get(url), f"{reverse('account_login')}?next={url}", fetch_redirect_response=False)
        assert self.stored() == [RAIN]

    def test_typed_after_the_session_ended_it_is_not_lost(self) -> None:
        self.client.logout()

        response = self.send(text="Whose is it?", by_turn="on")

        page = parsed(response)
        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert page.select("textarea")[0].get_text().strip() == "Whose is it?"
        self.client.force_login(self.author)
        self.send(**{**hidden_fields(page), "text": "Whose is it?"})
        assert self.stored() == ["Whose is it?"]


class ChangeTests(OwnCase):
    row: OwnQuestion
    change: str

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.row = make_own_question(cls.author, RAIN, by_turn=False)
        cls.change = f"{cls.url}{cls.row.pk}/"

    def test_shows_the_question_as_it_is(self) -> None:
        page = self.read(self.change)

        assert form_fields(page)["text"] == [RAIN]
        assert not page.select("input[name=by_turn][checked]")

    def test_changes_the_words_and_whether_it_is_asked_also_when_sent_twice(self) -> None:
        for _ in range(2):
            self.assertRedirects(self.send(self.change, text="What did the snow say?"), self.url)

        row = OwnQuestion.objects.get()
        assert (row.pk, row.author, row.written_at) == (self.row.pk, self.author, self.row.written_at)
        assert (row.content, row.by_turn) == (OwnQuestionContent("What did the snow say?"), True)

    def test_too_long_or_empty_ones_change_nothing_and_keep_what_was_typed(self) -> None:
        for question in ("", "x" * (QUESTION_LIMIT + 1)):
            self.assert_refused(self.send(self.change, text=question), text=question, by_turn=True)

        row = OwnQuestion.objects.get()
        assert (row.content, row.by_turn) == (OwnQuestionContent(RAIN), False)

    def test_changes_the_one_of_its_address_whatever_id_is_sent(self) -> None:
        others = [self.make("What did the stairs hear?"), self.make("What did they leave behind?", self.other)]

        for other in others:
            self.send(self.change, id=other.pk, text="What did the snow say?")

        assert OwnQuestion.objects.get(pk=self.row.pk).content.question == "What did the snow say?"
        for other in others:
            assert OwnQuestion.objects.get(pk=other.pk).content == other.content

    def test_nobody_else_sees_or_changes_it(self) -> None:
        self.client.force_login(self.other)

        for response in (self.client.get(self.change), self.send(self.change, text="Whose is it?")):
            assert response.status_code == HTTPStatus.NOT_FOUND
        assert self.stored() == [RAIN]

    def test_pages_keep_the_words_they_answered(self) -> None:
        entry = make_entry(self.author, prompt=str(self.row.pk), mode=Mode.QUESTION)

        self.send(self.change, text="What did the snow say?")

        page = self.read(entry.get_absolute_url()).get_text()
        assert RAIN in page
        assert "the snow" not in page


class DeleteTests(OwnCase):
    row: OwnQuestion
    delete: str

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.row = make_own_question(cls.author, RAIN)
        cls.delete = f"{cls.url}{cls.row.pk}/delete/"

    def test_asks_first(self) -> None:
        assert RAIN in self.read(self.delete).get_text()
        assert self.stored() == [RAIN]

    def test_deletes_the_one_also_when_sent_twice(self) -> None:
        self.make("What did the stairs hear?")

        for _ in range(2):
            self.assertRedirects(self.client.post(self.delete), self.url)

        assert self.stored() == ["What did the stairs hear?"]
        assert self.client.get(self.delete).status_code == HTTPStatus.NOT_FOUND

    def test_pages_keep_the_words_they_answered(self) -> None:
        entry = make_entry(self.author, prompt=str(self.row.pk), mode=Mode.QUESTION, text="It said enough.")
        assert entry.own_id == self.row.pk

        self.client.post(self.delete)

        page = self.read(entry.get_absolute_url()).get_text()
        assert RAIN in page
        assert "It said enough." in page
        assert Entry.objects.get().own_id is None

    def test_nobody_else_sees_or_deletes_it(self) -> None:
        self.client.force_login(self.other)

        assert self.client.get(self.delete).status_code == HTTPStatus.NOT_FOUND
        self.client.post(self.delete)

        assert self.stored() == [RAIN]


class AskedTests(OwnCase):
    def test_is_asked_by_turn_of_its_author_alone(self) -> None:
        self.make()

        assert self.asked() == RAIN
        assert self.asked(self.other) == "Your page"

    def test_one_that_is_not_asked_by_turn_waits_to_be_taken(self) -> None:
        row = self.make(by_turn=False)
        assert self.asked() == "Your page"

        address = str(element(self.read(), "article a")["href"])
        assert str(row.pk) in address
        assert self.read(address).select(f"input[name=prompt][value='{row.pk}']")

        self.client.force_login(self.other)
        assert self.client.get(address).status_code == HTTPStatus.NOT_FOUND

    def test_is_asked_whatever_themes_and_ages_were_chosen(self) -> None:
        make_prompt(theme="presence")
        self.author.sealed_preferences = Preferences(themes=("repair",), ages=("teen",))
        self.author.save()
        assert self.asked() == "Your page"

        self.make()

        assert self.asked() == RAIN
