"""`journal.markup` on what people type: corpus.toml has each text beside what is right."""

import re
import tomllib
from pathlib import Path

import pytest

from journal import markup

CASES = tomllib.loads(Path(__file__).with_name("corpus.toml").read_text(encoding="utf-8"))["case"]
BLOCK = r"</?(?:p|ul|ol|li|h\d|hr|blockquote|pre|table|thead|tbody|tr|th|td|br)\b[^>]*>"


def without_line_ends(html: str) -> str:
    """The HTML without white space around its blocks, and without what stands on every link."""
    return re.sub(rf"(?<!</code>)\s*({BLOCK})\s*", r"\1", html.replace(' rel="noopener nofollow"', "").strip())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_corpus_is_rendered_as_it_should_be(case: dict[str, str]) -> None:
    assert without_line_ends(markup.render(case["text"])) == without_line_ends(case["html"])


CLOSED = [case for case in CASES if not case["name"].startswith("code that is not closed")]  # which takes what follows


@pytest.mark.parametrize("case", CLOSED, ids=[case["name"] for case in CLOSED])
def test_the_corpus_is_rendered_alike_between_other_texts(case: dict[str, str]) -> None:
    """Sections are rendered one by one: no text changes what stands before or after it."""
    between = without_line_ends(markup.render(f"Before *it*.\n\n{case['text']}\n\nAfter it."))

    assert between == without_line_ends(f"<p>Before <em>it</em>.</p>{case['html']}<p>After it.</p>")
