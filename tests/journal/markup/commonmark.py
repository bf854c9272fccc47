"""What is the same in two renderings, however each writes it: for comparing ours with that of CommonMark."""

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from journal import markup


def canonical(html: str, *, is_ours: bool) -> str:
    """Elements, their links and words. Left out is what we always do otherwise.

    Headings stand a level lower, pictures are links, lines break where they were broken, and there are no classes.
    """
    page = BeautifulSoup(html, "html.parser")
    for code in page.select("pre code"):
        code.string = code.get_text().strip("\n")
    for tag in page.find_all(True):
        if not is_ours and re.fullmatch("h[1-5]", tag.name):
            tag.name = f"h{int(tag.name[1]) + 1}"
        if tag.name == "img":
            tag.name, tag.attrs, tag.string = "a", {"href": str(tag.get("src", ""))}, str(tag.get("alt") or tag.get("src", ""))
        if tag.name == "br":
            tag.replace_with(" ")
    return re.sub(r"\s+", " ", _written(page)).strip()


def _written(node: Tag) -> str:
    parts = []
    for child in node.children:
        if isinstance(child, NavigableString):
            text = str(child) if node.find_parent("pre") or node.name in {"pre", "code"} else re.sub(r"\s+", " ", str(child))
            parts.append(text.replace("<", "‹"))
        elif isinstance(child, Tag):
            attributes = "".join(f" {name}={child[name]}" for name in ("href", "title", "start") if child.get(name))
            parts.append(f"<{child.name}{attributes}>{_written(child)}</{child.name}>")
    return re.sub(r"\s*(</?(?:p|ul|ol|li|h\d|blockquote|pre|hr)\b[^>]*>)\s*", r"\1", "".join(parts))


def differs(text: str, html: str) -> bool:
    """Whether we render this text otherwise than `html` does.

    The specification's links lead to pages beside theirs, which ours do not: they are compared with absolute addresses.
    """
    for relative in ("/url", "/uri"):
        text, html = text.replace(relative, f"https://example.org{relative}"), html.replace(relative, f"https://example.org{relative}")
    return canonical(markup.render(text), is_ours=True) != canonical(html, is_ours=False)
