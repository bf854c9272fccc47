"""`journal.markup` and CommonMark: the same but for what commonmark.toml lists and argues.

markdown-it-py, which passes all examples of the specification, renders the same texts beside ours. The examples themselves are
compared where COMMONMARK_EXAMPLES names a file with them. Source packages bring one, such as mistletoe's
(`pip download --no-deps --no-binary mistletoe mistletoe==1.6.0`, in test/specification/commonmark.json).
"""

import json
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal import markup
from tests.journal.markup.commonmark import canonical, differs

LISTED = tomllib.loads(Path(__file__).with_name("commonmark.toml").read_text(encoding="utf-8"))["difference"]
EXAMPLES = os.environ.get("COMMONMARK_EXAMPLES", "")

WORD = st.sampled_from(
    "heron lamp soup rain Juni *lamp* **rain** _heron_ __rain__ `so` snake_case 2*3 \\* \\_ <https://a.example> é".split()
)
WORDS = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
LINES = st.lists(st.sampled_from(["heron", "and lamps", "so on, `code` too", "*every* night"]), min_size=1, max_size=4).map("\n".join)


def indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line if line else line for line in text.split("\n"))


def bullets(items: list[str], mark: str) -> str:
    return "\n".join(f"{mark} " + indented(item, 2).lstrip() for item in items)


def numbers(items: list[str], first: int) -> str:
    return "\n".join(f"{first + at}. " + indented(item, len(f"{first + at}. ")).lstrip() for at, item in enumerate(items))


LEAF = st.one_of(
    WORDS,
    LINES,
    WORDS.map("# {}".format),
    WORDS.map("### {} ###".format),
    LINES.map("```\n{}\n\n  more\n```".format),
    LINES.map("~~~ python\n{}\n~~~".format),
    st.sampled_from(["---", "* * *", "___"]),
    WORDS.map("{}\n---".format),
)
BLOCK = st.recursive(
    LEAF,
    lambda block: st.one_of(
        st.lists(block, min_size=1, max_size=3)
        .map("\n\n".join)
        .map(lambda text: "\n".join(f"> {line}".rstrip() for line in text.split("\n"))),
        st.builds(bullets, st.lists(block, min_size=1, max_size=3), st.sampled_from("-*+")),
        st.builds(numbers, st.lists(block, min_size=1, max_size=3), st.integers(1, 120)),
    ),
    max_leaves=8,
)


@given(st.lists(BLOCK, min_size=1, max_size=4).map("\n\n".join))
def test_what_people_write_is_rendered_as_commonmark_renders_it(text: str) -> None:
    assert canonical(markup.render(text), is_ours=True) == canonical(MarkdownIt("commonmark").render(text), is_ours=False)


def test_each_difference_is_listed_once_and_argued() -> None:
    listed = [number for difference in LISTED for number in difference["examples"]]

    assert len(listed) == len(set(listed))
    assert all(len(difference["why"]) > 60 for difference in LISTED)


@pytest.mark.skipif(not EXAMPLES, reason="COMMONMARK_EXAMPLES names no file with the specification's examples")
def test_the_examples_of_the_specification_differ_as_listed() -> None:
    examples = json.loads(Path(EXAMPLES).read_text(encoding="utf-8"))

    different = {example["example"] for example in examples if differs(example["markdown"], example["html"])}

    assert different == {number for difference in LISTED for number in difference["examples"]}
