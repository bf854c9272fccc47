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
from prompts.models import Walk
from tests.factories import make_user
from tests.helpers import element, parsed, read, sealed_bytes

QUIZ = quiz.read()
PATHS = paths.read()
Sent = dict[str, str | list[str]]
SAFE: Sent = {
    **{question.slug: next(answer.slug for answer in question.answers if not answer.help_first) for question in QUIZ.questions},
    "how-old": "teen",
}
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
        assert element(page, ".failures a")
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
                assert f"{len(PATHS[slug].steps)} nights" in article.get_text()
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

    def test_each_result_can_be_begun_there_and_twice_begins_it_once(self) -> None:
        begin = "article form[action$='/walk/'] button[name=action][value=begin]"
        self.client.force_login(self.parent)
        forms = self.answer(SAFE).select("article form")
        assert [form["action"] for form in forms] == [reverse("journal:path_walk", args=[slug]) for slug in outcome_of(SAFE).paths]
        assert len(self.answer(SAFE).select(begin)) == len(forms)
        first = outcome_of(SAFE).paths[0]

        for _ in range(2):
            self.client.post(str(forms[0]["action"]), {"action": "begin"})

        assert Walk.objects.values_list("path", flat=True).get() == first
        page = self.answer(SAFE)
        assert [form["action"] for form in page.select("article form")] == [form["action"] for form in forms[1:]], "begun already"
        assert "pauses" not in page.get_text(), "what is under way is named by its own card"
        assert f"Starting one pauses “{PATHS[first].name}”." in self.answer({**SAFE, "what-brings-you": "not-all-there"}).get_text()

    def test_somebody_signed_out_is_led_to_an_account_and_told_so(self) -> None:
        for is_open, name, words in ((True, "account_signup", "Create an account first"), (False, "account_login", "Sign in first")):
            with self.settings(SIGNUP_OPEN=is_open):
                page = self.answer(SAFE)
            links = [str(link["href"]) for link in page.select("article a.main")]
            assert links == [f"{reverse(name)}?next={reverse('journal:path', args=[slug])}" for slug in outcome_of(SAFE).paths]
            assert words in page.get_text()
            assert "don’t keep your answers" in page.get_text()
            assert "if you ask for it" not in page.get_text(), "there is nothing that could be kept"

    def test_a_path_with_a_caution_shows_it_before_it_can_be_begun(self) -> None:
        daughters = {**WITHOUT_FAITH, "where-you-come-from": "my-mother-and-me"}
        card = next(card for card in self.answer(daughters).select("article") if "daughters" in str(card.a))

        assert "These questions aren’t for you if you left abuse" in element(card, ".caution").get_text()

    def test_a_path_with_help_first_shows_the_number_and_is_begun_on_its_own_page(self) -> None:
        self.client.force_login(self.parent)
        page = self.answer({**SAFE, "what-brings-you": "a-hard-time"}, accept_language="en-NO")

        card = next(card for card in page.select("article") if "struggling" in str(card.a))
        address = reverse("journal:path", args=["when-your-child-is-struggling"])
        assert element(card, ".call a")["href"] == "tel:112"
        assert (element(card, "a.main")["href"], card.select("form")) == (address, [])

    def test_only_a_parent_is_offered_to_keep_it(self) -> None:
        keep = f"form[action='{self.url}keep/'] input[name=path]"
        assert not self.answer(SAFE).select(keep)

        self.client.force_login(self.parent)

        assert [field["value"] for field in self.answer(SAFE).select(keep)] == list(outcome_of(SAFE).paths)

    def test_numbers_stand_first_then_one_sentence_and_paths_are_folded_where_an_answer_asks_for_help(self) -> None:
        assert HELP_FIRST
        for answers in (*HELP_FIRST, SEVERAL):
            for headers in ({"accept_language": "en-NO"}, {"accept_language": "en"}):
                page = self.answer(answers, **headers)

                words = [str(words) for words in page.stripped_strings]
                assert words[0] == element(page, ".calls li:first-child strong").get_text(), "a number before any other word"
                calls, heading, *_others = page.find_all(["ul", "h1", "h2", "p", "details"])
                assert (calls["class"], heading.name, heading.get_text()) == (["calls"], "h1", QUIZ.help_words)
                assert not calls.select("li:nth-child(5)"), "few enough for the sentence to be seen"
                assert all(str(link["href"]).startswith("tel:") for link in calls.select("a"))
                assert QUIZ.help_words.count(".") == 1, "one sentence"
                assert page.select("details:not([open]) article h2") == page.select("article h2") != []
                assert self.recommended(page) == list(outcome_of(answers).paths)

        calm = self.answer(SAFE)
        assert QUIZ.help_words not in calm.get_text()
        assert not calm.select("a[href^=tel]")
        assert calm.select("h1")[0].get_text() == "You could start here"

    def test_the_numbers_are_those_about_what_was_ticked_where_the_visitor_is(self) -> None:
        page = self.answer(SEVERAL, accept_language="en-NO")

        numbers = [str(link["href"]) for link in page.select(".calls a")]
        assert numbers[:2] == ["tel:112", "tel:113"]
        assert "tel:116006" in numbers, "the line about violence"
        assert len(set(numbers)) == len(numbers)
        assert [section["id"] for section in page.select(".topic")] == ["hurt-or-afraid", "child-talks-of-dying", "child-hurts-themselves"]
        assert "The other paths" not in page.get_text(), "no path is left that suits this evening"

        self.parent.time_zone = "Europe/London"
        self.parent.save()
        self.client.force_login(self.parent)
        alone = {**SAFE, "safe-tonight": "not-wanting-to-live"}
        calls = element(self.answer(alone, accept_language="en-NO"), ".calls")
        assert [link["href"] for link in calls.select("a.main")] == ["tel:999"], "where somebody lives counts more than a browser"
        assert "If you might act on it" in calls.get_text()
        assert "tel:116123" in [str(link["href"]) for link in calls.select("a:not(.main)")]

    def test_says_where_an_emergency_number_does_not_work_as_help_does(self) -> None:
        for language, note in (("en-AR", "In some places 911 is the only number"), ("en-ZA", "From a mobile phone 112 reaches both")):
            assert note in self.answer(SEVERAL, accept_language=language).get_text()
            assert note not in self.answer(SAFE, accept_language=language).get_text()

    def test_what_was_ticked_stays_ticked_where_a_question_is_open(self) -> None:
        page = self.refused({"safe-tonight": SEVERAL["safe-tonight"]})

        assert [box["value"] for box in page.select("input[checked]")] == SEVERAL["safe-tonight"]

    def test_help_comes_first_also_where_the_helplines_cannot_be_read(self) -> None:
        with self.settings(HELPLINES=Path("/nowhere.toml")), self.assertLogs("nightlight.help", "ERROR"):
            page = self.answer(SEVERAL)

        assert len(page.select(".topic")) == 3
        assert [link["href"] for link in page.select("a[href^=tel]")] == ["tel:112", "tel:911", "tel:999", "tel:000", "tel:111"]

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
        for slugs, message in [(("mending",), "Saved. It’s on the Paths page."), ((), "Result deleted.")]:
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
