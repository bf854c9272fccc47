"""A journal as it is searched: its indexes, opened, and the entries of which they are still to learn."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import NamedTuple

from django.db.models import UUIDField

from accounts.keys.blobs import Blob
from accounts.keys.crypto import SealBroken
from accounts.models import User
from common.database.prepared import Placeholder, Prepared
from journal.finding.index import building, matching, memory
from journal.finding.index.documents import COLUMNS, Document, Source, document
from journal.finding.index.matching import Wanted
from journal.finding.index.memory import Opened
from journal.finding.index.table import FORMAT, Index, Unreadable, ordinals
from journal.finding.index.words import Folded
from journal.models import Entry, SearchIndex

# Asked at each search: to put them together took Django as long as all else that is done before the index is asked.
_AUTHOR = Placeholder("author", UUIDField())
_ANY_UNINDEXED = Prepared(lambda: Entry.objects.filter(author=_AUTHOR).unindexed().values_list("pk")[:1])
_STORED = Prepared(lambda: SearchIndex.objects.filter(author=_AUTHOR).values_list("pk", "revision", "forgotten"))

LATEST = 50  # entries that are looked through besides the indexes while those are being made

# Where a hit is, as one number that sorts by the night: the ordinal of its date, which index (0 for the tail), and the row in it.
_NIGHT, _INDEX = 1 << 34, 1 << 24  # small enough for numbers that are quickly added


class Tail(NamedTuple):
    """Entries of which the indexes are still to learn, without deleted ones. `hidden`: what the indexes say of these is not true."""

    sources: list[Source]
    hidden: set[bytes]


class Progress(NamedTuple):
    """How many entries the index knows so far, and how many it is to know."""

    done: int
    total: int


class Journal:
    """One person's journal. Made by `opened`."""

    def __init__(self, author: User) -> None:
        self._author = author
        self._unindexed = Entry.objects.by(author).unindexed()
        self.progress: Progress | None = None
        sources = self._few_unindexed()
        if len(sources) > building.TAIL and building.advance(author):
            sources = self._few_unindexed()
        self.indexes, self._forgotten = _open(author)
        if not self.indexes and len(sources) <= building.TAIL and Entry.objects.by(author).filter(is_unindexed=False).exists():
            building.start_anew(author)  # there was none that can be read, and it is made again
            building.advance(author)
            sources = self._few_unindexed()
            self.indexes, self._forgotten = _open(author)
        self.tail = self._tail(sources)

    def _few_unindexed(self) -> list[Source]:
        """The tail or, where it is too long, a little more than that. Most searches find none."""
        if not _ANY_UNINDEXED.rows(author=self._author.pk):
            return []
        return list(self._unindexed[: building.TAIL + 1].opened(Source, *COLUMNS, owner=self._author.pk))

    def _tail(self, sources: list[Source]) -> Tail:
        hidden = {source.pk.bytes for source in sources}
        if len(sources) > building.TAIL:
            hidden = {pk.bytes for pk in self._unindexed.values_list("pk", flat=True)}
            latest = list(self._unindexed.order_by("-saved_at", "-pk").values_list("pk", flat=True)[:LATEST])
            sources = list(Entry.objects.filter(pk__in=latest).opened(Source, *COLUMNS, owner=self._author.pk))
            done = sum(len(opened.table) for opened in self.indexes)
            self.progress = Progress(done, max(done, Entry.objects.by(self._author).not_deleted().count()))
        return Tail([source for source in sources if source.deleted_at is None], hidden)

    def untrue(self, opened: Opened) -> set[int]:
        """The rows of this index that are not to be found."""
        index, hidden = opened.table, self.tail.hidden.union(self._forgotten[opened.pk])
        return index.gone.union(row for entry in hidden if (row := index.rows.get(entry)) is not None) if hidden else index.gone

    def matches(self, wanted: Wanted, nights: range) -> list[int]:
        """The places of all that match in these nights, the latest first."""
        places = [number + _NIGHT * each.night.toordinal() for number, each in self._in_tail(wanted, nights)]
        for which, opened in enumerate(self.indexes, start=1):
            index, known, untrue = opened.table, opened.table.nights, self.untrue(opened)
            rows: Iterable[int] = index.find(matching.expression(wanted, index.begun_with))
            if untrue:
                rows = [row for row in rows if row not in untrue]
            if nights != ordinals(None, None):
                rows = [row for row in rows if known[row] in nights]
            index_place = which * _INDEX
            places += [known[row] * _NIGHT + index_place + row for row in rows]
        places.sort(reverse=True)
        return places

    def best(self, wanted: Wanted, nights: range) -> list[int]:
        """The places of all that match in these nights, those first in which the words weigh most."""
        in_tail = list(self._in_tail(wanted, nights))
        besides = [each for _number, each in in_tail]
        ranked = list[tuple[float, int]]()
        with closing(Index()) as empty:
            indexes = [(0, empty, set[int]())] if not self.indexes else []
            indexes += [(which, opened.table, self.untrue(opened)) for which, opened in enumerate(self.indexes, start=1)]
            for which, index, untrue in indexes:
                for rank, row in index.rank(matching.expression(wanted, index.begun_with), besides):
                    if row >= len(index.nights):
                        number, each = in_tail[row - len(index.nights)]
                        ranked.append((rank, -(each.night.toordinal() * _NIGHT + number)))
                    elif row not in untrue and index.nights[row] in nights:
                        ranked.append((rank, -(index.nights[row] * _NIGHT + which * _INDEX + row)))
                besides = []  # weighed once
        return [-place for _rank, place in sorted(ranked)]

    def _in_tail(self, wanted: Wanted, nights: range) -> Iterator[tuple[int, Document]]:
        """The number of each entry of the tail that matches, and what of it can be found."""
        words = Folded()
        for number, source in enumerate(self.tail.sources):
            if source.night.toordinal() in nights and matching.may_match(wanted, source):
                each = document(source, words)
                if matching.matches(wanted, each):
                    yield number, each

    def page(self, places: Sequence[int], start: int, end: int, *, is_by_night: bool) -> list[uuid.UUID]:
        """The entries at these positions. Within a night, the one that was begun last comes first, as in every list of entries."""
        if not is_by_night:
            return [self._entry(place) for place in places[start:end]]
        first, last = start, min(end, len(places))
        while 0 < first < len(places) and places[first - 1] // _NIGHT == places[first] // _NIGHT:
            first -= 1
        while first < last < len(places) and places[last] // _NIGHT == places[last - 1] // _NIGHT:
            last += 1
        around = sorted(((place // _NIGHT, self._entry(place)) for place in places[first:last]), reverse=True)
        return [pk for _night, pk in around[start - first : end - first]]

    def _entry(self, place: int) -> uuid.UUID:
        which, row = place % _NIGHT // _INDEX, place % _INDEX
        return self.indexes[which - 1].table.entry(row) if which else self.tail.sources[row].pk

    def read(self, pks: list[uuid.UUID]) -> list[Source]:
        """These entries, in this order, without any that was deleted in this moment."""
        known = {source.pk: source for source in self.tail.sources}
        missing = [pk for pk in pks if pk not in known]
        if missing:
            # By their ids alone: with the author beside them, SQLite would walk through all of this person's entries. The ids are
            # from their own sealed index, and what somebody else sealed would not open.
            rows = Entry.objects.not_deleted().filter(pk__in=missing)
            known |= {source.pk: source for source in rows.opened(Source, *COLUMNS, owner=self._author.pk)}
        return [known[pk] for pk in pks if pk in known]


@contextmanager
def opened(author: User) -> Iterator[Journal]:
    """This person's journal, to be searched. Raises a `KeyringError` where their key or an entry cannot be opened."""
    journal = Journal(author)
    try:
        yield journal
    finally:
        memory.put(author.pk, journal.indexes)


def _open(author: User) -> tuple[list[Opened], dict[uuid.UUID, set[bytes]]]:
    """The indexes as they are stored now, and what each of them is to forget. None where one of them cannot be read."""
    kept = {(each.pk, each.revision): each for each in memory.take(author.pk)}
    stored, opened, forgotten = SearchIndex.objects.by(author), list[Opened](), dict[uuid.UUID, set[bytes]]()
    try:
        if kept:
            for pk, revision, ids in _STORED.rows(author=author.pk):
                forgotten[pk] = _ids(ids)
                if same := kept.pop((pk, revision), None):
                    opened.append(same)
        if not opened or len(opened) < len(forgotten):
            missing = stored.exclude(pk__in=[each.pk for each in opened]) if opened else stored
            for each, ids in missing.opened(_opened, "id", "revision", "format", "data", "forgotten", owner=author.pk, chunk_size=1):
                opened.append(each)
                forgotten[each.pk] = _ids(ids)
    except (Unreadable, SealBroken):
        memory.close(opened)
        return [], {}
    except BaseException:
        memory.close(opened)
        raise
    finally:
        memory.close(kept.values())
    return opened, forgotten


def _opened(pk: uuid.UUID, revision: int, form: int, blob: Blob, ids: list[str]) -> tuple[Opened, list[str]]:
    if form != FORMAT:
        raise Unreadable
    return Opened(pk, revision, Index(blob.data)), ids


def _ids(written: Iterable[str]) -> set[bytes]:
    return {uuid.UUID(each).bytes for each in written}
