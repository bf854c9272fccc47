"""`prompts.search`: searching the library in the reader's language, its filters, and its order."""

from bs4 import BeautifulSoup
from django.test import SimpleTestCase
from django.utils import translation
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from common.text import one_line
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


SEARCHED = st.lists(
    st.sampled_from(
        [
            "café",
            "CAFE\u0301",
            "cafe",
            "ca",
            "door",
            "the",
            "<b>",
            "a&b",
            "Straße",
            "strasse",
            "½",
            "so\u00adft",
            "soft",
            "x\u0301y",
            "…",
            "d",
        ]
    ),
    max_size=5,
).map(" ".join)
ANYTHING = st.text(max_size=30).map(one_line)


class FoundTests(SimpleTestCase):
    """Every question that is found shows why, and what it shows is true."""

    @given(
        text=SEARCHED | ANYTHING,
        stuck=st.lists(SEARCHED, max_size=3),
        theme=SEARCHED,
        query=SEARCHED | ANYTHING,
    )
    def test_every_word_is_marked_somewhere_and_nothing_else_is(self, text: str, stuck: list[str], theme: str, query: str) -> None:
        question = make_question(text=text, if_stuck=tuple(stuck), theme_name=theme)
        self.check(question, query)
        for word in search.folded_words(search.searchable(question))[:3]:
            self.check(question, word[:3])

    def check(self, question: Question, query: str) -> None:
        if not Filters(query=query).match(question):
            return
        found, beginnings = search.found(question, query), folded_words(query)
        shown = [found.text, *found.stuck, *([found.theme] if found.theme else [])]
        pages = [BeautifulSoup(str(html), "html.parser") for html in shown]

        assert pages[0].get_text() == question.text, "the question itself, unchanged"
        assert {page.get_text() for page in pages[1:]} <= {*question.if_stuck, question.theme_name}
        assert {tag.name for page in pages for tag in page.find_all(True)} <= {"mark"}
        marked = [folded_words(mark.get_text()) for page in pages for mark in page.select("mark")]
        for words in marked:
            assert any(word.startswith(beginning) for word in words for beginning in beginnings), "a mark that was not searched for"
        for beginning in beginnings:
            assert any(word.startswith(beginning) for words in marked for word in words), f"nothing says why {beginning!r} was found"
        for page in pages[1:]:
            assert page.select("mark"), "a place that has nothing of it"

    def test_marks_whole_words_whatever_their_accents_and_names_the_place(self) -> None:
        question = make_question(text="Who <i>waited</i> at the café?", if_stuck=("Shoes, or rain.", "A voice."), theme_name="Presence")

        assert search.found(question, "") == search.Found(SafeString("Who &lt;i&gt;waited&lt;/i&gt; at the café?"))
        assert search.found(question, "CAFE wait").text == "Who &lt;i&gt;<mark>waited</mark>&lt;/i&gt; at the <mark>café</mark>?"
        assert search.found(question, "rain").stuck == ("Shoes, or <mark>rain</mark>.",)
        assert search.found(question, "pres voice").theme == "<mark>Presence</mark>"
        assert search.found(question, "wait").theme == "", "the question says it already"


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
