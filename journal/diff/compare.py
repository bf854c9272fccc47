"""Two texts compared word by word, as they were typed. Pure, and bounded in time whatever the texts are."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, takewhile, zip_longest

from journal.diff.sequences import Matcher

# A passage with more changes than this is shown as taken out and written anew: nobody reads it word by word.
MANY = 1_500
# So is one that has less than this part of its words in common with the other.
ALIKE = 0.3
# One or two words that stayed between two longer changes only make both harder to read.
ISLAND = 2

# Unchanged text that is shown around a change, and how long an unchanged stretch may be before it is folded.
AROUND = 2  # lines with words in them
SHORT = 500  # characters

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SIGNS = re.compile(r"[^\w\s]+")
_WORD = re.compile(r"(\w+(?:['’]\w+)*|[^\w\s])(\s*)")


class Kind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that is in both, only in the later or only in the earlier one."""

    kind: Kind
    text: str

    @property
    def is_break(self) -> bool:
        """Nothing but the end of a line: to be shown by a sign, since there is no word to mark."""
        return "\n" in self.text and not self.text.strip()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line as it was typed, its end included, with whatever changed in it."""

    runs: tuple[Run, ...]

    @property
    def changed(self) -> bool:
        return any(run.kind != Kind.SAME for run in self.runs)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Paragraphs to be shown together, or to be folded: `folded` says how many lines of words lie in them."""

    runs: tuple[Run, ...]
    folded: int = 0

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stood there before and what stands there after."""

    before: str
    after: str

    @property
    def same(self) -> bool:
        return self.before == self.after


def compare(before: str, after: str) -> list[Paragraph]:
    """How `after` differs from `before`.

    What is the same or removed, joined, is `before` to the letter, and what is the same or added is `after`. Lines are
    compared first, and words within those that changed. Two texts that are very long or very different take no longer
    than others: they are compared less finely.
    """
    matcher = Matcher()
    a, b = _lines(before), _lines(after)
    spans = matcher.spans([text for text, _end in a], [text for text, _end in b])
    pieces: list[_Piece] = []
    for span in spans:
        old, new = _text(a[span.a_from : span.a_to]), _text(b[span.b_from : span.b_to])
        if span.same:
            pieces += _from_their_ends(old, new)
        else:
            pieces += [_Piece(old, new)] if len(pieces) > 2 * MANY else _words(old, new, matcher)
    if len(pieces) > 2 * MANY:
        start, end = spans[0].same, spans[-1].same
        pieces = [*pieces[:start], _whole(pieces[start : len(pieces) - end]), *pieces[len(pieces) - end :]]
    return list(_paragraphs(_runs(_settled(pieces))))


def _lines(text: str) -> list[tuple[str, str]]:
    """Lines, each with its end, which the last one need not have: that is no reason for it to be another line."""
    return [(line.removesuffix("\n"), line[-1:] if line.endswith("\n") else "") for line in _LINE.findall(text)]


def _from_their_ends(old: str, new: str) -> list[_Piece]:
    """The pieces of the same lines, of which the last may have an end on one side alone."""
    text = min(old, new, key=len)
    return [_Piece(text, text), _Piece(old[len(text) :], new[len(text) :])] if old != new else [_Piece(old, new)]


def fold(paragraphs: Iterable[Paragraph]) -> list[Stretch]:
    """The comparison as it is shown: what changed, with a few lines around it, and the rest folded.

    Empty where nothing changed.
    """
    groups = [(changed, list(group)) for changed, group in groupby(paragraphs, key=lambda paragraph: paragraph.changed)]
    if not any(changed for changed, _group in groups):
        return []
    stretches: list[Stretch] = []
    shown: list[Paragraph] = []
    for at, (changed, group) in enumerate(groups):
        head, middle, tail = ([], [], group) if changed else _context(group, first=at == 0, last=at == len(groups) - 1)
        shown += head
        if middle:
            stretches += [_stretch(shown)] if shown else []
            stretches.append(_stretch(middle, folded=sum(_has_words(paragraph) for paragraph in middle)))
            shown = []
        shown += tail
    return [*stretches, _stretch(shown)] if shown else stretches


def _context(group: list[Paragraph], *, first: bool, last: bool) -> tuple[list[Paragraph], list[Paragraph], list[Paragraph]]:
    """An unchanged stretch cut in three: shown after the change before it, folded, shown before the one that follows."""
    if sum(len(run.text) for paragraph in group for run in paragraph.runs) <= SHORT:
        return [], [], group
    head = 0 if first else _reach(group)
    tail = 0 if last else _reach(group[head:][::-1])
    middle = group[head : len(group) - tail]
    if not any(_has_words(paragraph) for paragraph in middle):
        return [], [], group
    return group[:head], middle, group[len(group) - tail :]


def _reach(group: list[Paragraph]) -> int:
    """How many paragraphs from the first have `AROUND` with words among them."""
    words = 0
    for count, paragraph in enumerate(group, start=1):
        words += _has_words(paragraph)
        if words == AROUND:
            return count
    return len(group)


def _has_words(paragraph: Paragraph) -> bool:
    return any(run.text.strip() for run in paragraph.runs)


def _stretch(paragraphs: list[Paragraph], folded: int = 0) -> Stretch:
    return Stretch(tuple(_joined(run for paragraph in paragraphs for run in paragraph.runs)), folded)


def _words(old: str, new: str, matcher: Matcher) -> list[_Piece]:
    """A changed passage, word by word where that is readable."""
    if not old or not new:
        return [_Piece(old, new)]
    a, b = _tokens(old), _tokens(new)
    spans = matcher.spans([word for word, _gap in a], [word for word, _gap in b])
    if len(spans) > MANY:
        return [_Piece(old, new)]
    pieces: list[_Piece] = []
    alike = 0
    for span in spans:
        if not span.same:
            pieces.append(_Piece(_text(a[span.a_from : span.a_to]), _text(b[span.b_from : span.b_to])))
            continue
        for (word, gap), (_word, new_gap) in zip(a[span.a_from : span.a_to], b[span.b_from : span.b_to], strict=True):
            alike += len(word)
            pieces += _Piece(word, word), _Piece(gap, new_gap)
    letters = min(sum(len(word) for word, _gap in tokens) for tokens in (a, b))
    pieces = _settled(_without_shared_gaps(_settled(pieces)))
    if alike < ALIKE * letters or len(pieces) > MANY:
        return [_Piece(old, new)]
    return _settled(_to_sentences(_without_islands(pieces)))


def _tokens(text: str) -> list[tuple[str, str]]:
    """Words and single signs, each with the white space after it; the first is the white space before them all."""
    start = len(text) - len(text.lstrip())
    return [("", text[:start]), *_WORD.findall(text, start)]


def _text(tokens: list[tuple[str, str]]) -> str:
    return "".join(word + gap for word, gap in tokens)


def _whole(pieces: list[_Piece]) -> _Piece:
    return _Piece("".join(piece.before for piece in pieces), "".join(piece.after for piece in pieces))


def _settled(pieces: Iterable[_Piece]) -> list[_Piece]:
    """The same pieces, with what stayed and what changed taking turns."""
    settled: list[_Piece] = []
    for _same, group in groupby(pieces, key=lambda piece: piece.same):
        whole = _whole(list(group))
        # What was taken out and put in again beside it has stayed.
        settled.append(_whole([settled.pop(), whole]) if settled and settled[-1].same and whole.same else whole)
    return [piece for piece in settled if piece.before or piece.after]


def _without_shared_gaps(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """White space that both sides of a change end with has stayed, and is not to be marked."""
    for piece in pieces:
        shared = "" if piece.same else _shared_gap(piece.before, piece.after)
        yield _Piece(piece.before.removesuffix(shared), piece.after.removesuffix(shared))
        yield _Piece(shared, shared)


def _shared_gap(old: str, new: str) -> str:
    a, b = (text[len(text.rstrip()) :] for text in (old, new))
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(reversed(a), reversed(b), strict=False)))
    return a[len(a) - shared :]


def _without_islands(pieces: list[_Piece]) -> list[_Piece]:
    """Where a word or two stayed between longer changes, one change instead of two."""
    kept: list[_Piece] = []
    for at, piece in enumerate(pieces):
        neighbours = kept[-1:] + pieces[at + 1 : at + 2]
        island = len(neighbours) == 2 and piece.same and _is_island(piece.before, neighbours)
        goes_on = kept and not kept[-1].same and not piece.same
        kept.append(_whole([kept.pop(), piece]) if island or goes_on else piece)
    return kept


def _to_sentences(pieces: list[_Piece]) -> Iterator[_Piece]:
    """What was added or taken out, with the signs at its own end: "One. [Two.]" and not "One[. Two]."."""
    shared = ""  # signs that the piece before has taken over from the one at hand
    for piece, follows in zip_longest(pieces, pieces[1:]):
        if piece.same:
            text = piece.before.removeprefix(shared)
            shared = ""
            yield _Piece(text, text)
            continue
        text = piece.before + piece.after
        signs = _SIGNS.match(text)
        if signs and follows and not (piece.before and piece.after) and signs.end() < len(text):
            shared = signs.group() if follows.before.startswith(signs.group()) else ""
        yield _Piece(shared, shared)
        yield _Piece(_turned(piece.before, shared), _turned(piece.after, shared))


def _turned(text: str, signs: str) -> str:
    return text.removeprefix(signs) + signs if text else text


def _is_island(text: str, neighbours: list[_Piece]) -> bool:
    longer = all(max(len(piece.before), len(piece.after)) > len(text) for piece in neighbours)
    # What is only added or only taken out on either side reads well around a word that stayed.
    replaced = all(piece.before.strip() and piece.after.strip() for piece in neighbours)
    return longer and replaced and "\n" not in text and len(text.split()) <= ISLAND


def _runs(pieces: Iterable[_Piece]) -> Iterator[Run]:
    for piece in pieces:
        if piece.same:
            yield Run(Kind.SAME, piece.before)
        else:
            yield from (Run(kind, text) for kind, text in ((Kind.REMOVED, piece.before), (Kind.ADDED, piece.after)) if text)


def _paragraphs(runs: Iterable[Run]) -> Iterator[Paragraph]:
    line: list[Run] = []
    for run in runs:
        for text in _LINE.findall(run.text):
            line.append(Run(run.kind, text))
            if text.endswith("\n"):
                yield Paragraph(tuple(line))
                line = []
    if line:
        yield Paragraph(tuple(line))


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    for kind, group in groupby(runs, key=lambda run: run.kind):
        yield Run(kind, "".join(run.text for run in group))
