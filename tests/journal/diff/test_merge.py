"""`journal.diff.merge`: two texts as one, which has every paragraph that neither of them took out."""

import random
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.diff.merge import concatenate, three_way
from journal.models import TEXT_LIMIT

anything = st.text("ab \n", max_size=30)
# Few different paragraphs and uneven blank lines, so that sides agree, repeat themselves and move things about.
paragraphs = st.lists(st.sampled_from(["A", "B", "C", "D\nd", "E"]), max_size=7)
gaps = st.sampled_from(["\n\n", "\n\n\n", "\n \n"])
BOUND = 90  # seconds of the processor: without its bounds it takes minutes to hours, and machines differ by far


@st.composite
def pages(draw: st.DrawFn) -> str:
    return draw(gaps).join(draw(paragraphs)) + draw(st.sampled_from(["", "\n", "\n\n"]))


def split(text: str) -> list[str]:
    """The paragraphs of a text, without the blank lines between them."""
    return [part.strip() for part in text.replace("\n \n", "\n\n").split("\n\n") if part.strip()]


class ThreeWayTests:
    @given(base=anything | pages(), text=anything | pages())
    def test_one_change_is_that_change(self, base: str, text: str) -> None:
        assert three_way(base, base, text) == text
        assert three_way(base, text, base) == text
        assert three_way(base, text, text) == text
        assert three_way(None, text, text) == text

    @pytest.mark.parametrize(
        ("base", "mine", "theirs", "merged"),
        [
            ("A\n\nB\n\nC", "A1\n\nB\n\nC", "A\n\nB\n\nC1", "A1\n\nB\n\nC1"),
            ("A\n\nB\n\nC", "A1\n\nB\n\nC", "A\n\nB1\n\nC", "A1\n\nB1\n\nC"),
            ("A\n\nB", "0\n\nA\n\nB", "A\n\nB\n\nC", "0\n\nA\n\nB\n\nC"),
            ("A\n\nB\n\nC", "A\n\nC", "A\n\nB\n\nC\n\nD", "A\n\nC\n\nD"),  # one took a paragraph out
            ("A\n\nB\n\nC", "A\n\nC", "A\n\nC\n\nD", "A\n\nC\n\nD"),  # both took it out
            ("A\n\nB\n\nC", "A1\n\nC", "A1\n\nC", "A1\n\nC"),
            ("A\n\nB", "A1\n\nB", "A\n\nX\n\nB", "A1\n\nX\n\nB"),  # changed before an added one
            ("A\n\nB", "A\n\nB1", "A\n\nX\n\nB", "A\n\nX\n\nB1"),  # and after it
            ("A", "A\n\nX", "A\n\nX\n\nY", "A\n\nX\n\nY"),  # one went on from what both added
            ("A\n\nB\n\nC", "A\n\n\n\nB\n\nC", "A\n\nB\n\nC1", "A\n\n\n\nB\n\nC1"),  # only the blank lines changed
            ("A\n", "A\n\nB\n", "A1\n", "A1\n\nB\n"),
            ("A\n\nB", "", "A\n\nB\n\nC", "C"),
        ],
    )
    def test_puts_different_places_together(self, base: str, mine: str, theirs: str, merged: str) -> None:
        assert three_way(base, mine, theirs) == merged
        assert three_way(base, theirs, mine) == merged

    @pytest.mark.parametrize(
        ("base", "mine", "theirs"),
        [
            ("A\n\nB", "A1\n\nB", "A2\n\nB"),
            ("A\n\nB", "B", "A2\n\nB"),  # taken out here, changed there
            ("A", "A\n\nX", "A\n\nY"),  # both went on writing
            ("A\n\nB", "A1\n\nX\n\nB", "A\n\nY\n\nB"),
            ("A\n\nB\n\nC", "B\n\nC\n\nA", "B\n\nA\n\nC"),  # moved to two places
            ("A\n\nA", "A\n\nB", "B\n\nA"),
            (None, "A\n\nX", "A\n\nY"),
            (None, "A", "B"),
            (None, "A\n\nB", "B\n\nA"),
        ],
    )
    def test_offers_nothing_where_both_touch_the_same_place(self, base: str | None, mine: str, theirs: str) -> None:
        assert three_way(base, mine, theirs) is None
        assert three_way(base, theirs, mine) is None

    @pytest.mark.parametrize(
        ("mine", "theirs", "merged"),
        [
            ("A", "A\n\nB", "A\n\nB"),
            ("A\n\nB\n\nC", "B", "A\n\nB\n\nC"),
            ("A\n\nB", "B\n\nC", "A\n\nB\n\nC"),
            ("", "A", "A"),
        ],
    )
    def test_without_a_base_adds_what_only_one_has(self, mine: str, theirs: str, merged: str) -> None:
        assert three_way(None, mine, theirs) == merged
        assert three_way(None, theirs, mine) == merged

    @given(base=st.none() | pages(), mine=pages(), theirs=pages())
    def test_loses_no_paragraph_that_nobody_took_out(self, base: str | None, mine: str, theirs: str) -> None:
        merged = three_way(base, mine, theirs)
        if merged is None:
            return

        in_base, in_mine, in_theirs, in_merged = (set(split(text)) for text in (base or "", mine, theirs, merged))
        assert (in_mine | in_theirs) - in_base <= in_merged
        assert in_mine & in_theirs <= in_merged
        assert in_merged <= in_mine | in_theirs

    @given(base=st.none() | pages(), mine=pages(), theirs=pages())
    def test_merges_the_same_whichever_text_comes_first(self, base: str | None, mine: str, theirs: str) -> None:
        merged, swapped = three_way(base, mine, theirs), three_way(base, theirs, mine)

        assert (merged is None) == (swapped is None)
        assert Counter(split(merged or "")) == Counter(split(swapped or ""))

    @given(data=st.data(), size=st.integers(2, 9))
    def test_changes_of_different_paragraphs_all_come_together(self, data: st.DataObject, size: int) -> None:
        base = [f"Paragraph {n}." for n in range(size)]
        owners = data.draw(st.lists(st.sampled_from(["", "mine", "theirs"]), min_size=size, max_size=size))

        def page(*sides: str) -> str:
            return "\n\n".join(f"{text} By {owner}." if owner in sides else text for text, owner in zip(base, owners, strict=True))

        assert three_way("\n\n".join(base), page("mine"), page("theirs")) == page("mine", "theirs")

    def test_offers_nothing_that_does_not_fit_on_a_page(self) -> None:
        half = "x" * (TEXT_LIMIT // 2)

        assert three_way("A", f"{half}\n\nA", f"A\n\n{half}") is None


class ConcatenateTests:
    @given(mine=pages(), theirs=pages())
    def test_contains_every_paragraph_of_each(self, mine: str, theirs: str) -> None:
        together = Counter(split(concatenate(mine, theirs)))

        assert together >= Counter(split(mine))
        assert together >= Counter(split(theirs))

    @pytest.mark.parametrize(
        ("mine", "theirs", "together"),
        [
            ("A\n\nX", "A\n\nY", "A\n\nX\n\nY"),
            ("A\n", "B\n", "A\n\nB\n"),
            ("A", "A\n\nB", "A\n\nB"),
            ("A\n\nB", "A", "A\n\nB"),
            ("", "A", "A"),
            ("A", "", "A"),
            ("A\n", "A\n", "A\n"),
        ],
    )
    def test_does_not_repeat_how_both_begin(self, mine: str, theirs: str, together: str) -> None:
        assert concatenate(mine, theirs) == together


@pytest.mark.parametrize("gap", ["\n\n", "\n", " "])
@pytest.mark.parametrize("words", [3, 3000])
def test_long_texts_are_merged_in_bounded_time(gap: str, words: int) -> None:
    generator = random.Random(7)  # noqa: S311
    base, mine, theirs = (gap.join(f"w{generator.randrange(words)}" for _ in range(70_000))[:TEXT_LIMIT] for _ in range(3))
    start = time.process_time()

    three_way(base, mine, theirs)
    three_way(None, mine, theirs)
    concatenate(mine, theirs)

    assert time.process_time() - start < BOUND
