"""`prompts.questions`: questions in the reader's language, and finding one by its slug or id."""

from unittest import mock

from django.utils import translation

from common.ids import new_id
from prompts import questions
from prompts.models import Prompt
from prompts.questions import Question
from tests.factories import make_own_question
from tests.prompts.spanish import DOOR, QuestionsCase


def words_of(question: Question | None) -> tuple[str, tuple[str, ...], str, str, str]:
    assert question is not None
    return question.text, question.if_stuck, question.tomorrow, question.theme_name, question.language


class LanguageTests(QuestionsCase):
    def test_a_prompt_is_in_the_readers_language_and_stays_the_same_prompt(self) -> None:
        for language in ("es", "es-mx"):
            with translation.override(language):
                question = questions.prompt("at-the-door")

            assert words_of(question) == (DOOR.question, DOOR.if_stuck, DOOR.tomorrow, "Presencia", "es")
            assert question is not None
            assert question.slug == "at-the-door"

    def test_what_is_not_translated_is_in_english_and_says_so(self) -> None:
        with translation.override("es"):
            assert words_of(questions.prompt("on-the-stairs")) == ("What did the stairs hear?", (), "", "Presencia", "en")
            assert words_of(questions.prompt("on-the-phone")) == ("What did the phone hear?", (), "", "Repair", "en")

    def test_every_other_language_and_none_reads_english(self) -> None:
        for language in ("en", "en-gb", "de", None):
            with translation.override(language):
                words = words_of(questions.prompt("at-the-door"))
            assert words == ("What happened at the door tonight?", ("Shoes count.",), "Look up.", "Presence", "en"), language

    def test_the_library_itself_is_english_whoever_reads(self) -> None:
        with translation.override("es"):
            assert {question.language for question in questions.library()} == {"en"}

    def test_ones_own_are_as_they_were_written(self) -> None:
        row = make_own_question(self.author, "Was hat der Regen gesagt?")

        for language in ("en", "es"):
            with translation.override(language):
                question = questions.find(self.author, str(row.pk))
            assert question is not None
            assert (question.text, question.language) == ("Was hat der Regen gesagt?", "")


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
            question = questions.find(self.author, slug)
            assert question is not None
            assert (question.slug, question.own) == (slug, False)

    def test_finds_ones_own_by_its_id_also_where_it_is_not_asked_by_turn(self) -> None:
        row = make_own_question(self.author, by_turn=False)

        for token in (str(row.pk), str(row.pk).upper(), row.pk.hex):
            question = questions.find(self.author, token)
            assert question is not None
            assert (question.slug, question.own, question.text) == (str(row.pk), True, "What did the rain say?")

    def test_does_not_find_those_of_others(self) -> None:
        assert questions.find(self.other, str(make_own_question(self.author).pk)) is None

    def test_finds_nothing_by_anything_else(self) -> None:
        make_own_question(self.author)

        for junk in (None, "", "nothing-like-it", "AT-THE-DOOR", "own", "\0", "\ud800", "{", "x" * 5000, "٣" * 32, "0" * 32, str(new_id())):
            assert questions.find(self.author, junk) is None, junk
