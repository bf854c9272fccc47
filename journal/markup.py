"""Markdown to safe HTML. The only module that touches Markdown and bleach; it runs when text is saved."""

import re
from collections.abc import Callable, Iterator, MutableMapping
from functools import partial
from itertools import groupby
from xml.etree.ElementTree import Element

import bleach
from bleach.linkifier import LinkifyFilter
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.tables import TableExtension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

RENDERER = 1  # to be raised when the same text would give other HTML: what was stored is then rendered anew

TAGS = frozenset("a blockquote br code del em h2 h3 h4 h5 h6 hr li ol p pre strong table tbody td th thead tr ul".split())
LINK = re.compile(r"(?i)(https?://|mailto:|tel:)[^\s]")


def _link_attribute(tag: str, name: str, value: str) -> bool:
    """A journal's links lead elsewhere: whole addresses only, so nothing is left to a browser's guess."""
    return name == "title" or (name == "href" and LINK.match(value) is not None)


ATTRIBUTES: dict[str, list[str] | Callable[[str, str, str], bool]] = {
    "a": _link_attribute,
    "ol": ["start"],
    "td": ["align"],
    "th": ["align"],
}
PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})

# Only what is plainly an address becomes a link by itself: "it.so" ends a sentence more often than a host name.
BARE_LINK = re.compile(r"(?i)\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?’”')\]]")
LIST_ITEM = re.compile(r"^ {0,3}([-*+]|1[.)]) +\S")
ANY_ITEM = re.compile(r"^\s*([-*+]|\d+[.)]) ")
ESCAPED_OR_BRACKET = re.compile(r"\\.|\[")


class ListsAfterText(Preprocessor):
    """A list may follow a line of text at once, as in CommonMark and as people type it."""

    def run(self, lines: list[str]) -> list[str]:
        out: list[str] = []
        for line in lines:
            before = out[-1] if out else ""
            if LIST_ITEM.match(line) and before.strip() and not ANY_ITEM.match(before) and not before.startswith(("    ", "\t", ">")):
                out.append("")
            out.append(line)
        return out


class FewBrackets(Preprocessor):
    """Takes brackets as plain signs where there are so many that looking for links in them would take seconds.

    The converter scans to the paragraph's end from each bracket that nothing closes: quadratic, and a way to
    stop a server with one page. Ordinary writing stays far below the budget.
    """

    BUDGET = 200_000  # brackets times characters of their paragraph, over one part: about a tenth of a second

    def run(self, lines: list[str]) -> list[str]:
        out: list[str] = []
        left = self.BUDGET
        for blank, paragraph in groupby(lines, key=lambda line: not line.strip()):
            kept = list(paragraph)
            cost = 0 if blank else sum(line.count("[") for line in kept) * sum(map(len, kept))
            if cost > left:
                kept = [ESCAPED_OR_BRACKET.sub(lambda sign: "\\[" if sign[0] == "[" else sign[0], line) for line in kept]
            else:
                left -= cost
            out += kept
        return out


class House(Treeprocessor):
    """Headings step back behind the page's own; a picture becomes a link, so nothing is fetched by reading."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if re.fullmatch(r"h[1-5]", element.tag):
                element.tag = f"h{int(element.tag[1]) + 1}"
            elif element.tag == "img":
                source = element.attrib.get("src", "")
                element.text = element.attrib.get("alt") or source
                element.tag = "a"
                element.attrib = {"href": source}


class NoRawHtml(Extension):
    """What looks like HTML is text that somebody typed, and is shown as such; so is what looks like a link's definition."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.parser.blockprocessors.deregister("reference")  # it takes lines like "[Pip]: no" off the page
        md.preprocessors.register(ListsAfterText(md), "lists_after_text", 15)  # after fenced code is put aside
        md.preprocessors.register(FewBrackets(md), "few_brackets", 14)
        md.treeprocessors.register(House(md), "house", 5)


def _quiet_link(
    attributes: MutableMapping[tuple[str | None, str], str], new: bool = False, /
) -> MutableMapping[tuple[str | None, str], str]:
    attributes[(None, "rel")] = "noopener nofollow"
    return attributes


def _cleaner() -> bleach.Cleaner:
    linkify = partial(LinkifyFilter, callbacks=[_quiet_link], skip_tags={"pre", "code"}, url_re=BARE_LINK)
    return bleach.Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True, filters=[linkify])


# The converter's work grows faster than the text, so a long one is rendered in parts: cut after a paragraph from
# PART characters on, and anywhere between lines from LONGEST_PART on.
PART = 8_000
LONGEST_PART = 20_000


def _parts(text: str) -> Iterator[str]:
    part: list[str] = []
    size = 0
    fenced = False
    for line in text.splitlines(keepends=True):
        fenced ^= line.startswith(("```", "~~~"))
        if size + len(line) > LONGEST_PART or (size > PART and not fenced and not line.strip()):
            yield "".join(part)
            part, size, fenced = [], 0, False
        part.append(line)
        size += len(line)
    yield "".join(part)


def _as_typed(part: str) -> str:
    return "<p>{}</p>".format(escape(part).replace("\n", "<br>\n"))


def _render_part(part: str, cleaner: bleach.Cleaner) -> str:
    if len(part) > LONGEST_PART:  # one endless line
        return _as_typed(part)
    converter = Markdown(
        extensions=[NoRawHtml(), TableExtension(use_align_attribute=True), "fenced_code", "nl2br", "sane_lists"],
        output_format="html",
    )
    try:
        return cleaner.clean(converter.convert(part))
    except RecursionError:  # a list in a list in a list, some hundred deep: "1. 1. 1. 1. …"
        return _as_typed(part)


def render(text: str) -> SafeString:
    """Sanitised HTML of a Markdown text: no raw HTML, no pictures, nothing that runs or is fetched by reading."""
    cleaner = _cleaner()
    return mark_safe("\n".join(_render_part(part, cleaner) for part in _parts(text)))  # noqa: S308  cleaned part by part


def stored(html: str, renderer: int, text: str) -> SafeString:
    """The HTML that was made of a text when it was saved; made anew where a newer renderer would differ."""
    if renderer == RENDERER:
        return mark_safe(html)  # noqa: S308  sanitised by `render` when it was stored, and sealed since
    return render(text)


EXCERPT_LENGTH = 220


def excerpt(text: str) -> str:
    """The beginning of a text on one line, without its Markdown signs, cut between words."""
    begin = text[: EXCERPT_LENGTH * 4]
    begin = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", begin)
    begin = re.sub(r"(?m)^(\s*(#{1,6}\s|>|[-*+]\s|\d+[.)]\s|\|))+|^\s*([-*_]\s*){3,}$|```\w*|[*_`~|]+", " ", begin)
    begin = " ".join(begin.split())
    if len(begin) <= EXCERPT_LENGTH:
        return begin
    return begin[:EXCERPT_LENGTH].rsplit(" ", 1)[0].rstrip(".,;: ") + " …"
