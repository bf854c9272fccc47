"""Saving: the protocol by which nothing that reaches the server is lost or overwritten.

There is no draft model; an entry is saved while it is written. A page makes up its entry's id and an id of its
own when it opens, and numbers its saves. Each save says which version of the entry it was based on:

- the same page and number again, or a lower number, is a save that has been made: the answer is given again,
  also when another page has gone on from it since (its text is then a revision, which `history` keeps for this);
- a save based on the current version, or by the page that wrote the current version, updates the entry;
- any other is a *conflict*: the entry stays as it is, and the text that came is kept beside it as a revision. A page
  that goes on writing in a conflict goes on saving into that revision.

A page with scripts gives every text a number of its own. One without them sends its form again under the same
number; a different text under a number that has been seen is therefore a new save, not a repeated one.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from journal import history, pages
from journal.models import Entry, Mode, Night, Revision, RevisionContent
from prompts import tonight


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one save carries. `base` is the version the page had loaded, 0 for a page that found no entry."""

    entry_id: uuid.UUID
    page: uuid.UUID
    seq: int
    base: int
    kind: Entry.Kind
    night: dt.date
    text: str
    feeling: str = ""
    prompt: str | None = None
    mode: Mode = Mode.QUESTION

    @property
    def asked(self) -> str | None:
        """The slug of the question that this text answers."""
        return self.prompt if self.mode == Mode.QUESTION else None

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.feeling


@dataclass(frozen=True, slots=True)
class Saved:
    """The text is in the database. `version` is the one that holds it, and what the page's next save is based on:
    the entry's, or an earlier one in its history where another page has gone on from it."""

    entry: Entry
    version: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another page wrote in the meantime. `entry` is as that page left it; `aside` holds the text that came."""

    entry: Entry
    aside: Revision


@dataclass(frozen=True, slots=True)
class NothingYet:
    """An empty page was sent and no entry was made of it."""


def save(author: User, draft: Draft, now: dt.datetime) -> Saved | Conflict | NothingYet:
    """Save a draft. Raises `Entry.DoesNotExist` where the id belongs to somebody else's entry."""
    try:
        with transaction.atomic():
            return _save(author, draft, now)
    except IntegrityError:
        # The same page was saved twice at once, or a second page of the same night was: now it is found.
        with transaction.atomic():
            return _save(author, draft, now, must_exist=True)


def _save(author: User, draft: Draft, now: dt.datetime, *, must_exist: bool = False) -> Saved | Conflict | NothingYet:
    mine = Entry.objects.by(author).select_for_update()
    entry = mine.filter(pk=draft.entry_id).first()
    if entry is None and draft.kind == Entry.Kind.NIGHT:
        entry = mine.of_night(draft.night).first()
    if entry is None:
        if must_exist:
            raise Entry.DoesNotExist
        return NothingYet() if draft.is_empty else _saved(_create(author, draft, now))
    if entry.page == draft.page:
        return _saved(entry if _has_been_made(entry, draft) else _update(entry, draft, now))
    if entry.version == draft.base:
        return _saved(_update(entry, draft, now))
    if _says_the_same(entry, draft):
        # Kept, since the page that wrote it first may write over it the next moment: it is this page's text now, too.
        history.keep(entry, Revision.Kind.EARLIER, now)
        entry.save(update_fields=["revised_at"])
        return _saved(entry)
    if (made := history.version_saved_by(entry, draft.page, draft.seq, _revision(draft))) is not None:
        return Saved(entry, made)
    return Conflict(entry, history.set_aside(entry, draft.page, draft.seq, draft.base, _revision(draft), now))


def _saved(entry: Entry) -> Saved:
    return Saved(entry, entry.version)


def _has_been_made(entry: Entry, draft: Draft) -> bool:
    return draft.seq < entry.seq or (draft.seq == entry.seq and _says_the_same(entry, draft))


def _says_the_same(entry: Entry, draft: Draft) -> bool:
    there = (entry.content.text, entry.glance.feeling)
    return there == (draft.text, draft.feeling)


def _question(draft: Draft) -> str:
    question = tonight.find(draft.asked)
    return question.text if question else ""


def _revision(draft: Draft) -> RevisionContent:
    return RevisionContent(text=draft.text, question=_question(draft), feeling=draft.feeling)


def _create(author: User, draft: Draft, now: dt.datetime) -> Entry:
    entry = Entry(
        pk=draft.entry_id,
        author=author,
        kind=draft.kind,
        night=draft.night,
        mode=draft.mode,
        prompt_id=draft.asked,
        page=draft.page,
        seq=draft.seq,
        created_at=now,
        saved_at=now,
        revised_at=now,
    )
    pages.write(entry, draft.text, _question(draft), draft.feeling)
    entry.save(force_insert=True)
    if draft.kind == Entry.Kind.NIGHT:
        Night.objects.get_or_create(
            author=author,
            night=draft.night,
            defaults={"mode": draft.mode, "prompt_id": draft.prompt, "furthest_id": draft.prompt},
        )
    return entry


def _update(entry: Entry, draft: Draft, now: dt.datetime) -> Entry:
    if draft.page != entry.page or draft.text != entry.content.text:
        history.keep_before_change(entry, draft.text, draft.page, now)
    if entry.drawer_at is not None:
        # Somebody went on writing on a page that was put away meanwhile: what is being written is wanted.
        pages.take_out(entry)
    question = entry.glance.question if draft.asked == entry.prompt_id else _question(draft)
    if entry.kind == Entry.Kind.FREE:
        entry.night = draft.night
    entry.mode = draft.mode
    entry.prompt_id = draft.asked
    pages.write(entry, draft.text, question, draft.feeling)
    pages.advance(entry, draft.page, draft.seq, now)
    return entry
