"""`prompts.follow_ups`: some weeks after a question another one builds on it, at most once a week."""

import datetime as dt
import uuid
from itertools import pairwise
from typing import Any

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from prompts import follow_ups
from prompts.follow_ups import EVERY, FIRST_AFTER, LAST_AFTER
from prompts.library import prompts
from prompts.questions import Question
from prompts.tonight import Asked
from tests.factories import make_question
from tests.helpers import DAY

FIRST = dt.date(2026, 3, 1)
LIBRARY = [
    *(make_question(slug=f"first-{number}") for number in range(6)),
    *(make_question(slug=f"second-{number}", follows=f"first-{number}", daily=False) for number in range(6)),
]


def night(number: int) -> dt.date:
    return FIRST + number * DAY


def due(number: int, asked: list[Asked], *, person: int = 1, **others: Any) -> Question | None:
    return follow_ups.due(night(number), person=uuid.UUID(int=person), asked=asked, **{"library": LIBRARY, **others})


def coming(asked: list[Asked], nights: int = 60, **others: Any) -> dict[int, str]:
    """What comes on which night, where nobody does anything with it."""
    found = {number: due(number, asked, **others) for number in range(nights)}
    return {number: question.slug for number, question in found.items() if question}


class DueTests(SimpleTestCase):
    @given(person=st.integers(0, 2**128 - 1))
    def test_comes_two_to_four_weeks_later_on_one_or_two_nights(self, person: int) -> None:
        nights = coming([Asked(night(0), "first-0")], person=person)

        assert set(nights.values()) == {"second-0"}
        assert all(FIRST_AFTER <= number <= LAST_AFTER for number in nights)
        assert len(nights) in {1, 2}

    @given(person=st.uuids(), records=st.lists(st.tuples(st.integers(0, 80), st.integers(0, 5)), max_size=40))
    def test_never_two_in_a_week_and_never_one_that_was_met_since(self, person: uuid.UUID, records: list[tuple[int, int]]) -> None:
        asked = [Asked(night(number), f"first-{which}") for number, which in records]
        shown = []
        for number in range(120):
            question = follow_ups.due(night(number), person=person, library=LIBRARY, asked=asked)
            if question is None:
                continue
            before = [record.night for record in asked if record.slug == question.follows and record.night < night(number)]
            assert FIRST_AFTER <= (night(number) - max(before)).days <= LAST_AFTER
            assert not [record for record in asked if record.slug == question.slug and record.night > max(before)]
            shown.append(number)
            asked.append(Asked(night(number), question.slug))

        assert all(later - earlier >= EVERY > 7 for earlier, later in pairwise(shown))

    def test_the_one_that_has_waited_longest_comes_first(self) -> None:
        nights = coming([Asked(night(number), f"first-{number}") for number in range(4)])

        assert next(iter(nights.values())) == "second-0"

    def test_not_to_who_put_either_away_or_for_whom_it_is_not(self) -> None:
        asked = [Asked(night(0), "first-0")]
        teen = [make_question(slug="first-0"), make_question(slug="second-0", follows="first-0", daily=False, ages=frozenset({"teen"}))]

        assert coming(asked)
        for nothing in (
            {"excluded": frozenset({"first-0"})},
            {"excluded": frozenset({"second-0"})},
            {"themes": ["repair"]},
            {"library": teen},
            {"library": [make_question(slug="second-0", follows="first-0", daily=False, retired=True)]},
        ):
            assert coming(asked, **nothing) == {}
        assert coming(asked, library=teen, ages=["teen"])

    def test_not_after_tonight_s_own_record(self) -> None:
        asked = [Asked(night(0), "first-0")]
        when = next(iter(coming(asked)))

        assert due(when, [*asked, Asked(night(when), "first-0")]) == due(when, asked)

    def test_every_one_that_ships_follows_a_question_that_is_asked_night_by_night(self) -> None:
        library = prompts.read()
        daily = {prompt.slug for prompt in library.daily}

        assert all(prompt.follows in daily for prompt in library.prompts if prompt.follows)
