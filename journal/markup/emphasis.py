"""*Emphasis*, **strong** and ~~deleted~~ words, by the rules of CommonMark for runs of delimiters.

Python-Markdown's own processor loses signs: of "2*3 *lamp* snake_case *lamp*" it drops the underscore and a space.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from journal.markup.budget import OverBudget

DEEPEST = 20  # within each other
RUN = re.compile(r"\*+|_+|~~(?!~)")
LITERAL = {"code", "pre"}


@dataclass(slots=True)
class Run:
    """A run of one delimiter, what may be made of it, and the elements that it closes and opens."""

    sign: str
    length: int
    opens: bool
    closes: bool
    left: int = 0  # of its signs
    closed: list[str] = field(default_factory=list)  # innermost first
    opened: list[str] = field(default_factory=list)  # innermost first

    def __post_init__(self) -> None:
        self.left = self.length


def _is_punctuation(character: str) -> bool:
    return character in (STX, ETX) or unicodedata.category(character)[0] in "PS"


def _run(signs: str, before: str, after: str) -> Run:
    space_before, space_after = before.isspace(), after.isspace()
    other_before, other_after = _is_punctuation(before), _is_punctuation(after)
    is_left = not space_after and (not other_after or space_before or other_before)
    is_right = not space_before and (not other_before or space_after or other_after)
    if signs[0] == "_":  # not within a word
        return Run("_", len(signs), is_left and (not is_right or other_before), is_right and (not is_left or other_after))
    return Run(signs[0], len(signs), is_left, is_right)


def _runs(text: str, before: str, after: str) -> Iterator[str | Run]:
    """The text in pieces; `before` and `after` are the characters around it."""
    at = 0
    for found in RUN.finditer(text):
        if found.start() > at:
            yield text[at : found.start()]
        at = found.end()
        yield _run(found[0], text[found.start() - 1] if found.start() else before, text[at] if at < len(text) else after)
    if at < len(text):
        yield text[at:]


def _may_pair(opener: Run, closer: Run) -> bool:
    if opener.sign != closer.sign:
        return False
    is_ambiguous = opener.closes or closer.opens
    return not is_ambiguous or (opener.length + closer.length) % 3 > 0 or (opener.length % 3 == 0 and closer.length % 3 == 0)


def _pair(runs: list[Run]) -> None:
    """Find which runs belong together."""
    openers: list[Run] = []
    none_above: dict[tuple[str, bool, int], int] = {}  # how many openers a closer of this kind has looked at in vain
    for run in runs:
        while run.closes and run.left:
            kind = (run.sign, run.opens, run.length % 3)
            bottom = min(none_above.get(kind, 0), len(openers))
            at = next((at for at in range(len(openers) - 1, bottom - 1, -1) if _may_pair(openers[at], run)), None)
            if at is None:
                none_above[kind] = len(openers)
                break
            opener = openers[at]
            del openers[at + 1 :]
            signs = 2 if run.left >= 2 and opener.left >= 2 else 1
            tag = "del" if run.sign == "~" else "strong" if signs == 2 else "em"
            opener.opened.append(tag)
            run.closed.append(tag)
            opener.left -= signs
            run.left -= signs
            if not opener.left:
                openers.pop()
        if run.opens and run.left:
            openers.append(run)


class Emphasis(Treeprocessor):
    """Runs after all other inline processors: what they found lies between the texts as elements."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.md: Markdown = md

    def run(self, root: Element) -> None:
        for element in list(root.iter()):
            if element.tag not in LITERAL and any(RUN.search(text) for text in _texts(element)):
                self._rebuild(element)

    def _rebuild(self, element: Element) -> None:
        pieces: list[str | Run | Element] = []
        runs: list[Run] = []  # since the last block: nothing is emphasised across one
        text, before = element.text, " "
        for child in [*element, None]:
            is_block = child is None or self.md.is_block_level(child.tag)
            after = " " if is_block or (child is not None and child.tag == "br") else STX
            if isinstance(text, AtomicString):
                pieces.append(text)
            elif text:
                found = list(_runs(text, before, after))
                pieces += found
                runs += [piece for piece in found if isinstance(piece, Run)]
            if is_block:
                _pair(runs)
                runs = []
            if child is not None:
                pieces.append(child)
                text, child.tail, before = child.tail, None, after
        element.text, element[:] = None, []
        _write(element, pieces)


def _texts(element: Element) -> Iterator[str]:
    if element.text and not isinstance(element.text, AtomicString):
        yield element.text
    yield from (child.tail for child in element if child.tail)


def _write(element: Element, pieces: list[str | Run | Element]) -> None:
    """Put the pieces into the element, those between runs that belong together into elements of their own."""
    open_elements = [element]
    for piece in pieces:
        if isinstance(piece, Element):
            open_elements[-1].append(piece)
        elif isinstance(piece, str):
            _add_text(open_elements[-1], piece)
        else:
            del open_elements[len(open_elements) - len(piece.closed) :]
            _add_text(open_elements[-1], piece.sign * piece.left)
            for tag in reversed(piece.opened):
                open_elements.append(SubElement(open_elements[-1], tag))
            if len(open_elements) > DEEPEST:
                raise OverBudget


def _add_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
