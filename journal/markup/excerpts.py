"""The beginning of a text on one line. Plain text, not HTML."""

import re

from journal.markup.patterns import FENCE, HEADING, INLINE_LINK, LINK, RULE, UNDERLINE, heading_text, is_table_divider
from journal.markup.text import normalise

EXCERPT_LENGTH = 220  # characters
LOOKED_AT = EXCERPT_LENGTH * 6  # of the text, since some of its signs are left out

MARKS = r"(?:>[ ]?|[-*+][ ]+|\#{1,6}[ ]+(?=\S))"
LINE_START = re.compile(rf" *(?:{MARKS} *)*(\d{{1,9}}[.)] +)?(?:{MARKS} *)*")
# Signs around words. Those within them, as in names of files, between numbers or by themselves, are text. What the pattern
# looks for first lets it pass over everything else eight times as fast: excerpts are made with every save.
MARKED = re.compile(
    r"(?=[*_~`])(?:(?<![\w*\\])(\*{1,3})(?![\s*])([^*]+)(?<![\s\\])\1(?![\w*])"
    r"|(?<![\w\\])(_{1,3})(?![\s_])([^_]+)(?<![\s\\])\3(?!\w)"
    r"|(?<!\\)(~~)([^~]+)~~"
    r"|(?<![`\\])(`+)(?!`)([^`]+)\7(?!`))"
)
SIGN = re.compile("[*_~`]")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def _line(line: str) -> str:
    if RULE.match(line) or FENCE.match(line) or UNDERLINE.match(line):
        return ""
    if heading := HEADING.match(line):
        return heading_text(line[heading.end() :])
    start = LINE_START.match(line)
    return (start[1] or "") + line[start.end() :] if start else line


def _cells(line: str) -> str:
    return " ".join(cell.strip() for cell in line.strip().strip("|").split("|"))


def _link(found: re.Match[str]) -> str:
    address = found["bracketed"] or found["address"] or ""
    return (found["text"] or address) if LINK.match(address) else found[0]


def _unmarked(text: str) -> str:
    """Without links and signs around words. To see that there are none takes a tenth of the time that it takes to look for each."""
    if "](" in text:
        text = INLINE_LINK.sub(_link, text)
    for _level in range(2):  # strong within emphasis, and the other way round
        if (first := SIGN.search(text)) is None:
            break
        start = max(first.start() - 1, 0)  # the letter before it tells whether it is within a word
        words = MARKED.sub(lambda marked: next(group for group in marked.groups()[1::2] if group is not None), text[start:])
        text = text[:start] + words
    return ESCAPED.sub(r"\1", text) if "\\" in text else text


def excerpt(text: str) -> str:
    """The beginning of a text without its Markdown, cut between words. The work does not depend on the text's length."""
    beginning = normalise(text[: len(text) - len(text.lstrip()) + LOOKED_AT].lstrip())
    lines = beginning.split("\n")
    is_table = False
    words: list[str] = []
    for at, line in enumerate(lines):
        is_table = "|" in line and (is_table or (at + 1 < len(lines) and is_table_divider(lines[at + 1])))
        if is_table and is_table_divider(line):
            continue
        words.append(_cells(line) if is_table else _line(line))
    beginning = " ".join(_unmarked("\n".join(words)).split())
    if len(beginning) <= EXCERPT_LENGTH:
        return beginning
    return beginning[:EXCERPT_LENGTH].rsplit(" ", 1)[0].rstrip(".,;: ") + " …"
