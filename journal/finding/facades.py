"""The calendar: months as facades of windows, one a night, each as bright as much was written.

It begins with the first evening (`windows.first_evening`) and ends tonight: there are no windows before or after. Of a journal no more
is read than the nights that are shown, in one query each (tests/journal/finding/test_facades.py).
"""

import datetime as dt
import uuid
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from django.db.models import CharField, Count, DateField, Max, UUIDField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from common import dates
from common.database.prepared import Placeholder, Prepared
from common.places import customs
from common.rendering.addresses import address_of
from journal import rows
from journal.chronology import Place
from journal.models import Entry, Size
from journal.nights import windows
from journal.nights.windows import DAY, Window

_AUTHOR = Placeholder("author", UUIDField())
_EARLIEST = Prepared(lambda: windows.earliest_written(_AUTHOR))
_WRITTEN = Prepared(
    lambda: (
        Entry.objects.not_deleted()
        .filter(author=_AUTHOR, night__range=(Placeholder("first", DateField()), Placeholder("last", DateField())))
        .order_by()
        .values("night")
        # PostgreSQL finds no greatest id before version 18, but a greatest text.
        .annotate(largest=Max("size"), pages=Count("pk"), newest=Max(Cast("pk", CharField())))
        .values_list("night", "largest", "pages", "newest")
    )
)


class Written(NamedTuple):
    """What was written on one night: the largest size, the number of pages, and the newest of them."""

    size: int
    pages: int
    newest: uuid.UUID


@dataclass(frozen=True, slots=True)
class Span:
    """The nights of a person's calendar, from their first evening to tonight. `is_empty`: nothing is written yet."""

    first: dt.date
    tonight: dt.date
    is_empty: bool = False

    @classmethod
    def of(cls, author: User, tonight: dt.date) -> Self:
        """One query."""
        earliest = next((night for (night,) in _EARLIEST.rows(author=author.pk)), None)
        return cls(windows.first_evening(author, tonight, earliest), tonight, is_empty=earliest is None)

    def __contains__(self, night: dt.date) -> bool:
        return self.first <= night <= self.tonight

    @property
    def first_month(self) -> dt.date:
        return self.first.replace(day=1)

    def has_month(self, month: dt.date) -> bool:
        """Whether any night of the month that begins on this date is one of the calendar's."""
        return self.first_month <= month <= self.tonight

    def months(self, year: int) -> list[dt.date]:
        """The months of a year that have nights, each as its first date."""
        return [month for number in range(1, 13) if self.has_month(month := dt.date(year, number, 1))]


@dataclass(frozen=True, slots=True)
class Facade:
    """A month of windows. `column` is where its first night stands in the week, from 1 to 7; `blank` says how many of its nights were
    before the first evening, and `to_come` how many are after tonight.
    """

    month: dt.date
    column: int
    blank: int
    windows: list[Window]
    to_come: int


def written(author: User, first: dt.date, last: dt.date) -> dict[dt.date, Written]:
    """What was written on each of these nights, those without a page left out. One query."""
    found = _WRITTEN.rows(author=author.pk, first=first, last=last)
    return {night: Written(size, pages, uuid.UUID(newest)) for night, size, pages, newest in found}


def month(author: User, span: Span, month: dt.date) -> Facade:
    """The month that begins on this date, whose windows lead to what was written, or to where it can be. One query."""
    on_nights = written(author, month, min(_last_of(month), span.tonight))
    return facade(span, month, on_nights, lambda night: url(night, span.tonight, on_nights.get(night)))


def year(author: User, span: Span, year: int) -> list[Facade]:
    """The months of this year, whose windows lead to `calendar_night`. One query."""
    address = reverse("journal:calendar_year", args=[year])
    on_nights = written(author, dt.date(year, 1, 1), min(dt.date(year, 12, 31), span.tonight))
    return [facade(span, month, on_nights, lambda night: f"{address}{night.month}/{night.day}/") for month in span.months(year)]


def night_url(author: User, span: Span, night: dt.date) -> str:
    """Where one night of the calendar leads. One query."""
    return url(night, span.tonight, written(author, night, night).get(night))


def facade(span: Span, month: dt.date, on_nights: Mapping[dt.date, Written], url_of: Callable[[dt.date], str]) -> Facade:
    last = _last_of(month)
    first_shown, last_shown = max(month, span.first), min(last, span.tonight)
    shown = [first_shown + n * DAY for n in range((last_shown - first_shown).days + 1)]
    brightness = {size.value: str(size.label) for size in Size}
    return Facade(
        month=month,
        column=(month.weekday() - customs.active().first_weekday) % 7 + 1,
        blank=(first_shown - month).days,
        windows=[_window(night, span.tonight, on_nights.get(night), brightness, url_of(night)) for night in shown],
        to_come=(last - last_shown).days,
    )


def _last_of(month: dt.date) -> dt.date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _window(night: dt.date, tonight: dt.date, on_night: Written | None, brightness: Mapping[int, str], url: str) -> Window:
    evening = dates.evening_of_year(night)
    if night == tonight:
        evening = _("Tonight, %(evening)s") % {"evening": evening}
    if on_night is None:
        said = _("dark") if night == tonight else _("dark; write about it")
    elif on_night.pages == 1:
        said = brightness[on_night.size]
    else:
        said = ngettext("%(brightness)s; %(count)s page", "%(brightness)s; %(count)s pages", on_night.pages) % {
            "brightness": brightness[on_night.size],
            "count": on_night.pages,
        }
    return Window(
        night=night,
        day=str(night.day),
        label=_("%(evening)s: %(brightness)s") % {"evening": evening, "brightness": said},
        url=url,
        size=max(on_night.size, Size.LINE.value) if on_night else Size.NOTHING.value,
        is_tonight=night == tonight,
    )


def url(night: dt.date, tonight: dt.date, on_night: Written | None) -> str:
    """Tonight, the page of the night or, where it has several, their place in the timeline; else where it can be written."""
    if night == tonight:
        return reverse("journal:tonight")
    if on_night is None:
        return windows.url_to_write(night, tonight)
    if on_night.pages == 1:
        return address_of("journal:entry", on_night.newest)
    return rows.place_url(Place(night, on_night.newest))
