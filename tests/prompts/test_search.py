"""`prompts.search`: searching the library in the reader's language, its filters, and its order."""

from django.test import SimpleTestCase
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from prompts import questions, search
from prompts.models import Prompt
from prompts.questions import Question
from prompts.search import Filters, folded_words
from tests.factories import make_prompt, make_question
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


WORDS = st.sampled_from(["café", "CAFE", "door", "Tür", "the", "rain", "a", "¿qué?", "ab", "abc", "", "…"])
TEXTS = st.lists(WORDS, max_size=6).map(" ".join)


class PreparedTests(SimpleTestCase):
    @given(texts=st.lists(st.tuples(TEXTS, TEXTS), max_size=8), query=TEXTS)
    def test_what_was_prepared_finds_what_every_word_of_the_query_begins_a_word_of(self, texts: list[tuple[str, str]], query: str) -> None:
        asked = [make_question(slug=str(number), text=text, if_stuck=(stuck,)) for number, (text, stuck) in enumerate(texts)]

        found = Filters(query=query).find([(question, search.searchable(question)) for question in asked])

        def holds(question: Question) -> bool:
            words = folded_words(" ".join((question.text, *question.if_stuck, question.theme_name)))
            return all(any(word.startswith(beginning) for word in words) for beginning in folded_words(query))

        assert found == [question for question in asked if holds(question)] == [one for one in asked if Filters(query=query).match(one)]


class FreshnessTests(QuestionsCase):
    def test_a_change_of_the_library_is_found_as_soon_as_it_is_read_again(self) -> None:
        def found() -> list[str]:
            return [question.slug for question in search.find(Filters(query="lantern"), ["repair", "presence"])]

        assert found() == []
        make_prompt(slug="a-lantern", question="Who carried the lantern?")
        questions.forget_library()

        assert found() == ["a-lantern"]
        Prompt.objects.filter(slug="a-lantern").update(retired=True)
        questions.forget_library()

        assert found() == []

    def test_another_order_of_themes_orders_them_anew(self) -> None:
        for themes in (["repair", "presence"], ["presence", "repair"]):
            assert [question.theme for question in search.find(Filters(), themes)] == sorted(
                ["presence", "presence", "repair"], key=themes.index
            )
