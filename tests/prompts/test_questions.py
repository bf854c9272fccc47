"""prompts.questions and prompts.browsing: questions in the reader's language, found by what names them, and looked through."""

import datetime as dt
from unittest import mock

from django.test import SimpleTestCase, TestCase
from django.utils import translation

from accounts.models import User
from common.ids import new_id
from prompts import questions, search
from prompts.library import translations
from prompts.library.translations import EMPTY, PromptTranslation, ThemeTranslation, Translation
from prompts.models import Prompt
from prompts.questions import Question
from prompts.search import Filters, folded_words
from tests.factories import make_own_question, make_prompt, make_question, make_user

EVENING = dt.datetime(2026, 3, 1, 21, 4, tzinfo=dt.UTC)
DOOR = PromptTranslation(
    slug="at-the-door", question="¿Qué pasó en la puerta esta noche?", if_stuck=("Las zapatillas también.",), tomorrow="Mira un momento."
)
SPANISH = Translation({"presence": ThemeTranslation(slug="presence", name="Presencia", line="Estar ahí.")}, {"at-the-door": DOOR})


def words_of(question: Question | None) -> tuple[str, tuple[str, ...], str, str, str]:
    assert question is not None
    return question.text, question.if_stuck, question.tomorrow, question.theme_name, question.language


class QuestionsCase(TestCase):
    author: User
    other: User

    @classmethod
    def setUpTestData(cls) -> None:
        make_prompt(slug="at-the-door", if_stuck=["Shoes count."], tomorrow="Look up.")
        make_prompt(slug="on-the-stairs", question="What did the stairs hear?")
        make_prompt(slug="on-the-phone", theme="repair", question="What did the phone hear?")
        make_prompt(slug="long-gone", retired=True)
        make_prompt(slug="on-a-path", daily=False)
        cls.author = make_user()
        cls.other = make_user(email="other@example.org")

    def setUp(self) -> None:
        self.enterContext(mock.patch.object(translations, "read", lambda language: SPANISH if language == "es" else EMPTY))


class LanguageTests(QuestionsCase):
    def test_a_prompt_is_in_the_readers_language_and_stays_the_same_prompt(self) -> None:
        for language in ("es", "es-mx"):
            with translation.override(language):
                found = questions.prompt("at-the-door")

            assert words_of(found) == (DOOR.question, DOOR.if_stuck, DOOR.tomorrow, "Presencia", "es")
            assert found is not None
            assert found.slug == "at-the-door"

    def test_what_is_not_translated_is_in_english_and_says_so(self) -> None:
        with translation.override("es"):
            assert words_of(questions.prompt("on-the-stairs")) == ("What did the stairs hear?", (), "", "Presencia", "en")
            assert words_of(questions.prompt("on-the-phone")) == ("What did the phone hear?", (), "", "Repair", "en")

    def test_every_other_language_and_none_reads_english(self) -> None:
        for language in ("en", "en-gb", "de", None):
            with translation.override(language):
                there = words_of(questions.prompt("at-the-door"))
            assert there == ("What happened at the door tonight?", ("Shoes count.",), "Look up.", "Presence", "en"), language

    def test_the_library_itself_is_english_whoever_reads(self) -> None:
        with translation.override("es"):
            assert {question.language for question in questions.library()} == {"en"}

    def test_ones_own_are_as_they_were_written(self) -> None:
        row = make_own_question(self.author, "Was hat der Regen gesagt?")

        for language in ("en", "es"):
            with translation.override(language):
                found = questions.find(self.author, str(row.pk))
            assert found is not None
            assert (found.text, found.language) == ("Was hat der Regen gesagt?", "")


class LibraryTests(QuestionsCase):
    def test_is_read_once_a_minute_and_then_says_what_changed(self) -> None:
        with mock.patch.object(questions, "time") as clock:
            clock.monotonic.return_value = 100.0
            assert [question.slug for question in questions.library()] == [
                "at-the-door",
                "long-gone",
                "on-a-path",
                "on-the-phone",
                "on-the-stairs",
            ]
            Prompt.objects.filter(slug="at-the-door").update(question="What did the door say?")

            clock.monotonic.return_value = 159.0
            with self.assertNumQueries(0):
                assert words_of(questions.prompt("at-the-door"))[0] == "What happened at the door tonight?"

            clock.monotonic.return_value = 161.0
            assert words_of(questions.prompt("at-the-door"))[0] == "What did the door say?"


class FindTests(QuestionsCase):
    def test_finds_every_prompt_also_those_that_are_not_asked(self) -> None:
        for slug in ("at-the-door", "long-gone", "on-a-path"):
            found = questions.find(self.author, slug)
            assert found is not None
            assert (found.slug, found.own) == (slug, False)

    def test_finds_ones_own_by_its_id_also_where_it_is_not_asked_by_turn(self) -> None:
        row = make_own_question(self.author, by_turn=False)

        for written in (str(row.pk), str(row.pk).upper(), row.pk.hex):
            found = questions.find(self.author, written)
            assert found is not None
            assert (found.slug, found.own, found.text) == (str(row.pk), True, "What did the rain say?")

    def test_finds_nobody_elses(self) -> None:
        assert questions.find(self.other, str(make_own_question(self.author).pk)) is None

    def test_finds_nothing_by_anything_else(self) -> None:
        make_own_question(self.author)

        for junk in (None, "", "nothing-like-it", "AT-THE-DOOR", "own", "\0", "\ud800", "{", "x" * 5000, "٣" * 32, "0" * 32, str(new_id())):
            assert questions.find(self.author, junk) is None, junk

    def test_by_turn_are_the_authors_that_want_it(self) -> None:
        row = make_own_question(self.author)
        make_own_question(self.author, "What did the snow say?", by_turn=False)
        make_own_question(self.other, "What did they leave behind?")

        assert questions.own_by_turn(self.author) == [questions.find(self.author, str(row.pk))]


class BrowsingTests(QuestionsCase):
    def found(self, words: str) -> list[str]:
        return [question.slug for question in search.find(Filters(query=words), ["repair", "presence"])]

    def test_looks_through_what_the_reader_sees(self) -> None:
        with translation.override("es"):
            assert self.found("¿QUE PASO en la puerta?") == ["at-the-door"]
            assert self.found("presencia") == ["at-the-door", "on-the-stairs"]
            assert self.found("tambien zapat") == ["at-the-door"]
            assert self.found("tonight") == []
            assert self.found("stairs") == ["on-the-stairs"]

        assert self.found("puerta") == []
        assert self.found("") == ["on-the-phone", "at-the-door", "on-the-stairs"]


class OrderTests(SimpleTestCase):
    def test_words_are_folded_to_small_letters_without_accents(self) -> None:
        assert folded_words("Ñandú, ÉL; cafe\u0301\nSTRASSE straße") == ["nandu", "el", "cafe", "strasse", "strasse"]
        assert folded_words(" ¿? … \0 ") == []

    def test_an_age_leaves_in_what_fits_every_age(self) -> None:
        ages = [frozenset[str](), frozenset({"teen"}), frozenset({"teen", "grown"})]

        assert [Filters(age="grown").match(make_question(ages=there)) for there in ages] == [True, False, True]
        assert [Filters().match(make_question(ages=there)) for there in ages] == [True, True, True]

    def test_themes_stand_in_their_order_and_lighter_ones_first(self) -> None:
        shuffled = [
            make_question(slug="f", theme="unheard-of", depth="light"),
            make_question(slug="e", theme="presence", depth="deep"),
            make_question(slug="c", theme="presence", depth="light"),
            make_question(slug="a", theme="repair", depth="deep"),
            make_question(slug="d", theme="presence", depth="steady"),
            make_question(slug="b", theme="presence", depth="light"),
        ]

        assert [question.slug for question in search.in_library_order(["repair", "presence"], shuffled)] == list("abcdef")
