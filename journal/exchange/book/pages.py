"""What a book holds: months, and in each the pages of its evenings."""

import datetime as dt
import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple, TypedDict

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from accounts.models import User
from common import dates
from journal import guide_texts, markup
from journal.exchange.book.drawings import Drawings
from journal.exchange.choosing import Choice, chosen
from journal.models import EntryContent, EntrySummary

MOST = 1500  # pages of one book: some four years, and two thirds of a gigabyte while it is made

# Breaking a word takes the square of its length: one of thousands of characters gets places to be broken at.
WITHOUT_END = re.compile(r"<[^>]*>|(?:&#?\w{1,9};|[^\s<&]){2000,}")
PIECE = re.compile(r"(?:&#?\w{1,9};|[^\s<&]){60}")
BOLD_LINE = re.compile(r"<p>(?=<strong>[^<]*</strong></p>)")


class BookPage(TypedDict):
    """A page of the journal. `label` is its bookmark."""

    evening: str
    label: str
    question: str
    feeling: SafeString
    html: SafeString


class Month(NamedTuple):
    """A month of which the book holds pages."""

    first: dt.date
    number: int  # of its pages

    @property
    def anchor(self) -> str:
        return f"month-{self.first:%Y-%m}"


def months(author: User, choice: Choice) -> list[Month]:
    """The months that hold a page of the choice, oldest first."""
    nights = chosen(author, choice).values_list("night", flat=True)
    return [Month(first, len(list(group))) for first, group in groupby(nights, key=lambda night: night.replace(day=1))]


def pages(author: User, choice: Choice, month: Month, drawings: Drawings) -> Sequence[BookPage]:
    """The pages of a month. Call while the author's key is held, in their language."""
    after = (month.first + dt.timedelta(days=31)).replace(day=1)
    of_month = chosen(author, choice).filter(night__gte=month.first, night__lt=after)

    def read(night: dt.date, summary: EntrySummary, content: EntryContent) -> BookPage:
        evening = capfirst(dates.evening_of_year(night))
        return BookPage(
            evening=evening,
            label=f"{evening} · {summary.question}" if summary.question else evening,
            question=summary.question,
            feeling=drawings[summary.feeling],
            html=readable(markup.stored(content.html, content.renderer, content.text)),
        )

    return list(of_month.opened(read, "night", "summary", "content", owner=author.pk))


def readable(html: SafeString) -> SafeString:
    """What was written, in which the questions of guides are headings, and lines in bold stay with what follows."""
    broken = WITHOUT_END.sub(_with_places, guide_texts.apart(html))
    return mark_safe(BOLD_LINE.sub('<p class="bold-line">', broken))  # noqa: S308  the same HTML, with a class


def _with_places(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith("<") else PIECE.sub(r"\g<0>&#8203;", found[0])
