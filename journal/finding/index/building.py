"""Making an index, and making it learn what has changed since: in slices, so that nobody waits for long.

An entry of which the index is still to learn has `is_unindexed`. Up to `TAIL` of them are looked through with each search; more
are learnt first. What was learnt is noted in the same transaction that stores the index, for those entries alone that are still
as they were read.
"""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count

from accounts.keys import keyring
from accounts.keys.blobs import Blob
from accounts.keys.crypto import KeyringError, SealBroken
from accounts.models import User
from journal.finding.index import memory
from journal.finding.index.documents import COLUMNS, Document, Source, document
from journal.finding.index.table import FORMAT, Index, Unreadable
from journal.finding.index.words import Folded
from journal.models import Entry, EntrySummary, SearchIndex
from journal.models.search_index import WHOLE

logger = logging.getLogger("nightlight.search")

TAIL = 100  # entries that each search looks through
SPLIT_AT = 30_000  # entries; the index of a longer journal is split by year
SLICE = 400  # entries that are learnt at once while somebody waits, at most
LEAST = 30  # entries, however long it took to open the index
BUDGET = 0.06  # seconds to open the index and to read them; to learn and to store them takes about as long again
LARGE_SLICE, LARGE_BUDGET = 5_000, 0.5  # where nobody waits: an index is stored less often


class _State(NamedTuple):
    """What of an entry says whether it is still as it was read. `version` tells of the text."""

    pk: uuid.UUID
    version: int
    night: dt.date
    summary: EntrySummary
    prompt: str | None
    assigned: uuid.UUID | None
    is_deleted: bool

    @classmethod
    def of(cls, source: Source) -> "_State":
        return cls(source.pk, source.version, source.night, source.summary, source.prompt, source.assigned, source.deleted_at is not None)


@dataclass(slots=True)
class _Slice:
    """Entries that were read to be learnt."""

    states: list[_State]
    documents: list[Document]
    gone: list[uuid.UUID]
    moved: list[uuid.UUID]  # those that the index of another year may know


def start_anew(author: User, year: int | None = None) -> None:
    """Forget the indexes of this person, or that of a year: they are made from all entries again."""
    with transaction.atomic():
        indexes, entries = SearchIndex.objects.by(author), Entry.objects.by(author).filter(is_unindexed=False)
        if year:
            indexes, entries = indexes.filter(year=year), entries.filter(night__year=year)
        indexes.delete()
        list(entries.order_by("pk").select_for_update().values_list("pk"))  # as every other process locks them
        entries.update(is_unindexed=True)


def advance(author: User, *, is_awaited: bool = True) -> bool:
    """Learn of some entries more, the latest nights first; False where nothing was learnt, as when another process was faster.

    `is_awaited`: whether somebody waits for it; then it takes less than a fifth of a second.

    Raises a `KeyringError` where the author's key or one of the entries cannot be opened.
    """
    start = time.thread_time()
    years = set(SearchIndex.objects.by(author).values_list("year", flat=True))
    is_split = bool(years - {WHOLE}) or (not years and Entry.objects.by(author).not_deleted().count() > SPLIT_AT)
    most = SLICE if is_awaited else max(SLICE, LARGE_SLICE)
    nights = list(Entry.objects.by(author).unindexed().order_by("-night", "-pk").values_list("pk", "night")[:most])
    if not nights:
        return False
    year = nights[0][1].year if is_split else WHOLE
    kept = memory.take(author.pk)
    stored, index = _open(author, year, kept)
    try:
        if not is_split and len(index) > SPLIT_AT:
            start_anew(author)
            return True
        if len(index.gone) * 4 > len(index.nights) > TAIL:
            index.close()
            start_anew(author, year)
            stored, index = None, Index()
        ids = [pk for pk, night in nights if not is_split or night.year == year]
        learnt = _read(author, ids, start + (BUDGET if is_awaited else LARGE_BUDGET))
        for pk in [*learnt.gone, *map(uuid.UUID, stored.forgotten if stored else ())]:
            index.forget(pk)
        index.learn(learnt.documents)
        if (opened := _store(author, year, stored, index, learnt)) is None:
            return False
        kept.append(opened)
        index = Index()  # to be closed in its place
        return True
    finally:
        index.close()
        memory.put(author.pk, kept)


def _open(author: User, year: int, kept: list[memory.Opened]) -> tuple[SearchIndex | None, Index]:
    """The index of this year as it is stored, taken out of what is kept where it is there; an empty one where there is none, or
    where it cannot be read.
    """
    rows = SearchIndex.objects.by(author).filter(year=year)
    stored = rows.defer("data").first() if kept else None
    for each in kept:
        if stored is not None and (each.pk, each.revision) == (stored.pk, stored.revision):
            kept.remove(each)
            return stored, each.table
    stored = rows.first()
    if stored is None:
        return None, Index()
    try:
        if stored.format != FORMAT:
            raise Unreadable
        return stored, Index(stored.data.data)
    except (Unreadable, SealBroken):
        start_anew(author, year)
        return None, Index()


def _read(author: User, ids: list[uuid.UUID], until: float) -> _Slice:
    """As many of these entries as there is time for until then."""
    learnt, known = _Slice([], [], [], []), Folded()
    for source in _sources(author, ids):
        learnt.states.append(_State.of(source))
        if source.deleted_at is None:
            learnt.documents.append(document(source, known))
        else:
            learnt.gone.append(source.pk)
        if source.kind == Entry.Kind.FREE and source.version > 1:  # pages of nights stay where they are
            learnt.moved.append(source.pk)
        if time.thread_time() > until and len(learnt.states) >= LEAST:
            break
    return learnt


def _sources(author: User, ids: list[uuid.UUID]) -> Iterator[Source]:
    for start in range(0, len(ids), 100):
        yield from Entry.objects.filter(pk__in=ids[start : start + 100]).opened(Source, *COLUMNS, owner=author.pk)


def _store(author: User, year: int, stored: SearchIndex | None, index: Index, learnt: _Slice) -> "memory.Opened | None":
    """Store the index, and note what it has learnt. None where another process has stored one meanwhile."""
    image = index.image()
    try:
        with transaction.atomic():
            revision = stored.revision if stored else 0
            # All of them, and always in this order: two processes that learn different years wait for each other in turn.
            indexes = {each.year: each for each in SearchIndex.objects.by(author).select_for_update().defer("data").order_by("pk")}
            present = indexes.pop(year, None)
            if (present.revision if present else 0) != revision:
                return None
            known, missing = _note(author, learnt.states)
            row = present or SearchIndex(author=author, year=year)
            row.forgotten = sorted({*row.forgotten, *map(str, missing)}.difference(stored.forgotten if stored else ()))
            row.format, row.revision, row.data = FORMAT, revision + 1, Blob(image)
            row.save(force_insert=present is None, force_update=present is not None)
            _forget(indexes.values(), known.intersection(learnt.moved))
    except IntegrityError:
        return None
    index.size = len(image)
    return memory.Opened(row.pk, row.revision, index)


def _forget(indexes: Iterable[SearchIndex], moved: Collection[uuid.UUID]) -> None:
    for index in indexes if moved else ():
        index.forgotten = sorted({*index.forgotten, *map(str, moved)})
        index.save(update_fields=["forgotten"])


def _note(author: User, states: list[_State]) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """Note of those entries that are still as they were read that the index knows them. Returns them, and those that are no more."""
    ids = [state.pk for state in states]
    locked = Entry.objects.filter(pk__in=ids).select_for_update().order_by("pk")

    def state(
        pk: uuid.UUID,
        version: int,
        night: dt.date,
        summary: EntrySummary,
        prompt: str | None,
        assigned: uuid.UUID | None,
        deleted_at: dt.datetime | None,
    ) -> _State:
        return _State(pk, version, night, summary, prompt, assigned, deleted_at is not None)

    present = set(locked.opened(state, "id", "version", "night", "summary", "prompt_id", "assigned_id", "deleted_at", owner=author.pk))
    known = {each.pk for each in states if each in present}
    Entry.objects.filter(pk__in=known).update(is_unindexed=False)
    return known, set(ids) - {each.pk for each in present}


def catch_up(now: dt.datetime) -> int:
    """Make every index that has more than `TAIL` entries to learn of learn them all; returns for how many people. Idempotent, and
    can be interrupted at any moment: each slice is stored by itself.

    Those that know of entries that are no more are made anew: what was deleted for good is in no index for longer. An entry that is in
    the index of another year by now is no reason for that: the one that it may have left learns of it when it is next stored.
    """
    for index in SearchIndex.objects.exclude(forgotten=[]).select_related("author").defer("data"):
        if Entry.objects.filter(pk__in=index.forgotten).count() < len(index.forgotten):
            start_anew(index.author, index.year or None)
    waiting = Entry.objects.unindexed().order_by().values("author").annotate(count=Count("pk")).filter(count__gt=TAIL)
    authors = list(User.objects.filter(pk__in=[row["author"] for row in waiting]).order_by("pk"))
    return sum(_catch_up(author) for author in authors)


@keyring.cached()
def _catch_up(author: User) -> bool:
    try:
        while advance(author, is_awaited=False):
            pass
    except KeyringError as error:
        logger.error("A search index could not be made", exc_info=error)
        return False
    finally:
        memory.clear()
    return True
