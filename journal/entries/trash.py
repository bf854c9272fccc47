"""The trash, on the page *Recently deleted*: where deleted entries wait before they are gone."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from journal import content
from journal.models import TRASH_DAYS, Entry
from journal.sharing import shares

KEEPS = dt.timedelta(days=TRASH_DAYS)
BATCH = 100  # entries deleted at once, with their revisions


def delete(author: User, entry: Entry, now: dt.datetime) -> None:
    """Move an entry to the trash. Idempotent: what is in the trash keeps the day it was put there."""
    Entry.objects.by(author).not_deleted().filter(pk=entry.pk).update(deleted_at=now)


@transaction.atomic
def put_back(author: User, entry: Entry) -> None:
    """Idempotent."""
    locked = Entry.objects.by(author).select_for_update().get(pk=entry.pk)
    if locked.deleted_at is not None:
        content.put_back(locked)
        locked.save(update_fields=["kind", "deleted_at"])


@transaction.atomic
def delete_for_good(author: User, pk: uuid.UUID) -> None:
    """Delete an entry in this author's trash, with all its revisions and shared copies. Idempotent."""
    locked = Entry.objects.by(author).filter(pk=pk, deleted_at__isnull=False).select_for_update()
    _delete(list(locked.values_list("pk", flat=True)), timezone.now())


def empty(now: dt.datetime) -> int:
    """Delete what has been in anybody's trash for long enough; returns how many entries those were.

    A batch at a time: nobody's save waits for long, and what was deleted stays so if this is interrupted. Idempotent.
    """
    deleted = 0
    while batch := _empty_batch(now):
        deleted += batch
    return deleted


@transaction.atomic
def _empty_batch(now: dt.datetime) -> int:
    # Locked, so that none is deleted that is being put back at this very moment.
    batch = list(Entry.objects.overdue(now).order_by("pk").select_for_update().values_list("pk", flat=True)[:BATCH])
    _delete(batch, now)
    return len(batch)


def _delete(entries: list[uuid.UUID], now: dt.datetime) -> None:
    """The caller holds their locks. A share knows its entry only until that is gone, so shares are taken back first."""
    shares.take_back_of(entries, now)
    Entry.objects.filter(pk__in=entries).delete()
