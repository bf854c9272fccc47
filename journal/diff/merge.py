"""A three-way merge of texts, by paragraphs, as diff3 does it by lines. Pure, and bounded in time: all
comparisons of one merge share one budget.

Two texts that were written at the same time, *ours* and *theirs*, are each compared with their *base*, the text that both
go back to. The hunks of both are applied to the base where they do not overlap; else there is a conflict. Which of the two
is ours and which is theirs makes no difference to whether they merge, nor to which paragraphs the result holds.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from journal.diff.sequences import Block, Differ
from journal.models import TEXT_LIMIT

BLANK_LINE = "\n\n"

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph, and the white space between it and the next one, which is not compared."""

    text: str
    gap: str


@dataclass(frozen=True, slots=True)
class _Hunk:
    """What one side has in place of the base's paragraphs from `start` to `end`."""

    start: int
    end: int
    paragraphs: tuple[_Paragraph, ...]

    @property
    def grows(self) -> bool:
        """Whether it has more paragraphs than it replaces, so that some of them stand between two of the base."""
        return len(self.paragraphs) > self.end - self.start

    @property
    def is_insertion(self) -> bool:
        return self.start == self.end


class _ConflictError(Exception):
    """Both sides changed the same place, each in its own way."""


def three_way(base: str | None, ours: str, theirs: str) -> str | None:
    """One text with the changes of both sides, or None where they conflict.

    A change that both made counts once. Without a base, one text has to be the other with whole paragraphs inserted. No
    paragraph of either text is missing, except those of the base that one side deleted. None, too, where the result is
    longer than `TEXT_LIMIT`.
    """
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    left, right = _split(ours), _split(theirs)
    try:
        merged = _union(left, right, Differ()) if base is None else _merge(_split(base), left, right)
    except _ConflictError:
        return None
    text = _join(merged)
    return text if len(text) <= TEXT_LIMIT else None


def concatenate(ours: str, theirs: str) -> str:
    """One text after the other, with the paragraphs that both begin with once. Contains every paragraph of each.

    It may be longer than `TEXT_LIMIT`.
    """
    left, right = _split(ours), _split(theirs)
    shared = 0
    for one, other in zip(left, right, strict=False):
        if one.text != other.text:
            break
        shared += 1
    if shared == len(left) and right:
        return theirs
    return _join([*left, *right[shared:]]) if shared < len(right) else ours


# --- Paragraphs.


def _split(text: str) -> list[_Paragraph]:
    """The paragraphs of a text, which blank lines separate. White space before the first one is left out."""
    paragraphs: list[_Paragraph] = []
    lines: list[str] = []
    blank = ""
    for line in _LINE.findall(text):
        if not line.strip():
            blank += line
            continue
        if blank and lines:
            paragraphs.append(_paragraph(lines, blank))
            lines = []
        blank = ""
        lines.append(line)
    return [*paragraphs, _paragraph(lines, blank)] if lines else paragraphs


def _paragraph(lines: list[str], blank: str) -> _Paragraph:
    raw = "".join(lines)
    text = raw.rstrip()
    return _Paragraph(text, raw[len(text) :] + blank)


def _texts(paragraphs: Sequence[_Paragraph]) -> list[str]:
    return [paragraph.text for paragraph in paragraphs]


def _join(paragraphs: Sequence[_Paragraph]) -> str:
    """The text again, with a blank line wherever two paragraphs would run together."""
    if not paragraphs:
        return ""
    *others, last = paragraphs
    inner = [paragraph.text + (paragraph.gap if paragraph.gap.count("\n") > 1 else BLANK_LINE) for paragraph in others]
    return "".join([*inner, last.text, last.gap])


# --- With a base.


def _merge(base: list[_Paragraph], ours: list[_Paragraph], theirs: list[_Paragraph]) -> list[_Paragraph]:
    differ = Differ()
    left, right = (differ.blocks(_texts(base), _texts(side)) for side in (ours, theirs))
    unchanged = _with_gaps_of(ours, left, base, _with_gaps_of(theirs, right, base, base))
    merged: list[_Paragraph] = []
    index = 0
    for hunk in _combined(_hunks(ours, left), _hunks(theirs, right), differ):
        merged += unchanged[index : hunk.start]
        merged += hunk.paragraphs
        index = hunk.end
    merged += unchanged[index:]
    _check(base, ours, theirs, merged)
    return merged


def _hunks(side: list[_Paragraph], blocks: list[Block]) -> list[_Hunk]:
    return [_Hunk(block.a_start, block.a_end, tuple(side[block.b_start : block.b_end])) for block in blocks if not block.is_equal]


def _with_gaps_of(side: list[_Paragraph], blocks: list[Block], base: list[_Paragraph], paragraphs: list[_Paragraph]) -> list[_Paragraph]:
    """The base's `paragraphs`, with the white space after each as this side changed it."""
    result = list(paragraphs)
    equal_blocks = [block for block in blocks if block.is_equal]
    for block in equal_blocks:
        for index, paragraph in zip(range(block.a_start, block.a_end), side[block.b_start : block.b_end], strict=True):
            if paragraph.gap != base[index].gap:
                result[index] = paragraph
    return result


def _combined(ours: list[_Hunk], theirs: list[_Hunk], differ: Differ) -> Iterator[_Hunk]:
    """The hunks of both sides in the order of the base, each once. Raises `_ConflictError` where two of them conflict."""
    left, right = ours[::-1], theirs[::-1]
    while left and right:
        one, other = left[-1], right[-1]
        if _are_same(one, other):
            yield one
            left.pop()
            right.pop()
        elif one.is_insertion and other.is_insertion and one.start == other.start:
            yield _Hunk(one.start, one.end, tuple(_union(list(one.paragraphs), list(other.paragraphs), differ)))
            left.pop()
            right.pop()
        elif _precedes(one, other):
            yield left.pop()
        elif _precedes(other, one):
            yield right.pop()
        else:
            raise _ConflictError
    yield from reversed(left or right)


def _are_same(one: _Hunk, other: _Hunk) -> bool:
    return (one.start, one.end, _texts(one.paragraphs)) == (other.start, other.end, _texts(other.paragraphs))


def _precedes(one: _Hunk, other: _Hunk) -> bool:
    """Whether the first ends before the second begins; where they meet, only one may insert anything between them."""
    if one.end == other.start and one.start <= other.start and one.end <= other.end:
        return not (one.grows and other.grows)
    return one.end < other.start


# --- Without a base.


def _union(ours: list[_Paragraph], theirs: list[_Paragraph], differ: Differ) -> list[_Paragraph]:
    """What both have, and what only one has. Raises `_ConflictError` where they differ in the same place."""
    # Sorted, since a diff of b and a is not always that of a and b: the result does not depend on which side is ours.
    one, other = sorted((ours, theirs), key=_texts)
    merged: list[_Paragraph] = []
    for block in differ.blocks(_texts(one), _texts(other)):
        left, right = one[block.a_start : block.a_end], other[block.b_start : block.b_end]
        if block.is_equal:
            # Where one text ends and the other goes on, the longer gap is the one that separates paragraphs.
            merged += [max(pair, key=lambda paragraph: len(paragraph.gap)) for pair in zip(left, right, strict=True)]
        elif left and right:
            raise _ConflictError
        else:
            merged += left or right
    _check(None, one, other, merged)
    return merged


def _check(base: list[_Paragraph] | None, ours: list[_Paragraph], theirs: list[_Paragraph], merged: list[_Paragraph]) -> None:
    """Raises `_ConflictError` where a paragraph that both sides have is lost, or one that was moved stands in two places."""
    in_ours, in_theirs, in_merged = (Counter(_texts(side)) for side in (ours, theirs, merged))
    in_base = Counter(_texts(base or []))

    def most(text: str) -> int:
        inserted_by_both = 0 if base is None else in_ours[text] + in_theirs[text] - in_base[text]
        return max(in_ours[text], in_theirs[text], inserted_by_both)

    is_lost = any(text not in in_merged for text in in_ours if text in in_theirs)
    is_doubled = any(count > most(text) for text, count in in_merged.items())
    if is_lost or is_doubled:
        raise _ConflictError
