"""`journal.markup` keeps what was typed: every word and number of a text is read on the page, in its place and unchanged."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from hypothesis import given
from hypothesis import strategies as st

from journal import markup

LANGUAGES = {"python", "c"}  # the names behind a fence are not shown
WORD = st.sampled_from(
    "heron lamp soup Juni é 39 2019. 01. 14. 2) #1 37.8 *rain* **so** _so_ ~~never~~ ***both*** `code` snake_case 2*3 a|b <grin> "
    "&amp; \\* * _ ` - + > # | ~~~ ``` https://a.example/b_c?d=1 <https://e.example> <ines@f.example> [here](https://g.example/h) "
    '[there](https://i.example "Rain") [no](/j) ![tree](https://k.example/l.png) [Pip]: \\'.split(" ")
)
WORDS = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
ROWS = st.lists(st.lists(st.sampled_from(["soup", "*2*", "`3|4`", "5\\|6", ""]), min_size=1, max_size=4), min_size=2, max_size=4)
# Ones throughout leave the counting to the page: corpus.toml has them.
NUMBERS = st.one_of(
    st.lists(st.integers(2, 999), min_size=1, max_size=3),
    st.builds(lambda number, times: [number] * times, st.integers(2, 31), st.integers(2, 3)),
    st.integers(2, 4).map(lambda last: list(range(1, last + 1))),
)


def table(rows: list[list[str]], frame: str) -> str:
    lines = [" | ".join(row) for row in rows]
    lines.insert(1, " | ".join("---" for _cell in rows[0]))
    return "\n".join(f"{frame}{line}{frame}" for line in lines)


def marked(marks: list[str], item: str, end: str) -> str:
    return end.join(f"{mark} " + item.replace("\n", "\n" + " " * (len(mark) + 1)) for mark in marks)


LEAF = st.one_of(
    LINES,
    WORDS.map("## {}".format),
    WORDS.map("{}\n---".format),
    st.builds("{0}{1}\n{2}\n{0}".format, st.sampled_from(["```", "~~~"]), st.sampled_from(["", " python", "c"]), LINES),
    st.builds("{} {}\n\n{}".format, st.sampled_from(["```", "~~~"]), WORDS, WORDS),
    WORDS.map("~~~ {} ~~~".format),
    st.builds(table, ROWS, st.sampled_from(["", "|"])),
)
BLOCK = st.recursive(
    LEAF,
    lambda block: st.one_of(
        st.builds("{}\n\n{}".format, block, block),
        block.map(lambda text: "> " + text.replace("\n", "\n> ")),
        st.builds(marked, st.sampled_from([["-"], ["-", "-"], ["*", "*"]]), block, st.sampled_from(["\n", "\n\n"])),
        st.builds(marked, NUMBERS.map(lambda numbers: [f"{number}." for number in numbers]), block, st.sampled_from(["\n", "\n\n"])),
    ),
    max_leaves=5,
)


def _shown(node: Tag) -> Iterator[str]:
    """The texts that a reader sees or follows, with the numbers of lists as a browser counts them."""
    number = int(str(node.get("start", "1")))
    for child in node.children:
        if not isinstance(child, Tag):
            yield str(child)
            continue
        if child.name == "li" and node.name == "ol":
            number = int(str(child.get("value", str(number))))
            yield f" {number} "
            number += 1
        is_block = child.name not in {"em", "strong", "del", "code", "a"}
        yield " " if is_block else ""
        yield from _shown(child)
        if child.name == "a":
            address = str(child["href"]).removeprefix("mailto:")
            yield f" {address} " if address != child.get_text() else ""
            yield f" {child.get('title', '')} " if child.get("title") else ""
        yield " " if is_block else ""


def words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_]+", text) if word not in LANGUAGES]


@given(st.lists(BLOCK, min_size=1, max_size=3).map("\n\n".join))
def test_no_word_or_number_vanishes_or_changes(text: str) -> None:
    assert words("".join(_shown(BeautifulSoup(markup.render(text), "html.parser")))) == words(text)
