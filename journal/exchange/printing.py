"""Pages of a journal as a sheet to be printed and taken along."""

import datetime as dt
from typing import TypedDict

from django.utils.safestring import SafeString

from accounts.models import User
from common import dates
from journal import markup
from journal.exchange.choosing import Choice, chosen
from journal.models import EntryContent, EntrySummary, Feeling

MOST = 200  # pages on one sheet: a browser prints more slowly than anybody waits for


class PrintedPage(TypedDict):
    evening: str
    question: str
    feeling: str
    html: SafeString


class Sheet(TypedDict):
    pages: list[PrintedPage]
    span: str
    left_out: int


def sheet(author: User, choice: Choice) -> Sheet:
    """The pages of the choice, oldest first; of more than `MOST` the latest."""
    entries = chosen(author, choice)
    total = entries.count()
    nights: list[dt.date] = []

    def printed(night: dt.date, summary: EntrySummary, content: EntryContent) -> PrintedPage:
        nights.append(night)
        return PrintedPage(
            evening=dates.evening_always(night),
            question=summary.question,
            feeling=str(Feeling(summary.feeling).label) if summary.feeling else "",
            html=markup.stored(content.html, content.renderer, content.text),
        )

    latest = entries.order_by("-night", "-pk")[:MOST]
    pages = list(latest.opened(printed, "night", "summary", "content", owner=author.pk))[::-1]
    return Sheet(pages=pages, span=dates.span_of_months(min(nights), max(nights)) if nights else "", left_out=max(total - MOST, 0))
