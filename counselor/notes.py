"""A counselor's private notes, one for each client."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import Connection, User
from counselor.models import ClientNote, ClientNoteContent

TICK = dt.timedelta(microseconds=1)  # the resolution of the database


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is stored. `version` changes with every save; "" where there is no note."""

    text: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """The note was changed elsewhere since the page was opened. Nothing was written; `stored` is the note as it is."""

    stored: Note


def of(connection: Connection) -> Note:
    """The note about the client of this connection."""
    return _note(ClientNote.objects.filter(pk=connection.pk).first())


def _note(row: ClientNote | None) -> Note:
    return Note(row.content.text, row.written_at.isoformat()) if row else Note()


def save(counselor: User, connection: Connection, text: str, based_on: str, now: dt.datetime) -> Note | Conflict:
    """Write the note, or delete it where the text is empty. `based_on` is the version that the page was opened with. Idempotent.

    The caller has checked that the connection is this counselor's.
    """
    try:
        with transaction.atomic():
            return _save(counselor, connection, text, based_on, now)
    except IntegrityError:  # the first note was created at the same time: it is visible now
        with transaction.atomic():
            return _save(counselor, connection, text, based_on, now)


def _save(counselor: User, connection: Connection, text: str, based_on: str, now: dt.datetime) -> Note | Conflict:
    row = ClientNote.objects.select_for_update().filter(pk=connection.pk, counselor=counselor).first()
    stored = _note(row)
    text = text if text.strip() else ""
    if text == stored.text:
        return stored
    if based_on != stored.version:
        return Conflict(stored)
    if row is None:
        row = ClientNote(
            pk=connection.pk,
            connection=connection,
            counselor=counselor,
            dated=counselor.tonight(now),
            content=ClientNoteContent(text=text),
            made_at=now,
            written_at=now,
        )
        row.save(force_insert=True)
    elif text:
        row.content = ClientNoteContent(text=text)
        row.written_at = max(now, row.written_at + TICK)  # so that versions differ whatever the clock does
        row.save(update_fields=["content", "written_at"])
    else:
        row.delete()
        return Note()
    return _note(row)
