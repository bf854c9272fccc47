"""`prompts.templatetags.library`: where a text of the library names Help, it leads there."""

import re

import pytest
from django.template import Context, Template
from django.test import SimpleTestCase
from django.utils import translation
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from prompts.library import guides, paths
from prompts.templatetags.library import with_help, with_lists


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Help says whom.", '<a href="/help/">Help</a> says whom.'),
        ("Abre primero Ayuda; espera.", 'Abre primero <a href="/help/">Ayuda</a>; espera.'),
        ("A helping hand, Helpful and Ayudante", "A helping hand, Helpful and Ayudante"),
        ("<b>Help</b>", '&lt;b&gt;<a href="/help/">Help</a>&lt;/b&gt;'),
        ("", ""),
    ],
)
def test_links_the_name_of_the_page_and_nothing_else(text: str, html: str) -> None:
    assert with_help(text) == html


@given(st.text() | st.sampled_from(["<Help", "Help>", "\"Ayuda'", "&Help;"]))
def test_adds_nothing_but_links_to_what_is_escaped(text: str) -> None:
    assert re.sub(r'<a href="/help/">(Help|Ayuda)</a>', r"\1", with_help(text)) == escape(text)


@pytest.mark.parametrize("language", ["en", "es"])
def test_is_named_in_the_texts_that_speak_of_danger(language: str) -> None:
    said = [*paths.read(language)["thirty-nights"].caution, guides.read(language)["i-lost-my-temper"].opening]

    assert [text for text in said if "this week" in text and "/help/" not in with_help(text)] == []
    assert "/help/" in with_help(said[0])
    assert "/help/" in with_help(said[-1])


def test_paragraphs_that_begin_with_a_bullet_are_lists() -> None:
    assert with_lists(("Any of:", "• a fever", "• a seizure", "Or:", "Else.", "• a fall")) == [
        (False, ["Any of:"]),
        (True, ["a fever", "a seizure"]),
        (False, ["Or:", "Else."]),
        (True, ["a fall"]),
    ]
    assert with_lists(()) == []


class LangTests(SimpleTestCase):
    def test_names_the_language_of_a_text_that_is_not_the_pages(self) -> None:
        for page, text, attribute in (("en", "es", ' lang="es"'), ("es", "en", ' lang="en"'), ("es", "es", ""), ("en", "", "")):
            with translation.override(page):
                assert Template("{% load library %}<p{% lang text %}>").render(Context({"text": text})) == f"<p{attribute}>"

    def test_of_nothing_is_nothing(self) -> None:
        assert Template("{% load library %}<p{% lang question.language %}>").render(Context()) == "<p>"
