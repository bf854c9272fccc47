"""Where the blocks of a text begin and end: one block processor in place of Python-Markdown's.

It goes through the lines once for each level of nesting, as CommonMark describes it, where Python-Markdown's processors copy
what is left of the text at each block. Containers hand their lines down; tables are left to Python-Markdown's own processor.
"""

import re
from xml.etree.ElementTree import Element, SubElement

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.util import AtomicString, code_escape

from journal.markup import budget as prices
from journal.markup.budget import Budget, OverBudget
from journal.markup.lists import is_counted, items_of, unwrap
from journal.markup.patterns import (
    FENCE,
    HEADING,
    ITEM,
    QUOTE,
    RULE,
    SIGN,
    UNDERLINE,
    closes_fence,
    heading_text,
    is_table_divider,
    may_go_on,
    starts_block,
)
from journal.markup.tables import Tables

DEEPEST = 20  # levels of lists and quotations


class Blocks(BlockProcessor):
    """Finds all blocks of a text."""

    def __init__(self, parser: BlockParser, budget: Budget) -> None:
        super().__init__(parser)
        self.budget = budget
        self.tables = Tables(parser, {"use_align_attribute": True})

    def test(self, parent: Element, block: str) -> bool:
        return True

    def run(self, parent: Element, blocks: list[str]) -> None:
        lines = "\n\n".join(blocks).split("\n")
        blocks.clear()
        self._add(parent, lines, depth=0)

    def _add(self, parent: Element, lines: list[str], depth: int) -> bool:
        """Add the blocks of these lines. Returns whether an empty line stands between two of them."""
        if depth > DEEPEST:
            raise OverBudget
        self.budget.spend(prices.LINE * len(lines))
        at, after_blank, is_loose = 0, False, False
        while at < len(lines):
            if not lines[at].strip():
                after_blank = True
                at += 1
                continue
            is_loose = is_loose or (after_blank and len(parent) > 0)
            after_blank = False
            at = self._add_block(parent, lines, at, depth)
        return is_loose

    def _add_block(self, parent: Element, lines: list[str], at: int, depth: int) -> int:
        """Add the block that begins with line `at`; returns the line after it."""
        line = lines[at]
        if fence := FENCE.match(line):
            return self._add_code(parent, lines, at, fence)
        if heading := HEADING.match(line):
            self._add_text(parent, f"h{min(len(heading[1]) + 1, 6)}", heading_text(line[heading.end() :]))
            return at + 1
        if RULE.match(line):
            self.budget.spend(prices.BLOCK)
            SubElement(parent, "hr")
            return at + 1
        if QUOTE.match(line):
            return self._add_quote(parent, lines, at, depth)
        if ITEM.match(line):
            return self._add_list(parent, lines, at, depth)
        if at + 1 < len(lines) and is_table_divider(lines[at + 1]) and (end := self._add_table(parent, lines, at)):
            return end
        return self._add_paragraph(parent, lines, at)

    def _add_text(self, parent: Element, tag: str, text: str) -> Element:
        """An element with a text in which signs are to be found."""
        signs = sum(1 for _sign in SIGN.finditer(text))
        self.budget.spend_on_text(text, signs)
        element = SubElement(parent, tag)
        element.text = text if signs else AtomicString(text)
        return element

    def _add_paragraph(self, parent: Element, lines: list[str], at: int) -> int:
        end = at + 1
        # A line under a single line makes it a heading; under several it divides them from what follows.
        if end < len(lines) and UNDERLINE.match(lines[end]):
            self._add_text(parent, "h2" if "=" in lines[end] else "h3", lines[at].strip())
            return end + 1
        while end < len(lines) and lines[end].strip() and not starts_block(lines[end]):
            if "|" in lines[end] and end + 1 < len(lines) and is_table_divider(lines[end + 1]):
                break
            end += 1
        self._add_text(parent, "p", "\n".join(line.strip() for line in lines[at:end]))
        return end

    def _add_code(self, parent: Element, lines: list[str], at: int, fence: re.Match[str]) -> int:
        end = at + 1
        while end < len(lines) and not closes_fence(lines[end], fence[2]):
            end += 1
        # Where nothing closes it, the word behind the fence is more likely a part of the text than a language.
        begin = at if fence[3] and end == len(lines) else at + 1
        code = "\n".join(_without_indent(line, len(fence[1])) for line in lines[begin:end])
        self.budget.spend_on_text(code, 0)
        element = SubElement(SubElement(parent, "pre"), "code")
        element.text = AtomicString(code_escape(code.rstrip("\n") + "\n") if code.strip() else "")
        return min(end + 1, len(lines))

    def _add_quote(self, parent: Element, lines: list[str], at: int, depth: int) -> int:
        quoted: list[str] = []
        end = at
        while end < len(lines):
            line = lines[end]
            if mark := QUOTE.match(line):
                quoted.append(line[mark.end() :])
            elif line.strip() and may_go_on(quoted[-1]) and not starts_block(line):
                quoted.append(line.lstrip(" "))
            else:
                break
            end += 1
        self.budget.spend(prices.BLOCK)
        self._add(SubElement(parent, "blockquote"), quoted, depth + 1)
        return end

    def _add_list(self, parent: Element, lines: list[str], at: int, depth: int) -> int:
        items, end = items_of(lines, at)
        self.budget.spend(prices.BLOCK * (len(items) + 1) + prices.LINE * (end - at))
        numbers = [item.number for item in items]
        element = SubElement(parent, "ul" if numbers[0] is None else "ol")
        expected = numbers[0]
        if expected is not None and expected != 1:
            element.set("start", str(expected))
        counted = is_counted(numbers)
        is_loose = any(item.is_followed_by_blank for item in items[:-1])
        added: list[Element] = []
        for item in items:
            li = SubElement(element, "li")
            if expected is not None:
                if not counted and item.number != expected:
                    li.set("value", str(item.number))
                    expected = item.number or 0
                expected += 1
            is_loose |= self._add(li, item.lines, depth + 1)
            added.append(li)
        if not is_loose:
            for li in added:
                unwrap(li)
        return end

    def _add_table(self, parent: Element, lines: list[str], at: int) -> int:
        """0 where it is none after all."""
        if "|" not in lines[at] or not self.tables.test(parent, "\n".join(lines[at : at + 2])):
            return 0
        end = at + 2
        while end < len(lines) and lines[end].strip() and not starts_block(lines[end]):
            end += 1
        rows = lines[at:end]
        columns = max(row.count("|") for row in rows) + 1
        for row in rows:
            signs = sum(1 for _sign in SIGN.finditer(row)) + row.count("|")
            self.budget.spend(prices.BLOCK * columns)
            self.budget.spend_on_text(row, signs)
        self.tables.run(parent, ["\n".join(row.strip() for row in rows)])
        return end


def _without_indent(line: str, indent: int) -> str:
    return line[min(indent, len(line) - len(line.lstrip(" "))) :]
