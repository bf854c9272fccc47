"""Pages about a child: how many there are, and what becomes of them where the child is taken off its parent's list.

Whom a page is about is sealed with it, so that all of an author's summaries are opened to find them.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import batched

from django.db import transaction

from accounts.models import User
from journal import content
from journal.models import Entry, EntrySummary

BATCH = 200  # entries per transaction, so that no save waits for long


@dataclass(frozen=True, slots=True)
class Count:
    """How many pages are about a child, and how many of those about nobody else. What is in the trash is not counted."""

    pages: int
    alone: int


def count(author: User, child: str, known: Iterable[str]) -> Count:
    """`known`: the ids of all of the author's children."""
    others, pages, alone = set(known) - {child}, 0, 0
    for _pk, children, is_deleted in _about(author, child):
        if not is_deleted:
            pages += 1
            alone += others.isdisjoint(children)
    return Count(pages, alone)


def put_under(author: User, child: str, other: str | None) -> None:
    """Let the pages about a child, deleted ones included, be about `other`, or about nobody in its place.

    Each batch is a transaction of its own. Idempotent: what was interrupted can be done again.
    """
    for batch in batched((pk for pk, _children, _deleted in _about(author, child)), BATCH):
        _rewrite(author, batch, child, other)


def delete(author: User, child: str, known: Iterable[str], now: dt.datetime) -> None:
    """Move the pages about this child alone to the trash. `known`: the ids of all of the author's children. Idempotent."""
    others = set(known) - {child}
    alone = [pk for pk, children, is_deleted in _about(author, child) if not is_deleted and others.isdisjoint(children)]
    for batch in batched(alone, BATCH):
        _delete_alone(author, batch, child, others, now)


def _about(author: User, child: str) -> list[tuple[uuid.UUID, tuple[str, ...], bool]]:
    """Id, children and whether it is deleted, of each entry about this child."""
    rows = Entry.objects.by(author).order_by().opened(_row, "id", "summary", "deleted_at", owner=author.pk, chunk_size=1_000)
    return [row for row in rows if child in row[1]]


def _row(pk: uuid.UUID, summary: EntrySummary, deleted_at: dt.datetime | None) -> tuple[uuid.UUID, tuple[str, ...], bool]:
    return pk, summary.children, deleted_at is not None


@transaction.atomic
def _delete_alone(author: User, batch: Iterable[uuid.UUID], child: str, others: set[str], now: dt.datetime) -> None:
    """Those of the batch that are still about this child alone: another tab may have put one under another name meanwhile."""
    locked = Entry.objects.by(author).not_deleted().filter(pk__in=batch).order_by("pk").select_for_update()
    rows = locked.opened(_row, "id", "summary", "deleted_at", owner=author.pk)
    alone = [pk for pk, children, _is_deleted in rows if child in children and others.isdisjoint(children)]
    Entry.objects.filter(pk__in=alone).update(deleted_at=now, is_unindexed=True)


@transaction.atomic
def _rewrite(author: User, batch: Iterable[uuid.UUID], child: str, other: str | None) -> None:
    for entry in Entry.objects.by(author).filter(pk__in=batch).defer("content").order_by("pk").select_for_update():
        summary = entry.summary
        if child in summary.children:
            children = {*summary.children, *([other] if other else [])} - {child}
            content.save_summary(entry, replace(summary, children=tuple(sorted(children))))
