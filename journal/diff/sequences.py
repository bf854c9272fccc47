"""A diff of two sequences of strings, in bounded time: what comparing and merging are built on.

It is a patience diff (Bram Cohen): the common prefix and suffix are matched first, then the items that occur exactly once
on each side, as many of them as stand in the same order (a longest increasing subsequence), and the same again between
those anchors. Regions without anchors go to difflib, whose work can grow with the cube of their length: it gets a budget of
steps, and what is left when that is spent counts as replaced. The result is always correct, though not always the
smallest.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher
from typing import NamedTuple

STEP_BUDGET = 2_000_000  # inner steps of difflib for one pair of texts: well under a second of them
MAX_DEPTH = 6  # how often a region between two anchors is searched for anchors of its own


class Block(NamedTuple):
    """One step of an edit script: `a[a_start:a_end]` is equal to, or replaced by, `b[b_start:b_end]`.

    Where one of the two is empty, it is an insertion or a deletion.
    """

    is_equal: bool
    a_start: int
    a_end: int
    b_start: int
    b_end: int


class _Region(NamedTuple):
    """`a[a_start:a_end]` and `b[b_start:b_end]`, which are still to be compared."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


class Differ:
    """Compares pairs of sequences. All calls on one instance share one budget, so that their sum is bounded, too."""

    def __init__(self, budget: int = STEP_BUDGET) -> None:
        self._budget = budget

    def blocks(self, a: Sequence[str], b: Sequence[str]) -> list[Block]:
        """The edit script from `a` to `b`: blocks that cover both from end to end, in order, equal and replaced ones in turn."""
        blocks: list[Block] = []
        a_index = b_index = 0
        for match in _coalesced(self._matches(a, b, _Region(0, len(a), 0, len(b)), MAX_DEPTH)):
            if (a_index, b_index) != (match.a, match.b):
                blocks.append(Block(False, a_index, match.a, b_index, match.b))
            a_index, b_index = match.a + match.size, match.b + match.size
            blocks.append(Block(True, match.a, a_index, match.b, b_index))
        if (a_index, b_index) != (len(a), len(b)):
            blocks.append(Block(False, a_index, len(a), b_index, len(b)))
        return blocks

    def spend(self, steps: int) -> bool:
        """Take so many steps from the budget; False, and none are taken, where fewer are left."""
        if steps > self._budget:
            return False
        self._budget -= steps
        return True

    def _matches(self, a: Sequence[str], b: Sequence[str], region: _Region, depth: int) -> Iterator[Match]:
        """Runs of equal items, in order, some of them empty."""
        a_start, a_end, b_start, b_end = region
        prefix = _common_length(a, b, range(a_start, a_end), range(b_start, b_end))
        yield Match(a_start, b_start, prefix)
        a_start, b_start = a_start + prefix, b_start + prefix
        suffix = _common_length(a, b, range(a_end - 1, a_start - 1, -1), range(b_end - 1, b_start - 1, -1))
        a_end, b_end = a_end - suffix, b_end - suffix
        if a_start < a_end and b_start < b_end:
            yield from self._inner_matches(a, b, _Region(a_start, a_end, b_start, b_end), depth)
        yield Match(a_end, b_end, suffix)

    def _inner_matches(self, a: Sequence[str], b: Sequence[str], region: _Region, depth: int) -> Iterator[Match]:
        """Those of a region without a common prefix or suffix."""
        a_start, a_end, b_start, b_end = region
        anchors = _anchors(a, b, region) if depth else []
        if not anchors:
            for match in _BudgetedMatcher(a[a_start:a_end], b[b_start:b_end], self).get_matching_blocks():
                yield Match(a_start + match.a, b_start + match.b, match.size)
            return
        for a_anchor, b_anchor in anchors:
            yield from self._matches(a, b, _Region(a_start, a_anchor, b_start, b_anchor), depth - 1)
            yield Match(a_anchor, b_anchor, 1)
            a_start, b_start = a_anchor + 1, b_anchor + 1
        yield from self._matches(a, b, _Region(a_start, a_end, b_start, b_end), depth - 1)


class _BudgetedMatcher(SequenceMatcher[str]):
    """difflib's matcher, which finds nothing more once the budget is spent."""

    def __init__(self, a: Sequence[str], b: Sequence[str], differ: Differ) -> None:
        super().__init__(None, a, b, autojunk=False)
        self._a, self._b_counts = a, Counter(b)
        self._differ = differ

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        # Each call of difflib visits every pair of equal items in its range of `a`.
        steps = sum(1 + self._b_counts[item] for item in self._a[alo:ahi])
        if not self._differ.spend(steps):
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def _common_length(a: Sequence[str], b: Sequence[str], a_range: range, b_range: range) -> int:
    """How many items are equal from the beginning of both ranges on."""
    count = 0
    for a_index, b_index in zip(a_range, b_range, strict=False):
        if a[a_index] != b[b_index]:
            break
        count += 1
    return count


def _anchors(a: Sequence[str], b: Sequence[str], region: _Region) -> list[tuple[int, int]]:
    """Pairs of indexes of items that occur once on each side, as many as stand in the same order on both."""
    a_start, a_end, b_start, b_end = region
    a_counts, b_counts = Counter(a[a_start:a_end]), Counter(b[b_start:b_end])
    unique_in_b = {b[index]: index for index in range(b_start, b_end) if b_counts[b[index]] == 1}
    pairs = [(index, unique_in_b[a[index]]) for index in range(a_start, a_end) if a_counts[a[index]] == 1 and a[index] in unique_in_b]
    return _longest_increasing(pairs)


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A longest subsequence of pairs, sorted by their first numbers, that also increases in the second; by patience sorting."""
    lowest_ends: list[int] = []  # for each length, the lowest second number that such a subsequence can end with,
    end_indexes: list[int] = []  # the index of the pair it belongs to,
    predecessors: list[int] = []  # and for each pair the index of the one before it in its subsequence, or -1
    for index, (_first, second) in enumerate(pairs):
        length = bisect_left(lowest_ends, second)
        predecessors.append(end_indexes[length - 1] if length else -1)
        lowest_ends[length : length + 1] = [second]
        end_indexes[length : length + 1] = [index]
    subsequence: list[tuple[int, int]] = []
    index = end_indexes[-1] if end_indexes else -1
    while index >= 0:
        subsequence.append(pairs[index])
        index = predecessors[index]
    return subsequence[::-1]


def _coalesced(matches: Iterator[Match]) -> Iterator[Match]:
    """The same matches, adjacent ones as one, and none of them empty."""
    last = Match(0, 0, 0)
    for match in matches:
        if (match.a, match.b) == (last.a + last.size, last.b + last.size):
            last = Match(last.a, last.b, last.size + match.size)
        elif match.size:
            if last.size:
                yield last
            last = match
    if last.size:
        yield last
