"""Marks stand where search finds a match, in text alone."""

import pytest
from bs4 import BeautifulSoup
from django.utils.safestring import SafeString
from hypothesis import given

from journal import markup
from journal.finding.index import marks, queries
from journal.finding.search import marked, marked_text
from tests.journal.finding.journals import phrases, texts


@pytest.mark.parametrize(
    ("html", "words", "expected"),
    [
        ("<p>Rain &amp; rain.</p>", "rain", "<p><mark>Rain</mark> &amp; <mark>rain</mark>.</p>"),
        ("<p>She cried and the child cries.</p>", "cry", "<p>She <mark>cried</mark> and the child <mark>cries</mark>.</p>"),
        ("<p>a <em>b</em> c</p>", '"a b c"', "<p><mark>a </mark><em><mark>b</mark></em><mark> c</mark></p>"),
        ("<p>ra<strong>in</strong></p>", "rain", "<p><mark>ra</mark><strong><mark>in</mark></strong></p>"),
        ("<p>one</p><p>two</p>", '"one two"', "<p><mark>one</mark></p><p><mark>two</mark></p>"),
        ('<p><a href="/rain" title="rain">rain</a></p>', "rain", '<p><a href="/rain" title="rain"><mark>rain</mark></a></p>'),
        ("<p>a &lt;script&gt; b</p>", "script", "<p>a &lt;<mark>script</mark>&gt; b</p>"),
        ("<p>父が怒った。</p>", "怒った", "<p>父が<mark>怒った</mark>。</p>"),
        ("<p>Canción</p>", "cancion", "<p><mark>Canción</mark></p>"),
        ("<p>Mara’s bed</p>", "mara", "<p><mark>Mara’s</mark> bed</p>"),
        ("<p>rain snow</p>", "rain -snow", "<p><mark>rain</mark> snow</p>"),
        ("<p>lanterns</p>", "lant*", "<p><mark>lanterns</mark></p>"),
        ("<p>rain</p>", "", "<p>rain</p>"),
        ("<p>a<br>b<hr></p>", "a", "<p><mark>a</mark><br>b<hr></p>"),
    ],
)
def test_an_entrys_page_is_marked(html: str, words: str, expected: str) -> None:
    assert marked(SafeString(html), words) == expected


@given(texts, phrases)
def test_marks_change_nothing_else(text: str, words: str) -> None:
    rendered = markup.render(text)

    shown = BeautifulSoup(marked(rendered, words), "html.parser")
    for mark in shown.find_all("mark"):
        mark.unwrap()

    assert shown.get_text() == BeautifulSoup(rendered, "html.parser").get_text()


def test_an_excerpt_begins_near_the_match_and_escapes() -> None:
    text = "Nothing of it. " * 40 + "Then <b>rain & hail</b> came. " + "And more. " * 40
    shown = marks.excerpt(text, queries.read("rain"))

    assert "… " in shown[:2]
    assert "&lt;b&gt;<mark>rain</mark> &amp; hail" in shown
    assert len(shown) < 400
    assert marks.excerpt("Rain.", queries.read("snow")) == ""


def test_the_excerpt_is_where_most_words_stand_together() -> None:
    text = "Rain at first. " + "Nothing of it. " * 40 + "Then rain and snow."

    assert "<mark>rain</mark> and <mark>snow</mark>" in marks.excerpt(text, queries.read("rain snow"))


def test_a_question_is_marked() -> None:
    assert marked_text("Rain & <b>?", "rain") == "<mark>Rain</mark> &amp; &lt;b&gt;?"
