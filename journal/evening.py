"""One evening's page: which question stands on it, and what a parent does with it besides writing."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db import transaction

from accounts.models import User
from journal import walking
from journal.models import Entry, Mode, Night
from journal.walking import Step
from prompts import assigned, questions, tonight
from prompts.assigned import Given
from prompts.models import Mark
from prompts.questions import Question
from prompts.tonight import Asked

# Long enough to know every question that rests, and where on its circle the parent was after a long absence.
LOOK_BACK = dt.timedelta(days=tonight.REST + 120)
TURNS = 30  # more swaps than this in one evening start over


@dataclass(frozen=True, slots=True)
class Ahead:
    """What comes before a night's own question: a counselor's step that is due, or the next one of the path being walked."""

    given: Given | None
    step: Step | None


@dataclass(frozen=True, slots=True)
class Evening:
    """The state of a night's page. `question` is None where the night asks nothing, or nothing suits.

    `step` is the path's step that the question is, `given` the counselor's, where it is one.
    """

    night: dt.date
    question: Question | None
    turn: int
    mode: Mode
    closed: str
    step: Step | None = None
    given: Given | None = None


def ahead(author: User, night: dt.date) -> Ahead:
    given = assigned.step_on(author, night)
    return Ahead(given, None if given else walking.step_on(author, night))


def asked_before(author: User, night: dt.date) -> list[Asked]:
    """What stood on this parent's earlier pages, as `tonight.choose` wants it."""
    rows = (
        Night.objects.by(author)
        .filter(night__lt=night, night__gte=night - LOOK_BACK)
        .order_by("night")
        .values_list("night", "prompt_id", "own_id", "furthest_id", "furthest_own_id")
    )
    return [Asked(date, str(slug)) for date, *slugs in rows for slug in slugs if slug]


def choose(author: User, night: dt.date, turn: int, first: Ahead) -> Question | None:
    """What a night asks: what comes first; else, where that was asked for, what was kept for later; else its own question."""
    ahead = _asked_first(first)
    if ahead is not None and turn == 0:
        return ahead
    marks = list(Mark.objects.filter(parent=author).order_by("marked_at", "pk").values_list("prompt_id", "kind"))
    asked = asked_before(author, night)
    if ahead is None:
        ahead = _kept_first(author, night, [slug for slug, kind in marks if kind == Mark.Kind.LATER], asked)
        if ahead is not None and turn == 0:
            return ahead
    choices = author.choices
    chosen = tonight.choose(
        night,
        person=author.pk,
        library=[*questions.library(), *questions.own_by_turn(author)],
        themes=choices.themes,
        ages=choices.ages,
        asked=asked,
        # What comes first does not come once more when it is swapped for another.
        never={*(slug for slug, kind in marks if kind == Mark.Kind.NEVER), *([ahead.prompt] if ahead and ahead.prompt else [])},
        turn=turn,
    )
    return questions.in_words(chosen) if chosen else None


def _asked_first(first: Ahead) -> Question | None:
    if first.given is not None:
        return questions.given(first.given.step)
    return questions.prompt(first.step.slug) if first.step else None


def _kept_first(author: User, night: dt.date, kept: list[str], asked: list[Asked]) -> Question | None:
    if not author.choices.kept_first:
        return None
    current = [slug for slug in kept if (found := questions.prompt(slug)) and not found.retired]
    return questions.prompt(tonight.first_kept(night, current, asked))


def load(author: User, night: dt.date) -> Evening:
    """The evening as it stands. Writes nothing: a night nothing was done with is worked out anew each time."""
    row = Night.objects.by(author).filter(night=night).first()
    first = ahead(author, night)
    if row is None:
        question, turn, mode, closed = choose(author, night, 0, first), 0, Mode.QUESTION, ""
    else:
        question, turn, mode, closed = questions.find(author, row.asked), row.turn, Mode(row.mode), row.closed
        question = question or _gone_but_answered(author, row) or choose(author, night, turn, first)
    is_step = first.step is not None and question is not None and question.slug == first.step.slug
    given = first.given
    if question is None or given is None or given.step.pk != question.step:
        given = assigned.find(author, question.step if question else None)
    return Evening(night, question, turn, mode, closed, first.step if is_step else None, given)


def _gone_but_answered(author: User, row: Night) -> Question | None:
    """A question that was answered on this page and is gone since, an own one that was deleted or a counselor's whose tie has
    ended: its words stay above what answered it."""
    entry = entry_of(author, row.night) if row.mode == Mode.QUESTION else None
    words = entry.glance.question if entry else ""
    return questions.bare(words, row.asked or "") if words else None


@transaction.atomic
def _row(author: User, night: dt.date) -> Night:
    """The night's row, locked; made with the question that stood on the page where there is none yet."""
    row = Night.objects.by(author).select_for_update().filter(night=night).first()
    if row is None:
        question = choose(author, night, 0, ahead(author, night))
        row = Night.objects.remember(author, night, question)
    return row


@transaction.atomic
def turn_to(author: User, night: dt.date, turn: int) -> None:
    """Put the night's question number `turn` on the page. What was written stays, under the new question."""
    row = _row(author, night)
    row.turn = turn % TURNS
    question = choose(author, night, row.turn, ahead(author, night))
    row.mode, row.closed = Mode.QUESTION, Night.Closed.OPEN
    row.ask(question)
    if row.turn >= row.furthest_turn:
        row.go_furthest()
    row.save()
    _follow(author, row)


@transaction.atomic
def set_mode(author: User, night: dt.date, mode: Mode) -> None:
    """Ask nothing, only the facts, or the night's question again."""
    row = _row(author, night)
    row.mode, row.closed = mode, Night.Closed.OPEN
    row.save(update_fields=["mode", "closed"])
    _follow(author, row)


@transaction.atomic
def close(author: User, night: dt.date, how: Night.Closed) -> None:
    """Close the night kindly, or open it again. Safe to repeat."""
    row = _row(author, night)
    row.closed = how
    row.save(update_fields=["closed"])


def _follow(author: User, row: Night) -> None:
    """Let what was written already stand under what the page asks now. The text, and so its version, stays."""
    entry = Entry.objects.by(author).of_night(row.night).select_for_update().first()
    if entry is None:
        return
    question = questions.find(author, row.asked) if row.mode == Mode.QUESTION else None
    entry.mode = Mode(row.mode)
    before = entry.assigned_id
    entry.ask(question)
    if before != entry.assigned_id:
        _answer_another(entry, before)
    entry.glance = replace(entry.glance, question=question.text if question else "")
    entry.save(update_fields=["mode", "prompt", "own", "assigned", "glance"])


def _answer_another(entry: Entry, before: uuid.UUID | None) -> None:
    """What is written answers another counselor's step than before, or none."""
    if before is not None and not Entry.objects.filter(assigned=before).exclude(pk=entry.pk).exists():
        assigned.unanswer(before, entry.night)
    if entry.assigned_id is not None and entry.size:
        assigned.answer(entry.assigned_id, entry.night)


@transaction.atomic
def ask_anew(author: User, night: dt.date, *, only_of: Collection[str] | None = None) -> bool:
    """Let the night ask what it would if its page had not been touched yet; False where something is written on it.

    With `only_of` a night is left as it is unless it asks one of these, and a closed one stays closed. Safe to repeat.
    """
    if entry_of(author, night) is not None:
        return False
    row = Night.objects.by(author).select_for_update().filter(night=night).first()
    if row is None or (only_of is not None and row.asked not in only_of):
        return True
    question = choose(author, night, 0, ahead(author, night))
    row.turn = 0
    if only_of is None:
        row.mode, row.closed = Mode.QUESTION, Night.Closed.OPEN
    row.ask(question)
    row.save()
    return True


def entry_of(author: User, night: dt.date) -> Entry | None:
    """The entry of that night's page, if anything was written on it."""
    return Entry.objects.by(author).of_night(night).first()
