"""The trash, shown as *Recently deleted*: entries that can be put back for a while before they are deleted for good."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from journal import content
from journal.models import TRASH_DAYS, Entry, EntryQuerySet, SearchIndex, Share
from journal.sharing import shares

KEEP_FOR = dt.timedelta(days=TRASH_DAYS)
BATCH = 100  # entries per transaction


def delete(author: User, entry: Entry, now: dt.datetime) -> None:
    """Move an entry to the trash. Idempotent: the first deletion counts."""
    Entry.objects.by(author).not_deleted().filter(pk=entry.pk).update(deleted_at=now, is_unindexed=True)


def put_back(author: User, entry: Entry) -> None:
    """Take an entry out of the trash. Idempotent."""
    try:
        _put_back(author, entry)
    except IntegrityError:
        _put_back(author, entry)  # its night got another page at the same time, which is visible now


@transaction.atomic
def _put_back(author: User, entry: Entry) -> None:
    locked = Entry.objects.by(author).select_for_update().get(pk=entry.pk)
    if locked.deleted_at is not None:
        content.put_back(locked)
        locked.save(update_fields=content.PUT_BACK)


@transaction.atomic
def delete_for_good(author: User, pk: uuid.UUID, seen: Entry | None = None) -> None:
    """Delete an entry in this author's trash, with all its revisions and shared copies. Idempotent.

    One that was put back stays and, where `seen` is the entry as its author saw it, one that was written on since.
    """
    SearchIndex.objects.lock([author.pk])
    entries = Entry.objects.by(author).filter(pk=pk, deleted_at__isnull=False)
    if seen is not None:
        entries = entries.filter(version=seen.version)
    _delete(entries, timezone.now())


@transaction.atomic
def delete_untouched(author: User, pks: list[uuid.UUID]) -> int:
    """Delete those of these pages for good that nobody wrote on here, in the trash or not, and that are not shared; returns how many.

    A page that was taken in has not been saved by any page of ours (`seq` 0) until somebody writes on it. Idempotent.
    """
    SearchIndex.objects.lock([author.pk])
    shared = Share.objects.active().filter(entry__in=pks).values("entry")
    return _delete(Entry.objects.by(author).filter(pk__in=pks, seq=0).exclude(pk__in=shared), timezone.now())


def empty(now: dt.datetime) -> int:
    """Delete the overdue entries of everybody's trash for good; returns how many. Idempotent.

    Each batch is a transaction of its own: no save waits for long, and an interrupted run keeps what it has done.
    """
    deleted = 0
    overdue = Entry.objects.overdue(now).order_by("pk")
    while batch := dict(overdue.values_list("pk", "author")[:BATCH]):
        deleted += _delete_overdue(batch, now)
    return deleted


@transaction.atomic
def _delete_overdue(batch: dict[uuid.UUID, uuid.UUID], now: dt.datetime) -> int:
    """`batch`: ids of entries, each with its author's. Those that were put back meanwhile stay."""
    SearchIndex.objects.lock(set(batch.values()))
    return _delete(Entry.objects.overdue(now).filter(pk__in=batch), now)


def _delete(entries: EntryQuerySet, now: dt.datetime) -> int:
    """Delete these for good, and return how many they were. The caller has locked the indexes of their authors.

    Shares are taken back first: afterwards they no longer refer to their entry.
    """
    locked = dict(entries.order_by("pk").select_for_update().values_list("pk", "author"))
    if locked:
        shares.take_back_of(locked, now)
        SearchIndex.objects.forget((author, pk) for pk, author in locked.items())  # one may have been made until they were locked
        Entry.objects.filter(pk__in=locked).delete()
    return len(locked)
