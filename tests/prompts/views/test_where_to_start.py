"""`/prompts/where-to-start/` and `keep/`: a quiz for anybody, of whose answers nothing is stored; a parent can keep the paths."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Preferences, User
from prompts.library import paths, quiz
from tests.factories import make_user
from tests.helpers import element, parsed, read, sealed_bytes

QUIZ = quiz.read()
PATHS = paths.read()
Sent = dict[str, str | list[str]]
SAFE: Sent = {question.slug: next(answer.slug for answer in question.answers if not answer.help_first) for question in QUIZ.questions}
WITHOUT_FAITH: Sent = {**SAFE, "faith": "no"}
HELP_FIRST: list[Sent] = [
    {**SAFE, question.slug: answer.slug} for question in QUIZ.questions for answer in question.answers if answer.help_first
]
SEVERAL: Sent = {**SAFE, "safe-tonight": ["tense", "hurt-or-afraid", "child-in-danger"]}


def outcome_of(sent: Sent) -> quiz.Outcome:
    return QUIZ.outcome({slug: [chosen] if isinstance(chosen, str) else chosen for slug, chosen in sent.items()})


class StartCase(TestCase):
    url = "/prompts/where-to-start/"
    parent: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.parent = make_user()

    def stored(self) -> Preferences:
        return User.objects.get(pk=self.parent.pk).preferences


class AskTests(StartCase):
    def chosen(self, page: BeautifulSoup) -> dict[str, str]:
        return {str(box["name"]): str(box["value"]) for box in page.select("main input[checked]")}

    def answer(self, answers: Sent, **headers: str) -> Tag:
        """The main part of the page that recommends paths."""
        response = self.client.post(self.url, answers, headers=headers)
        assert response.status_code == HTTPStatus.OK
        return element(parsed(response), "main")

    def recommended(self, page: Tag) -> list[str]:
        return [str(link["href"]).split("/")[-2] for link in page.select("article h2 a")]

    def refused(self, answers: Sent) -> BeautifulSoup:
        """The page that says that a question is still open."""
        response = self.client.post(self.url, answers)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        page = parsed(response)
        assert "A question is still open." in element(page, "[role=alert]").get_text()
        return page

    def test_asks_anybody_everything_and_chooses_nothing_for_them(self) -> None:
        for visitor in (None, self.parent):
            if visitor:
                self.client.force_login(visitor)
            page = read(self.client, self.url)

            offered = [(str(box["name"]), str(box["value"])) for box in page.select("main :is(input[type=radio], input[type=checkbox])")]
            assert offered == [(question.slug, answer.slug) for question in QUIZ.questions for answer in question.answers]
            assert [legend.get_text() for legend in page.select("main legend")] == [question.ask for question in QUIZ.questions]
            assert self.chosen(page) == {}
            assert not page.select("[role=alert]")

    def test_missing_answers_keep_the_chosen_ones(self) -> None:
        first, *others = SAFE

        page = self.refused({first: SAFE[first]})

        assert self.chosen(page) == {first: SAFE[first]}
        assert len(page.select("main .errorlist")) == len(others)
        assert self.chosen(self.refused({slug: SAFE[slug] for slug in others})) == {slug: SAFE[slug] for slug in others}
        assert self.chosen(self.refused({})) == {}

    def test_unknown_answers_count_as_missing(self) -> None:
        first, *others = SAFE

        for junk in ("wrath", "\0", "x" * 5000, SAFE[others[0]]):
            page = self.refused({**SAFE, first: junk})
            assert self.chosen(page) == {slug: SAFE[slug] for slug in others}

    def test_ends_in_paths_with_a_reason_each_and_names_the_others(self) -> None:
        for answers in (SAFE, WITHOUT_FAITH):
            outcome = outcome_of(answers)
            page = self.answer(answers)

            assert self.recommended(page) == list(outcome.paths)
            for slug, article in zip(outcome.paths, page.select("article"), strict=True):
                assert QUIZ.why[slug] in article.get_text()
                assert PATHS[slug].line in article.get_text()
            others = [str(link["href"]).split("/")[-2] for link in page.select("dl a")]
            assert others == [
                slug
                for slug in PATHS
                if slug not in {*outcome.paths, *outcome.ruled_out} and (slug != "grace" or slug in outcome.supported)
            ]

    def test_the_path_for_those_who_pray_is_named_to_nobody_else(self) -> None:
        address = reverse("journal:path", args=["grace"])

        assert self.answer(SAFE).select(f"a[href='{address}']")
        assert not self.answer(WITHOUT_FAITH).select(f"a[href='{address}']")

    def test_only_a_parent_is_offered_to_keep_it(self) -> None:
        keep = f"form[action='{self.url}keep/'] input[name=path]"
        assert not self.answer(SAFE).select(keep)

        self.client.force_login(self.parent)

        assert [field["value"] for field in self.answer(SAFE).select(keep)] == list(outcome_of(SAFE).paths)

    def test_help_stands_first_where_an_answer_asks_for_it(self) -> None:
        assert HELP_FIRST
        for answers in (*HELP_FIRST, SEVERAL):
            page = self.answer(answers)

            top, first_link = page.select("h1, h2")[0], page.select("a")[0]
            assert top.get_text() == "First of all"
            assert first_link["href"] == reverse("help")
            assert QUIZ.help_words in page.get_text()
            assert self.recommended(page) == list(outcome_of(answers).paths)

        calm = self.answer(SAFE)
        assert QUIZ.help_words not in calm.get_text()
        assert calm.select("h1")[0].get_text() == "You could start here"

    def test_says_whom_to_call_about_each_thing_that_was_ticked(self) -> None:
        page = self.answer(SEVERAL, accept_language="en-NO")

        assert [card["id"] for card in page.select(".topic")] == ["hurt-or-afraid", "child-talks-of-dying", "child-hurts-themselves"]
        assert [element(card, "a[href^=tel]")["href"] for card in page.select(".topic")] == ["tel:112", "tel:113", "tel:113"]
        assert page.select(".topic a[href='tel:116006']"), "the line about violence"
        assert "The others" not in page.get_text(), "no path is left that suits this evening"

    def test_says_where_an_emergency_number_does_not_work_as_help_does(self) -> None:
        for language, note in (("en-AR", "In some places 911 is the only number"), ("en-ZA", "From a mobile phone 112 reaches both")):
            text = self.answer(SEVERAL, accept_language=language).get_text()
            assert note in text
            assert text.index(note) < text.index("If it is happening now"), "the note stands before the numbers it is about"
            assert note not in self.answer(SAFE, accept_language=language).get_text()

    def test_what_was_ticked_stays_ticked_where_a_question_is_open(self) -> None:
        page = self.refused({"safe-tonight": SEVERAL["safe-tonight"]})

        assert [box["value"] for box in page.select("input[checked]")] == SEVERAL["safe-tonight"]

    def test_help_comes_first_also_where_the_helplines_cannot_be_read(self) -> None:
        with self.settings(HELPLINES=Path("/nowhere.toml")), self.assertLogs("nightlight.help", "ERROR"):
            page = self.answer(SEVERAL)

        assert len(page.select(".topic")) == 3
        assert not page.select("a[href^=tel]")

    def test_stores_nothing_of_the_answers_anywhere(self) -> None:
        for answers in (SAFE, SEVERAL, *HELP_FIRST):
            with CaptureQueriesContext(connection) as queries:
                response = self.client.post(self.url, answers)
            assert len(queries) == 0
            assert response.status_code == HTTPStatus.OK
            assert not self.client.cookies

        self.client.force_login(self.parent)
        before = dict(self.client.session)
        for answers in (SAFE, SEVERAL, *HELP_FIRST):
            with CaptureQueriesContext(connection) as queries:
                page = self.answer(answers)
            assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
            assert {field["name"] for field in page.select("input")} <= {"csrfmiddlewaretoken", "path"}
            assert not any("?" in str(link["href"]) for link in page.select("a"))
        assert dict(self.client.session) == before
        assert self.stored() == Preferences()

    def test_answers_in_the_address_are_ignored(self) -> None:
        response = self.client.get(self.url, SAFE)

        assert self.chosen(parsed(response)) == {}
        assert self.client.put(self.url).status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_is_asked_and_answered_in_the_visitors_language(self) -> None:
        spanish = quiz.read("es")
        assert spanish.language == "es"

        asked = self.client.get(self.url, headers={"accept-language": "es-MX"}).content.decode()
        page = self.answer(SAFE, accept_language="es-MX")

        assert spanish.introduction in asked
        assert all(question.ask in asked for question in spanish.questions)
        assert self.recommended(page) == list(outcome_of(SAFE).paths)
        assert all(spanish.why[slug] in page.get_text() for slug in outcome_of(SAFE).paths)


class KeepTests(StartCase):
    url = "/prompts/where-to-start/keep/"

    def setUp(self) -> None:
        self.client.force_login(self.parent)

    def keep(self, *slugs: str) -> Any:
        return self.client.post(self.url, {"path": slugs})

    def paths_page(self) -> str:
        return read(self.client, reverse("journal:paths")).get_text()

    def test_keeps_the_paths_sealed_and_shows_why_also_when_sent_twice(self) -> None:
        assert QUIZ.why["mending"] not in self.paths_page()

        for _ in range(2):
            self.assertRedirects(self.keep("mending", "thirty-nights"), reverse("journal:paths"))
            assert self.stored() == Preferences(start=("mending", "thirty-nights"))

        page = self.paths_page()
        assert QUIZ.why["mending"] in page
        assert QUIZ.why["thirty-nights"] in page
        assert b"mending" not in sealed_bytes(self.parent, "sealed_preferences")

    def test_forgets_also_when_sent_twice(self) -> None:
        self.keep("mending")

        for _ in range(2):
            self.assertRedirects(self.keep(), reverse("journal:paths"))
            assert self.stored() == Preferences()

        assert QUIZ.why["mending"] not in self.paths_page()

    def test_says_what_was_done(self) -> None:
        for slugs, message in [(("mending",), "Kept. You find it on the page of the paths."), ((), "Forgotten.")]:
            self.keep(*slugs)
            assert message in self.paths_page()

    def test_keeps_only_known_paths_and_two_at_most(self) -> None:
        first, second, third = list(PATHS)[:3]

        self.keep("wrath", second, "\0", "../mending", "x" * 5000, first, third, *map(str, SAFE.values()))
        assert self.stored() == Preferences(start=(second, first))

        self.keep("wrath", *map(str, SAFE.values()))
        assert self.stored() == Preferences()

    def test_leaves_other_choices_and_other_people_as_they_are(self) -> None:
        other = make_user(email="other@example.org")
        self.parent.sealed_preferences = Preferences(themes=("grace",), ages=("teen",), kept_first=True)
        self.parent.save()

        self.keep("mending")

        assert self.stored() == Preferences(themes=("grace",), ages=("teen",), kept_first=True, start=("mending",))
        assert User.objects.get(pk=other.pk).preferences == Preferences()

    def test_is_not_done_by_a_link_nor_by_visitors(self) -> None:
        assert self.client.get(self.url, {"path": "mending"}).status_code == HTTPStatus.METHOD_NOT_ALLOWED
        self.client.logout()
        to_login = f"{reverse('account_login')}?next={self.url}"
        self.assertRedirects(self.keep("mending"), to_login, fetch_redirect_response=False)

        assert self.stored() == Preferences()
