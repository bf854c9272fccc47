"""A comparison as it is shown: the lines that changed with some context around them, and the rest folded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from journal.diff.compare import Line, Segment

CONTEXT_LINES = 2  # unchanged lines with words in them that are shown on either side of a change
MAX_UNFOLDED = 500  # characters; an unchanged passage up to this length is shown whole


@dataclass(frozen=True, slots=True)
class Section:
    """A hunk (changed lines and their context) or, where `folded` is not 0, the unchanged lines between two hunks.

    `folded` counts lines with words in them.
    """

    segments: tuple[Segment, ...]
    folded: int = 0

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)


def fold(lines: Iterable[Line]) -> list[Section]:
    """The sections of a comparison, in order; together they hold every line. Empty where nothing changed."""
    groups = [(is_changed, list(group)) for is_changed, group in groupby(lines, key=lambda line: line.is_changed)]
    if not any(is_changed for is_changed, _group in groups):
        return []
    sections: list[Section] = []
    hunk: list[Line] = []
    for index, (is_changed, group) in enumerate(groups):
        if is_changed:
            hunk += group
            continue
        head, middle, tail = _context(group, is_first=index == 0, is_last=index == len(groups) - 1)
        hunk += head
        if middle:
            sections += [_section(hunk)] if hunk else []
            sections.append(_section(middle, folded=sum(map(_has_words, middle))))
            hunk = []
        hunk += tail
    return [*sections, _section(hunk)] if hunk else sections


def _context(group: list[Line], *, is_first: bool, is_last: bool) -> tuple[list[Line], list[Line], list[Line]]:
    """Unchanged lines in three parts: context of the change before them, folded, context of the change after them."""
    if sum(len(segment.text) for line in group for segment in line.segments) <= MAX_UNFOLDED:
        return [], [], group
    head = 0 if is_first else _context_length(group)
    tail = 0 if is_last else _context_length(group[head:][::-1])
    middle = group[head : len(group) - tail]
    if not any(map(_has_words, middle)):
        return [], [], group
    return group[:head], middle, group[len(group) - tail :]


def _context_length(group: list[Line]) -> int:
    """How many lines, from the first on, have `CONTEXT_LINES` with words among them."""
    with_words = 0
    for count, line in enumerate(group, start=1):
        with_words += _has_words(line)
        if with_words == CONTEXT_LINES:
            return count
    return len(group)


def _has_words(line: Line) -> bool:
    return any(segment.text.strip() for segment in line.segments)


def _section(lines: list[Line], folded: int = 0) -> Section:
    return Section(tuple(_coalesced(segment for line in lines for segment in line.segments)), folded)


def _coalesced(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Adjacent segments of one kind as one."""
    for kind, group in groupby(segments, key=lambda segment: segment.kind):
        yield Segment(kind, "".join(segment.text for segment in group))
