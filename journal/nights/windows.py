"""The lit windows: the last nights as a row of windows, each as bright as much was written."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common import dates
from journal.models import Entry, Size

NIGHTS = 14


@dataclass(frozen=True, slots=True)
class Window:
    """One night. `size` is how brightly it is lit, and `label` says the same; `page` is the entry on its night's page."""

    night: dt.date
    day: str
    label: str
    url: str
    size: int
    is_tonight: bool
    page: uuid.UUID | None = None


@dataclass(slots=True)
class _Written:
    """What was written on one night: the largest size, and `entry`, its night's page or else the first page of its own."""

    size: Size
    entry: uuid.UUID
    page: uuid.UUID | None


def strip(author: User, tonight: dt.date) -> list[Window]:
    """The windows of the last `NIGHTS` nights, tonight's last. One query."""
    first = tonight - dt.timedelta(days=NIGHTS - 1)
    written: dict[dt.date, _Written] = {}
    entries = Entry.objects.by(author).not_deleted().filter(night__range=(first, tonight)).order_by("pk")
    for night, size, pk, kind in entries.values_list("night", "size", "pk", "kind"):
        on_night = written.setdefault(night, _Written(Size(size), pk, None))
        on_night.size = max(on_night.size, Size(size))
        if kind == Entry.Kind.NIGHT:
            on_night.entry = on_night.page = pk
    nights = [first + dt.timedelta(days=n) for n in range(NIGHTS)]
    return [_window(night, tonight, written.get(night)) for night in nights]


def _window(night: dt.date, tonight: dt.date, written: _Written | None) -> Window:
    if night == tonight:
        url = reverse("journal:tonight")
    elif written:
        url = reverse("journal:entry", args=[written.entry])
    else:
        url = reverse("journal:entry_new", query={"night": night.isoformat()})
    name = _("Tonight") if night == tonight else dates.evening(night)
    brightness = written.size.label if written else _("dark")
    return Window(
        night=night,
        day=str(night.day),
        label=_("%(evening)s: %(brightness)s") % {"evening": name, "brightness": brightness},
        url=url,
        size=max(written.size, Size.LINE) if written else Size.NOTHING,
        is_tonight=night == tonight,
        page=written.page if written else None,
    )
