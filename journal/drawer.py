"""The drawer: where deleted entries wait before they are gone."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from journal import pages, sharing
from journal.models import DRAWER_DAYS, Entry

KEEPS = dt.timedelta(days=DRAWER_DAYS)
BATCH = 100  # entries deleted at once, with their revisions


def put_in(author: User, entry: Entry, now: dt.datetime) -> None:
    """Safe to repeat: what lies in the drawer keeps the day it was put there."""
    Entry.objects.by(author).kept().filter(pk=entry.pk).update(drawer_at=now)


@transaction.atomic
def take_out(author: User, entry: Entry) -> None:
    kept = Entry.objects.by(author).select_for_update().get(pk=entry.pk)
    if kept.drawer_at is not None:
        pages.take_out(kept)
        kept.save(update_fields=["kind", "drawer_at"])


@transaction.atomic
def delete_for_good(author: User, pk: uuid.UUID) -> None:
    """Delete an entry of this author's that lies in the drawer, with all its revisions and shared copies. Safe to repeat."""
    there = Entry.objects.by(author).filter(pk=pk, drawer_at__isnull=False).select_for_update()
    _delete(list(there.values_list("pk", flat=True)), timezone.now())


def empty(now: dt.datetime) -> int:
    """Delete what has lain in anybody's drawer for as long as it keeps things; says how many entries those were.

    A batch at a time: nobody's save waits for long, and what was deleted stays so if this is cut short. Safe to repeat.
    """
    gone = 0
    while batch := _empty_batch(now):
        gone += batch
    return gone


@transaction.atomic
def _empty_batch(now: dt.datetime) -> int:
    # Locked, so that none is deleted that is being taken out at this very moment.
    batch = list(Entry.objects.overdue(now).order_by("pk").select_for_update().values_list("pk", flat=True)[:BATCH])
    _delete(batch, now)
    return len(batch)


def _delete(entries: list[uuid.UUID], now: dt.datetime) -> None:
    """The caller holds their rows. A share knows its entry only until that is gone, so shares are taken back first."""
    sharing.take_back_of(entries, now)
    Entry.objects.filter(pk__in=entries).delete()
