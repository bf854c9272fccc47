"""A night's page: what it asks, and what a parent does with it besides writing."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db import transaction

from accounts.models import User
from journal import content
from journal.models import Entry, Mode, Night
from journal.nights import records, walks
from journal.nights.precedence import Claim, Precedence
from journal.nights.walks import PathStep
from prompts import follow_ups, questions, received, tonight
from prompts.library import first_nights
from prompts.questions import Question
from prompts.received import ReceivedStep

TURNS = 30  # more swaps than this in one night start over


@dataclass(frozen=True, slots=True)
class NightPage:
    """The state of a night's page. `question` is None where the night asks nothing, or no question suits.

    `slug` is that of the question that the page asks, or would ask in `Mode.QUESTION`. `step` and `received`: the step of a
    path, or of a counselor's set, that the question is. `entry`: what is written on the page.
    `is_untouched`: nothing was done with the page yet.
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
    is_untouched: bool = False


# --- Which question.


def choose(author: User, night: dt.date, turn: int, precedence: Precedence) -> Question | None:
    """The question that a night asks, after `turn` swaps.

    First come the claims, each in its turn, or where there are none a follow-up that is due, then the night's own questions: after
    a claim or a follow-up only those that come by a swap.
    """
    if turn == 0 and precedence.first is not None:
        return precedence.first.question
    claims = precedence.claims
    if turn < len(claims):
        return claims[turn].question
    wishes, before, ages = precedence.wishes, precedence.before, author.ages(night)
    follow_up = None if claims else _follow_up(author, night, precedence)
    if follow_up and turn == 0:
        return questions.translated(follow_up)
    chosen = tonight.choose(
        night,
        person=author.pk,
        library=[*questions.library(), *wishes.own],
        themes=author.preferences.themes,
        ages=ages,
        facets=author.preferences.facets,
        asked=before.asked,
        # What was swapped for another does not come again as the night's own question.
        excluded=wishes.never | {prompt for claim in claims if (prompt := claim.question.prompt)},
        turn=turn - max(len(claims) - 1, 0),
        on_record=before.on_record,
        first_nights=first_nights.of_ages(ages),
        first_themes=first_nights.read().themes,
    )
    return questions.translated(chosen) if chosen else None


def _follow_up(author: User, night: dt.date, precedence: Precedence) -> Question | None:
    """The follow-up that is due; None on most nights, on the first ones, and for a parent who switched them off."""
    preferences, before = author.preferences, precedence.before
    if not preferences.follow_ups or before.on_record < tonight.FIRST_NIGHTS:
        return None
    return follow_ups.due(
        night,
        person=author.pk,
        library=questions.library(),
        themes=preferences.themes,
        ages=author.ages(night),
        facets=preferences.facets,
        asked=before.asked,
        excluded=precedence.wishes.never,
    )


# --- The page as it is.


def load(author: User, night: dt.date, precedence: Precedence | None = None) -> NightPage:
    """The page as it is. Writes nothing: an untouched night has no row, and its question is chosen on each load."""
    row, entry = records.on_night(author, night)
    precedence = precedence or Precedence(author, night)
    precedence.on_page = _step_on(entry)
    if row is not None and row.mode != Mode.QUESTION:
        return NightPage(night, None, row.asked or "", row.turn, Mode(row.mode), row.closed, entry=entry)
    turn, closed = (row.turn, row.closed) if row else (0, "")
    question, received_step = (row and (_asked_by(author, row, precedence) or _answered_on(author, row, entry))) or (None, None)
    if question is None:
        question = choose(author, night, turn, precedence)
        received_step = next((step for step in precedence.received if step.step.pk == question.step), None) if question else None
    slug = question.slug if question else ""
    step = precedence.path_step if author.has_walks and walks.is_path_prompt(slug) else None
    step = step if step and step.slug == slug else None
    is_untouched = row is None and entry is None
    return NightPage(night, question, slug, turn, Mode.QUESTION, closed, step, received_step, entry, is_untouched)


def waiting(page: NightPage, precedence: Precedence) -> tuple[Claim, ...]:
    """What wants the night, too, and comes after the step that the open page asks. `precedence` is what it was loaded with."""
    return precedence.after(page.slug) if (page.received or page.step) and not page.closed else ()


def _step_on(entry: Entry | None) -> uuid.UUID | None:
    return entry.assigned_id if entry else None


def _asked_by(author: User, row: Night | Entry, precedence: Precedence | None = None) -> tuple[Question, ReceivedStep | None] | None:
    """The question that the row asks, and the assigned step that it is, due or not; None where it asks none that exists.

    What is due is looked for in `precedence` first, which a page that asks such a step needs anyway.
    """
    due = precedence.received if precedence and row.assigned_id else []
    if step := next((step for step in due if step.step.pk == row.assigned_id), None) or received.find(author, row.assigned_id):
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
        question = choose(author, night, 0, _precedence(author, night))
        row = Night.objects.get_or_ask(author, night, question)
    return row


def _precedence(author: User, night: dt.date) -> Precedence:
    """What wants the night, whatever its page answers already."""
    return Precedence(author, night, _step_on(entry_of(author, night)))


@transaction.atomic
def turn_to(author: User, night: dt.date, turn: int) -> None:
    """Ask the night's question number `turn`, counted from 0. What was written stays and answers the new question."""
    row, turn = _row(author, night), turn % TURNS
    is_repeated = row.turn == turn and row.mode == Mode.QUESTION and questions.find(author, row.asked) is not None
    row.turn, row.mode, row.closed = turn, Mode.QUESTION, Night.Closed.OPEN
    if not is_repeated:  # else it would be chosen anew, though what wants the night may have been answered by the first of two presses
        row.ask(choose(author, night, turn, _precedence(author, night)))
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
        row.ask(choose(author, night, row.turn, _precedence(author, night)))
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
    summary = replace(entry.summary, question=question.text if question else "")
    content.save_summary(entry, summary, "mode", "prompt", "own", "assigned")


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
