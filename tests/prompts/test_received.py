"""`prompts.received`: which step of what counselors gave a parent is asked on a night, and how steps are answered."""

import datetime as dt
import itertools
from typing import Any

from django.db.models import Exists
from django.test import TestCase
from django.utils import timezone

from accounts import connections
from accounts.keys.sealing import Sealed
from accounts.models import Connection, User
from prompts import copies, questions, received
from prompts.models import AssignedStep, Assignment, KeptAssignment
from tests.factories import make_assignment, make_connection, make_counselor, make_set, make_user
from tests.helpers import DAY

FIRST = dt.date(2026, 1, 1)


class AssignedCase(TestCase):
    counselor: User
    parent: User
    connection: Connection

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor = make_counselor()
        cls.parent = make_user()
        cls.connection = make_connection(cls.counselor, cls.parent)
        cls.parent.refresh_from_db()

    def give(self, *, steps: int = 2, connection: Connection | None = None, **fields: Any) -> Assignment:
        connection = connection or self.connection
        assert connection.counselor is not None
        return make_assignment(connection, make_set(connection.counselor, steps=[f"Question {n}?" for n in range(1, steps + 1)]), **fields)

    def asked(self, night: dt.date, parent: User | None = None) -> str:
        """The question of the step that is asked on this night; "" where none is."""
        given = next(iter(received.steps_on(parent or self.parent, night)), None)
        return questions.of_step(given.step).text if given else ""

    def steps(self, assignment: Assignment) -> list[AssignedStep]:
        return list(AssignedStep.objects.filter(assignment=assignment))


class CountingTests(AssignedCase):
    def test_what_is_unanswered_is_what_counts_and_is_not_answered(self) -> None:
        """For each way in which a step can have been answered, each in an assignment of its own: the rule is one, however it is asked."""
        now = dt.datetime(2026, 3, 10, 21, tzinfo=dt.UTC)
        over, last_over = received.over(now), now.date() - 2 * DAY
        its_end = dt.datetime.combine(last_over, dt.time.max, dt.UTC)
        nights = (None, last_over - DAY, last_over, last_over + DAY)
        begun = (None, its_end, its_end + dt.timedelta(microseconds=1))
        positions = (0, received.REMOVED_POSITION - 1, received.REMOVED_POSITION)
        ways = list(itertools.product(nights, begun, (None, now), positions))
        given = Assignment.objects.bulk_create(Assignment(connection=self.connection, set_version=1, assigned_at=now) for _way in ways)
        AssignedStep.objects.bulk_create(
            AssignedStep(assignment=one, connection=self.connection, answered_on=night, begun_at=begun_at, done_at=done, position=position)
            for one, (night, begun_at, done, position) in zip(given, ways, strict=True)
        )

        answered = set(AssignedStep.objects.filter(received.is_answered(over)).values_list("assignment", flat=True))
        counted = set(AssignedStep.objects.filter(received.is_counted(over)).values_list("assignment", flat=True))
        unanswered = set(Assignment.objects.filter(Exists(received.unanswered_steps(over))).values_list("pk", flat=True))

        assert unanswered == counted - answered
        assert 0 < len(unanswered) < len(counted) < len(ways)


class StepOnTests(AssignedCase):
    def test_asks_the_first_step_that_waits_in_one_query(self) -> None:
        self.give()

        with self.assertNumQueries(1):
            given = next(iter(received.steps_on(self.parent, FIRST)), None)

        assert given is not None
        assert (given.number, given.total, given.counselor_name) == (1, 2, "Ines Holm")

    def test_costs_nothing_for_parents_who_never_had_a_counselor(self) -> None:
        alone = make_user(email="other@example.org")

        with self.assertNumQueries(0):
            assert received.steps_on(alone, FIRST) == []

    def test_goes_from_step_to_step_and_ends(self) -> None:
        given = self.give()
        one, two = self.steps(given)

        received.mark_answered(one.pk, FIRST + 3 * DAY)
        assert [self.asked(FIRST + n * DAY) for n in (3, 4, 9)] == ["", "Question 2?", "Question 2?"]

        received.mark_answered(two.pk, FIRST + 9 * DAY)
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
        longest = self.give(connection=make_connection(other, self.parent), starts_on=FIRST)

        given = next(iter(received.steps_on(self.parent, FIRST + DAY)), None)
        assert given is not None
        assert given.assignment == longest

        received.mark_answered(given.step.pk, FIRST + DAY)
        given = next(iter(received.steps_on(self.parent, FIRST + 2 * DAY)), None)
        assert given is not None
        assert given.counselor_name == "Ines Holm"

    def test_of_two_that_have_waited_as_long_the_one_given_first_comes_first(self) -> None:
        first = self.give()
        self.give()

        given = next(iter(received.steps_on(self.parent, FIRST)), None)

        assert given is not None
        assert given.assignment == first

    def test_one_counselors_end_leaves_the_others_steps(self) -> None:
        other = make_connection(make_counselor(email="second@example.org"), self.parent)
        self.give()
        stays = self.give(connection=other, starts_on=FIRST + DAY)

        connections.end(self.parent, self.connection.pk, timezone.now())

        assert self.asked(FIRST) == ""
        given = next(iter(received.steps_on(self.parent, FIRST + DAY)), None)
        assert given is not None
        assert given.assignment == stays

    def test_asks_only_whom_it_was_given_to(self) -> None:
        self.give()
        other = make_user(email="other@example.org")
        make_connection(self.counselor, other, parent_name="Tomas")
        other.refresh_from_db()

        assert self.asked(FIRST, other) == ""

    def test_weekdays_that_were_lost_are_every_weekday(self) -> None:
        self.give(cadence=Assignment.Cadence.WEEKDAYS, weekdays=[])

        assert self.asked(FIRST) == "Question 1?"


class FindTests(AssignedCase):
    def test_finds_a_step_that_is_not_due(self) -> None:
        step = self.steps(self.give(starts_on=None))[1]

        match = received.find(self.parent, step.pk)

        assert match is not None
        assert (match.step, match.number, match.total) == (step, 2, 2)

    def test_finds_nothing_for_anybody_else_or_once_the_connection_has_ended(self) -> None:
        step = self.steps(self.give())[0]

        assert received.find(self.parent, None) is None
        assert received.find(self.counselor, step.pk) is None
        assert received.find(make_user(email="other@example.org"), step.pk) is None
        connections.end(self.counselor, self.connection.pk, timezone.now())
        assert received.find(self.parent, step.pk) is None


class AnswerTests(AssignedCase):
    given: Assignment
    one: AssignedStep
    two: AssignedStep

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.given = make_assignment(cls.connection, make_set(cls.counselor, steps=["Question 1?", "Question 2?"]))
        cls.one, cls.two = AssignedStep.objects.filter(assignment=cls.given)

    def is_finished(self) -> bool:
        self.given.refresh_from_db()
        return self.given.finished_at is not None

    def test_only_the_first_night_counts(self) -> None:
        received.mark_answered(self.one.pk, FIRST)
        received.mark_answered(self.one.pk, FIRST + DAY)

        assert self.steps(self.given)[0].answered_on == FIRST

    def test_is_finished_when_the_last_one_is_answered_in_any_order(self) -> None:
        received.mark_answered(self.two.pk, FIRST)
        assert not self.is_finished()
        received.mark_answered(self.one.pk, FIRST)
        assert self.is_finished()

    def test_a_step_whose_page_turned_to_another_question_waits_again(self) -> None:
        received.mark_answered(self.one.pk, FIRST)
        received.mark_answered(self.two.pk, FIRST + DAY)

        received.mark_unanswered(self.two.pk, FIRST + 2 * DAY)  # another night's page
        assert self.is_finished()
        received.mark_unanswered(self.two.pk, FIRST + DAY)

        assert not self.is_finished()
        assert self.asked(FIRST + DAY) == "Question 2?"

    def test_a_step_that_the_client_finished_stays_answered(self) -> None:
        received.mark_answered(self.one.pk, FIRST)
        received.mark_done(self.one.pk, timezone.now())
        done_at = self.steps(self.given)[0].done_at
        received.mark_done(self.one.pk, timezone.now() + DAY)

        received.mark_unanswered(self.one.pk, FIRST)

        one = self.steps(self.given)[0]
        assert (one.answered_on, one.done_at) == (FIRST, done_at)

    def test_an_unknown_step_is_ignored(self) -> None:
        received.mark_answered(self.given.pk, FIRST)
        received.mark_unanswered(self.given.pk, FIRST)


class BeginTests(AssignedCase):
    def test_asks_from_the_night_on_which_it_is_begun(self) -> None:
        given = self.give(starts_on=None)
        assert self.asked(FIRST) == ""

        received.begin(self.parent, given.pk, FIRST)
        received.begin(self.parent, given.pk, FIRST + 5 * DAY)

        assert self.asked(FIRST) == "Question 1?"

    def test_nobody_else_begins_it(self) -> None:
        given = self.give(starts_on=None)

        received.begin(self.counselor, given.pk, FIRST)
        received.begin(make_user(email="other@example.org"), given.pk, FIRST)

        given.refresh_from_db()
        assert given.starts_on is None

    def test_does_not_move_a_start_that_was_set(self) -> None:
        given = self.give(starts_on=FIRST + DAY)

        received.begin(self.parent, given.pk, FIRST)

        assert self.asked(FIRST) == ""

    def test_only_the_client_decides_to_share_each_answer_when_done(self) -> None:
        given = self.give()

        received.share_when_done(self.counselor, given.pk, shares=True)
        given.refresh_from_db()
        assert not given.shares
        received.share_when_done(self.parent, given.pk, shares=True)
        given.refresh_from_db()
        assert given.shares


class EndedConnectionTests(AssignedCase):
    def test_deletes_the_words_and_keeps_that_it_was_answered(self) -> None:
        given = self.give(note="For you.")
        step = self.steps(given)[0]
        received.mark_answered(step.pk, FIRST)

        connections.end(self.parent, self.connection.pk, timezone.now())

        given.refresh_from_db()
        assert given.sealed_content is None
        assert given.ended_at is not None
        assert all(row.sealed_content is None for row in self.steps(given))
        assert self.steps(given)[0].answered_on == FIRST

    def test_the_client_keeps_what_had_come(self) -> None:
        given = self.give(steps=3, note="For you.")
        received.mark_answered(self.steps(given)[0].pk, FIRST)

        connections.end(self.parent, self.connection.pk, timezone.now())

        given = Assignment.objects.select_related("kept").get()
        first, second, last = self.steps(given)
        assert (copies.content_of(given).name, copies.content_of(given).note) == ("First weeks", "For you.")
        kept = copies.steps_of(given)
        assert [kept[step.pk].question for step in (first, second)] == ["Question 1?", "Question 2?"]
        assert last.pk not in kept

    def test_what_does_not_open_is_not_kept_and_ends_all_the_same(self) -> None:
        given = self.give()
        Assignment.objects.filter(pk=given.pk).update(sealed_content=Sealed(b"torn"))

        with self.assertLogs("nightlight.copies"):
            connections.end(self.parent, self.connection.pk, timezone.now())

        self.connection.refresh_from_db()
        assert self.connection.ended_at is not None
        assert not KeptAssignment.objects.exists()


class NewsTests(AssignedCase):
    def acknowledged(self, given: Assignment) -> dt.datetime | None:
        given.refresh_from_db()
        return given.acknowledged_at

    def test_done_acknowledges_what_was_given_and_not_what_was_changed(self) -> None:
        now = timezone.now()
        given, changed = self.give(), self.give(changed_at=now)

        for one in (given, changed):
            received.mark_done(self.steps(one)[0].pk, now)

        assert self.acknowledged(given) == now
        assert self.acknowledged(changed) is None

    def test_acknowledges_only_what_was_seen(self) -> None:
        now = timezone.now()
        given = self.give(changed_at=now)

        received.acknowledge(self.parent, given.pk, None, now)
        received.acknowledge(self.counselor, given.pk, now, now)
        assert self.acknowledged(given) is None
        received.acknowledge(self.parent, given.pk, now, now + DAY)
        assert self.acknowledged(given) == now + DAY
