"""Typesetting: a book's months, one after the other, and then all of its pages as one PDF. The only module that knows WeasyPrint.

Import it in a job alone: WeasyPrint takes a third of a second and sixty megabytes, and a site may not have it.
"""

import logging
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import IO, NamedTuple

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import get_language_bidi
from weasyprint import CSS, HTML, Document, Page
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from common import dates
from common.values import Values
from journal.exchange.book.drawings import drawing
from journal.exchange.book.pages import BookPage, Month
from journal.exchange.book.sizes import Size
from journal.files import Writer

FONTS = "book-font:"
STYLES = Path(__file__).parent
# They log what they do not understand, and quote it: the words of somebody's page.
LIBRARIES = ("weasyprint", "weasyprint.progress", "fontTools")
NOTHING = logging.CRITICAL + 1


class OwnFonts(URLFetcher):
    """Gives the site's own font files, and nothing else: whatever else a book names is left out of it."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        name = url.removeprefix(FONTS)
        path = finders.find(f"vendor/literata/{name}") if url.startswith(FONTS) and name == Path(name).name else None
        if not isinstance(path, str):
            raise ValueError("a book fetches nothing")
        return URLFetcherResponse(url, Path(path).read_bytes())


class Line(NamedTuple):
    """A line of the contents."""

    anchor: str
    label: str
    number: int


class Year(NamedTuple):
    year: int
    months: list[Line]


class Book:
    """A book while it is typeset: first `begin`, then `add` for each month, in order, and at last `write`."""

    def __init__(self, size: Size, title: str, months: Sequence[Month]) -> None:
        for library in LIBRARIES:
            logging.getLogger(library).setLevel(NOTHING)
        self._size, self._title, self._months = size, title, months
        self._fetcher = OwnFonts()
        self._fonts = FontConfiguration()
        self._styles = [self._style("fonts.css"), self._style("book.css"), self._style(size.style)]
        self._front = self._typeset_front(dict.fromkeys((month.anchor for month in months), 0))
        self._pages: list[Page] = []

    def add(self, month: Month, pages: Sequence[BookPage]) -> int:
        """Typeset a month; returns how many pages it takes."""
        first = len(self._front.pages) + len(self._pages) + 1
        context = {"month": month, "name": capfirst(dates.month(month.first)), "pages": pages}
        document = self._typeset("month", context, first)
        self._pages += document.pages
        return len(document.pages)

    def write(self, target: IO[bytes] | Writer) -> int:
        """Write the PDF; returns how many pages it has."""
        first = len(self._front.pages) + 1
        numbers = {anchor: number for number, page in enumerate(self._pages, first) for anchor in page.anchors}
        front = self._typeset_front(numbers)
        whole = front.copy([*front.pages, *self._pages])
        whole.write_pdf(target)
        return len(whole.pages)

    def _typeset_front(self, numbers: dict[str, int]) -> Document:
        lines = (
            (month.first.year, Line(month.anchor, capfirst(dates.month_of_year(month.first)), numbers[month.anchor]))
            for month in self._months
        )
        years = [Year(year, [line for _year, line in group]) for year, group in groupby(lines, key=lambda each: each[0])]
        span = dates.span_of_months(self._months[0].first, self._months[-1].first)
        context = {"span": span, "years": years, "window": drawing("window", stroke="#9a5a0c", fill="#fbe7c3")}
        return self._typeset("front", context, 1)

    def _typeset(self, part: str, context: Values, first: int) -> Document:
        """A part of the book that begins on the page of this number: an odd one lies on the right, or on the left in Arabic."""
        side = "right" if (first % 2 == 1) != get_language_bidi() else "left"
        context |= {"title": self._title, "side": side, "before": first - 1}
        html = HTML(string=render_to_string(f"journal/book/typeset/{part}.html", context), url_fetcher=self._fetcher)
        return html.render(stylesheets=self._styles, font_config=self._fonts)

    def _style(self, name: str) -> CSS:
        return CSS(string=(STYLES / name).read_text("utf-8"), font_config=self._fonts, url_fetcher=self._fetcher)
