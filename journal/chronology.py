"""A journal in the order of its nights: the pages of its timeline, the neighbours of an entry, and the months and years with entries.

Deleted entries are left out. Nothing takes longer the longer a journal is: a database goes straight to each place in the index of the
timeline (tests/journal/test_chronology.py), and reads no more than what is shown.
"""

import datetime as dt
import uuid
from calendar import monthrange
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Self

from django.db import connection
from django.db.models import DateField, QuerySet, UUIDField

from accounts.models import User
from common import dates
from common.database.prepared import Placeholder, Prepared
from common.ids import parse_id
from journal.models import Entry, EntryQuerySet, EntrySummary

PER_PAGE = 30
ABOVE = 10  # of them, the newer ones that stand before the place of an entry


class Place(NamedTuple):
    """Where an entry stands, whether it is still there or not."""

    night: dt.date
    pk: uuid.UUID

    @property
    def cursor(self) -> str:
        """The place for an address."""
        return f"{self.night.isoformat()}_{self.pk.hex}"

    @classmethod
    def parse(cls, cursor: str) -> Self | None:
        """The place of a cursor; None for any other text."""
        text, _separator, hex_id = cursor.partition("_")
        night, pk = dates.parse(text), parse_id(hex_id)
        return None if night is None or pk is None else cls(night, pk)


class Listed(NamedTuple):
    """What the timeline reads of an entry."""

    pk: uuid.UUID
    night: dt.date
    summary: EntrySummary

    @property
    def place(self) -> Place:
        return Place(self.night, self.pk)


# --- Neighbours.


class Neighbours(NamedTuple):
    """The entries beside a place; None at an end of the journal."""

    newer: Place | None
    older: Place | None


def _nearest(direction: str) -> "QuerySet[Entry, tuple[dt.date, uuid.UUID]]":
    night, pk = Placeholder("night", DateField()), Placeholder("pk", UUIDField())
    entries = Entry.objects.filter(author=Placeholder("author", UUIDField())).not_deleted().newest_first()
    # Placeholders stand where a date and an id would.
    beside = entries.newer_than(night, pk).reverse() if direction == "newer" else entries.older_than(night, pk)  # type: ignore[arg-type]
    return beside.values_list("night", "pk")[:1]


_NEWER = Prepared(lambda: _nearest("newer"))
_OLDER = Prepared(lambda: _nearest("older"))


def _first(rows: list[tuple[dt.date, uuid.UUID]]) -> Place | None:
    return Place(*rows[0]) if rows else None


def newer(author: User, place: Place) -> Place | None:
    """The next newer entry. One query."""
    return _first(_NEWER.rows(author=author.pk, night=place.night, pk=place.pk))


def older(author: User, place: Place) -> Place | None:
    """The next older entry. One query."""
    return _first(_OLDER.rows(author=author.pk, night=place.night, pk=place.pk))


def neighbours(author: User, place: Place) -> Neighbours:
    return Neighbours(newer(author, place), older(author, place))


# --- Pages of the timeline, the newest entry first.


@dataclass(frozen=True, slots=True)
class Page:
    """At most `PER_PAGE` entries, and whether there are others on either side of them."""

    entries: list[Listed]
    has_newer: bool = False
    has_older: bool = False


def _timeline(author: User) -> EntryQuerySet:
    return Entry.objects.by(author).not_deleted().newest_first()


def _read(author: User, entries: EntryQuerySet, limit: int) -> tuple[list[Listed], bool]:
    """So many entries, and whether there are more."""
    read = list(entries[: limit + 1].opened(Listed, "id", "night", "summary", owner=author.pk))
    return read[:limit], len(read) > limit


def newest(author: User) -> Page:
    entries, has_older = _read(author, _timeline(author), PER_PAGE)
    return Page(entries, has_older=has_older)


def older_than(author: User, place: Place) -> Page:
    return _from_there(author, _timeline(author).older_than(*place))


def until(author: User, night: dt.date) -> Page:
    """From the newest entry of this night or an earlier one on."""
    return _from_there(author, _timeline(author).filter(night__lte=night))


def _from_there(author: User, timeline: EntryQuerySet) -> Page:
    entries, has_older = _read(author, timeline, PER_PAGE)
    return Page(entries, bool(entries) and newer(author, entries[0].place) is not None, has_older)


def newer_than(author: User, place: Place) -> Page:
    """Those next to the place. Where they do not fill a page, it is the newest one."""
    entries, has_newer = _read(author, _timeline(author).newer_than(*place).reverse(), PER_PAGE)
    if len(entries) < PER_PAGE:
        return newest(author)
    return Page(entries[::-1], has_newer, older(author, entries[0].place) is not None)


def around(author: User, place: Place) -> Page:
    """A few newer ones, then the entry of this place or, where it is no longer there, the next older one."""
    above, has_newer = _read(author, _timeline(author).newer_than(*place).reverse(), ABOVE)
    below, has_older = _read(author, _timeline(author).from_there(*place), PER_PAGE - len(above))
    return Page([*reversed(above), *below], has_newer, has_older)


# --- What an address asks for.


def page_at(author: User, *, at: str | None, after: str | None, before: str | None, month: str | None, year: str | None) -> Page | None:
    """The page around or beside the place of a cursor, or from a month or a year on, the first of these that is given; else the
    newest one. None where that is not to be understood.
    """
    for cursor, read in ((at, around), (after, newer_than), (before, older_than)):
        if cursor:
            place = Place.parse(cursor)
            return read(author, place) if place else None
    for first in (month and f"{month}-01", year and f"{year}-12-01"):
        if first:
            night = dates.parse(first)
            return until(author, night.replace(day=monthrange(night.year, night.month)[1])) if night else None
    return newest(author)


# --- Months and years.

# Where the year or month of a night begins, in the words of each database.
_BEGINS = {
    "sqlite": {"year": "substr(latest.night, 1, 4) || '-01-01'", "month": "substr(latest.night, 1, 7) || '-01'"},
    "postgresql": {"year": "date_trunc('year', latest.night)::date", "month": "date_trunc('month', latest.night)::date"},
}


@cache
def _latest_of_each(unit: str, vendor: str) -> str:
    """From the latest night of a year or month the database goes straight to the latest before it began: one step for each of them,
    however many entries it has. Django has no words for a query that refers to itself.
    """
    latest = f"SELECT max(entry.night) FROM {Entry._meta.db_table} AS entry WHERE entry.author_id = %s AND entry.deleted_at IS NULL"  # noqa: S608
    return (
        f"WITH RECURSIVE latest(night) AS ({latest} AND entry.night <= %s UNION ALL "  # noqa: S608  our own names
        f"SELECT ({latest} AND entry.night < {_BEGINS[vendor][unit]}) FROM latest WHERE latest.night > %s) "
        "SELECT night FROM latest WHERE night >= %s"
    )


def _latest_nights(author: User, unit: str, first: dt.date, last: dt.date) -> list[dt.date]:
    pk = Entry._meta.get_field("author").get_db_prep_value(author.pk, connection, prepared=False)
    since, until = connection.ops.adapt_datefield_value(first), connection.ops.adapt_datefield_value(last)
    with connection.cursor() as cursor:
        cursor.execute(_latest_of_each(unit, connection.vendor), [pk, until, pk, since, since])
        nights = [night for (night,) in cursor.fetchall()]
    to_date = Entry._meta.get_field("night").to_python  # SQLite has dates as text
    return [to_date(night) for night in nights]


def years(author: User) -> list[int]:
    """The years that have entries, the newest first. One query."""
    return [night.year for night in _latest_nights(author, "year", dt.date.min, dt.date.max)]


def months(author: User, year: int) -> list[int]:
    """The months of a year that have entries, from January on. One query."""
    nights = _latest_nights(author, "month", dt.date(year, 1, 1), dt.date(year, 12, 31))
    return [night.month for night in reversed(nights)]
