"""The items of a list: which lines belong to which, and what their numbers say.

As in CommonMark, what stands below an item's text belongs to it. Two spaces are enough below a number, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from journal.markup.patterns import FENCE, ITEM, RULE, closes_fence, may_go_on, starts_block


@dataclass(slots=True)
class Item:
    number: int | None  # None: it has a bullet
    content_at: int  # where its text begins in the line,
    nests_from: int  # and where a line must begin to belong to it
    lines: list[str] = field(default_factory=list)
    fence: str = ""  # an open one
    is_followed_by_blank: bool = False

    def holds(self, line: str, kind: str) -> bool:
        """Whether the line stands far enough in to belong to this item. The next number does not, but below the item's text."""
        if indent_of(line) >= self.content_at:
            return True
        mark = ITEM.match(line)
        is_next = mark is not None and mark[3] and mark[4] == kind and self.number is not None and int(mark[3]) == self.number + 1
        return indent_of(line) >= self.nests_from and not is_next

    def add(self, line: str) -> None:
        self.lines.append(line)
        if self.fence:
            self.fence = "" if closes_fence(line, self.fence) else self.fence
        elif opening := FENCE.match(line):
            self.fence = opening[2]


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _begin(line: str) -> tuple[str, Item] | None:
    """The kind of list that this line's item belongs to, and the item; None for another line."""
    mark = ITEM.match(line)
    if mark is None or RULE.match(line):
        return None
    indent, is_empty = len(mark[1]), mark.end() == len(line)
    text_at = mark.end(2) if mark[2] else mark.end(4)
    content_at = text_at + 1 if is_empty or mark.end() - text_at > 4 else mark.end()
    item = Item(int(mark[3]) if mark[3] else None, content_at, min(content_at, indent + 2))
    item.add(line[content_at:])
    return mark[2] or mark[4], item


def items_of(lines: Sequence[str], at: int) -> tuple[list[Item], int]:
    """The items of the list that begins with line `at`, and the line after it."""
    begun = _begin(lines[at])
    if begun is None:
        return [], at
    kind, item = begun
    items, end, blanks = [item], at + 1, 0
    while end < len(lines):
        line = lines[end]
        if not line.strip():
            blanks += 1
            item.add("")
        elif item.holds(line, kind) and not (blanks and item.lines[0] == "" and len(item.lines) == blanks + 1):
            item.add(line[min(item.content_at, indent_of(line)) :])
            blanks = 0
        elif (begun := _begin(line)) is not None:
            if begun[0] != kind:
                break
            item.is_followed_by_blank = blanks > 0
            item, blanks = begun[1], 0
            items.append(item)
        elif not blanks and not item.fence and may_go_on(item.lines[-1]) and not starts_block(line):
            item.add(line.lstrip(" "))
        else:
            break
        end += 1
    return items, end - blanks


def is_counted(numbers: Sequence[int | None]) -> bool:
    """Whether all items have a one, or a zero, as people write who leave the counting to the page. Other numbers are often dates."""
    return set(numbers) in ({0}, {1})


def unwrap(item: Element) -> None:
    """The text of a list without empty lines stands in its items, not in paragraphs of theirs."""
    previous: Element | None = None
    for child in list(item):
        if child.tag != "p":
            previous = child
            continue
        item.remove(child)
        if previous is None:
            item.text = child.text
        else:
            previous.tail = child.text
