"""Entries as the rows of lists."""

import datetime as dt
import uuid
from typing import TypedDict

from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import dates
from common.rendering.addresses import address_of
from common.templatetags.site import icon
from journal.models import EntrySummary, Feeling


class Row(TypedDict):
    """An entry as a list shows it: a dictionary, since a template reads its values several times as fast as those of an object.

    `words` is the excerpt or, where nothing was written, how it felt.
    """

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
        url=address_of("journal:entry", pk),
        day=dates.short_evening(night),
        question=summary.question,
        words=summary.excerpt or (str(Feeling(summary.feeling).label) if summary.feeling else ""),
        feeling=feelings[summary.feeling],
    )
