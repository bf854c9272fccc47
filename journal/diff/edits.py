"""Edits of a text, and their cleanup: an edit script that is correct does not yet read well.

This is what Neil Fraser (*Diff Strategies*) calls semantic cleanup. No step of it changes the texts: the `before` of all
edits, joined, is the earlier text, and their `after` the later one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, takewhile, zip_longest

TRIVIAL_WORDS = 2  # so few unchanged words between two longer changes only make both harder to read

_PUNCTUATION = re.compile(r"[^\w\s]+")


@dataclass(frozen=True, slots=True)
class Edit:
    """A passage as it was before and as it is after: equal, replaced, or, where one of them is empty, inserted or deleted."""

    before: str
    after: str

    @property
    def is_equal(self) -> bool:
        return self.before == self.after


def joined(edits: Iterable[Edit]) -> Edit:
    """Adjacent edits as one."""
    parts = list(edits)
    return Edit("".join(part.before for part in parts), "".join(part.after for part in parts))


def normalized(edits: Iterable[Edit]) -> list[Edit]:
    """The same edits with equal and changed ones in turn, none of them empty."""
    merged: list[Edit] = []
    for _is_equal, group in groupby(edits, key=lambda edit: edit.is_equal):
        edit = joined(group)
        # A deletion and an insertion of the same text, side by side, are no change.
        merged.append(joined([merged.pop(), edit]) if merged and merged[-1].is_equal and edit.is_equal else edit)
    return [edit for edit in merged if edit.before or edit.after]


def cleaned(edits: list[Edit]) -> list[Edit]:
    """Normalized edits as they read best, normalized again."""
    return normalized(_shifted_to_sentences(_without_trivial_equalities(edits)))


def without_shared_whitespace(edits: Iterable[Edit]) -> Iterator[Edit]:
    """White space that both sides of a change end with is equal, and taken out of the change."""
    for edit in edits:
        shared = "" if edit.is_equal else _shared_whitespace(edit.before, edit.after)
        yield Edit(edit.before.removesuffix(shared), edit.after.removesuffix(shared))
        yield Edit(shared, shared)


def _shared_whitespace(before: str, after: str) -> str:
    a, b = (text[len(text.rstrip()) :] for text in (before, after))
    length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(reversed(a), reversed(b), strict=False)))
    return a[len(a) - length :]


def _without_trivial_equalities(edits: list[Edit]) -> list[Edit]:
    """Two longer changes with an unchanged word or two between them become one change."""
    result: list[Edit] = []
    for index, edit in enumerate(edits):
        neighbours = result[-1:] + edits[index + 1 : index + 2]
        is_trivial = len(neighbours) == 2 and edit.is_equal and _is_trivial(edit.before, neighbours)
        continues_change = result and not result[-1].is_equal and not edit.is_equal
        result.append(joined([result.pop(), edit]) if is_trivial or continues_change else edit)
    return result


def _is_trivial(text: str, neighbours: list[Edit]) -> bool:
    are_longer = all(max(len(edit.before), len(edit.after)) > len(text) for edit in neighbours)
    # A plain insertion or deletion on either side reads well around an unchanged word.
    are_replacements = all(edit.before.strip() and edit.after.strip() for edit in neighbours)
    return are_longer and are_replacements and "\n" not in text and len(text.split()) <= TRIVIAL_WORDS


def _shifted_to_sentences(edits: list[Edit]) -> Iterator[Edit]:
    """Insertions and deletions shifted so that they end with their own punctuation: "One. [Two.]" and not "One[. Two]."."""
    shifted = ""  # punctuation at the beginning of this edit that the one before it has taken over
    for edit, following in zip_longest(edits, edits[1:]):
        if edit.is_equal:
            text = edit.before.removeprefix(shifted)
            shifted = ""
            yield Edit(text, text)
            continue
        text = edit.before + edit.after
        match = _PUNCTUATION.match(text)
        if match and following and not (edit.before and edit.after) and match.end() < len(text):
            shifted = match.group() if following.before.startswith(match.group()) else ""
        yield Edit(shifted, shifted)
        yield Edit(_rotated(edit.before, shifted), _rotated(edit.after, shifted))


def _rotated(text: str, prefix: str) -> str:
    """The text with a prefix moved to its end."""
    return text.removeprefix(prefix) + prefix if text else text
