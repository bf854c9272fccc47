"""Saving: the protocol by which nothing that reaches the server is lost or overwritten.

There is no draft model; an entry is saved while it is written. When a page opens, it generates its entry's id and an id of
its own, and it numbers its saves. Each save names the version of the entry that it is based on (optimistic locking):

- The same page and number again, or a lower number, is a repeated save. It gets the same answer, even where another page
  has saved since: its text is then a revision, which `history.revisions` keeps for this.
- A save based on the current version, or from the page that wrote the current version, updates the entry.
- Any other save is a *conflict*: the entry stays as it is, and the text is kept as a conflict copy. Further saves of the
  same page update that copy.

A page with scripts gives every text a number of its own. A page without them may send its form again under the same number;
a different text under a known number is therefore a new save.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from accounts.models import User
from journal import content, repairs
from journal.history import revisions
from journal.models import Entry, Mode, Night, Revision, RevisionContent
from prompts import questions, received
from prompts.library import guides
from prompts.questions import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one save sends. `base` is the version that the page was opened with, 0 where there was no entry yet.

    `prompt` is the slug of what the page asks, as `questions.find` takes it, and `words` are those in which the page showed it;
    "" where that is not known. `guide` is the slug of the page's hard-night guide. `children` are the ids of those the page is about, as
    `Children.known` orders them; None where the page says nothing of them, and the entry stays about those that it is about.
    """

    entry_id: uuid.UUID
    page: uuid.UUID
    seq: int
    base: int
    kind: Entry.Kind
    night: dt.date
    text: str
    feeling: str = ""
    children: tuple[str, ...] | None = ()
    prompt: str | None = None
    words: str = ""
    mode: Mode = Mode.QUESTION
    guide: str = ""
    puts_back: bool = True  # whether saving takes a deleted entry out of the trash

    @property
    def asked(self) -> str | None:
        """The slug of the question that this text answers."""
        return self.prompt if self.mode == Mode.QUESTION else None

    @property
    def asked_words(self) -> str:
        """The words that stood on the page as the question that this text answers; "" where that is not known."""
        return self.words if self.mode == Mode.QUESTION else ""

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.feeling


@dataclass(frozen=True, slots=True)
class Saved:
    """The text is in the database, as `version`, on which the page's next save is based.

    That is the entry's version or, where another page has saved since, an earlier one in its history. `is_current`: whether the
    entry still holds this text. `is_withheld`: whether its page said that it would be shared, and it was not.
    """

    entry: Entry
    version: int
    is_current: bool = True
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another page saved in the meantime. `entry` is as that page left it; `copy` holds the text that was sent."""

    entry: Entry
    copy: Revision


@dataclass(frozen=True, slots=True)
class Empty:
    """An empty page was sent, and no entry was created."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """The entry is in the trash and stays there as it is: its author is asked first."""

    entry: Entry


type Outcome = Saved | Conflict | Empty | Deleted


def save(author: User, draft: Draft, rendered: content.Rendered, now: dt.datetime, *, must_exist: bool = False) -> Outcome:
    """Save a draft, whose text was rendered before, or is to be rendered later. Call within a transaction, as `submission.submit` does.

    Raises `Entry.DoesNotExist` where, with `must_exist`, the author has no such entry, and IntegrityError where the id is
    somebody else's entry, or the same entry was created twice at once.
    """
    entry = Entry.objects.lock(author, draft.entry_id)
    if entry is None and draft.kind == Entry.Kind.NIGHT:
        entry = Entry.objects.by(author).select_for_update().of_night(draft.night).first()
    if entry is None:
        if must_exist:
            raise Entry.DoesNotExist
        return Empty() if draft.is_empty else _saved(_create(author, draft, rendered, now))
    if entry.page == draft.page and draft.seq < entry.seq:  # arrived late: the page has saved a later text already
        return Saved(entry, entry.version, is_current=False)
    if entry.page == draft.page and _is_repeated(entry, draft):
        return _saved(entry)
    if entry.deleted_at is not None and not draft.puts_back:
        return _saved_before(author, entry, draft) or Deleted(entry)
    if entry.page == draft.page or entry.version == draft.base:
        return _saved(_update(author, entry, draft, rendered, now))
    return _save_beside(author, entry, draft, now)


def _save_beside(author: User, entry: Entry, draft: Draft, now: dt.datetime) -> Outcome:
    """Save what another page sends, which is based on an older version."""
    if _is_same(entry, draft):
        # Kept as a revision: it is this page's text now, too, and the page that wrote it first may replace it at any moment.
        revisions.keep(entry, Revision.Kind.EARLIER, now)
        if entry.deleted_at is not None:
            content.put_back(entry)  # written on after it was deleted elsewhere
        entry.save(update_fields=["revised_at", *content.PUT_BACK])
        return _saved(entry)
    if (saved := _saved_before(author, entry, draft)) is not None:
        return saved
    copy = revisions.keep_conflict_copy(entry, draft.page, draft.seq, draft.base, _revision_content(author, entry, draft), now)
    return Conflict(entry, copy)


def _saved_before(author: User, entry: Entry, draft: Draft) -> Saved | None:
    """The answer to a repeated save whose text another page has replaced since; None where it was not saved before."""
    version = revisions.version_saved_by(entry, draft.page, draft.seq, _revision_content(author, entry, draft))
    return None if version is None else Saved(entry, version, is_current=False)


def _revision_content(author: User, entry: Entry, draft: Draft) -> RevisionContent:
    return RevisionContent(text=draft.text, question=_question(author, draft)[1], feeling=draft.feeling, children=_children(entry, draft))


def _children(entry: Entry, draft: Draft) -> tuple[str, ...]:
    """Whom the draft's page is about: where it says nothing of them, those that the entry is about."""
    return entry.summary.children if draft.children is None else draft.children


def answers_other(entry: Entry, draft: Draft) -> bool:
    """Whether the draft's page shows another question than the entry answers, or the same in other words."""
    if entry.summary.guide:
        return False
    return draft.asked != entry.asked or draft.asked_words not in {"", entry.summary.question}


def answer_as_shown(author: User, saved: Saved, draft: Draft, rendered: content.Rendered, now: dt.datetime) -> Saved:
    """Let the entry answer what the draft's page showed, where its text was saved already and another page swapped the question since.

    Idempotent. Call within the transaction of `save`.
    """
    entry = saved.entry
    if not answers_other(entry, draft):
        return saved
    question, words = _question(author, draft)
    is_unknown = draft.asked is not None and not words
    if is_unknown or (question.slug if question else None, words) == (entry.asked, entry.summary.question):
        return saved
    return _saved(_update(author, entry, draft, rendered, now))


def _saved(entry: Entry) -> Saved:
    return Saved(entry, entry.version)


def _is_repeated(entry: Entry, draft: Draft) -> bool:
    return draft.seq == entry.seq and _is_same(entry, draft)


def _is_same(entry: Entry, draft: Draft) -> bool:
    return (entry.content.text, entry.summary.feeling, entry.summary.children) == (draft.text, draft.feeling, _children(entry, draft))


def _question(author: User, draft: Draft) -> tuple[Question | None, str]:
    """The question that the draft answers, None where it no longer exists, and its words as the page showed them (or the guide's name).

    Where the page did not say what it showed, they are those of today, and "" where the question no longer exists.
    """
    if draft.guide:
        guide = guides.read(questions.reading_language()).get(draft.guide)
        return None, guide.name if guide else ""
    question = questions.find(author, draft.asked)
    return question, draft.asked_words or (question.text if question else "")


def _create(author: User, draft: Draft, rendered: content.Rendered, now: dt.datetime) -> Entry:
    question, question_text = _question(author, draft)
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
        unrendered_at=None if rendered.content.renderer else now,
        summary=repairs.new_summary(draft.guide),
    )
    entry.ask(question)
    content.write(entry, rendered, question_text, draft.feeling, draft.guide, _children(entry, draft))
    entry.save(force_insert=True)
    repairs.add_row(author, entry, now)
    _answer_step(entry, draft)
    if draft.kind == Entry.Kind.NIGHT:
        # The night goes on asking what its page asked, also where the text answers nothing, as in another mode.
        shown = question if draft.asked == draft.prompt else questions.find(author, draft.prompt)
        Night.objects.ask_first(author, draft.night, shown, draft.mode)
    return entry


def _update(author: User, entry: Entry, draft: Draft, rendered: content.Rendered, now: dt.datetime) -> Entry:
    if draft.page != entry.page or draft.text != entry.content.text:
        revisions.keep_before_change(entry, draft.text, draft.page, now)
    changed: list[str] = []  # of the columns that few saves change
    if entry.deleted_at is not None:
        # Its author went on writing after it was deleted elsewhere.
        content.put_back(entry)
        changed += content.PUT_BACK
    summary, previous_step = entry.summary, entry.assigned_id
    question_text = summary.question
    if answers_other(entry, draft):
        question, new_text = _question(author, draft)
        if question or new_text or not draft.asked:  # else it was deleted since, and stays on the page as it was worded
            question_text = new_text
            if draft.asked != entry.asked:
                entry.ask(question)
                changed += ["prompt", "own", "assigned"]
    if entry.kind == Entry.Kind.FREE and entry.night != draft.night:
        entry.night = draft.night
        changed += ["night"]
    entry.mode = draft.mode
    content.write(entry, rendered, question_text, draft.feeling, summary.guide, _children(entry, draft))
    content.save_next_version(entry, draft.page, draft.seq, now, changed)
    if entry.assigned_id != previous_step:
        content.move_answer(entry, previous_step)
    else:
        _answer_step(entry, draft)
    return entry


def _answer_step(entry: Entry, draft: Draft) -> None:
    """A counselor's step counts as answered as soon as there is text: the next one may follow."""
    if entry.assigned_id and draft.text.strip():
        received.mark_answered(entry.assigned_id, entry.night)
