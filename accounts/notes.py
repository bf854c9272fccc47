"""A counselor's private notes, one for each client."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import ClientNote, NoteWords, Tie, User

TICK = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is kept. `mark` tells one state of it from another; "" where there is no note."""

    text: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The note was changed elsewhere since the page was opened. Nothing was written; `there` is what is kept."""

    there: Note


def read(counselor: User, tie: Tie) -> Note:
    return _note(ClientNote.objects.filter(tie=tie, counselor=counselor).first())


def _note(row: ClientNote | None) -> Note:
    return Note(row.words.text, row.written_at.isoformat()) if row else Note()


def keep(counselor: User, tie: Tie, text: str, based_on: str, now: dt.datetime) -> Note | Changed:
    """Write the note, or delete it where no text is left. `based_on` is the mark of the note that the page was opened with.

    Safe to repeat. The caller has seen to it that the tie is this counselor's.
    """
    try:
        with transaction.atomic():
            return _keep(counselor, tie, text, based_on, now)
    except IntegrityError:  # two pages wrote the first note at once: now it is found
        with transaction.atomic():
            return _keep(counselor, tie, text, based_on, now)


def _keep(counselor: User, tie: Tie, text: str, based_on: str, now: dt.datetime) -> Note | Changed:
    row = ClientNote.objects.select_for_update().filter(tie=tie, counselor=counselor).first()
    there = _note(row)
    text = text if text.strip() else ""
    if text == there.text:
        return there
    if based_on != there.mark:
        return Changed(there)
    if row is None:
        row = ClientNote(tie=tie, counselor=counselor, words=NoteWords(text=text), written_at=now)
        row.save(force_insert=True)
    elif text:
        row.words = NoteWords(text=text)
        row.written_at = max(now, row.written_at + TICK)  # no two states have one mark, whatever the clock does
        row.save(update_fields=["words", "written_at"])
    else:
        row.delete()
        return Note()
    return _note(row)
