"""Two texts that were written at the same time, put together by paragraphs. Pure, and bounded in time."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from journal.diff.sequences import Matcher, Span
from journal.models import TEXT_LIMIT

BLANK_LINE = "\n\n"

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class _Part:
    """A paragraph and the white space between it and the next one."""

    text: str
    gap: str


@dataclass(frozen=True, slots=True)
class _Change:
    """What one side put in the place of the base's paragraphs from `start` to `end`."""

    start: int
    end: int
    parts: tuple[_Part, ...]

    @property
    def texts(self) -> list[str]:
        return _texts(self.parts)

    @property
    def adds(self) -> bool:
        """Whether there is more than was replaced, so that part of it stands in a gap of the base."""
        return len(self.parts) > self.end - self.start

    @property
    def only_adds(self) -> bool:
        return self.start == self.end


class _DisagreeError(Exception):
    """Both sides touch the same place, each in its own way."""


def suggest(base: str | None, mine: str, theirs: str) -> str | None:
    """One text with the changes of both sides, or None where they changed the same place differently.

    `base` is the text that both go back to; a change that both made counts once. Without it, one text has to be the
    other with whole paragraphs before, between or after. No paragraph of either text is missing, save those of the
    base that one side took out. None, too, where the result is longer than one page holds.
    """
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    left, right = _parts(mine), _parts(theirs)
    try:
        merged = _union(left, right) if base is None else _merge(_parts(base), left, right)
    except _DisagreeError:
        return None
    text = _join(merged)
    return text if len(text) <= TEXT_LIMIT else None


def both(mine: str, theirs: str) -> str:
    """One text after the other, without saying twice how both begin. Contains every paragraph of each.

    It may be longer than one page holds.
    """
    left, right = _parts(mine), _parts(theirs)
    shared = 0
    for one, other in zip(left, right, strict=False):
        if one.text != other.text:
            break
        shared += 1
    if shared == len(left) and right:
        return theirs
    return _join([*left, *right[shared:]]) if shared < len(right) else mine


def _parts(text: str) -> list[_Part]:
    """The paragraphs of a text; blank lines part them. White space before the first one is left out."""
    parts: list[_Part] = []
    lines: list[str] = []
    blank = ""
    for line in _LINE.findall(text):
        if not line.strip():
            blank += line
            continue
        if blank and lines:
            parts.append(_part(lines, blank))
            lines = []
        blank = ""
        lines.append(line)
    return [*parts, _part(lines, blank)] if lines else parts


def _part(lines: list[str], blank: str) -> _Part:
    whole = "".join(lines)
    text = whole.rstrip()
    return _Part(text, whole[len(text) :] + blank)


def _texts(parts: Sequence[_Part]) -> list[str]:
    return [part.text for part in parts]


def _join(parts: Sequence[_Part]) -> str:
    """The text again, with a blank line wherever two paragraphs would run together."""
    pieces = [piece for part in parts[:-1] for piece in (part.text, part.gap if part.gap.count("\n") > 1 else BLANK_LINE)]
    return "".join([*pieces, *(parts[-1].text + parts[-1].gap for _ in parts[-1:])])


def _merge(base: list[_Part], mine: list[_Part], theirs: list[_Part]) -> list[_Part]:
    matcher = Matcher()
    left, right = (matcher.spans(_texts(base), _texts(side)) for side in (mine, theirs))
    kept = _with_gaps(_with_gaps(base, base, theirs, right), base, mine, left)
    merged: list[_Part] = []
    at = 0
    for change in _ordered(_changes(mine, left), _changes(theirs, right)):
        merged += kept[at : change.start]
        merged += change.parts
        at = change.end
    merged += kept[at:]
    _check(base, mine, theirs, merged)
    return merged


def _changes(side: list[_Part], spans: list[Span]) -> list[_Change]:
    return [_Change(span.a_from, span.a_to, tuple(side[span.b_from : span.b_to])) for span in spans if not span.same]


def _with_gaps(kept: list[_Part], base: list[_Part], side: list[_Part], spans: list[Span]) -> list[_Part]:
    """The base's paragraphs, with the white space after each as this side changed it, or else as it is in `kept`."""
    changed = list(kept)
    for span in (span for span in spans if span.same):
        for at, part in zip(range(span.a_from, span.a_to), side[span.b_from : span.b_to], strict=True):
            if part.gap != base[at].gap:
                changed[at] = part
    return changed


def _ordered(mine: list[_Change], theirs: list[_Change]) -> Iterator[_Change]:
    """The changes of both from the first to the last, each once. Raises where two of them do not go together."""
    left, right = mine[::-1], theirs[::-1]
    while left and right:
        one, other = left[-1], right[-1]
        if _agree(one, other):
            yield one
            left.pop()
            right.pop()
        elif one.only_adds and other.only_adds and one.start == other.start:
            yield _Change(one.start, one.end, tuple(_union(list(one.parts), list(other.parts))))
            left.pop()
            right.pop()
        elif _comes_before(one, other):
            yield left.pop()
        elif _comes_before(other, one):
            yield right.pop()
        else:
            raise _DisagreeError
    yield from reversed(left or right)


def _agree(one: _Change, other: _Change) -> bool:
    return (one.start, one.end, one.texts) == (other.start, other.end, other.texts)


def _comes_before(one: _Change, other: _Change) -> bool:
    """Whether the first ends before the second begins; where they meet, only one may add anything between them."""
    if one.end == other.start and one.start <= other.start and one.end <= other.end:
        return not (one.adds and other.adds)
    return one.end < other.start


def _union(mine: list[_Part], theirs: list[_Part]) -> list[_Part]:
    """Both without a base: what only one side has is kept. Raises where both have something in the same place."""
    # In an order of their own, so that it does not matter which side asks.
    mine, theirs = sorted((mine, theirs), key=_texts)
    spans = Matcher().spans(_texts(mine), _texts(theirs))
    merged: list[_Part] = []
    for span in spans:
        ours, others = mine[span.a_from : span.a_to], theirs[span.b_from : span.b_to]
        if not span.same and ours and others:
            raise _DisagreeError
        # Where a text ended, the other one goes on: its gap is the one with a line in it.
        merged += [max(pair, key=lambda part: len(part.gap)) for pair in zip(ours, others, strict=True)] if span.same else ours or others
    _check([], mine, theirs, merged, moved=0)
    return merged


def _check(base: list[_Part], mine: list[_Part], theirs: list[_Part], merged: list[_Part], moved: int = 1) -> None:
    """Raises where a paragraph that both sides have would be gone, or one that was moved would stand in two places."""
    was, left, right, now = (Counter(_texts(parts)) for parts in (base, mine, theirs, merged))
    gone = any(text not in now for text in left if text in right)
    twice = any(count > max(left[text], right[text], moved * (left[text] + right[text] - was[text])) for text, count in now.items())
    if gone or twice:
        raise _DisagreeError
