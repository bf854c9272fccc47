"""Two texts compared line by line, then word by word within the lines that changed.

Pure, and bounded in time: texts that are very long or very different are compared less finely, never more slowly.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from journal.diff.edits import Edit, cleaned, joined, normalized, without_shared_whitespace
from journal.diff.sequences import Differ

# Nobody reads a passage word by word that has more changes than this, or less than this share of its letters in common
# with what replaced it: it is shown as one deletion and one insertion.
MAX_CHANGES = 1_500
MIN_SIMILARITY = 0.3

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"(\w+(?:['’]\w+)*|[^\w\s])(\s*)")


class Kind(StrEnum):
    EQUAL = "equal"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Segment:
    """Text that is in both, only in the later (inserted) or only in the earlier one (deleted)."""

    kind: Kind
    text: str

    @property
    def is_line_break(self) -> bool:
        """Nothing but the end of a line: to be shown by a sign, since there is no word to mark."""
        return "\n" in self.text and not self.text.strip()


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was typed, its end included, with the changes in it."""

    segments: tuple[Segment, ...]

    @property
    def is_changed(self) -> bool:
        return any(segment.kind != Kind.EQUAL for segment in self.segments)


class _Token(NamedTuple):
    """What is compared, a line or a word, and what is not: the line's end, or the white space after the word."""

    text: str
    space: str


def compare(before: str, after: str) -> list[Line]:
    """The differences between two texts.

    The equal and deleted segments, joined, are exactly `before`, and the equal and inserted ones exactly `after`.
    """
    differ = Differ()
    old_lines, new_lines = _lines(before), _lines(after)
    blocks = differ.blocks([line.text for line in old_lines], [line.text for line in new_lines])
    edits: list[Edit] = []
    for block in blocks:
        old, new = _text(old_lines[block.a_start : block.a_end]), _text(new_lines[block.b_start : block.b_end])
        if block.is_equal:
            edits += _equal_lines(old, new)
        elif len(edits) > 2 * MAX_CHANGES:
            edits.append(Edit(old, new))
        else:
            edits += _compare_words(old, new, differ)
    if len(edits) > 2 * MAX_CHANGES:  # one change, between what is equal at both ends
        head, tail = int(blocks[0].is_equal), len(edits) - int(blocks[-1].is_equal)
        edits = [*edits[:head], joined(edits[head:tail]), *edits[tail:]]
    return list(_split_lines(_segments(normalized(edits))))


def _lines(text: str) -> list[_Token]:
    """The last line need not have an end, and is compared without: that alone does not make it another line."""
    return [_Token(line.removesuffix("\n"), "\n" if line.endswith("\n") else "") for line in _LINE.findall(text)]


def _words(text: str) -> list[_Token]:
    """Words and single punctuation marks; the first token is the white space before them all."""
    start = len(text) - len(text.lstrip())
    return [_Token("", text[:start]), *map(_Token._make, _WORD.findall(text, start))]


def _text(tokens: Iterable[_Token]) -> str:
    return "".join(token.text + token.space for token in tokens)


def _equal_lines(old: str, new: str) -> list[Edit]:
    """Equal but for the end of the last line, which one side may lack."""
    if old == new:
        return [Edit(old, new)]
    text = min(old, new, key=len)
    return [Edit(text, text), Edit(old[len(text) :], new[len(text) :])]


def _compare_words(old: str, new: str, differ: Differ) -> list[Edit]:
    """A changed passage word by word, or as one replacement where that reads better."""
    replacement = [Edit(old, new)]
    if not old or not new:
        return replacement
    old_words, new_words = _words(old), _words(new)
    blocks = differ.blocks([word.text for word in old_words], [word.text for word in new_words])
    if len(blocks) > MAX_CHANGES:
        return replacement
    edits: list[Edit] = []
    letters_in_common = 0
    for block in blocks:
        old_part, new_part = old_words[block.a_start : block.a_end], new_words[block.b_start : block.b_end]
        if block.is_equal:
            letters_in_common += _letters(old_part)
            edits += _equal_words(old_part, new_part)
        else:
            edits.append(Edit(_text(old_part), _text(new_part)))
    edits = normalized(without_shared_whitespace(normalized(edits)))
    if letters_in_common < MIN_SIMILARITY * min(_letters(old_words), _letters(new_words)) or len(edits) > MAX_CHANGES:
        return replacement
    return cleaned(edits)


def _equal_words(old: Sequence[_Token], new: Sequence[_Token]) -> Iterator[Edit]:
    """Equal but for the white space between them."""
    for old_word, new_word in zip(old, new, strict=True):
        yield Edit(old_word.text, new_word.text)
        yield Edit(old_word.space, new_word.space)


def _letters(words: Iterable[_Token]) -> int:
    return sum(len(word.text) for word in words)


def _segments(edits: Iterable[Edit]) -> Iterator[Segment]:
    for edit in edits:
        if edit.is_equal:
            yield Segment(Kind.EQUAL, edit.before)
            continue
        if edit.before:
            yield Segment(Kind.DELETED, edit.before)
        if edit.after:
            yield Segment(Kind.INSERTED, edit.after)


def _split_lines(segments: Iterable[Segment]) -> Iterator[Line]:
    line: list[Segment] = []
    for segment in segments:
        for text in _LINE.findall(segment.text):
            line.append(Segment(segment.kind, text))
            if text.endswith("\n"):
                yield Line(tuple(line))
                line = []
    if line:
        yield Line(tuple(line))
