"""A counselor's private notes, each about one client and of one date. Clients never see them, and no other counselor does."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.safestring import SafeString

from accounts.models import Connection, User
from common.text import fold
from counselor.models import ClientNote, ClientNoteContent
from counselor.models.client import ClientNoteQuerySet
from journal import markup

KEPT_REMOVED = dt.timedelta(days=30)  # a note that was removed can be put back for that long
EXCERPT = 160  # characters of a note in a list
CHUNK = 500  # notes that are opened at once while searching


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is stored. `version` rises with every save."""

    pk: uuid.UUID
    connection: uuid.UUID
    dated: dt.date
    text: str
    version: int
    html: SafeString
    is_removed: bool = False

    @property
    def excerpt(self) -> str:
        """How it begins."""
        return _cut(self.text)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a page sends of a note. `base` is the version that the page was opened with; 0 for a new note."""

    pk: uuid.UUID
    dated: dt.date
    text: str
    base: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """The note was changed elsewhere since the page was opened. Nothing was written; `stored` is the note as it is."""

    stored: Note


# --- Reading.


def of(connection: Connection, *, first: int = 0, most: int | None = None) -> list[Note]:
    """The notes about one client, the latest first: all, or from the place `first` on at `most` so many. One query."""
    if connection.counselor_id is None:
        return []
    rows = _rows(connection)[first : None if most is None else first + most]
    columns = ("id", "connection_id", "dated", "version", "content")
    return list(rows.opened(_note_of, *columns, owner=connection.counselor_id))


def count(connection: Connection) -> int:
    """How many notes there are about one client."""
    return _rows(connection).count()


def _rows(connection: Connection) -> ClientNoteQuerySet:
    return ClientNote.objects.filter(connection=connection, counselor=connection.counselor_id, removed_at=None)


def find(counselor: User, note: uuid.UUID) -> Note | None:
    """One of the counselor's notes, also one that was removed and can be put back."""
    row = ClientNote.objects.filter(counselor=counselor, pk=note).first()
    return _note(row) if row else None


def _note_of(pk: uuid.UUID, connection: uuid.UUID, dated: dt.date, version: int, content: ClientNoteContent) -> Note:
    html = markup.stored(content.html, content.renderer, content.text)
    return Note(pk, connection, dated, content.text, version, html)


def _note(row: ClientNote) -> Note:
    html = markup.stored(row.content.html, row.content.renderer, row.content.text)
    return Note(row.pk, row.connection_id, row.dated, row.content.text, row.version, html, row.removed_at is not None)


# --- Writing.


def save(counselor: User, connection: Connection, draft: Draft, now: dt.datetime) -> Note | Conflict | None:
    """Write a note about one of the counselor's clients. Idempotent: the same text is saved once.

    None where the id is that of somebody else's note, or nothing was written yet. A text that was emptied is kept as an empty note,
    until it is removed. What is written in a note that was removed elsewhere is kept in it, and it can be put back.
    """
    content = ClientNoteContent(draft.text if draft.text.strip() else "", markup.render(draft.text), markup.RENDERER)
    try:
        with transaction.atomic():
            return _save(counselor, connection, draft, content, now)
    except IntegrityError:  # it was created at the same time: it is visible now
        with transaction.atomic():
            return _save(counselor, connection, draft, content, now)


def _save(counselor: User, connection: Connection, draft: Draft, content: ClientNoteContent, now: dt.datetime) -> Note | Conflict | None:
    row = ClientNote.objects.select_for_update().filter(pk=draft.pk).first()
    if row is None:
        return _create(counselor, connection, draft, content, now) if content.text else None
    if row.counselor_id != counselor.pk:
        return None
    if (row.content.text, row.dated) == (content.text, draft.dated):
        return _note(row)
    if row.version != draft.base:
        return Conflict(_note(row))
    row.content, row.dated, row.version, row.written_at = content, draft.dated, row.version + 1, now
    row.save(update_fields=["content", "dated", "version", "written_at"])
    return _note(row)


def _create(counselor: User, connection: Connection, draft: Draft, content: ClientNoteContent, now: dt.datetime) -> Note:
    row = ClientNote(
        pk=draft.pk, connection=connection, counselor=counselor, dated=draft.dated, content=content, made_at=now, written_at=now
    )
    row.save(force_insert=True)
    return _note(row)


def remove(counselor: User, note: uuid.UUID, now: dt.datetime) -> None:
    """Remove a note; for `KEPT_REMOVED` it can be put back. Idempotent."""
    ClientNote.objects.of_counselor(counselor).filter(pk=note).update(removed_at=now)


def put_back(counselor: User, note: uuid.UUID) -> None:
    """Put back a note that was removed. Idempotent."""
    ClientNote.objects.filter(counselor=counselor, pk=note).update(removed_at=None)


def forget_removed(now: dt.datetime) -> int:
    """Delete what can no longer be put back; returns how many notes. Idempotent."""
    return ClientNote.objects.filter(removed_at__lt=now - KEPT_REMOVED).delete()[0]


# --- Searching.


@dataclass(frozen=True, slots=True)
class Hit:
    """A note that was found. `excerpt` are the words around the first match, each with whether it matches."""

    pk: uuid.UUID
    connection: uuid.UUID
    dated: dt.date
    excerpt: list[tuple[str, bool]]


def search(counselor: User, words: str, limit: int) -> tuple[list[Hit], int]:
    """The latest of the counselor's notes that hold all these words, and how many do. Accents and case make no difference.

    Opens all of them, since what is sealed cannot be searched for otherwise: see docs/decisions/0101-dated-notes.md for what that takes.
    """
    wanted = fold(words).split()
    if not wanted:
        return [], 0
    words_in = _Words(wanted)
    hits: list[Hit] = []
    count = 0
    rows = ClientNote.objects.of_counselor(counselor)
    for pk, connection, dated, text in rows.opened(_found, "id", "connection_id", "dated", "content", owner=counselor.pk, chunk_size=CHUNK):
        if words_in.has_all(text):
            count += 1
            if count <= limit:
                hits.append(Hit(pk, connection, dated, _marked(text, words_in)))
    return hits, count


def _found(pk: uuid.UUID, connection: uuid.UUID, dated: dt.date, content: ClientNoteContent) -> tuple[uuid.UUID, uuid.UUID, dt.date, str]:
    return pk, connection, dated, content.text


class _Words(dict[str, int]):
    """For each word of a text, which of the wanted ones it holds, as bits: the same words come again and again, and are folded once."""

    def __init__(self, wanted: Sequence[str]) -> None:
        super().__init__()
        self._wanted = wanted
        self._all = (1 << len(wanted)) - 1

    def __missing__(self, word: str) -> int:
        folded = fold(word)
        bits = self[word] = sum(1 << place for place, part in enumerate(self._wanted) if part in folded)
        return bits

    def has_all(self, text: str) -> bool:
        found = 0
        for word in text.split():
            found |= self[word]
        return found == self._all


def _marked(text: str, words_in: _Words) -> list[tuple[str, bool]]:
    """The words around the first that matches, with whether each does."""
    words = [(word, words_in[word] > 0) for word in text.split()]
    first = next((place for place, (_word, matches) in enumerate(words) if matches), 0)
    start = max(0, first - 8)
    return [("…", False), *words[start : start + 30]] if start else words[:30]


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= EXCERPT else flat[:EXCERPT].rsplit(" ", 1)[0] + "…"
