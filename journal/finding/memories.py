"""Which pages *On this day* brings back: a pure function of the night, the pages of the nights it looks back at, and what their author chose.

It looks back at this evening in earlier years, and at those half a year, a month and a week ago, in this order. Of each night at most
one page comes back: the night's own or, where that has no words, the first of the others. So the same pages come back for the whole
night, whatever is written meanwhile: what an author chooses, or what is found to be hard, only ever takes pages away.
"""

import calendar
import datetime as dt
import enum
import functools
import uuid
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Preferences
from common import dates
from journal.models import EntrySummary, Feeling, RepairState

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
AROUND = dt.timedelta(days=14)  # how long before and after a hard date nothing comes back
YEARS = 100  # how many years it looks back

MAY_COME_BACK = {"", RepairState.MENDED}  # of what became of a rupture; what is open, half mended or let rest stays where it is


class Span(enum.Enum):
    WEEK = enum.auto()
    MONTH = enum.auto()
    HALF_YEAR = enum.auto()
    YEARS = enum.auto()


class Earlier(NamedTuple):
    """A night to look back at, and how long ago it was."""

    night: dt.date
    span: Span
    years: int = 0

    @property
    def ago(self) -> str:
        """How long ago in words, as the beginning of a sentence."""
        match self.span:
            case Span.WEEK:
                return _("A week ago")
            case Span.MONTH:
                return _("A month ago")
            case Span.HALF_YEAR:
                return _("Half a year ago")
        words = ngettext("A year ago", "%(number)s years ago", self.years) % {"number": apnumber(self.years)}
        return str(capfirst(words))


class Page(NamedTuple):
    """What is read of an entry. `is_own`: it is its night's own page. `is_new`: it was made tonight, and nothing to look back at yet."""

    pk: uuid.UUID
    night: dt.date
    is_own: bool
    is_new: bool
    summary: EntrySummary


class Memory(NamedTuple):
    """A page that comes back."""

    earlier: Earlier
    page: Page


# --- Which nights.


def _in_year(date: dt.date, year: int) -> dt.date:
    """The same day of another year; for 29 February the 28th, where that year has none."""
    return date.replace(year=year, day=min(date.day, calendar.monthrange(year, date.month)[1]))


def _months_before(date: dt.date, months: int) -> dt.date:
    """The same day of an earlier month, or its last day where that one is shorter."""
    year, month = divmod(date.year * 12 + date.month - 1 - months, 12)
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


@functools.lru_cache(maxsize=32)
def earlier_nights(tonight: dt.date) -> tuple[Earlier, ...]:
    """The nights that it looks back at, each once, in the order in which their pages come back.

    On 28 February of a year without the 29th that one belongs to it as well: else its pages would wait for four years.
    """
    nights = []
    for years in range(1, min(YEARS, tonight.year - 1) + 1):
        same = _in_year(tonight, tonight.year - years)
        nights.append(Earlier(same, Span.YEARS, years))
        if (tonight + DAY).month != tonight.month and (same + DAY).month == same.month:
            nights.append(Earlier(same + DAY, Span.YEARS, years))
    return (
        *nights,
        Earlier(_months_before(tonight, 6), Span.HALF_YEAR),
        Earlier(_months_before(tonight, 1), Span.MONTH),
        Earlier(tonight - WEEK, Span.WEEK),
    )


# --- Dates that are hard.


def is_near(night: dt.date, hard_dates: Iterable[str]) -> bool:
    """Whether the night lies within two weeks of one of these dates, or of its anniversary in a later year."""
    return any(abs(night - day) <= AROUND for hard in hard_dates if (date := dates.parse(hard)) for day in _days(date, night))


def _days(date: dt.date, night: dt.date) -> Iterator[dt.date]:
    """The date itself and its anniversaries, as far as they may be near the night."""
    return (_in_year(date, year) for year in range(max(date.year, night.year - 1), min(night.year + 1, dt.MAXYEAR) + 1))


def quiet_until(tonight: dt.date, hard_dates: Iterable[str]) -> dt.date | None:
    """The first night from tonight on that is near none of these dates; None where there is none within a year."""
    hard_dates = tuple(hard_dates)
    return next((night for night in (tonight + n * DAY for n in range(366)) if not is_near(night, hard_dates)), None)


# --- Which pages.


def is_silent(tonight: dt.date, preferences: Preferences) -> bool:
    """Whether nothing comes back tonight, whatever was written: it is switched off, or a hard date is near."""
    return not preferences.memories or is_near(tonight, preferences.hard_dates)


def picks(tonight: dt.date, pages: Iterable[Page], preferences: Preferences, *, also: uuid.UUID | None = None) -> list[Memory]:
    """The pages that come back tonight. `also` comes back although its author has just said that it should not.

    Which other nights the `pages` are of, and in which order they come, makes no difference.
    """
    if is_silent(tonight, preferences):
        return []
    of_night: dict[dt.date, list[Page]] = {}
    for page in pages:
        of_night.setdefault(page.night, []).append(page)
    memories = []
    for earlier in earlier_nights(tonight):
        if earlier.night not in of_night or is_near(earlier.night, preferences.hard_dates):
            continue
        pick = _pick(of_night[earlier.night], preferences)
        if pick is not None and (pick.pk == also or not pick.summary.is_kept_back):
            memories.append(Memory(earlier, pick))
    return memories


def _pick(pages: list[Page], preferences: Preferences) -> Page | None:
    """The page that stands for its night; None where the night is not to be brought back. One hard page is enough for that."""
    if any(page.summary.repair not in MAY_COME_BACK for page in pages):
        return None
    if not preferences.hard_nights and any(_is_hard(page.summary) for page in pages):
        return None
    with_words = [page for page in pages if page.summary.excerpt and not page.is_new]
    return min(with_words, key=lambda page: (not page.is_own, page.pk), default=None)


def _is_hard(summary: EntrySummary) -> bool:
    """Whether it was a heavy or stormy night, or was written on a page for hard nights and not mended since."""
    if summary.feeling and Feeling(summary.feeling).is_hard:
        return True
    return bool(summary.guide) and summary.repair != RepairState.MENDED
