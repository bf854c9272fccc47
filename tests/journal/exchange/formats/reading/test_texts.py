"""Lines of a file, whatever its encoding and wherever it is cut while it is read."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.exchange.formats import Refused, limits
from journal.exchange.formats.day_one import markup
from journal.exchange.formats.reading import texts
from tests.growth import Work, steepest
from tests.journal.exchange.formats.samples import packed, read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@given(
    lines=st.lists(
        st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n\ufeff"), max_size=9), min_size=1, max_size=12
    )
)
def test_lines_come_whole(encoding: str, lines: list[str]) -> None:
    size, texts.BEGINNING = texts.BEGINNING, 3
    try:
        for newline in ("\n", "\r\n", "\r"):
            found = list(texts.lines(io.BytesIO(newline.join(lines).encode(encoding))))
            assert "".join(found) == "\n".join(lines)
            assert all(line.endswith("\n") for line in found[:-1])
    finally:
        texts.BEGINNING = size


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(Refused, match="longer than a book"):
        list(texts.lines(io.BytesIO(b"x" * (limits.LINE + 100_000))))


@pytest.mark.parametrize("piece", ["# 2024-01-15\n", "![[a", "![a](<b", "- - ", "``` "])
def test_work_on_a_note_grows_with_it_alone(piece: str) -> None:
    assert steepest(Work(read, lambda size: (packed({"2024-01-15.md": "x\n" + piece * size, "a.png": b"x"}),), 500), limit=3) <= 3


@pytest.mark.parametrize("piece", ["![[", "```x`", "\\- ", "[a](dayone://x", "![](dayone-moment://", "dayone://view?", "1\\."])
def test_work_on_day_ones_signs_grows_with_the_text_alone(piece: str) -> None:
    def work(text: str) -> str:
        return markup.unescaped(markup.without_links(markup.without_embeds(text, str))[0])

    assert steepest(Work(work, lambda size: (piece * size + "dayone-moment:",), 500), limit=3) <= 3
