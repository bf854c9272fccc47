"""The choice of tonight's question: a pure function of the night, the parent's choices and the questions asked before.

*Order.* Each person has an order of the library of their own: a hash of person and prompt, so that prompts that come or go
do not move the others. The deep questions and all the others are two rotations, each going round in that order.

*Deep nights.* A deep question can come every fourth night by the calendar, and comes on as many of those as match the deep
questions' share of all, at least four nights after the last one on record. All other nights ask from the other rotation.

*Position.* Reading a page stores nothing. So the position in a rotation is that of its last question on record, plus one step
for each of its nights since: a question that was shown and ignored does not come back until its rotation has gone round. Nights
on which something else was asked, as the step of a path, are no steps.

*Rest period.* What was asked on the record within `REST_NIGHTS` is skipped, while at least `MIN_RESTED` questions of its
rotation have rested. With fewer, one that is never answered would be asked night after night, and asking for another
question would not lead away from it: then nothing rests.

*Facets.* What a parent switched on about their family (`prompts.models.Facet`) brings its questions along, whatever themes they chose.
Every fifth night has one of those that have rested, until all of them were asked. The deep ones are in the rotation with the others, and
so are all where there are few others.

*The first nights.* Who is new is led by a list, chosen by hand (`prompts.library.first_nights`): the night after as many as are on
record, that is written or closed, has the list's question of that number, however long it took. Until `FIRST_NIGHTS` are on record
only what is light and not tender is asked, on each turn, as long as anything like that suits and was not asked yet; nothing deep in any case before the
night on which `DEEP_FROM` would be on record, and nothing tender before `TENDER_FROM`: rather nothing at all. This covers all that
`choose` returns, whatever was chosen, excluded, skipped or swapped. It does not cover what a parent asked for by themselves (a
question of their own or kept for later, a prompt taken from the library, a path that they began) or what a counselor gave them.
"""

import datetime as dt
import hashlib
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from prompts.library.first_nights import NIGHTS
from prompts.models import Depth
from prompts.questions import Question

REST_NIGHTS = 365  # before a question may come back
KEPT_REST_NIGHTS = 14  # before a question kept for later that was shown, and not answered, is shown again
DEEP_EVERY = 4  # nights at least from one deep question to the next
FACET_EVERY = 5  # nights from one question of a facet to the next
MIN_RESTED = 7  # questions
FIRST_NIGHTS = NIGHTS  # on record, which are led by the list
DEEP_FROM = 8  # the first night on record on which a deep question can come
TENDER_FROM = 10  # the first night on record on which a tender one can


@dataclass(frozen=True, slots=True)
class Asked:
    """A record: this question was on the page of this night, and the parent did something with the page."""

    night: dt.date
    slug: str


def suits(question: Question, themes: Collection[str], ages: Collection[str], facets: Collection[str] = ()) -> bool:
    """Whether a question may be asked of a parent who chose `themes` (none: all but opt-in ones) and has children of `ages`.

    Without ages, only what fits every age is asked. A question with facets is asked only of parents who switched on one of them,
    in `facets`, and then also when it is of a theme that they did not choose. Parents' own questions always suit.
    """
    return question.own or (question.daily and is_for(question, themes, ages, facets))


def is_for(question: Question, themes: Collection[str], ages: Collection[str], facets: Collection[str]) -> bool:
    """The same for a prompt of the library that is not asked night by night."""
    if question.retired or (question.ages and question.ages.isdisjoint(ages)):
        return False
    if question.facets:
        return not question.facets.isdisjoint(facets) and (not question.opt_in or question.theme in themes)
    return question.theme in themes if themes else not question.opt_in


def first_kept(night: dt.date, kept: Sequence[str], asked: Iterable[Asked]) -> str | None:
    """The question kept for later that comes next, for a parent who wants those first.

    `kept` holds slugs, the one that has waited longest first. Returns the first that is not on the record of the last
    `KEPT_REST_NIGHTS` nights, or None where all are.
    """
    recent = {record.slug for record in asked if night - dt.timedelta(days=KEPT_REST_NIGHTS) <= record.night < night}
    return next((slug for slug in kept if slug not in recent), None)


def _sort_key(person: uuid.UUID, slug: str) -> bytes:
    """Where a question stands in this person's order."""
    return hashlib.blake2b(slug.encode(), key=person.bytes, digest_size=8).digest()


@lru_cache(maxsize=256)
def _order(person: uuid.UUID, slugs: tuple[str, ...]) -> tuple[int, ...]:
    """The indices of these questions in this person's order.

    It tells nothing of what the person wrote or chose, and is kept for the people who came last: to hash and to sort the
    whole library would take as long as the rest of a choice.
    """
    keys = [_sort_key(person, slug) for slug in slugs]
    return tuple(sorted(range(len(slugs)), key=keys.__getitem__))


class _Calendar:
    """Which nights are deep: of every fourth night, as many as match the deep questions' share of all suitable ones.

    A night too soon after a deep question on record is not: a prompt may have become deep since it was asked.
    Nights are numbers, as of `date.toordinal`.
    """

    def __init__(self, person: uuid.UUID, suitable: int, deep: int, deep_asked: Iterable[int]) -> None:
        """`suitable` questions can be asked, of which `deep` are deep."""
        self.offset = person.int % DEEP_EVERY
        self.suitable = suitable
        # Of as many fourth nights as there are suitable questions, this many are deep.
        self.deep_share = min(suitable, DEEP_EVERY * deep)
        self.deep_asked = frozenset(deep_asked)

    def _deep_until(self, night: int) -> int:
        return (night + self.offset) // DEEP_EVERY * self.deep_share // self.suitable

    def is_deep(self, night: int) -> bool:
        is_scheduled = self._deep_until(night) > self._deep_until(night - 1)
        return is_scheduled and self.deep_asked.isdisjoint(range(night - DEEP_EVERY + 1, night))

    def nights_until(self, night: int, *, deep: bool) -> int:
        """How many nights of one sort the calendar has up to this one."""
        return self._deep_until(night) if deep else night - self._deep_until(night)


def choose(
    night: dt.date,
    *,
    person: uuid.UUID,
    library: Sequence[Question],
    themes: Collection[str] = (),
    ages: Collection[str] = (),
    facets: Collection[str] = (),
    asked: Sequence[Asked] = (),
    excluded: Collection[str] = (),
    turn: int = 0,
    on_record: int = FIRST_NIGHTS,
    first_nights: Sequence[str] = (),
    first_themes: Collection[str] = (),
) -> Question | None:
    """The question for this night, or None where nothing suits; where only deep ones do, None between their nights.

    `asked` holds the records of the nights before, of each night the last shown last; records of this night and later are
    ignored. `excluded` holds slugs that are not to be asked. `turn` counts how often the parent asked for another question
    this night: from 1 on, the question is neither deep nor, where there is another, tender. `on_record` counts the nights before that
    were written or closed; while they are fewer than `FIRST_NIGHTS`, the question comes from the list `first_nights` (slugs), and
    of a parent who chose no theme, nothing is asked but that and what is of `first_themes`, as long as there is anything.

    The same arguments give the same question, so going back to an earlier turn does, too.
    """
    order = _order(person, tuple(question.slug for question in library))
    suitable = [question for index in order if (question := library[index]).slug not in excluded and suits(question, themes, ages, facets)]
    if on_record < FIRST_NIGHTS:
        if not themes and any(question.theme in first_themes for question in suitable):
            suitable = [question for question in suitable if question.own or question.theme in first_themes]
        return _choose_first(night, person, suitable, asked, turn, on_record, first_nights)
    if not suitable:
        return None
    is_deep = {question.slug: question.is_deep for question in library}
    past = sorted((record for record in asked if record.night < night and record.slug in is_deep), key=lambda record: record.night)
    deep_count = sum(is_deep[question.slug] for question in suitable)
    calendar = _Calendar(person, len(suitable), deep_count, (record.night.toordinal() for record in past if is_deep[record.slug]))
    today = night.toordinal()
    deep = turn == 0 and calendar.is_deep(today)

    rotation = [question for question in suitable if is_deep[question.slug] == deep]
    ordinary = [question for question in rotation if not question.facets]
    has_facet_nights = not deep and len(ordinary) >= MIN_RESTED
    if has_facet_nights:
        if turn == 0 and (of_facet := _of_facet(today, person, rotation, past)):
            return of_facet
        rotation = ordinary
    if not rotation:
        return None
    turning = {question.slug for question in library if question.own or (question.daily and not (has_facet_nights and question.facets))}
    records = [record for record in past if is_deep[record.slug] == deep and record.slug in turning]
    if records:
        start = records[-1].night.toordinal()
        # The last question asked may not suit any more: then this is the position before it.
        last = _sort_key(person, records[-1].slug)
        position = bisect_right(rotation, last, key=lambda question: _sort_key(person, question.slug)) - 1
    else:
        start = past[0].night.toordinal() if past else today
        position = calendar.nights_until(start, deep=deep)
    elsewhere = {record.night.toordinal() for record in past if record.slug not in turning}
    steps = [step for step in range(start + 1, today + 1) if calendar.is_deep(step) == deep and step not in elsewhere]
    return _advance(rotation, records, position, [*steps, *[today] * turn], gentle_steps=turn)


def _of_facet(today: int, person: uuid.UUID, rotation: Sequence[Question], past: Sequence[Asked]) -> Question | None:
    """The question of a facet for this night, None on most nights and where all have been asked. `rotation` is in this person's order.

    One that was shown and ignored makes room for the next one.
    """
    if (today + person.int) % FACET_EVERY:
        return None
    recent = {record.slug for record in past if record.night.toordinal() >= today - REST_NIGHTS}
    rested = [question for question in rotation if question.facets and question.slug not in recent]
    return rested[today // FACET_EVERY % len(rested)] if rested else None


def _choose_first(
    night: dt.date,
    person: uuid.UUID,
    suitable: Sequence[Question],
    asked: Sequence[Asked],
    turn: int,
    on_record: int,
    first_nights: Sequence[str],
) -> Question | None:
    """The question for one of the first nights: see above. `suitable` is in this person's order.

    At first it is an own question that was never asked; else, of the list's questions that suit, that of this night or, where it
    was asked before, the next one, then one that came before. Each swap is one step among all others.
    """
    past = sorted((record for record in asked if record.night < night), key=lambda record: record.night)
    known = {record.slug for record in past}
    rotation = _lightest([question for question in suitable if _may_come_first(question, on_record)], known)
    by_slug = {question.slug: question for question in rotation}
    own = [question.slug for question in rotation if question.own]
    listed = [slug for slug in first_nights if slug in by_slug]
    candidates = [*own, *listed[on_record:], *reversed(listed[:on_record])]
    chosen = next((by_slug[slug] for slug in candidates if slug not in known), None)
    if chosen is not None and turn == 0:
        return chosen
    others = [question for question in rotation if question.slug not in first_nights and question is not chosen] or rotation
    if not others:
        return None
    slugs = {question.slug for question in others}
    records = [record for record in past if record.slug in slugs]
    last = _sort_key(person, records[-1].slug) if records else b""
    position = bisect_right(others, last, key=lambda question: _sort_key(person, question.slug)) - 1
    steps = turn if chosen is not None else turn + 1
    return _advance(others, records, position, [night.toordinal()] * steps, gentle_steps=steps)


def _lightest(questions: Sequence[Question], known: Collection[str]) -> Sequence[Question]:
    """Of these, what is light and not tender; once all of that was asked, what else was not asked yet, best neither deep nor tender."""
    gentle = [question for question in questions if question.own or not (question.tender or question.is_deep)]
    light = [question for question in gentle if question.own or question.depth == Depth.LIGHT]
    if any(question.slug not in known for question in light):
        return light
    for tier in (gentle, questions):
        if new := [question for question in tier if question.slug not in known]:
            return new
    return light or gentle or questions


def _may_come_first(question: Question, on_record: int) -> bool:
    """Whether the promise of the first nights lets a question come after so many nights on record."""
    if question.own:
        return True
    if question.tender:
        return on_record >= TENDER_FROM - 1 and not question.is_deep
    return not question.is_deep or on_record >= DEEP_FROM - 1


def _advance(rotation: Sequence[Question], records: Sequence[Asked], position: int, steps: Sequence[int], *, gentle_steps: int) -> Question:
    """The question reached from a position, with one step on each night of `steps` to the next question that is not resting.

    The last `gentle_steps`, for which the parent asked, also skip what is tender while there is anything else.
    """
    nights_asked = {record.slug: record.night.toordinal() for record in records}
    last_asked = [nights_asked.get(question.slug, 0) for question in rotation]
    sorted_last_asked = sorted(last_asked)
    for number, night in enumerate(steps, 1):
        position += 1
        rest_applies = bisect_left(sorted_last_asked, night - REST_NIGHTS) >= MIN_RESTED
        is_gentle = number > len(steps) - gentle_steps
        for _ in rotation:  # once around at most
            index = position % len(rotation)
            is_resting = rest_applies and last_asked[index] >= night - REST_NIGHTS
            if not is_resting and not (is_gentle and rotation[index].tender):
                break
            position += 1
    return rotation[position % len(rotation)]
