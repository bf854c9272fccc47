"""A night's page: what it asks, and what a parent does with it besides writing."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from accounts.models import User
from journal import content
from journal.models import Entry, Mode, Night
from journal.nights import records, walks
from journal.nights.precedence import Precedence
from journal.nights.walks import PathStep
from prompts import questions, received, tonight
from prompts.questions import Question
from prompts.received import ReceivedStep
from prompts.tonight import Asked

TURNS = 30  # more swaps than this in one night start over


@dataclass(frozen=True, slots=True)
class NightPage:
    """The state of a night's page. `question` is None where the night asks nothing, or no question suits.

    `slug` is that of the question that the page asks, or would ask in `Mode.QUESTION`. `step` and `received`: the step of a
    path, or of a counselor's set, that the question is. `entry`: what is written on the page.
    """

    night: dt.date
    question: Question | None
    slug: str
    turn: int
    mode: Mode
    closed: str
    step: PathStep | None = None
    received: ReceivedStep | None = None
    entry: Entry | None = None


# --- Which question.


def choose(author: User, night: dt.date, turn: int, precedence: Precedence) -> Question | None:
    """The question that a night asks, after `turn` swaps.

    At first it is what takes precedence; else, if the parent wants that, what was kept for later; else the night's own
    question.
    """
    first = precedence.question
    if first is not None and turn == 0:
        return first
    asked, wishes = records.asked_before(author, night), precedence.wishes
    if first is None:
        first = _kept_first(author, night, wishes.later, asked)
        if first is not None and turn == 0:
            return first
    preferences = author.preferences
    chosen = tonight.choose(
        night,
        person=author.pk,
        library=[*questions.library(), *wishes.own],
        themes=preferences.themes,
        ages=preferences.ages,
        asked=asked,
        # What was swapped for another does not come again as the night's own question.
        excluded=wishes.never | ({first.prompt} if first and first.prompt else set()),
        turn=turn,
    )
    return questions.translated(chosen) if chosen else None


def _kept_first(author: User, night: dt.date, kept: Sequence[str], asked: list[Asked]) -> Question | None:
    if not kept or not author.preferences.kept_first:
        return None
    current = [slug for slug in kept if (question := questions.prompt(slug)) and not question.retired]
    return questions.prompt(tonight.first_kept(night, current, asked))


# --- The page as it is.


def load(author: User, night: dt.date, precedence: Precedence | None = None) -> NightPage:
    """The page as it is. Writes nothing: an untouched night has no row, and its question is chosen on each load."""
    row, entry = records.on_night(author, night)
    precedence = precedence or Precedence(author, night)
    if row is None:
        question = choose(author, night, 0, precedence)
        return _page(night, entry, question, precedence, precedence.received)
    if row.mode != Mode.QUESTION:
        return NightPage(night, None, row.asked or "", row.turn, Mode(row.mode), row.closed, entry=entry)
    question, received_step = _asked_by(author, row) or _answered_on(author, row, entry) or (None, None)
    if question is None:
        question, received_step = choose(author, night, row.turn, precedence), precedence.received
    return _page(night, entry, question, precedence, received_step, turn=row.turn, closed=row.closed)


def _page(
    night: dt.date,
    entry: Entry | None,
    question: Question | None,
    precedence: Precedence,
    received_step: ReceivedStep | None,
    *,
    turn: int = 0,
    closed: str = "",
) -> NightPage:
    slug = question.slug if question else ""
    step = precedence.path_step if precedence.author.has_walks and walks.is_path_prompt(slug) else None
    return NightPage(
        night=night,
        question=question,
        slug=slug,
        turn=turn,
        mode=Mode.QUESTION,
        closed=closed,
        step=step if step and step.slug == slug else None,
        received=received_step if question and question.step else None,
        entry=entry,
    )


def _asked_by(author: User, row: Night | Entry) -> tuple[Question, ReceivedStep | None] | None:
    """The question that the row asks, and the assigned step that it is, due or not; None where it asks none that exists."""
    if step := received.find(author, row.assigned_id):
        return questions.of_step(step.step), step
    question = questions.find(author, row.asked)
    return (question, None) if question else None


def _answered_on(author: User, row: Night, entry: Entry | None) -> tuple[Question, ReceivedStep | None] | None:
    """The question that the entry on the page answers; None where nothing was written to one.

    Where that question no longer exists (a parent's own that they deleted, or a counselor's whose connection has ended), it
    is known by its text alone.
    """
    if entry is None or not entry.summary.question:
        return None
    return _asked_by(author, entry) or (questions.from_text(entry.summary.question, entry.asked or row.asked or ""), None)


def entry_of(author: User, night: dt.date) -> Entry | None:
    """The entry on that night's page, if anything was written on it."""
    return Entry.objects.by(author).of_night(night).first()


# --- What a parent does with it. Each function is idempotent.


@transaction.atomic
def _row(author: User, night: dt.date) -> Night:
    """The night's row, locked; created, with the question that the untouched page asked, where there is none yet."""
    row = Night.objects.by(author).select_for_update().filter(night=night).first()
    if row is None:
        question = choose(author, night, 0, Precedence(author, night))
        row = Night.objects.get_or_ask(author, night, question)
    return row


@transaction.atomic
def turn_to(author: User, night: dt.date, turn: int) -> None:
    """Ask the night's question number `turn`, counted from 0. What was written stays and answers the new question."""
    row = _row(author, night)
    row.turn = turn % TURNS
    row.mode, row.closed = Mode.QUESTION, Night.Closed.OPEN
    row.ask(choose(author, night, row.turn, Precedence(author, night)))
    if row.turn >= row.furthest_turn:
        row.mark_furthest()
    row.save()
    _update_entry(author, row)


@transaction.atomic
def set_mode(author: User, night: dt.date, mode: Mode) -> None:
    """Ask nothing, only the facts, or the night's question again. Opens a closed night."""
    row = _row(author, night)
    row.mode, row.closed = mode, Night.Closed.OPEN
    if mode == Mode.QUESTION and questions.find(author, row.asked) is None:
        # Begun without a question, or asked one that no longer exists.
        row.ask(choose(author, night, row.turn, Precedence(author, night)))
    row.save(update_fields=["mode", "closed", "prompt", "own", "assigned"])
    _update_entry(author, row)


@transaction.atomic
def close(author: User, night: dt.date, how: Night.Closed) -> None:
    """Close the night in one of the ways of `Night.Closed`, or open it again."""
    row = _row(author, night)
    row.closed = how
    row.save(update_fields=["closed"])


def _update_entry(author: User, row: Night) -> None:
    """Let the page's entry, if there is one, answer what the page asks now. Its text and version stay as they are."""
    entry = Entry.objects.by(author).of_night(row.night).select_for_update().first()
    if entry is None:
        return
    question = questions.find(author, row.asked) if row.mode == Mode.QUESTION else None
    entry.mode = Mode(row.mode)
    previous_step = entry.assigned_id
    entry.ask(question)
    if entry.assigned_id != previous_step:
        content.move_answer(entry, previous_step)
    entry.summary = replace(entry.summary, question=question.text if question else "")
    entry.save(update_fields=["mode", "prompt", "own", "assigned", "summary"])


@transaction.atomic
def reset_question(author: User, night: dt.date, *, only_if: Collection[str] | None = None) -> bool:
    """Let the page ask what it would ask if it were untouched; False, and nothing is changed, where something is written on it.

    With `only_if`, a page that asks none of these slugs stays as it is, and a closed one stays closed.
    """
    if entry_of(author, night) is not None:
        return False
    row = Night.objects.by(author).select_for_update().filter(night=night).first()
    if row is None or (only_if is not None and row.asked not in only_if):
        return True
    row.turn = 0
    if only_if is None:
        row.mode, row.closed = Mode.QUESTION, Night.Closed.OPEN
    row.ask(choose(author, night, 0, Precedence(author, night)))
    row.save()
    return True
