"""The lit windows: the last nights as a row of windows, each as bright as much was written."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import DateField, UUIDField
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common import dates
from common.database.prepared import Placeholder, Prepared
from journal.models import Entry, Size

NIGHTS = 14

_AUTHOR = Placeholder("author", UUIDField())
_WRITTEN = Prepared(
    lambda: (
        Entry.objects.not_deleted()
        .filter(author=_AUTHOR, night__range=(Placeholder("first", DateField()), Placeholder("last", DateField())))
        .order_by("pk")
        .values_list("night", "size", "pk", "kind")
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


def strip(author: User, tonight: dt.date) -> list[Window]:
    """The windows of the last `NIGHTS` nights, tonight's last. One query."""
    nights = [tonight - dt.timedelta(days=n) for n in reversed(range(NIGHTS))]
    written: dict[dt.date, _Written] = {}
    for night, size, pk, kind in _WRITTEN.rows(author=author.pk, first=nights[0], last=tonight):
        on_night = written.setdefault(night, _Written(size, pk))
        on_night.size = max(on_night.size, size)
        if kind == Entry.Kind.NIGHT:
            on_night.entry = pk
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
    return reverse("journal:entry_new", query={"night": night.isoformat()})
