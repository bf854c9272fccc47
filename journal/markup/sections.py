"""A text's sections: pieces that can be rendered one by one, with the same result.

A section begins after an empty line, with a line that neither goes on with a list nor stands in fenced code. A section
without any sign of Markdown is plain, and most of what people write is: it needs no converter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from journal.markup.patterns import FENCE_SIGNS, closes_fence

PARAGRAPH = re.compile(r"(?m)^(?:[^\S\n]*+\S[^\n]*+(?:\n|\Z))+")
SIGNS = re.compile(r"[\\`*_~\[<&|#>]|://")
LIST_OR_RULE = re.compile(r"(?m)^[ \t]*(?:[-+]|=|\d{1,3}[.)](?:[ \t]|$))")
CONTINUES = re.compile(r"[ \t]|[-*+][ \t\n]|\d{1,3}[.)][ \t\n]")
FENCE_ANYWHERE = re.compile(rf"[ \t]*(?:(?:[-*+]|\d{{1,3}}[.)])[ \t]+)*{FENCE_SIGNS}")


@dataclass(frozen=True, slots=True)
class Section:
    start: int
    text: str
    is_plain: bool


def _is_plain(text: str) -> bool:
    return SIGNS.search(text) is None and LIST_OR_RULE.search(text) is None


@dataclass(frozen=True, slots=True)
class Fence:
    """An open fence. One that was opened in a list ends with its item at the latest."""

    signs: str
    in_list: bool


def _after(text: str, fence: Fence | None, *, in_list: bool) -> Fence | None:
    """The fence that is open after these lines of a paragraph, or None."""
    if fence is None and "```" not in text and "~~~" not in text:
        return None
    for line in text.split("\n"):
        if fence is not None and fence.in_list and line and not line.startswith(" "):
            fence = None
        if fence is not None:
            fence = None if closes_fence(line.lstrip(" "), fence.signs) else fence
        elif opening := FENCE_ANYWHERE.match(line):
            fence = Fence(opening[1], in_list and not line.startswith(opening[1]))
    return fence


def split(text: str) -> Iterator[Section]:
    """The sections of a normalised text, in order; plain ones that follow each other are one."""
    start = end = 0
    fence: Fence | None = None
    in_list, was_plain = False, True
    for found in PARAGRAPH.finditer(text):
        paragraph = found[0]
        continues_list = in_list and CONTINUES.match(paragraph)
        if fence is not None and fence.in_list and not continues_list:
            fence = None
        begins = fence is None and not continues_list
        is_plain = begins and _is_plain(paragraph)
        if begins and (not end or not (is_plain and was_plain)):
            if end:
                yield Section(start, text[start:end], was_plain)
            start, was_plain, in_list = found.start(), is_plain, False
        if not is_plain:
            in_list = in_list or "*" in paragraph or LIST_OR_RULE.search(paragraph) is not None
            fence = _after(paragraph, fence, in_list=in_list)
        end = found.end()
    if end:
        yield Section(start, text[start:end], was_plain)
