"""Markdown to safe HTML. The only module that imports Markdown and bleach; `render` runs when text is saved.

A text is cut into parts, each is converted by Python-Markdown with the extension below, and the result is sanitised with
an allow-list.
"""

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

RENDERER = 1  # increase it when the same text gives other HTML: `stored` then renders it again

TAGS = frozenset("a blockquote br code del em h2 h3 h4 h5 h6 hr li ol p pre strong table tbody td th thead tr ul".split())
LINK = re.compile(r"(?i)(https?://|mailto:|tel:)[^\s]")


def _link_attribute(tag: str, name: str, value: str) -> bool:
    """Allows absolute addresses only: a relative one would lead to some page of this site."""
    return name == "title" or (name == "href" and LINK.match(value) is not None)


ATTRIBUTES: dict[str, list[str] | Callable[[str, str, str], bool]] = {
    "a": _link_attribute,
    "ol": ["start"],
    "td": ["align"],
    "th": ["align"],
}
PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})

# Addresses become links only with their scheme: "it.so" is the end of a sentence more often than a host name.
BARE_LINK = re.compile(r"(?i)\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?’”')\]]")
LIST_ITEM = re.compile(r"^ {0,3}([-*+]|1[.)]) +\S")
ANY_ITEM = re.compile(r"^\s*([-*+]|\d+[.)]) ")
ESCAPED_OR_BRACKET = re.compile(r"\\.|\[")


class ListsAfterText(Preprocessor):
    """A list may follow a line of text at once, as in CommonMark and as people type it."""

    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        for line in lines:
            previous = result[-1] if result else ""
            if LIST_ITEM.match(line) and _is_plain_text(previous):
                result.append("")
            result.append(line)
        return result


def _is_plain_text(line: str) -> bool:
    """Whether the line has words and is no list item, code or quotation."""
    return bool(line.strip()) and not ANY_ITEM.match(line) and not line.startswith(("    ", "\t", ">"))


class BracketLimit(Preprocessor):
    """Escapes the brackets of a paragraph that has so many that looking for links in them would take seconds.

    From each bracket that is not closed the converter scans to the end of the paragraph. That is quadratic: one page could
    stop a server. Ordinary writing stays far below the budget.
    """

    BUDGET = 200_000  # brackets times characters of their paragraph, over one part: about a tenth of a second

    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        budget = self.BUDGET
        for is_blank, group in groupby(lines, key=lambda line: not line.strip()):
            paragraph = list(group)
            cost = 0 if is_blank else sum(line.count("[") for line in paragraph) * sum(map(len, paragraph))
            if cost > budget:
                paragraph = [ESCAPED_OR_BRACKET.sub(_escaped, line) for line in paragraph]
            else:
                budget -= cost
            result += paragraph
        return result


def _escaped(match: re.Match[str]) -> str:
    return "\\[" if match[0] == "[" else match[0]


class HeadingsAndImages(Treeprocessor):
    """Moves headings one level below the page's own, and makes pictures links, so that reading a page fetches nothing."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if re.fullmatch(r"h[1-5]", element.tag):
                element.tag = f"h{int(element.tag[1]) + 1}"
            elif element.tag == "img":
                source = element.attrib.get("src", "")
                element.text = element.attrib.get("alt") or source
                element.tag = "a"
                element.attrib = {"href": source}


class JournalMarkdown(Extension):
    """Markdown as people write it in a journal. What looks like HTML, or like a link definition, is shown as it was typed."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.parser.blockprocessors.deregister("reference")  # it would remove lines like "[Pip]: no"
        md.preprocessors.register(ListsAfterText(md), "lists_after_text", 15)  # after fenced code was extracted
        md.preprocessors.register(BracketLimit(md), "bracket_limit", 14)
        md.treeprocessors.register(HeadingsAndImages(md), "headings_and_images", 5)


def _add_rel(attributes: MutableMapping[tuple[str | None, str], str], new: bool = False, /) -> MutableMapping[tuple[str | None, str], str]:
    attributes[(None, "rel")] = "noopener nofollow"
    return attributes


def _cleaner() -> bleach.Cleaner:
    linkify = partial(LinkifyFilter, callbacks=[_add_rel], skip_tags={"pre", "code"}, url_re=BARE_LINK)
    return bleach.Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True, filters=[linkify])


# The converter's work grows faster than the length of its text, so a long text is rendered in parts. In characters:
PART_LENGTH = 8_000  # from here on a part ends with its paragraph,
MAX_PART_LENGTH = 20_000  # and before here with a line


def _parts(text: str) -> Iterator[str]:
    part: list[str] = []
    length = 0
    in_code = False
    for line in text.splitlines(keepends=True):
        in_code ^= line.startswith(("```", "~~~"))
        if length + len(line) > MAX_PART_LENGTH or (length > PART_LENGTH and not in_code and not line.strip()):
            yield "".join(part)
            part, length, in_code = [], 0, False
        part.append(line)
        length += len(line)
    yield "".join(part)


def _plain_html(part: str) -> str:
    """The text as it was typed, for what cannot be converted."""
    return "<p>{}</p>".format(escape(part).replace("\n", "<br>\n"))


def _render_part(part: str, cleaner: bleach.Cleaner) -> str:
    if len(part) > MAX_PART_LENGTH:  # a single line
        return _plain_html(part)
    converter = Markdown(
        extensions=[JournalMarkdown(), TableExtension(use_align_attribute=True), "fenced_code", "nl2br", "sane_lists"],
        output_format="html",
    )
    try:
        return cleaner.clean(converter.convert(part))
    except RecursionError:  # lists within lists, some hundred deep: "1. 1. 1. 1. …"
        return _plain_html(part)


def render(text: str) -> SafeString:
    """Sanitised HTML of a Markdown text, in bounded time: no raw HTML, no pictures, nothing that is run or fetched."""
    cleaner = _cleaner()
    return mark_safe("\n".join(_render_part(part, cleaner) for part in _parts(text)))  # noqa: S308  cleaned part by part


def stored(html: str, renderer: int, text: str) -> SafeString:
    """The `html` that was rendered when `text` was saved; rendered again where `renderer` is not the present one."""
    if renderer == RENDERER:
        return mark_safe(html)  # noqa: S308  sanitised by `render` when it was stored, and sealed since
    return render(text)


EXCERPT_LENGTH = 220  # characters


def excerpt(text: str) -> str:
    """The beginning of a text on one line, without its Markdown, cut between words. Plain text, not HTML."""
    beginning = text[: EXCERPT_LENGTH * 4]
    beginning = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", beginning)
    beginning = re.sub(r"(?m)^(\s*(#{1,6}\s|>|[-*+]\s|\d+[.)]\s|\|))+|^\s*([-*_]\s*){3,}$|```\w*|[*_`~|]+", " ", beginning)
    beginning = " ".join(beginning.split())
    if len(beginning) <= EXCERPT_LENGTH:
        return beginning
    return beginning[:EXCERPT_LENGTH].rsplit(" ", 1)[0].rstrip(".,;: ") + " …"
