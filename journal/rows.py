"""Entries as the rows of lists, and what leads from one to the others."""

import datetime as dt
import uuid
from collections.abc import Iterable
from itertools import groupby
from typing import Protocol, TypedDict

from django.utils.dates import MONTHS
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import dates
from common.rendering.addresses import address_of
from common.templatetags.site import icon
from journal.chronology import Place
from journal.guide_texts import preview
from journal.models import EntrySummary, Feeling


class Row(TypedDict):
    """An entry as a list shows it: a dictionary, since a template reads its values several times as fast as those of an object.

    `words` is the excerpt or, where nothing was written, how it felt.
    """

    pk: uuid.UUID
    url: str
    day: str
    question: str
    words: str
    feeling: SafeString | str


class Feelings(dict[str, "SafeString | str"]):
    """How the rows of one page show each feeling: its drawing with its word, made once for all of them."""

    def __missing__(self, feeling: str) -> SafeString | str:
        shown = format_html('<span class="feeling">{}{}</span>', icon(feeling), Feeling(feeling).label) if feeling else ""
        self[feeling] = shown
        return shown


def row(pk: uuid.UUID, night: dt.date, summary: EntrySummary, feelings: Feelings) -> Row:
    """The row of the entry with this id, night and summary."""
    return Row(
        pk=pk,
        url=address_of("journal:entry", pk),
        day=dates.short_evening(night),
        question=summary.question,
        words=(preview(summary.excerpt) if summary.guide else summary.excerpt)
        or (str(Feeling(summary.feeling).label) if summary.feeling else ""),
        feeling=feelings[summary.feeling],
    )


class OfNight(Protocol):
    """Anything that has a night."""

    @property
    def night(self) -> dt.date: ...


def by_month[E: OfNight](entries: Iterable[E]) -> list[tuple[str, list[E]]]:
    """Pairs of month, in words, and its entries, in the order in which they come."""
    return [(dates.month(first), list(group)) for first, group in groupby(entries, key=lambda entry: entry.night.replace(day=1))]


# --- From one to the others.


class Neighbour(TypedDict):
    """An entry beside the one that is read: its address, and its evening in words."""

    url: str
    date: str


def neighbour(place: Place | None) -> Neighbour | None:
    return Neighbour(url=address_of("journal:entry", place.pk), date=dates.evening(place.night)) if place else None


def place_url(place: Place) -> str:
    """Where the entry of this place stands in the timeline."""
    return f"{address_of('journal:timeline')}?at={place.cursor}#{place.pk}"


class Period(TypedDict):
    """A year or a month that the timeline can be opened at."""

    label: str
    url: str
    is_shown: bool


def year(year: int, shown: dt.date | None) -> Period:
    """`shown`: the newest night on the page."""
    url = f"{address_of('journal:timeline')}?year={year:04}"
    return Period(label=str(year), url=url, is_shown=shown is not None and shown.year == year)


def month(shown: dt.date, month: int) -> Period:
    """A month of the year that is shown."""
    url = f"{address_of('journal:timeline')}?month={shown.year:04}-{month:02}"
    return Period(label=str(MONTHS[month]), url=url, is_shown=shown.month == month)
