"""prompts.assigned: what a parent is asked of what counselors gave them."""

import datetime as dt
from typing import Any

from django.test import TestCase
from django.utils import timezone

from accounts import ties
from accounts.models import Tie, User
from prompts import assigned, questions
from prompts.models import AssignedStep, Assignment
from tests.factories import make_assignment, make_counselor, make_set, make_tie, make_user

DAY = dt.timedelta(days=1)
FIRST = dt.date(2026, 1, 1)


class AssignedCase(TestCase):
    counselor: User
    parent: User
    tie: Tie

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor = make_counselor()
        cls.parent = make_user()
        cls.tie = make_tie(cls.counselor, cls.parent)
        cls.parent.refresh_from_db()

    def give(self, *, steps: int = 2, tie: Tie | None = None, **fields: Any) -> Assignment:
        tie = tie or self.tie
        assert tie.counselor is not None
        return make_assignment(tie, make_set(tie.counselor, steps=[f"Question {n}?" for n in range(1, steps + 1)]), **fields)

    def asked(self, night: dt.date, parent: User | None = None) -> str:
        given = assigned.step_on(parent or self.parent, night)
        return questions.given(given.step).text if given else ""

    def steps(self, assignment: Assignment) -> list[AssignedStep]:
        return list(AssignedStep.objects.filter(assignment=assignment))


class StepOnTests(AssignedCase):
    def test_asks_the_first_step_that_waits_in_one_query(self) -> None:
        self.give()

        with self.assertNumQueries(1):
            given = assigned.step_on(self.parent, FIRST)

        assert given is not None
        assert (given.number, given.of, given.counselor_name) == (1, 2, "Ines Holm")

    def test_asks_nobody_who_never_had_a_counselor_at_no_cost(self) -> None:
        alone = make_user(email="other@example.org")

        with self.assertNumQueries(0):
            assert assigned.step_on(alone, FIRST) is None

    def test_goes_from_step_to_step_and_ends(self) -> None:
        given = self.give()
        one, two = self.steps(given)

        assigned.answer(one.pk, FIRST + 3 * DAY)
        assert [self.asked(FIRST + n * DAY) for n in (3, 4, 9)] == ["", "Question 2?", "Question 2?"]

        assigned.answer(two.pk, FIRST + 9 * DAY)
        given.refresh_from_db()
        assert given.finished_at is not None
        assert self.asked(FIRST + 10 * DAY) == ""

    def test_asks_nothing_before_its_start_nor_after_its_end(self) -> None:
        self.give(starts_on=FIRST + DAY, ends_on=FIRST + 2 * DAY)

        assert [bool(self.asked(FIRST + n * DAY)) for n in range(4)] == [False, True, True, False]

    def test_asks_nothing_while_paused_and_what_waited_after(self) -> None:
        given = self.give(paused=True)
        assert self.asked(FIRST) == ""

        Assignment.objects.filter(pk=given.pk).update(paused=False)
        assert self.asked(FIRST + 30 * DAY) == "Question 1?"

    def test_asks_nothing_of_what_has_ended(self) -> None:
        self.give(ended_at=timezone.now())

        assert self.asked(FIRST) == ""

    def test_of_two_counselors_the_step_that_has_waited_longest_comes_first(self) -> None:
        other = make_counselor(email="second@example.org", name="Ola")
        self.give(starts_on=FIRST + DAY)
        longest = self.give(tie=make_tie(other, self.parent), starts_on=FIRST)

        given = assigned.step_on(self.parent, FIRST + DAY)
        assert given is not None
        assert given.assignment == longest

        assigned.answer(given.step.pk, FIRST + DAY)
        given = assigned.step_on(self.parent, FIRST + 2 * DAY)
        assert given is not None
        assert given.counselor_name == "Ines Holm"

    def test_of_two_that_have_waited_as_long_the_one_given_first_comes_first(self) -> None:
        first = self.give()
        self.give()

        given = assigned.step_on(self.parent, FIRST)

        assert given is not None
        assert given.assignment == first

    def test_one_counselors_end_leaves_the_others_steps(self) -> None:
        other = make_tie(make_counselor(email="second@example.org"), self.parent)
        self.give()
        stays = self.give(tie=other, starts_on=FIRST + DAY)

        ties.end(self.parent, self.tie.pk, timezone.now())

        assert self.asked(FIRST) == ""
        given = assigned.step_on(self.parent, FIRST + DAY)
        assert given is not None
        assert given.assignment == stays

    def test_asks_only_whom_it_was_given_to(self) -> None:
        self.give()
        other = make_user(email="other@example.org")
        make_tie(self.counselor, other, parent_name="Tomas")
        other.refresh_from_db()

        assert self.asked(FIRST, other) == ""

    def test_weekdays_that_were_lost_are_every_weekday(self) -> None:
        self.give(cadence=Assignment.Cadence.WEEKDAYS, weekdays=[])

        assert self.asked(FIRST) == "Question 1?"


class FindTests(AssignedCase):
    def test_finds_a_step_that_is_not_due(self) -> None:
        step = self.steps(self.give(starts_on=None))[1]

        found = assigned.find(self.parent, step.pk)

        assert found is not None
        assert (found.step, found.number, found.of) == (step, 2, 2)

    def test_finds_nothing_for_anybody_else_or_once_the_tie_has_ended(self) -> None:
        step = self.steps(self.give())[0]

        assert assigned.find(self.parent, None) is None
        assert assigned.find(self.counselor, step.pk) is None
        assert assigned.find(make_user(email="other@example.org"), step.pk) is None
        ties.end(self.counselor, self.tie.pk, timezone.now())
        assert assigned.find(self.parent, step.pk) is None


class AnswerTests(AssignedCase):
    def setUp(self) -> None:
        self.given = self.give()
        self.one, self.two = self.steps(self.given)

    def finished(self) -> bool:
        self.given.refresh_from_db()
        return self.given.finished_at is not None

    def test_only_the_first_night_counts(self) -> None:
        assigned.answer(self.one.pk, FIRST)
        assigned.answer(self.one.pk, FIRST + DAY)

        assert self.steps(self.given)[0].answered_on == FIRST

    def test_is_finished_when_the_last_one_is_answered_in_any_order(self) -> None:
        assigned.answer(self.two.pk, FIRST)
        assert not self.finished()
        assigned.answer(self.one.pk, FIRST)
        assert self.finished()

    def test_what_turned_to_another_question_waits_again(self) -> None:
        assigned.answer(self.one.pk, FIRST)
        assigned.answer(self.two.pk, FIRST + DAY)

        assigned.unanswer(self.two.pk, FIRST + 2 * DAY)  # another night's page
        assert self.finished()
        assigned.unanswer(self.two.pk, FIRST + DAY)

        assert not self.finished()
        assert self.asked(FIRST + DAY) == "Question 2?"

    def test_what_the_client_was_done_with_stays_answered(self) -> None:
        assigned.answer(self.one.pk, FIRST)
        assigned.be_done(self.one.pk, timezone.now())
        done_at = self.steps(self.given)[0].done_at
        assigned.be_done(self.one.pk, timezone.now() + DAY)

        assigned.unanswer(self.one.pk, FIRST)

        one = self.steps(self.given)[0]
        assert (one.answered_on, one.done_at) == (FIRST, done_at)

    def test_a_step_that_is_not_there_is_no_trouble(self) -> None:
        assigned.answer(self.given.pk, FIRST)
        assigned.unanswer(self.given.pk, FIRST)


class BeginTests(AssignedCase):
    def test_asks_from_the_night_that_it_is_begun_on(self) -> None:
        given = self.give(starts_on=None)
        assert self.asked(FIRST) == ""

        assigned.begin(self.parent, given.pk, FIRST)
        assigned.begin(self.parent, given.pk, FIRST + 5 * DAY)

        assert self.asked(FIRST) == "Question 1?"

    def test_nobody_else_begins_it(self) -> None:
        given = self.give(starts_on=None)

        assigned.begin(self.counselor, given.pk, FIRST)
        assigned.begin(make_user(email="other@example.org"), given.pk, FIRST)

        given.refresh_from_db()
        assert given.starts_on is None

    def test_does_not_move_a_start_that_was_set(self) -> None:
        given = self.give(starts_on=FIRST + DAY)

        assigned.begin(self.parent, given.pk, FIRST)

        assert self.asked(FIRST) == ""

    def test_sharing_as_finished_is_the_clients_to_say(self) -> None:
        given = self.give()

        assigned.share_as_finished(self.counselor, given.pk, shares=True)
        given.refresh_from_db()
        assert not given.shares
        assigned.share_as_finished(self.parent, given.pk, shares=True)
        given.refresh_from_db()
        assert given.shares


class EndedTieTests(AssignedCase):
    def test_takes_the_words_and_leaves_that_it_was_answered(self) -> None:
        given = self.give(note="For you.")
        step = self.steps(given)[0]
        assigned.answer(step.pk, FIRST)

        ties.end(self.parent, self.tie.pk, timezone.now())

        given.refresh_from_db()
        assert given.words is None
        assert given.ended_at is not None
        assert all(row.words is None for row in self.steps(given))
        assert self.steps(given)[0].answered_on == FIRST
