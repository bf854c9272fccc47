"""The lit windows: the last nights as a row of windows, each as bright as much was written.

Windows begin with somebody's first evening (`first_evening`), here and in every other calendar of nights.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import DateField, FilteredRelation, Q, QuerySet, Subquery, UUIDField
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common import dates
from common.database.prepared import Placeholder, Prepared
from journal.models import Entry, Size

NIGHTS = 14
DAY = dt.timedelta(days=1)

_AUTHOR = Placeholder("author", UUIDField())
_SHOWN = Q(entries__deleted_at=None, entries__night__range=(Placeholder("first", DateField()), Placeholder("last", DateField())))


def earliest_written(author: Placeholder | User) -> "QuerySet[Entry, tuple[dt.date]]":
    """Subquery: the earliest night that a page in this author's journal was written for. Read from the end of an index."""
    return Entry.objects.not_deleted().filter(author=author).order_by("night").values_list("night")[:1]


# Of each page on the nights that are shown a row, or one without a page; each has the earliest night of all.
_WRITTEN = Prepared(
    lambda: (
        User.objects.filter(pk=_AUTHOR)
        .annotate(page=FilteredRelation("entries", condition=_SHOWN))
        .order_by("page__pk")
        .values_list(Subquery(earliest_written(_AUTHOR)), "page__night", "page__size", "page__pk", "page__kind")
    )
)


@dataclass(frozen=True, slots=True)
class Window:
    """One night. `size` is how brightly it is lit, and `label` says the same."""

    night: dt.date
    day: str
    label: str
    url: str
    size: int
    is_tonight: bool


@dataclass(slots=True)
class _Written:
    """What was written on one night: the largest size, and `entry`, its night's page or else the first page of its own."""

    size: int
    entry: uuid.UUID


def first_evening(author: User, tonight: dt.date, earliest: dt.date | None) -> dt.date:
    """The first night that a calendar shows: that of the account or, where something was written for an earlier one, that.

    `earliest` is `earliest_written`. Before the first evening a dark window would be a reproach for nights that nobody could
    have written on. The account's own night is that of the time zone in which the author lives now, so that a move never
    leaves the first evening behind tonight.
    """
    return min(author.tonight(author.date_joined), earliest or tonight, tonight)


def strip(author: User, tonight: dt.date) -> list[Window]:
    """The windows of the last `NIGHTS` nights since the author's first evening, tonight's last. One query."""
    first = tonight - (NIGHTS - 1) * DAY
    rows = _WRITTEN.rows(author=author.pk, first=first, last=tonight)
    written: dict[dt.date, _Written] = {}
    for _earliest, night, size, pk, kind in rows:
        if night is None:  # nothing was written on these nights
            continue
        on_night = written.setdefault(night, _Written(size, pk))
        on_night.size = max(on_night.size, size)
        if kind == Entry.Kind.NIGHT:
            on_night.entry = pk
    first = max(first, first_evening(author, tonight, earliest=rows[0][0] if rows else None))
    nights = [first + n * DAY for n in range((tonight - first).days + 1)]
    dark, lit = _("dark"), {size.value: str(size.label) for size in Size}
    label = _("%(evening)s: %(brightness)s")
    windows = []
    for night in nights:
        entry = written.get(night)
        name = _("Tonight") if night == tonight else dates.evening(night)
        windows.append(
            Window(
                night=night,
                day=str(night.day),
                label=label % {"evening": name, "brightness": lit[entry.size] if entry else dark},
                url=_url(night, tonight, entry),
                size=max(entry.size, Size.LINE.value) if entry else Size.NOTHING.value,
                is_tonight=night == tonight,
            )
        )
    return windows


def _url(night: dt.date, tonight: dt.date, written: _Written | None) -> str:
    if night == tonight:
        return reverse("journal:tonight")
    if written:
        return reverse("journal:entry", args=[written.entry])
    return url_to_write(night, tonight)


def url_to_write(night: dt.date, tonight: dt.date) -> str:
    """Where something can be written for a night that has nothing yet: last night's own page, or a page for that night."""
    name = "journal:tonight" if night == tonight - DAY else "journal:entry_new"
    return reverse(name, query={"night": night.isoformat()})
