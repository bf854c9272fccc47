"""The site's drawings, as parts of a document that fetches nothing."""

import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from journal.models import Feeling

SYMBOL = re.compile(r'<symbol id="([a-z]+)" viewBox="([\d ]+)">(.*?)</symbol>', re.DOTALL)


@cache
def _symbols() -> dict[str, tuple[str, str]]:
    """The symbols of the site's file of icons: of each its view box, and what it draws."""
    path = finders.find("icons/icon.svg")
    if not isinstance(path, str):
        raise FileNotFoundError("icons/icon.svg")
    return {name: (box, shapes) for name, box, shapes in SYMBOL.findall(Path(path).read_text("utf-8"))}


def drawing(name: str, *, stroke: str = "#5a5e6b", fill: str = "none") -> SafeString:
    """The symbol of this name, in colours of its own: style sheets do not reach into drawings in a book."""
    box, shapes = _symbols()[name]
    return format_html(
        '<svg class="drawing" viewBox="{}" fill="{}" stroke="{}" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round">{}</svg>',
        box,
        fill,
        stroke,
        mark_safe(shapes),  # noqa: S308  a file of the site
    )


class Drawings(dict[str, SafeString]):
    """How a book shows each feeling: its drawing with its word, made once for all pages; for no feeling nothing."""

    def __missing__(self, feeling: str) -> SafeString:
        known = feeling in Feeling.values
        shown = format_html('<span class="feeling">{}{}</span>', drawing(feeling), Feeling(feeling).label) if known else SafeString()
        self[feeling] = shown
        return shown
