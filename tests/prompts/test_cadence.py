"""`prompts.cadence`: on which night each step of an assignment comes, in many time zones and with nights that are missed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from accounts.models import User
from prompts.cadence import DAY, MOST_NIGHTS, Rhythm, next_night, open_steps
from prompts.models import Assignment
from tests.helpers import HOUR
from tests.zones import ZONES, clock_changes

Cadence = Assignment.Cadence
MONDAY = dt.date(2026, 5, 4)

cadences = st.sampled_from(list(Cadence))
weekdays = st.frozensets(st.integers(0, 6), min_size=1)
# Nights from the start on, or all of them before it: the latest one is what counts.
answers_around = st.sampled_from([(-40, -1), (-40, 90)]).flatmap(
    lambda span: st.lists(st.none() | st.integers(*span), max_size=6).map(lambda offsets: [*offsets, None])
)
nights = st.dates(dt.date(2000, 1, 1), dt.date(2037, 12, 31))


@dataclass(frozen=True)
class Look:
    """A client opened Tonight: which night that was, which steps were open, and whether the client answered."""

    moment: dt.datetime
    night: dt.date
    answered_before: tuple[dt.date | None, ...]
    open: tuple[int, ...]
    due: dt.date | None
    answers: bool


@dataclass(frozen=True)
class Life:
    rhythm: Rhythm
    looks: list[Look]
    answered: list[dt.date | None]

    @property
    def nights(self) -> list[dt.date]:
        """The nights of the answers, in the order of the steps."""
        return [night for night in self.answered if night]


@st.composite
def rhythms(draw: st.DrawFn, first: dt.date) -> Rhythm:
    start = first + draw(st.integers(-10, 10)) * DAY
    end = draw(st.none() | st.integers(0, 60).map(lambda days: start + days * DAY))
    return Rhythm(cadence=draw(cadences), start=start, end=end, every=draw(st.integers(1, 9)), weekdays=draw(weekdays))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A client in some time zone, around a change of its clocks, who opens Tonight now and then and answers some of the steps."""
    zone = draw(st.sampled_from(ZONES))
    client = User(time_zone=zone, night_ends_at=draw(st.integers(0, 12)))
    changes = clock_changes(ZoneInfo(zone)) or [dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)]
    moment = draw(st.sampled_from(changes)) - draw(st.integers(0, 12 * 24)) * HOUR
    rhythm = draw(rhythms(client.tonight(moment)))
    answered: list[dt.date | None] = [None] * draw(st.integers(1, 6))
    looks = []
    for gap, answers in draw(st.lists(st.tuples(st.integers(0, 80), st.booleans()), min_size=8, max_size=40)):
        moment += gap * dt.timedelta(minutes=30)
        night = client.tonight(moment)
        due = next_night(rhythm, answered)
        waiting = open_steps(rhythm, answered, night)
        looks.append(Look(moment, night, tuple(answered), waiting, due, answers and bool(waiting)))
        if answers and waiting:
            answered[waiting[0]] = night
    event(f"{rhythm.cadence}, {sum(map(bool, answered))} answered")
    return Life(rhythm, looks, answered)


class AnyLifeTests:
    @given(life=lives())
    def test_asks_one_step_a_night_at_most_but_where_all_come_at_once(self, life: Life) -> None:
        assume(life.rhythm.cadence != Cadence.AT_ONCE)

        assert all(len(look.open) <= 1 for look in life.looks)
        assert len(set(life.nights)) == len(life.nights)

    @given(life=lives())
    def test_asks_every_step_at_once_where_they_come_at_once(self, life: Life) -> None:
        at_once = replace(life.rhythm, cadence=Cadence.AT_ONCE)

        for look in life.looks:
            waiting = tuple(place for place, night in enumerate(look.answered_before) if night is None)
            within = at_once.start is not None and at_once.start <= look.night and (at_once.end is None or look.night <= at_once.end)
            assert open_steps(at_once, look.answered_before, look.night) == (waiting if within else ())

    @given(life=lives())
    def test_asks_nothing_before_its_start_or_after_its_end(self, life: Life) -> None:
        assert life.rhythm.start is not None
        for look in life.looks:
            if look.open:
                assert life.rhythm.start <= look.night
                assert life.rhythm.end is None or look.night <= life.rhythm.end

    @given(life=lives())
    def test_a_missed_night_moves_nothing(self, life: Life) -> None:
        for before, after in zip(life.looks, life.looks[1:], strict=False):
            if not before.answers:
                assert after.due == before.due
                assert after.answered_before == before.answered_before

    @given(life=lives())
    def test_what_is_due_waits_until_it_is_answered_or_the_end_has_come(self, life: Life) -> None:
        for before, after in zip(life.looks, life.looks[1:], strict=False):
            over = life.rhythm.end is not None and after.night > life.rhythm.end
            if before.open and not before.answers and not over:
                assert after.open == before.open

    @given(life=lives())
    def test_skips_no_step(self, life: Life) -> None:
        count = len(life.nights)

        assert all(life.answered[:count])
        assert not any(life.answered[count:])
        assert life.nights == sorted(life.nights)

    @given(life=lives())
    def test_leaves_as_many_nights_between_two_steps_as_were_asked_for(self, life: Life) -> None:
        assume(life.rhythm.cadence == Cadence.AFTER_DAYS)

        for one, other in zip(life.nights, life.nights[1:], strict=False):
            assert other - one >= life.rhythm.every * DAY

    @given(life=lives())
    def test_a_step_comes_on_the_grid_where_it_comes_every_so_many_nights(self, life: Life) -> None:
        rhythm = replace(life.rhythm, cadence=Cadence.EVERY_DAYS)
        assert rhythm.start is not None

        for look in life.looks:
            if due := next_night(rhythm, look.answered_before):
                assert (due - rhythm.start).days % rhythm.every == 0

    @given(life=lives())
    def test_a_step_comes_on_a_chosen_weekday(self, life: Life) -> None:
        rhythm = replace(life.rhythm, cadence=Cadence.WEEKDAYS)

        for look in life.looks:
            if due := next_night(rhythm, look.answered_before):
                assert due.weekday() in rhythm.weekdays

    @given(life=lives())
    def test_nights_and_what_is_due_never_go_back_as_time_goes_on(self, life: Life) -> None:
        seen = [look.night for look in life.looks]
        due = [look.due for look in life.looks if look.due]

        assert seen == sorted(seen)
        assert due == sorted(due)

    @given(life=lives())
    def test_nothing_is_open_once_all_is_answered(self, life: Life) -> None:
        assume(all(life.answered))

        assert next_night(life.rhythm, life.answered) is None
        assert open_steps(life.rhythm, life.answered, life.looks[-1].night + 400 * DAY) == ()

    @given(life=lives())
    def test_nothing_is_open_until_the_client_has_begun(self, life: Life) -> None:
        unbegun = replace(life.rhythm, start=None)

        assert all(open_steps(unbegun, look.answered_before, look.night) == () for look in life.looks)


class AnyAnswersTests:
    """Whatever nights the answers carry: a page can be written for a night long past, or to a step that is not due."""

    @given(
        start=nights,
        cadence=cadences,
        every=st.integers(1, MOST_NIGHTS),
        chosen=weekdays,
        offsets=answers_around,
    )
    def test_the_next_step_comes_as_soon_as_it_may_and_no_sooner(
        self, start: dt.date, cadence: Cadence, every: int, chosen: frozenset[int], offsets: Sequence[int | None]
    ) -> None:
        rhythm = Rhythm(cadence=cadence, start=start, every=every, weekdays=chosen)
        answered = [None if offset is None else start + offset * DAY for offset in offsets]
        last = max((night for night in answered if night), default=None)

        def is_allowed(night: dt.date) -> bool:
            """The rule itself, for one night."""
            if night < start:
                return False
            is_rested = last is None or (night - last).days >= (every if cadence == Cadence.AFTER_DAYS else 1)
            match cadence:
                case Cadence.AT_ONCE:
                    return True
                case Cadence.EVERY_DAYS:
                    return is_rested and (night - start).days % every == 0
                case Cadence.WEEKDAYS:
                    return is_rested and night.weekday() in chosen
                case _:
                    return is_rested

        due = next_night(rhythm, answered)

        assert due == next(night for n in range(1000) if is_allowed(night := start + n * DAY))

    @given(start=nights, cadence=cadences, every=st.integers(1, 9), chosen=weekdays, days=st.integers(0, 30), length=st.integers(0, 30))
    def test_an_end_takes_away_what_would_come_later_and_nothing_else(
        self, start: dt.date, cadence: Cadence, every: int, chosen: frozenset[int], days: int, length: int
    ) -> None:
        endless = Rhythm(cadence=cadence, start=start, every=every, weekdays=chosen)
        ended = replace(endless, end=start + length * DAY)
        answered = [start + days * DAY, None]
        due = next_night(endless, answered)
        assert due is not None

        assert next_night(ended, answered) == (due if due <= start + length * DAY else None)


def coming(rhythm: Rhythm, answers: Sequence[dt.date], steps: int = 3) -> dt.date | None:
    return next_night(rhythm, [*answers, *[None] * (steps - len(answers))])


def may(day: int) -> dt.date:
    return dt.date(2026, 5, day)


class EachCadenceTests:
    """4 May 2026 is a Monday."""

    @pytest.mark.parametrize("cadence", list(Cadence))
    def test_begins_on_its_start(self, cadence: Cadence) -> None:
        assert coming(Rhythm(cadence, MONDAY, every=3, weekdays=frozenset({0})), []) == MONDAY

    def test_all_at_once(self) -> None:
        rhythm = Rhythm(Cadence.AT_ONCE, MONDAY)

        assert open_steps(rhythm, [None] * 3, may(3)) == ()
        assert open_steps(rhythm, [None] * 3, may(4)) == (0, 1, 2)
        assert open_steps(rhythm, [None, may(4), None], may(4)) == (0, 2)

    def test_the_next_when_the_last_is_answered_comes_the_night_after(self) -> None:
        rhythm = Rhythm(Cadence.WHEN_DONE, MONDAY)

        assert open_steps(rhythm, [None, None], may(20)) == (0,)
        assert open_steps(rhythm, [may(20), None], may(20)) == ()
        assert open_steps(rhythm, [may(20), None], may(21)) == (1,)

    def test_some_nights_after_the_last_was_answered(self) -> None:
        rhythm = Rhythm(Cadence.AFTER_DAYS, MONDAY, every=3)

        assert coming(rhythm, [may(4)]) == may(7)
        assert coming(rhythm, [may(4), may(9)]) == may(12)

    def test_every_so_many_nights_keeps_to_its_grid_after_a_late_answer(self) -> None:
        rhythm = Rhythm(Cadence.EVERY_DAYS, MONDAY, every=3)

        assert coming(rhythm, [may(4)]) == may(7)
        assert coming(rhythm, [may(6)]) == may(7)
        assert coming(rhythm, [may(7)]) == may(10)
        assert coming(rhythm, [may(12)]) == may(13)

    def test_chosen_weekdays(self) -> None:
        rhythm = Rhythm(Cadence.WEEKDAYS, may(5), weekdays=frozenset({0, 3}))  # a Tuesday; Mondays and Thursdays

        assert coming(rhythm, []) == may(7)
        assert coming(rhythm, [may(7)]) == may(11)
        assert coming(rhythm, [may(12)]) == may(14)

    @pytest.mark.parametrize(
        ("rhythm", "due"),
        [
            (Rhythm(Cadence.AFTER_DAYS, MONDAY, every=2), may(4)),
            (Rhythm(Cadence.EVERY_DAYS, MONDAY, every=7), may(4)),
            (Rhythm(Cadence.WEEKDAYS, MONDAY, weekdays=frozenset({2})), may(6)),
        ],
    )
    def test_a_step_answered_before_the_start_does_not_move_it(self, rhythm: Rhythm, due: dt.date) -> None:
        assert coming(rhythm, [dt.date(2026, 4, 20)]) == coming(rhythm, [may(1)]) == due

    def test_the_last_night_still_asks_and_the_one_after_does_not(self) -> None:
        rhythm = Rhythm(Cadence.WHEN_DONE, MONDAY, end=may(10))

        assert open_steps(rhythm, [None], may(10)) == (0,)
        assert open_steps(rhythm, [None], may(11)) == ()
        assert coming(rhythm, [may(10)]) is None

    def test_a_set_without_steps_asks_nothing(self) -> None:
        assert next_night(Rhythm(Cadence.AT_ONCE, MONDAY), []) is None
