"""What signs within a text become: inline processors of Python-Markdown, in the order in which they are applied."""

import re
import string
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import ETX, STX, AtomicString, code_escape

from journal.markup.patterns import BARE_LINK, INLINE_LINK, LINK, without_punctuation

REL = "noopener nofollow"  # links say nothing to the page that they lead to

type Found = tuple[Element | str | None, int | None, int | None]


def _link(address: str, text: str, title: str = "") -> Element:
    element = Element("a", {"href": address, "rel": REL})
    if title:
        element.set("title", title)
    element.text = text
    return element


class Code(InlineProcessor):
    """Code between backticks, and escaped signs: whichever comes first, so that neither is found within the other."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(r"\\(.)|(`+)", md)

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        if m[1]:
            escaped = f"{STX}{ord(m[1])}{ETX}" if m[1] in string.punctuation else None
            return escaped, m.start(), m.end() if escaped else m.start() + 1
        closing = re.compile(rf"(?<!`){m[2]}(?!`)").search(data, m.end())
        if closing is None:
            return None, m.start(), m.end()
        code = data[m.end() : closing.start()].replace("\n", " ")
        if code.startswith(" ") and code.endswith(" ") and code.strip():
            code = code[1:-1]
        element = Element("code")
        element.text = AtomicString(code_escape(code))
        return element, m.start(), closing.end()


class Links(InlineProcessor):
    """`[text](address "title")`. Of a picture, whose address is not fetched, the same with an exclamation mark."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(INLINE_LINK.pattern, md)
        self.compiled_re = INLINE_LINK

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        address = self.unescape(m["bracketed"] or m["address"] or "").strip()
        if not LINK.match(address):
            return None, m.start(), m.start() + 1  # relative, or of a scheme that runs something: shown as it was typed
        title = self.unescape(m["double"] or m["single"] or "").replace("\n", " ")
        return _link(address, m["text"].strip() or AtomicString(address), title), m.start(), m.end()


class BracketedLinks(InlineProcessor):
    """`<https://example.org>`, `<ines@example.org>`"""

    def __init__(self, pattern: re.Pattern[str], scheme: str, md: Markdown) -> None:
        super().__init__(pattern.pattern, md)
        self.compiled_re, self.scheme = pattern, scheme

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        address = self.unescape(m[1])
        return _link(self.scheme + address, AtomicString(address)), m.start(), m.end()


class BareLinks(InlineProcessor):
    """https://example.org in a sentence."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, md: Markdown) -> None:
        super().__init__(BARE_LINK.pattern, md)
        self.compiled_re = BARE_LINK

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        address = without_punctuation(m[0])
        if not LINK.match(address):
            return None, m.start(), m.end()
        return _link(address, AtomicString(address)), m.start(), m.start() + len(address)


class Breaks(InlineProcessor):
    """Lines break where they were broken."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(r"\\?\n", md)

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        return Element("br"), m.start(), m.end()
