"""`prompts.search`: searching the library in the reader's language, its filters, and its order."""

from django.test import SimpleTestCase
from django.utils import translation

from prompts import search
from prompts.search import Filters, folded_words
from tests.factories import make_question
from tests.prompts.spanish import QuestionsCase


class FindTests(QuestionsCase):
    def find(self, words: str) -> list[str]:
        """The slugs of the questions that match, in order."""
        return [question.slug for question in search.find(Filters(query=words), ["repair", "presence"])]

    def test_searches_the_words_that_the_reader_sees(self) -> None:
        with translation.override("es"):
            assert self.find("¿QUE PASO en la puerta?") == ["at-the-door"]
            assert self.find("presencia") == ["at-the-door", "on-the-stairs"]
            assert self.find("tambien zapat") == ["at-the-door"]
            assert self.find("tonight") == []
            assert self.find("stairs") == ["on-the-stairs"]

        assert self.find("puerta") == []
        assert self.find("") == ["on-the-phone", "at-the-door", "on-the-stairs"]


class OrderTests(SimpleTestCase):
    def test_words_are_folded_to_small_letters_without_accents(self) -> None:
        assert folded_words("Ñandú, ÉL; cafe\u0301\nSTRASSE straße") == ["nandu", "el", "cafe", "strasse", "strasse"]
        assert folded_words(" ¿? … \0 ") == []

    def test_an_age_leaves_in_what_fits_every_age(self) -> None:
        ages = [frozenset[str](), frozenset({"teen"}), frozenset({"teen", "grown"})]

        assert [Filters(age="grown").match(make_question(ages=fitting)) for fitting in ages] == [True, False, True]
        assert [Filters().match(make_question(ages=fitting)) for fitting in ages] == [True, True, True]

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
