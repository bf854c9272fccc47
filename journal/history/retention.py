"""Retention: which revisions are deleted as they grow old.

Texts kept at *done*, those from before a large cut, and conflict copies are never deleted. Of the other revisions all are kept for a day, then those that
are the last of their hour for a week, and after that those that are the last of their evening.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from itertools import batched, groupby
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef

from common.nights import night_of
from common.places import time_zones
from journal.models import Revision

KEEP_ALL_FOR = dt.timedelta(days=1)
KEEP_HOURLY_FOR = dt.timedelta(days=7)

ENTRY_BATCH = 100  # entries per transaction
DELETE_BATCH = 500  # revisions per DELETE


class RevisionInfo(NamedTuple):
    """What the retention rule needs to know of a revision: nothing of what was written."""

    id: uuid.UUID
    kind: str
    saved_at: dt.datetime
    version: int


def expired(
    revisions: Sequence[RevisionInfo], now: dt.datetime, zone: dt.tzinfo, evening_of: Callable[[dt.datetime], dt.date]
) -> set[uuid.UUID]:
    """The ids of those revisions of one entry that the rule deletes at `now`.

    `zone` is the author's; `evening_of` returns the evening that a moment belongs to for them. Always kept: texts of *done*,
    those from before a large cut, and conflict copies, what is younger than a day, the newest revision, and the last one of any evening. Deleting at
    several moments leaves the same revisions as deleting once at the last of them.
    """
    history = [revision for revision in revisions if revision.kind != Revision.Kind.CONFLICT]
    history.sort(key=lambda revision: (revision.saved_at, revision.version))
    last_of_hour = {_hour(revision.saved_at, zone): revision.id for revision in history}
    last_of_evening = {evening_of(revision.saved_at): revision.id for revision in history}
    kept = {*last_of_evening.values(), *(revision.id for revision in history[-1:])}
    return {
        revision.id
        for revision in history
        if revision.kind == Revision.Kind.EARLIER
        and revision.id not in kept
        and (age := now - revision.saved_at) >= KEEP_ALL_FOR
        and (age >= KEEP_HOURLY_FOR or last_of_hour[_hour(revision.saved_at, zone)] != revision.id)
    }


def _hour(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The start, in UTC, of the hour on the clocks of `zone`; an hour that they show twice counts as two."""
    local = moment.astimezone(zone)
    return moment.astimezone(dt.UTC) - dt.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def prune(now: dt.datetime) -> int:
    """Delete everybody's expired revisions; returns how many. Idempotent, and can be interrupted at any moment.

    Nothing sealed is loaded. Memory does not grow with the number of entries, and each batch of them is a transaction of
    its own.
    """
    deleted = 0
    last_entry = uuid.UUID(int=0)
    while entries := _next_entries(last_entry, now):
        with transaction.atomic():
            deleted += _prune(entries, now)
        last_entry = entries[-1]
    return deleted


def _next_entries(last_entry: uuid.UUID, now: dt.datetime) -> list[uuid.UUID]:
    """The next batch of entries that may have expired revisions: old enough, and not the newest of their entry."""
    newer = Revision.objects.filter(entry=OuterRef("entry"), saved_at__gte=OuterRef("saved_at")).exclude(pk=OuterRef("pk"))
    old = Revision.objects.filter(kind=Revision.Kind.EARLIER, saved_at__lte=now - KEEP_ALL_FOR, entry__gt=last_entry)
    old = old.filter(Exists(newer.exclude(kind=Revision.Kind.CONFLICT)))
    return list(old.order_by("entry_id").values_list("entry_id", flat=True).distinct()[:ENTRY_BATCH])


def _prune(entries: list[uuid.UUID], now: dt.datetime) -> int:
    rows = (
        Revision.objects.filter(entry__in=entries)
        .order_by("entry_id")
        .values_list("entry_id", "author__time_zone", "author__night_ends_at", "pk", "kind", "saved_at", "version")
    )
    ids: set[uuid.UUID] = set()
    for (_entry, time_zone, ends_at), group in groupby(rows, key=lambda row: row[:3]):
        zone = time_zones.zone(time_zone)
        ids |= expired([RevisionInfo(*row[3:]) for row in group], now, zone, partial(night_of, zone=zone, ends_at=ends_at))
    # Filtered by kind again: its author may have been done with a text since it was read.
    return sum(
        Revision.objects.filter(pk__in=batch, kind=Revision.Kind.EARLIER).delete()[0] for batch in batched(sorted(ids), DELETE_BATCH)
    )
