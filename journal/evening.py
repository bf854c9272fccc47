"""One evening's page: which question stands on it, and what a parent does with it besides writing."""

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction

from accounts.models import User
from journal.models import Entry, Mode, Night
from prompts import tonight
from prompts.tonight import Asked, Question

# Long enough to know every question that rests, and where on its circle the parent was after a long absence.
LOOK_BACK = dt.timedelta(days=tonight.REST + 120)
TURNS = 30  # more swaps than this in one evening start over


@dataclass(frozen=True, slots=True)
class Evening:
    """The state of a night's page. `question` is None where the night asks nothing, or nothing suits."""

    night: dt.date
    question: Question | None
    turn: int
    mode: Mode
    closed: str


def asked_before(author: User, night: dt.date) -> list[Asked]:
    """What stood on this parent's earlier pages, as `tonight.choose` wants it."""
    rows = (
        Night.objects.by(author)
        .filter(night__lt=night, night__gte=night - LOOK_BACK)
        .order_by("night")
        .values_list("night", "prompt_id", "furthest_id")
    )
    return [Asked(date, slug) for date, prompt, furthest in rows for slug in (prompt, furthest) if slug]


def choose(author: User, night: dt.date, turn: int) -> Question | None:
    return tonight.choose(
        night,
        person=author.pk,
        library=tonight.library(),
        themes=author.choices.themes,
        ages=author.choices.ages,
        asked=asked_before(author, night),
        turn=turn,
    )


def load(author: User, night: dt.date) -> Evening:
    """The evening as it stands. Writes nothing: a night nothing was done with is worked out anew each time."""
    row = Night.objects.by(author).filter(night=night).first()
    if row is None:
        return Evening(night, choose(author, night, 0), 0, Mode.QUESTION, Night.Closed.OPEN)
    question = tonight.find(row.prompt_id) or choose(author, night, row.turn)
    return Evening(night, question, row.turn, Mode(row.mode), row.closed)


@transaction.atomic
def _row(author: User, night: dt.date) -> Night:
    """The night's row, locked; made with the question that stood on the page where there is none yet."""
    row = Night.objects.by(author).select_for_update().filter(night=night).first()
    if row is None:
        question = choose(author, night, 0)
        slug = question.slug if question else None
        row, _created = Night.objects.get_or_create(author=author, night=night, defaults={"prompt_id": slug, "furthest_id": slug})
    return row


@transaction.atomic
def turn_to(author: User, night: dt.date, turn: int) -> None:
    """Put the night's question number `turn` on the page. What was written stays, under the new question."""
    row = _row(author, night)
    row.turn = turn % TURNS
    question = choose(author, night, row.turn)
    row.mode, row.closed = Mode.QUESTION, Night.Closed.OPEN
    row.prompt_id = question.slug if question else None
    if row.turn >= row.furthest_turn:
        row.furthest_id, row.furthest_turn = row.prompt_id, row.turn
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
    question = tonight.find(row.prompt_id) if row.mode == Mode.QUESTION else None
    entry.mode = Mode(row.mode)
    entry.prompt_id = question.slug if question else None
    entry.glance = replace(entry.glance, question=question.text if question else "")
    entry.save(update_fields=["mode", "prompt", "glance"])


def entry_of(author: User, night: dt.date) -> Entry | None:
    """The entry of that night's page, if anything was written on it."""
    return Entry.objects.by(author).of_night(night).first()
