"""`journal.diff.compare` and `journal.diff.folding`: correct whatever is compared, and readable where people write."""

import itertools
import random
import time
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.diff.compare import Kind, Line, Segment, compare
from journal.diff.folding import CONTEXT_LINES, MAX_UNFOLDED, fold
from journal.models import TEXT_LIMIT

anything = st.text(max_size=80)
# Few words and many line breaks, so that texts have a lot in common.
writing = st.lists(st.sampled_from(["soup", "rain", "bed", "the", ".", ",", " ", " ", "  ", "\n", "\n\n", "it’s"]), max_size=40).map(
    "".join
)
BOUND = 90  # seconds of the processor: without its bounds it takes minutes to hours, and machines differ by far


def joined(lines: list[Line], *kinds: Kind) -> str:
    return "".join(segment.text for line in lines for segment in line.segments if segment.kind in kinds)


def compared(before: str, after: str) -> list[tuple[str, str]]:
    """The comparison in short: adjacent segments of a kind as one, whatever lines they are in."""
    segments = [segment for line in compare(before, after) for segment in line.segments]
    groups = itertools.groupby(segments, key=lambda segment: segment.kind)
    return [(str(kind), "".join(segment.text for segment in group)) for kind, group in groups]


class CorrectnessTests:
    @given(before=anything | writing, after=anything | writing)
    def test_both_texts_can_be_read_from_it_exactly(self, before: str, after: str) -> None:
        lines = compare(before, after)

        assert joined(lines, Kind.EQUAL, Kind.DELETED) == before
        assert joined(lines, Kind.EQUAL, Kind.INSERTED) == after
        assert all(segment.text for line in lines for segment in line.segments)

    @given(text=anything | writing)
    def test_a_text_compared_with_itself_is_the_same(self, text: str) -> None:
        assert not any(line.is_changed for line in compare(text, text))
        assert fold(compare(text, text)) == []

    @given(before=writing, after=writing)
    def test_what_is_shown_leaves_nothing_out(self, before: str, after: str) -> None:
        sections = fold(compare(before, after))

        assert bool(sections) == (before != after)
        shown = "".join(segment.text for section in sections for segment in section.segments if segment.kind != Kind.DELETED)
        assert shown == (after if sections else "")
        assert not any(segment.kind != Kind.EQUAL for section in sections if section.folded for segment in section.segments)

    @given(before=writing, after=writing)
    def test_paragraphs_end_where_lines_end(self, before: str, after: str) -> None:
        for line in compare(before, after):
            assert all("\n" not in segment.text for segment in line.segments[:-1])
            assert "\n" not in line.segments[-1].text[:-1]


class WordsTests:
    @pytest.mark.parametrize(
        ("before", "after", "segments"),
        [
            ("We ran home.", "We walked home.", [("equal", "We "), ("deleted", "ran"), ("inserted", "walked"), ("equal", " home.")]),
            ("We ate.", "We ate soup.", [("equal", "We ate"), ("inserted", " soup"), ("equal", ".")]),
            ("One.\nTwo.", "One.\n\nTwo.", [("equal", "One.\n"), ("inserted", "\n"), ("equal", "Two.")]),
            ("One. Two.", "One.\nTwo.", [("equal", "One."), ("deleted", " "), ("inserted", "\n"), ("equal", "Two.")]),
            ("It’s late.", "It’s not late.", [("equal", "It’s "), ("inserted", "not "), ("equal", "late.")]),
            ("One.\nTwo.", "Two.\nLast.", [("deleted", "One.\n"), ("equal", "Two."), ("inserted", "\nLast.")]),
            ("One.\n", "One.", [("equal", "One."), ("deleted", "\n")]),
            ("One. Two.", "One.", [("equal", "One."), ("deleted", " Two.")]),
            ("One!", "One! Two!", [("equal", "One!"), ("inserted", " Two!")]),
            ("", "First.", [("inserted", "First.")]),
            ("Last.", "", [("deleted", "Last.")]),
        ],
    )
    def test_marks_the_words_that_changed(self, before: str, after: str, segments: list[tuple[str, str]]) -> None:
        assert compared(before, after) == segments

    def test_passages_with_little_in_common_are_not_cut_into_words(self) -> None:
        before, after = "She said that we could not go there.", "Rain all day, so he built the tower again."

        assert compared(before, after) == [("deleted", before), ("inserted", after)]

    def test_a_line_that_was_replaced_stands_above_the_new_one(self) -> None:
        lines = [[str(segment.kind) for segment in line.segments] for line in compare("Rain.\nBed.", "The sun came out.\nBed.")]

        assert lines == [["deleted"], ["inserted"], ["equal"]]

    def test_leaves_no_single_word_between_longer_changes(self) -> None:
        before = "He would not eat breakfast and threw his plate, and then he slept until it was dark."
        after = "She did want lunch and kept her spoon, and then he slept until it was dark."

        words = [text for kind, text in compared(before, after) if kind == "equal"]

        assert words == [", and then he slept until it was dark."]

    def test_knows_the_end_of_a_line_that_stands_alone(self) -> None:
        assert Segment(Kind.INSERTED, "\n\n").is_line_break
        assert not Segment(Kind.INSERTED, "One.\n").is_line_break
        assert not Segment(Kind.INSERTED, " ").is_line_break


class FoldingTests:
    LINES = [f"Line {n} of a long page, which says a little more than that.\n" for n in range(60)]

    def test_folds_what_lies_far_from_any_change(self) -> None:
        changed = [*self.LINES]
        changed[20], changed[40] = "Twenty.\n", "Forty.\n"

        sections = fold(compare("".join(self.LINES), "".join(changed)))

        assert [section.folded for section in sections] == [20 - CONTEXT_LINES, 0, 19 - 2 * CONTEXT_LINES, 0, 19 - CONTEXT_LINES]
        assert sections[1].text.startswith(self.LINES[20 - CONTEXT_LINES])

    def test_leaves_short_texts_whole(self) -> None:
        before = "".join(self.LINES)[:MAX_UNFOLDED]

        assert [section.folded for section in fold(compare(before, before + "More."))] == [0]

    def test_counts_lines_with_words_only(self) -> None:
        before = "\n".join(self.LINES)

        assert fold(compare(before, before + "More."))[0].folded == 60 - CONTEXT_LINES


def chosen(gap: str, words: list[str]) -> tuple[str, str]:
    generator = random.Random(7)  # noqa: S311
    return gap.join(generator.choices(words, k=100_000)), gap.join(generator.choices(words, k=100_000))


def with_one_word_each_apart(gap: str) -> tuple[str, str]:
    return "".join(f"w{n}{gap}x{gap}" for n in range(30_000)), "".join(f"w{n}{gap}y{gap}" for n in range(30_000))


FEW, MANY = ["a", "b", "c", "d"], [f"w{n}" for n in range(3000)]
# Pairs of long texts that take difflib alone minutes or hours, each made only where it is compared.
ADVERSARIES: list[Callable[[], tuple[str, str]]] = [
    *(partial(chosen, gap, words) for gap, words in itertools.product([" ", "\n"], [FEW, MANY])),
    lambda: ("\n" * TEXT_LIMIT, "\n" * (TEXT_LIMIT - 1) + "x"),
    lambda: ("a b " * 50_000, "b a c " * 33_333),
    lambda: ("a\nb\n" * 50_000, "b\na\n" * 50_000),
    lambda: ("!" * TEXT_LIMIT, "!?" * (TEXT_LIMIT // 2)),
    lambda: (" " * TEXT_LIMIT, "\t" * TEXT_LIMIT),
    *(partial(with_one_word_each_apart, gap) for gap in (" ", "\n")),
]


@pytest.mark.parametrize("make", [pytest.param(make, id=str(n)) for n, make in enumerate(ADVERSARIES)])
def test_long_texts_are_compared_in_bounded_time(make: Callable[[], tuple[str, str]]) -> None:
    before, after = (text[:TEXT_LIMIT] for text in make())
    start = time.process_time()

    lines = compare(before, after)
    shown = fold(lines)

    assert time.process_time() - start < BOUND
    assert joined(lines, Kind.EQUAL, Kind.DELETED) == before
    assert joined(lines, Kind.EQUAL, Kind.INSERTED) == after
    assert sum(len(section.segments) for section in shown) < 10_000
