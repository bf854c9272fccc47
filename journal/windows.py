"""The lit windows: nights as a row of windows, lit where something was written."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from journal import words
from journal.models import Entry, Size

STRIP = 14


@dataclass(frozen=True, slots=True)
class Window:
    """One night: `size` is how brightly it is lit, `label` says it in words."""

    night: dt.date
    day: str
    label: str
    url: str
    size: int
    is_tonight: bool


def strip(author: User, tonight: dt.date) -> list[Window]:
    """The last fortnight's windows, tonight's last. One query."""
    first = tonight - dt.timedelta(days=STRIP - 1)
    written: dict[dt.date, tuple[Size, str]] = {}
    rows = Entry.objects.by(author).kept().filter(night__range=(first, tonight)).order_by("pk").values_list("night", "size", "pk", "kind")
    for night, size, pk, kind in rows:
        known = written.get(night)
        brightest = max(Size(size), known[0]) if known else Size(size)
        url = known[1] if known and kind != Entry.Kind.NIGHT else reverse("journal:entry", args=[pk])
        written[night] = (brightest, url)
    return [_window(night, tonight, written.get(night)) for night in (first + dt.timedelta(days=n) for n in range(STRIP))]


def _window(night: dt.date, tonight: dt.date, written: tuple[Size, str] | None) -> Window:
    if night == tonight:
        url = reverse("journal:tonight")
    else:
        url = written[1] if written else f"{reverse('journal:new')}?{urlencode({'night': night.isoformat()})}"
    said = written[0].label if written else _("dark")
    name = _("Tonight") if night == tonight else words.evening(night)
    return Window(
        night=night,
        day=str(night.day),
        label=_("%(evening)s: %(said)s") % {"evening": name, "said": said},
        url=url,
        size=max(written[0], Size.LINE) if written else Size.NOTHING,
        is_tonight=night == tonight,
    )
