"""When the steps of an assignment come: a pure function of its cadence and of the nights on which steps were answered.

All dates are the client's own nights (`common.nights`), so that neither time zones nor clock changes move a step. A missed
night moves nothing: the step that is due waits, and no other joins it; the steps after it are counted from the night on
which it was answered.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from prompts.models import Assignment

DAY = dt.timedelta(days=1)
MOST_NIGHTS = 60  # between two steps


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How the steps follow one another.

    `start` is the first night that may ask, None while the client has not begun; `end` the last one, None without an end.
    `every` counts nights and is at least 1; `weekdays` holds at least one of 0 (Monday) to 6 where the cadence uses them.
    """

    cadence: Assignment.Cadence
    start: dt.date | None
    end: dt.date | None = None
    every: int = 1
    weekdays: frozenset[int] = frozenset()


def next_night(rhythm: Rhythm, answered: Sequence[dt.date | None]) -> dt.date | None:
    """The first night on which the next step, the first without an answer, is due; None where no step will come any more.

    `answered` holds for each step, in order, the night on which it was answered, or None. The result may lie in the past:
    then the step has been waiting since.
    """
    if rhythm.start is None or all(answered):
        return None
    last_answered = max((night for night in answered if night), default=None)
    earliest = rhythm.start if last_answered is None else max(rhythm.start, _earliest_after(rhythm, rhythm.start, last_answered))
    due = _first_allowed(rhythm, rhythm.start, earliest)
    return due if rhythm.end is None or due <= rhythm.end else None


def _earliest_after(rhythm: Rhythm, start: dt.date, last_answered: dt.date) -> dt.date:
    """The first night that lies far enough behind the last answer."""
    match rhythm.cadence:
        case Assignment.Cadence.AT_ONCE:
            return start
        case Assignment.Cadence.AFTER_DAYS:
            return last_answered + rhythm.every * DAY
        case _:
            return last_answered + DAY


def _first_allowed(rhythm: Rhythm, start: dt.date, earliest: dt.date) -> dt.date:
    """The first night from `earliest` on that may ask a step by the cadence."""
    match rhythm.cadence:
        case Assignment.Cadence.EVERY_DAYS:
            return earliest + (start - earliest).days % rhythm.every * DAY
        case Assignment.Cadence.WEEKDAYS:
            return _weekday_from(earliest, rhythm.weekdays)
        case _:
            return earliest


def _weekday_from(night: dt.date, weekdays: frozenset[int]) -> dt.date:
    return next(day for n in range(7) if (day := night + n * DAY).weekday() in weekdays)


def open_steps(rhythm: Rhythm, answered: Sequence[dt.date | None], night: dt.date) -> tuple[int, ...]:
    """The positions, from 0, of the steps that wait for an answer on this night: at most one, unless all come at once.

    A step answered on this very night is not among them, and the next one comes tomorrow at the earliest, unless all come
    at once.
    """
    due = next_night(rhythm, answered)
    if due is None or due > night or (rhythm.end is not None and night > rhythm.end):
        return ()
    waiting = tuple(position for position, answer in enumerate(answered) if answer is None)
    return waiting if rhythm.cadence == Assignment.Cadence.AT_ONCE else waiting[:1]


def nights_ahead(rhythm: Rhythm, steps: int) -> list[tuple[dt.date, tuple[int, ...]]]:
    """Every night that would ask, with the positions that it asks, if each step were answered on the night on which it comes."""
    answered: list[dt.date | None] = [None] * steps
    ahead = []
    while (night := next_night(rhythm, answered)) and (asked := open_steps(rhythm, answered, night)):
        ahead.append((night, asked))
        for position in asked:
            answered[position] = night
    return ahead
