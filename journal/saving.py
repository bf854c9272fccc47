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
from journal.models import Entry, Glance, Mode, Night, Revision, RevisionContent
from prompts import assigned, questions
from prompts.questions import Question
from prompts.shelf import guides


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one save carries. `base` is the version the page had loaded, 0 for a page that found no entry.

    `prompt` is what the page asks, as `questions.find` takes it. `guide` is the hard-night guide the page belongs to.
    """

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
    guide: str = ""

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
        return _saved(entry if _has_been_made(entry, draft) else _update(author, entry, draft, now))
    if entry.version == draft.base:
        return _saved(_update(author, entry, draft, now))
    if _says_the_same(entry, draft):
        # Kept, since the page that wrote it first may write over it the next moment: it is this page's text now, too.
        history.keep(entry, Revision.Kind.EARLIER, now)
        entry.save(update_fields=["revised_at"])
        return _saved(entry)
    if (made := history.version_saved_by(entry, draft.page, draft.seq, _revision(author, draft))) is not None:
        return Saved(entry, made)
    return Conflict(entry, history.set_aside(entry, draft.page, draft.seq, draft.base, _revision(author, draft), now))


def _saved(entry: Entry) -> Saved:
    return Saved(entry, entry.version)


def _has_been_made(entry: Entry, draft: Draft) -> bool:
    return draft.seq < entry.seq or (draft.seq == entry.seq and _says_the_same(entry, draft))


def _says_the_same(entry: Entry, draft: Draft) -> bool:
    there = (entry.content.text, entry.glance.feeling)
    return there == (draft.text, draft.feeling)


def _asked(author: User, draft: Draft) -> tuple[Question | None, str]:
    """What the text answers, and in words; a question that is gone by now is neither."""
    if draft.guide:
        guide = guides.read(questions.reading_language()).get(draft.guide)
        return None, guide.name if guide else ""
    question = questions.find(author, draft.asked)
    return question, question.text if question else ""


def _revision(author: User, draft: Draft) -> RevisionContent:
    return RevisionContent(text=draft.text, question=_asked(author, draft)[1], feeling=draft.feeling)


def _create(author: User, draft: Draft, now: dt.datetime) -> Entry:
    asked, words = _asked(author, draft)
    entry = Entry(
        pk=draft.entry_id,
        author=author,
        kind=draft.kind,
        night=draft.night,
        mode=draft.mode,
        page=draft.page,
        seq=draft.seq,
        created_at=now,
        saved_at=now,
        revised_at=now,
    )
    entry.ask(asked)
    pages.write(entry, draft.text, words, draft.feeling, draft.guide)
    entry.save(force_insert=True)
    _answer_step(entry, draft)
    if draft.kind == Entry.Kind.NIGHT:
        # The night goes on asking what stood above the first words, also where they answer something else or nothing.
        above = questions.find(author, draft.prompt)
        Night.objects.remember(author, draft.night, above, draft.mode)
    return entry


def _update(author: User, entry: Entry, draft: Draft, now: dt.datetime) -> Entry:
    if draft.page != entry.page or draft.text != entry.content.text:
        history.keep_before_change(entry, draft.text, draft.page, now)
    if entry.drawer_at is not None:
        # Somebody went on writing on a page that was put away meanwhile: what is being written is wanted.
        pages.take_out(entry)
    glance: Glance = entry.glance
    words = glance.question
    if draft.asked != entry.asked and not glance.guide:
        asked, asked_words = _asked(author, draft)
        if asked or not draft.asked:  # the words of an own question that was deleted since stay on the page
            words = asked_words
            entry.ask(asked)
    if entry.kind == Entry.Kind.FREE:
        entry.night = draft.night
    entry.mode = draft.mode
    pages.write(entry, draft.text, words, draft.feeling, glance.guide)
    pages.advance(entry, draft.page, draft.seq, now)
    _answer_step(entry, draft)
    return entry


def _answer_step(entry: Entry, draft: Draft) -> None:
    """A counselor's step is answered from the first words on: the next one may come from then on."""
    if entry.assigned_id and draft.text.strip():
        assigned.answer(entry.assigned_id, entry.night)
