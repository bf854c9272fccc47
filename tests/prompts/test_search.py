"""prompts.questions and prompts.browsing: questions in the reader's language, found by what names them, and looked through."""

from django.test import SimpleTestCase
from django.utils import translation

from prompts import search
from prompts.search import Filters, folded_words
from tests.factories import make_question
from tests.prompts.spanish import QuestionsCase


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
