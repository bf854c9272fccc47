"""The sanitiser, with what rendered text may contain."""

import re
from collections.abc import Callable

import bleach

from journal.markup.inline import REL
from journal.markup.patterns import LINK

TAGS = frozenset("a blockquote br code del em h2 h3 h4 h5 h6 hr li ol p pre strong table tbody td th thead tr ul".split())
NUMBER = re.compile(r"\d{1,3}")


def _link_attribute(tag: str, name: str, value: str) -> bool:
    """Allows absolute addresses only: a relative one would lead to some page of this site."""
    return name == "title" or (name == "rel" and value == REL) or (name == "href" and LINK.match(value) is not None)


def _number(tag: str, name: str, value: str) -> bool:
    return name == {"ol": "start", "li": "value"}[tag] and NUMBER.fullmatch(value) is not None


ATTRIBUTES: dict[str, list[str] | Callable[[str, str, str], bool]] = {
    "a": _link_attribute,
    "ol": _number,
    "li": _number,
    "td": ["align"],
    "th": ["align"],
}
PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})


def new_cleaner() -> bleach.Cleaner:
    return bleach.Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True)
