"""What two sequences of texts have in common, found in bounded time: the ground of comparing and of merging."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher
from typing import NamedTuple

# The inner steps that difflib may take for one pair of texts: well under a second of them.
STEPS = 2_000_000
# How often a stretch between two anchors is searched for anchors of its own.
DEPTH = 6


class Span(NamedTuple):
    """`a[a_from:a_to]` against `b[b_from:b_to]`: the same items, or those that stand where the others stood."""

    same: bool
    a_from: int
    a_to: int
    b_from: int
    b_to: int


class Matcher:
    """Lays sequences side by side. All that one matcher is asked for shares one bound on the work.

    Where the bound is reached, what is left counts as different: an answer is always true, if not always the finest.
    """

    def __init__(self, steps: int = STEPS) -> None:
        self._steps = steps

    def spans(self, a: Sequence[str], b: Sequence[str]) -> list[Span]:
        """Spans that cover both sequences from end to end, in order; same and different ones take turns."""
        spans: list[Span] = []
        a_at = b_at = 0
        for match in _joined(self._matches(a, b, (0, len(a), 0, len(b)), DEPTH)):
            if (a_at, b_at) != (match.a, match.b):
                spans.append(Span(False, a_at, match.a, b_at, match.b))
            a_at, b_at = match.a + match.size, match.b + match.size
            spans.append(Span(True, match.a, a_at, match.b, b_at))
        if (a_at, b_at) != (len(a), len(b)):
            spans.append(Span(False, a_at, len(a), b_at, len(b)))
        return spans

    def _matches(self, a: Sequence[str], b: Sequence[str], within: tuple[int, int, int, int], depth: int) -> Iterator[Match]:
        """Both ends first, then what occurs once on each side, and difflib for what lies between those."""
        a_from, a_to, b_from, b_to = within
        start = _common(a, b, range(a_from, a_to), range(b_from, b_to))
        yield Match(a_from, b_from, start)
        a_from, b_from = a_from + start, b_from + start
        end = _common(a, b, range(a_to - 1, a_from - 1, -1), range(b_to - 1, b_from - 1, -1))
        a_to, b_to = a_to - end, b_to - end
        if a_from < a_to and b_from < b_to:
            yield from self._between(a, b, (a_from, a_to, b_from, b_to), depth)
        yield Match(a_to, b_to, end)

    def _between(self, a: Sequence[str], b: Sequence[str], within: tuple[int, int, int, int], depth: int) -> Iterator[Match]:
        a_from, a_to, b_from, b_to = within
        anchors = _anchors(a, b, within) if depth else []
        if not anchors:
            for match in _Bounded(a[a_from:a_to], b[b_from:b_to], self).get_matching_blocks():
                yield Match(a_from + match.a, b_from + match.b, match.size)
            return
        for a_at, b_at in anchors:
            yield from self._matches(a, b, (a_from, a_at, b_from, b_at), depth - 1)
            yield Match(a_at, b_at, 1)
            a_from, b_from = a_at + 1, b_at + 1
        yield from self._matches(a, b, (a_from, a_to, b_from, b_to), depth - 1)

    def may_take(self, steps: int) -> bool:
        """Whether that many steps are left; they are taken if so."""
        if steps > self._steps:
            return False
        self._steps -= steps
        return True


class _Bounded(SequenceMatcher[str]):
    def __init__(self, a: Sequence[str], b: Sequence[str], matcher: Matcher) -> None:
        super().__init__(None, a, b, autojunk=False)
        self._a, self._in_b = a, Counter(b)
        self._matcher = matcher

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """difflib goes through every pair of equal items in its range of `a`, however often it has done so before."""
        steps = sum(1 + self._in_b[item] for item in self._a[alo:ahi])
        if not self._matcher.may_take(steps):
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def _common(a: Sequence[str], b: Sequence[str], a_range: range, b_range: range) -> int:
    count = 0
    for a_at, b_at in zip(a_range, b_range, strict=False):
        if a[a_at] != b[b_at]:
            break
        count += 1
    return count


def _anchors(a: Sequence[str], b: Sequence[str], within: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """Items that occur once on either side, as many as stand in the same order on both."""
    a_from, a_to, b_from, b_to = within
    in_a, in_b = Counter(a[a_from:a_to]), Counter(b[b_from:b_to])
    place = {b[at]: at for at in range(b_from, b_to) if in_b[b[at]] == 1}
    return _rising([(at, place[a[at]]) for at in range(a_from, a_to) if in_a[a[at]] == 1 and a[at] in place])


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A longest part of the pairs, which rise in their first numbers, that rises in their second numbers, too."""
    lows: list[int] = []  # the lowest second number that a rising part of each length can end with,
    ends: list[int] = []  # the pair it belongs to,
    before: list[int] = []  # and for each pair the one before it in its part, or -1
    for index, (_first, second) in enumerate(pairs):
        length = bisect_left(lows, second)
        before.append(ends[length - 1] if length else -1)
        lows[length : length + 1] = [second]
        ends[length : length + 1] = [index]
    part: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        part.append(pairs[index])
        index = before[index]
    return part[::-1]


def _joined(matches: Iterator[Match]) -> Iterator[Match]:
    """The same matches, those that follow upon each other as one and none of them empty."""
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
