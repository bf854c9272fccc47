"""Thinning: which earlier texts are let go as they grow old.

Texts kept at *done* and texts set aside stay for good. Of the others, all stay for a day, then the last of each
hour for a week, and after that the last of each evening on which the page was written and left without *done*.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from itertools import batched, groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef

from common.nights import night_of
from journal.models import Revision

ALL_FOR = dt.timedelta(days=1)
HOURLY_FOR = dt.timedelta(days=7)

ENTRIES_AT_ONCE = 100
ROWS_AT_ONCE = 500


class Kept(NamedTuple):
    """A revision as the rule sees it: nothing of what was written."""

    id: uuid.UUID
    kind: str
    saved_at: dt.datetime
    version: int


def which_to_drop(
    revisions: Sequence[Kept], now: dt.datetime, zone: dt.tzinfo, tonight: Callable[[dt.datetime], dt.date]
) -> set[uuid.UUID]:
    """The revisions of one entry that the rule lets go at `now`.

    `zone` is the author's, and `tonight` gives the evening that a moment belongs to for them. Never among them: what
    was kept at *done* or set aside, what is younger than a day, the newest revision, and the last of any evening.
    Dropping them and asking again, now or later, gives what asking once later gives.
    """
    line = sorted((kept for kept in revisions if kept.kind != Revision.Kind.CONFLICT), key=lambda kept: (kept.saved_at, kept.version))
    last_of_hour = {_hour(kept.saved_at, zone): kept.id for kept in line}
    last_of_evening = {tonight(kept.saved_at): kept.id for kept in line}
    stay = {*last_of_evening.values(), *(kept.id for kept in line[-1:])}
    return {
        kept.id
        for kept in line
        if kept.kind == Revision.Kind.EARLIER
        and kept.id not in stay
        and (age := now - kept.saved_at) >= ALL_FOR
        and (age >= HOURLY_FOR or last_of_hour[_hour(kept.saved_at, zone)] != kept.id)
    }


def _hour(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """When the hour began that the clocks of `zone` showed; an hour that they show twice is two."""
    local = moment.astimezone(zone)
    return moment.astimezone(dt.UTC) - dt.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def thin(now: dt.datetime) -> int:
    """Drop what the rule lets go of everybody's revisions, and say how many those were. Safe to repeat and to break off.

    Nothing sealed is loaded. Memory does not grow with the number of entries, and no transaction holds more than a
    batch of them.
    """
    dropped = 0
    after = uuid.UUID(int=0)
    while entries := _entries(after, now):
        with transaction.atomic():
            dropped += _thin(entries, now)
        after = entries[-1]
    return dropped


def _entries(after: uuid.UUID, now: dt.datetime) -> list[uuid.UUID]:
    """The next entries with something that may be old enough, and not the last of its entry."""
    later = Revision.objects.filter(entry=OuterRef("entry"), saved_at__gte=OuterRef("saved_at")).exclude(pk=OuterRef("pk"))
    old = Revision.objects.filter(kind=Revision.Kind.EARLIER, saved_at__lte=now - ALL_FOR, entry__gt=after)
    old = old.filter(Exists(later.exclude(kind=Revision.Kind.CONFLICT)))
    return list(old.order_by("entry_id").values_list("entry_id", flat=True).distinct()[:ENTRIES_AT_ONCE])


def _thin(entries: list[uuid.UUID], now: dt.datetime) -> int:
    rows = (
        Revision.objects.filter(entry__in=entries)
        .order_by("entry_id")
        .values_list("entry_id", "author__time_zone", "author__night_ends_at", "pk", "kind", "saved_at", "version")
    )
    drop: set[uuid.UUID] = set()
    for (_entry, name, ends_at), group in groupby(rows, key=lambda row: row[:3]):
        zone = ZoneInfo(name)
        drop |= which_to_drop([Kept(*row[3:]) for row in group], now, zone, partial(night_of, zone=zone, ends_at=ends_at))
    # Asked for by kind again: a text may have become one that its author is done with since it was read.
    return sum(
        Revision.objects.filter(pk__in=ids, kind=Revision.Kind.EARLIER).delete()[0]
        for ids in batched(sorted(drop), ROWS_AT_ONCE, strict=False)
    )
