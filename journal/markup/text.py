"""Lines, and the plain HTML of text in which nothing is marked."""

import html
import re

LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# What no page can show. The converter would take two of them for its own, and the cleaner shows the others as question marks.
INVISIBLE = re.compile("[\0-\x08\x0e-\x1b\x1f]")
# One look for either: most texts have neither.
UNUSUAL = re.compile("[\0-\x08\x0b-\x1f\x85\u2028\u2029]")
LEADING = re.compile(r"(?m)^[ \t]*(?:(?:[-*+>]|\d{1,9}[.)])[ \t]+)*")
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


def normalise(text: str) -> str:
    """One kind of line end, no control characters, and spaces for the tabs that indent a line."""
    if UNUSUAL.search(text):
        text = INVISIBLE.sub("", LINE_ENDS.sub("\n", text))
    return LEADING.sub(lambda leading: leading[0].expandtabs(4), text) if "\t" in text else text


def plain_html(text: str) -> str:
    """The text as it was typed, in paragraphs, for a text of any length."""
    escaped = BLANK_LINES.sub("\n\n", html.escape(text.strip("\n"), quote=False))
    lines = escaped.replace("\n\n", "</p>\0<p>").replace("\n", "<br>\n").replace("\0", "\n")
    return f"<p>{lines}</p>" if lines.strip() else ""
