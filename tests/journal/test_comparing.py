"""journal.comparing: true to the letter whatever is compared, and readable where people write."""

import itertools
import random
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.diff.compare import AROUND, SHORT, Kind, Paragraph, Run, compare, fold
from journal.models import TEXT_LIMIT

anything = st.text(max_size=80)
# Few words and many line breaks, so that texts have a lot in common.
writing = st.lists(st.sampled_from(["soup", "rain", "bed", "the", ".", ",", " ", " ", "  ", "\n", "\n\n", "it’s"]), max_size=40).map(
    "".join
)


BOUND = 90  # seconds of the processor: without its bounds it takes minutes to hours, and machines differ by far


def joined(paragraphs: list[Paragraph], *kinds: Kind) -> str:
    return "".join(run.text for paragraph in paragraphs for run in paragraph.runs if run.kind in kinds)


def told(before: str, after: str) -> list[tuple[str, str]]:
    """The comparison in short: equal runs as one, whatever line they lie in."""
    runs = [run for paragraph in compare(before, after) for run in paragraph.runs]
    groups = itertools.groupby(runs, key=lambda run: run.kind)
    return [(str(kind), "".join(run.text for run in group)) for kind, group in groups]


class TestTruth:
    @given(before=anything | writing, after=anything | writing)
    def test_both_texts_can_be_read_from_it_to_the_letter(self, before: str, after: str) -> None:
        paragraphs = compare(before, after)

        assert joined(paragraphs, Kind.SAME, Kind.REMOVED) == before
        assert joined(paragraphs, Kind.SAME, Kind.ADDED) == after
        assert all(run.text for paragraph in paragraphs for run in paragraph.runs)

    @given(text=anything | writing)
    def test_a_text_compared_with_itself_is_the_same(self, text: str) -> None:
        assert not any(paragraph.changed for paragraph in compare(text, text))
        assert fold(compare(text, text)) == []

    @given(before=writing, after=writing)
    def test_what_is_shown_leaves_nothing_out(self, before: str, after: str) -> None:
        stretches = fold(compare(before, after))

        assert bool(stretches) == (before != after)
        shown = "".join(run.text for stretch in stretches for run in stretch.runs if run.kind != Kind.REMOVED)
        assert shown == (after if stretches else "")
        assert not any(run.kind != Kind.SAME for stretch in stretches if stretch.folded for run in stretch.runs)

    @given(before=writing, after=writing)
    def test_paragraphs_end_where_lines_end(self, before: str, after: str) -> None:
        for paragraph in compare(before, after):
            assert all("\n" not in run.text for run in paragraph.runs[:-1])
            assert "\n" not in paragraph.runs[-1].text[:-1]


class TestWords:
    @pytest.mark.parametrize(
        ("before", "after", "runs"),
        [
            ("We ran home.", "We walked home.", [("same", "We "), ("removed", "ran"), ("added", "walked"), ("same", " home.")]),
            ("We ate.", "We ate soup.", [("same", "We ate"), ("added", " soup"), ("same", ".")]),
            ("One.\nTwo.", "One.\n\nTwo.", [("same", "One.\n"), ("added", "\n"), ("same", "Two.")]),
            ("One. Two.", "One.\nTwo.", [("same", "One."), ("removed", " "), ("added", "\n"), ("same", "Two.")]),
            ("It’s late.", "It’s not late.", [("same", "It’s "), ("added", "not "), ("same", "late.")]),
            ("One.\nTwo.", "Two.\nLast.", [("removed", "One.\n"), ("same", "Two."), ("added", "\nLast.")]),
            ("One.\n", "One.", [("same", "One."), ("removed", "\n")]),
            ("One. Two.", "One.", [("same", "One."), ("removed", " Two.")]),
            ("One!", "One! Two!", [("same", "One!"), ("added", " Two!")]),
            ("", "First.", [("added", "First.")]),
            ("Last.", "", [("removed", "Last.")]),
        ],
    )
    def test_marks_the_words_that_changed(self, before: str, after: str, runs: list[tuple[str, str]]) -> None:
        assert told(before, after) == runs

    def test_passages_with_little_in_common_are_not_cut_into_words(self) -> None:
        before, after = "She said that we could not go there.", "Rain all day, so he built the tower again."

        assert told(before, after) == [("removed", before), ("added", after)]

    def test_a_line_that_was_replaced_stands_above_the_new_one(self) -> None:
        lines = [[str(run.kind) for run in paragraph.runs] for paragraph in compare("Rain.\nBed.", "The sun came out.\nBed.")]

        assert lines == [["removed"], ["added"], ["same"]]

    def test_leaves_no_single_word_between_longer_changes(self) -> None:
        before = "He would not eat breakfast and threw his plate, and then he slept until it was dark."
        after = "She did want lunch and kept her spoon, and then he slept until it was dark."

        words = [text for kind, text in told(before, after) if kind == "same"]

        assert words == [", and then he slept until it was dark."]

    def test_knows_the_end_of_a_line_that_stands_alone(self) -> None:
        assert Run(Kind.ADDED, "\n\n").is_break
        assert not Run(Kind.ADDED, "One.\n").is_break
        assert not Run(Kind.ADDED, " ").is_break


class TestFolding:
    LINES = [f"Line {n} of a long page, which says a little more than that.\n" for n in range(60)]

    def test_folds_what_lies_far_from_any_change(self) -> None:
        changed = [*self.LINES]
        changed[20], changed[40] = "Twenty.\n", "Forty.\n"

        stretches = fold(compare("".join(self.LINES), "".join(changed)))

        assert [stretch.folded for stretch in stretches] == [20 - AROUND, 0, 19 - 2 * AROUND, 0, 19 - AROUND]
        assert stretches[1].text.startswith(self.LINES[20 - AROUND])

    def test_leaves_short_texts_whole(self) -> None:
        before = "".join(self.LINES)[:SHORT]

        assert [stretch.folded for stretch in fold(compare(before, before + "More."))] == [0]

    def test_counts_lines_with_words_only(self) -> None:
        before = "\n".join(self.LINES)

        assert fold(compare(before, before + "More."))[0].folded == 60 - AROUND


def adversaries() -> Iterator[tuple[str, str]]:
    """Pairs that cost a plain difflib minutes or hours."""
    few, many = ["a", "b", "c", "d"], [f"w{n}" for n in range(3000)]
    pick = random.Random(7)  # noqa: S311
    for gap, words in itertools.product([" ", "\n"], [few, many]):
        yield gap.join(pick.choices(words, k=100_000)), gap.join(pick.choices(words, k=100_000))
    yield "\n" * TEXT_LIMIT, "\n" * (TEXT_LIMIT - 1) + "x"
    yield "a b " * 50_000, "b a c " * 33_333
    yield "a\nb\n" * 50_000, "b\na\n" * 50_000
    yield "!" * TEXT_LIMIT, "!?" * (TEXT_LIMIT // 2)
    yield " " * TEXT_LIMIT, "\t" * TEXT_LIMIT
    for gap in (" ", "\n"):
        yield "".join(f"w{n}{gap}x{gap}" for n in range(30_000)), "".join(f"w{n}{gap}y{gap}" for n in range(30_000))


@pytest.mark.parametrize("pair", [pytest.param(pair, id=str(n)) for n, pair in enumerate(adversaries())])
def test_long_texts_are_compared_in_bounded_time(pair: tuple[str, str]) -> None:
    before, after = (text[:TEXT_LIMIT] for text in pair)
    start = time.process_time()

    paragraphs = compare(before, after)
    shown = fold(paragraphs)

    assert time.process_time() - start < BOUND
    assert joined(paragraphs, Kind.SAME, Kind.REMOVED) == before
    assert joined(paragraphs, Kind.SAME, Kind.ADDED) == after
    assert sum(len(stretch.runs) for stretch in shown) < 10_000
