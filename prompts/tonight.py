"""The choice of tonight's question: a pure function of the night, what the parent chose, and what was asked.

Every person walks the library in an order of their own: a hash of person and prompt, which does not move when
prompts come or go. Two circles are walked: the deep prompts, on nights at least four apart by the calendar, and
all others on the nights between. Tonight's place on a circle is counted from the last night that left a record,
one step for each night since. So a question shown and passed over in silence is not shown again until its circle
is through, although reading a page records nothing.

What was asked on the record within `REST` nights is stepped over while at least `FEW` others of its circle are left.
With fewer, one that is never answered would stand on the page night after night, and no swap would lead away from
it: from there on the circle is walked as it is.
"""

import datetime as dt
import hashlib
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from prompts.questions import Question

REST = 365  # nights before a question may come back
KEPT_REST = 14  # nights before what was kept for later, shown and passed over, is shown again
DEEP_EVERY = 4  # nights at least from one deep question to the next
FEW = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """On this night this question stood on the page, and the parent did something with it."""

    night: dt.date
    slug: str


def suits(question: Question, themes: Collection[str], ages: Collection[str]) -> bool:
    """Whether a question may be asked of a parent who chose `themes` (none: all but opt-in ones) and told `ages`.

    Of a parent who told no ages, only what fits every age is asked. Their own questions always suit.
    """
    if question.own:
        return True
    if question.retired or not question.daily or (question.theme not in themes if themes else question.opt_in):
        return False
    return not question.ages or not question.ages.isdisjoint(ages)


def first_kept(night: dt.date, kept: Sequence[str], asked: Iterable[Asked]) -> str | None:
    """What was kept for later and comes next, for a parent who wants those first: the first of `kept` (slugs, what has
    waited longest first) that was not on the record of one of the last `KEPT_REST` nights; None where all were."""
    lately = {record.slug for record in asked if night - dt.timedelta(days=KEPT_REST) <= record.night < night}
    return next((slug for slug in kept if slug not in lately), None)


@lru_cache(maxsize=16_384)
def _place(person: uuid.UUID, slug: str) -> bytes:
    """Where a prompt stands on this person's circles."""
    return hashlib.blake2b(slug.encode(), key=person.bytes, digest_size=8).digest()


class _Calendar:
    """Which nights are deep: of every fourth night, as many as the deep prompts' share of all asks for.

    A night too soon after a deep question on record is not: a prompt may have become deep since it was asked.
    """

    def __init__(self, person: uuid.UUID, suitable: Sequence[Question], deep_asked: Iterable[int]) -> None:
        self.offset = person.int % DEEP_EVERY
        self.suitable = len(suitable)
        self.deep_of_fourths = min(self.suitable, DEEP_EVERY * sum(question.is_deep for question in suitable))
        self.deep_asked = frozenset(deep_asked)

    def _deep_until(self, night: int) -> int:
        return (night + self.offset) // DEEP_EVERY * self.deep_of_fourths // self.suitable

    def is_deep(self, night: int) -> bool:
        turned = self._deep_until(night) > self._deep_until(night - 1)
        return turned and self.deep_asked.isdisjoint(range(night - DEEP_EVERY + 1, night))

    def nights_until(self, night: int, *, deep: bool) -> int:
        """How many nights of one sort there were since the beginning of the calendar."""
        return self._deep_until(night) if deep else night - self._deep_until(night)


def choose(
    night: dt.date,
    *,
    person: uuid.UUID,
    library: Sequence[Question],
    themes: Collection[str] = (),
    ages: Collection[str] = (),
    asked: Sequence[Asked] = (),
    never: Collection[str] = (),
    turn: int = 0,
) -> Question | None:
    """The question for this night, or None where nothing suits; where only deep ones do, None between their nights.

    `asked` holds the records of the nights before, of each night the last shown last; records of this night
    and later are not looked at. `never` holds the slugs of what is not to be asked of this parent. `turn` counts how often the parent asked for another question this night:
    each turn gives one that is neither deep nor, where there is another, tender; going back to a turn gives what it gave.
    The same arguments give the same question.
    """
    suitable = [question for question in library if question.slug not in never and suits(question, themes, ages)]
    if not suitable:
        return None
    kinds = {question.slug: question.is_deep for question in library}
    past = sorted((record for record in asked if record.night < night and record.slug in kinds), key=lambda record: record.night)
    calendar = _Calendar(person, suitable, (record.night.toordinal() for record in past if kinds[record.slug]))
    today = night.toordinal()
    deep = turn == 0 and calendar.is_deep(today)

    def place(question: Question) -> bytes:
        return _place(person, question.slug)

    circle = sorted((question for question in suitable if question.is_deep == deep), key=place)
    if not circle:
        return None
    records = [record for record in past if kinds[record.slug] == deep]
    if records:
        start = records[-1].night.toordinal()
        position = bisect_right(circle, _place(person, records[-1].slug), key=place) - 1
    else:
        start = past[0].night.toordinal() if past else today
        position = calendar.nights_until(start, deep=deep)
    steps = [step for step in range(start + 1, today + 1) if calendar.is_deep(step) == deep]
    return _walk(circle, records, position, [*steps, *[today] * turn], gentle=turn)


def _walk(circle: Sequence[Question], records: Sequence[Asked], position: int, steps: Sequence[int], *, gentle: int) -> Question:
    """Walk on from a position: each step, on the night it is taken, to the next question that is not resting.

    The last `gentle` steps, which a parent asked for, step over what is tender while there is anything else.
    """
    last_asked = {record.slug: record.night.toordinal() for record in records}
    asked = [last_asked.get(question.slug, 0) for question in circle]
    in_order = sorted(asked)
    for number, night in enumerate(steps, 1):
        position += 1
        rests = bisect_left(in_order, night - REST) >= FEW
        is_gentle = number > len(steps) - gentle
        for _ in circle:  # once around at most
            place = position % len(circle)
            if not (rests and asked[place] >= night - REST) and not (is_gentle and circle[place].tender):
                break
            position += 1
    return circle[position % len(circle)]
