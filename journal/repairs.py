"""Repairs: a rupture between a parent and a child, which stays gently open until its author says what became of it.

What tells of it is an entry like any other: one that was written on the guide `GUIDE`, or any other that its author keeps open. Its
summary says what became of it, so that lists, search and insights need no row more; beside it stands a `Repair`, so that Tonight finds the
open ones without opening a journal. Both change together here. An entry in the trash hides its repair, and brings it back when it is put
back; deleted for good, it takes it along.
"""

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.models import User
from journal import content
from journal.models import Entry, EntryQuerySet, EntrySummary, Repair, RepairContent, RepairState

GUIDE = "something-went-wrong"  # the guide whose pages are open repairs from their first save on

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
MOST = 20  # open repairs that Tonight looks at, however many there are


# --- Writing. Each function is idempotent, and raises `Entry.DoesNotExist` where the author has no such entry outside the trash.


def new_summary(guide: str) -> EntrySummary:
    """The summary with which a new entry begins that is written on this guide, or on none."""
    return EntrySummary(repair=RepairState.OPEN if guide == GUIDE else "")


def add_row(author: User, entry: Entry, now: dt.datetime) -> None:
    """Note that a new entry, which `new_summary` made an open repair, is one; for any other nothing. Call in the transaction of its save."""
    if entry.summary.repair:
        opened = author.tonight(now).isoformat()
        Repair.objects.create(entry=entry, author=author, content=RepairContent(opened=opened))
        author.remember("has_repairs")


@transaction.atomic
def keep_open(author: User, pk: uuid.UUID, now: dt.datetime) -> Entry:
    """Make any entry an open repair, or open one again. What was said of its mending stays with it, for when it is mended again."""
    entry = _locked(author, pk)
    if entry.summary.repair == RepairState.OPEN:
        return entry
    content.save_summary(entry, replace(entry.summary, repair=RepairState.OPEN.value, mended=""))
    row = Repair(entry=entry, author=author, is_open=True, content=RepairContent(opened=author.tonight(now).isoformat()))
    row.save(force_insert=not Repair.objects.filter(pk=pk).exists())
    author.remember("has_repairs")
    return entry


def mark_of(summary: EntrySummary) -> str:
    """What a page sends of the state that it showed, so that it overwrites no other."""
    state = f"{summary.repair} {summary.mended} {summary.mended_words}"
    return salted_hmac("journal.repairs.mark", state, algorithm="sha256").hexdigest()[:16]


@transaction.atomic
def settle(
    author: User, pk: uuid.UUID, state: RepairState, *, night: dt.date | None = None, words: str = "", seen: str | None = None
) -> Entry | None:
    """Say what became of a repair, open or not: mended or partly so, in the evening of `night`, or let rest; with a few words.

    `state`: any but `OPEN`, which is what `keep_open` is for. `seen`: the `mark_of` what the page showed; where something else was said
    meanwhile, nothing is changed, and None returned. Raises `Entry.DoesNotExist` also where the entry is no repair.
    """
    entry = _locked(author, pk)
    if not entry.summary.repair:
        raise Entry.DoesNotExist
    mended = night.isoformat() if night and state in {RepairState.MENDED, RepairState.PARTLY} else ""
    settled = replace(entry.summary, repair=state.value, mended=mended, mended_words=words)
    if seen is not None and settled != entry.summary and seen != mark_of(entry.summary):
        return None
    content.save_summary(entry, settled)
    Repair.objects.filter(pk=pk, is_open=True).update(is_open=False)
    return entry


@transaction.atomic
def remove(author: User, pk: uuid.UUID, *, seen: str | None = None) -> Entry | None:
    """Make a repair an entry like any other again. Its text stays as it is. `seen`: as of `settle`."""
    entry = _locked(author, pk)
    if seen is not None and entry.summary.repair and seen != mark_of(entry.summary):
        return None
    content.save_summary(entry, replace(entry.summary, repair="", mended="", mended_words=""))
    Repair.objects.filter(pk=pk).delete()
    return entry


@transaction.atomic
def put_off(author: User, tonight: dt.date) -> None:
    """Ask about no open repair any more tonight."""
    rows = Repair.objects.filter(author=author, is_open=True).order_by("pk").select_for_update()  # in one order: two tabs never deadlock
    for row in rows:
        if row.content.put_off != tonight.isoformat():
            row.content = replace(row.content, put_off=tonight.isoformat())
            row.save(update_fields=["content"])


def _locked(author: User, pk: uuid.UUID) -> Entry:
    entry = Entry.objects.lock(author, pk)
    if entry is None or entry.deleted_at is not None:
        raise Entry.DoesNotExist
    return entry


# --- Reading.


def listed(author: User) -> EntryQuerySet:
    """The author's repairs as entries: the open ones first, then by their evening, the newest first."""
    return Entry.objects.filter(repair__author=author).not_deleted().order_by("-repair__is_open", "-night", "-pk")


@dataclass(frozen=True, slots=True)
class Reminder:
    """What Tonight says of open repairs, in one line for all of them.

    `asks`: whether it asks for a way back, as it does on the night after one was opened and a week after, and otherwise never.
    `pk`: the one that it speaks of; None where it speaks of several. `children`: the names of those it is about. `is_of_last_night`: it
    happened last night. `is_new`: it was opened tonight, and needs nothing more until tomorrow.
    """

    asks: bool
    pk: uuid.UUID | None
    children: tuple[str, ...] = ()
    is_of_last_night: bool = False
    is_new: bool = False


def reminder(author: User, tonight: dt.date) -> Reminder | None:
    """None where nothing is open. One query; none for those who never wrote of a repair."""
    if not author.has_repairs:
        return None
    rows = (
        Repair.objects.filter(author=author, is_open=True, entry__deleted_at=None).select_related("entry").order_by("-entry__night", "-pk")
    )
    read = rows.only("author_id", "content", "entry__author_id", "entry__night", "entry__version", "entry__summary")[:MOST]
    open_rows = list(read)
    if not open_rows:
        return None
    asked = [row for row in open_rows if _asks(row.content, tonight)]
    older = [row for row in open_rows if row.content.opened < tonight.isoformat()]
    of = asked or older or open_rows
    if len(of) > 1:
        return Reminder(asks=bool(asked), pk=None, is_new=not older)
    entry = of[0].entry
    return Reminder(
        asks=bool(asked),
        pk=entry.pk,
        children=tuple(author.children.names(entry.summary.children)),
        is_of_last_night=entry.night == tonight - DAY,
        is_new=not older,
    )


def _asks(row: RepairContent, tonight: dt.date) -> bool:
    """Whether tonight is one of the two nights on which a repair comes back."""
    nights = {(tonight - DAY).isoformat(), (tonight - WEEK).isoformat()}
    return row.opened in nights and row.put_off != tonight.isoformat()
