"""`counselor.assigning`: giving sets to clients, and pausing, ending, changing and renewing what was given."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection as database
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import connections
from accounts.keys import keyring
from accounts.keys.crypto import Binding, SealBroken
from accounts.keys.padding import unpad
from accounts.keys.sealing import from_json
from accounts.models import Connection, User
from common.ids import new_id
from counselor import assigning
from counselor.assigning import Changes, Plan, Recipient
from journal.models import Entry, Mode, Night
from prompts import received
from prompts.models import AssignedStep, Assignment, AssignmentContent, PromptSet, StepContent
from tests.factories import make_assignment, make_connection, make_counselor, make_entry, make_prompt, make_set, make_user
from tests.helpers import DAY, everything_stored

FIRST = dt.date(2026, 1, 1)
PLAN = Plan(cadence=Assignment.Cadence.WHEN_DONE)


def change_set(prompt_set: PromptSet, *steps: tuple[str, str, str, str], name: str = "Later weeks") -> None:
    """Save other words under a higher version, as the counselor's page does."""
    prompt_set.content = replace(prompt_set.content, name=name, steps=steps)
    prompt_set.version += 1
    prompt_set.save()


def own_step(number: int, question: str, note: str = "") -> tuple[str, str, str, str]:
    return f"{number:032x}", "", question, note


class AssigningCase(TestCase):
    counselor: User
    other: User
    clients: list[User]
    connections: list[Connection]
    set: PromptSet

    @classmethod
    def setUpTestData(cls) -> None:
        make_prompt()
        cls.counselor = make_counselor()
        cls.other = make_counselor(email="second@example.org", name="Ola")
        cls.clients = [make_user(email=f"client-{n}@example.org") for n in range(3)]
        cls.connections = [make_connection(cls.counselor, client, parent_name=f"Client {n}") for n, client in enumerate(cls.clients)]
        cls.set = make_set(cls.counselor, steps=["What was said?", "prompt:at-the-door"])
        User.objects.update(unread_since=None)

    def give(self, *connection_ids: uuid.UUID, batch: uuid.UUID | None = None, plan: Plan = PLAN, note: str = "") -> list[uuid.UUID]:
        recipients = [Recipient(pk, FIRST, note and f"{note} {pk}") for pk in connection_ids]
        return assigning.assign(self.counselor, self.set, plan, recipients, batch=batch or new_id(), now=timezone.now())

    def steps(self, assignment: Assignment) -> list[tuple[str, str | None, bool]]:
        """Question, prompt, and whether it was answered."""
        rows = AssignedStep.objects.filter(assignment=assignment)
        return [(row.content.question if row.content else "", row.prompt_id, row.answered_on is not None) for row in rows]


class AssignTests(AssigningCase):
    def test_copies_the_caution(self) -> None:
        self.set.content = replace(self.set.content, caution="Not alone.")
        self.set.save()

        (pk,) = self.give(self.connections[0].pk)

        assert Assignment.objects.get(pk=pk).content.caution == "Not alone."

    def test_copies_the_set_with_its_steps_in_order(self) -> None:
        plan = Plan(Assignment.Cadence.WEEKDAYS, weekdays=(3, 0), ends_on=FIRST + 30 * DAY)

        (pk,) = self.give(self.connections[0].pk, plan=plan, note="For")

        given = Assignment.objects.get(pk=pk)
        assert given.content == AssignmentContent(name="First weeks", note=f"For {self.connections[0].pk}")
        assert (given.set, given.set_version, given.starts_on, given.ends_on) == (self.set, 1, FIRST, FIRST + 30 * DAY)
        assert (given.cadence, given.weekdays) == ("weekdays", [0, 3])
        assert self.steps(given) == [("What was said?", None, False), ("", "at-the-door", False)]

    def test_each_copy_opens_with_the_key_of_its_own_connection_alone(self) -> None:
        pks = self.give(*[connection.pk for connection in self.connections], note="Only for")

        with database.cursor() as cursor:
            for pk in pks:
                given = Assignment.objects.get(pk=pk)
                assert given.content is not None
                assert given.content.note == f"Only for {given.connection_id}"
                cursor.execute(
                    "SELECT sealed_content FROM prompts_assignment WHERE id = %s", [pk if database.vendor == "postgresql" else pk.hex]
                )
                sealed = bytes(cursor.fetchone()[0])
                binding = Binding("prompts.assignment.content", pk, given.connection_id)
                assert from_json(AssignmentContent, unpad(keyring.data_key(given.connection_id).open(sealed, binding))) == given.content
                for stranger in {connection.pk for connection in self.connections} - {given.connection_id} | {self.counselor.pk}:
                    with pytest.raises(SealBroken):
                        keyring.data_key(stranger).open(sealed, binding)

    def test_nothing_of_it_lies_in_the_clear(self) -> None:
        self.give(self.connections[0].pk, note="Zinnober")

        stored = everything_stored()
        for words in (b"Zinnober", b"What was said?", b"First weeks"):
            assert words not in stored

    def test_sent_twice_it_is_given_once(self) -> None:
        batch = new_id()
        one, two, _three = (connection.pk for connection in self.connections)
        assert len(self.give(one, batch=batch)) == 1

        assert len(self.give(one, two, batch=batch)) == 1
        assert self.give(one, two, batch=batch) == []

        assert Assignment.objects.count() == 2
        assert AssignedStep.objects.count() == 4

    def test_the_same_set_can_be_given_once_more(self) -> None:
        self.give(self.connections[0].pk)
        self.give(self.connections[0].pk)

        assert Assignment.objects.count() == 2

    def test_another_set_from_a_page_that_was_gone_back_to_is_given_too(self) -> None:
        batch = new_id()
        self.give(self.connections[0].pk, batch=batch)
        self.set = make_set(self.counselor, name="Another")

        assert len(self.give(self.connections[0].pk, batch=batch)) == 1

    def test_leaves_out_connections_that_have_ended_or_are_another_counselors(self) -> None:
        connections.end(self.clients[0], self.connections[0].pk, timezone.now())
        strange = make_connection(self.other, self.clients[1])

        assert self.give(self.connections[0].pk, strange.pk, new_id()) == []
        assert not Assignment.objects.exists()

    def test_a_set_that_asks_nothing_is_given_to_nobody(self) -> None:
        self.set = make_set(self.counselor, steps=[])
        assert self.give(self.connections[0].pk) == []

        self.set = make_set(self.counselor, steps=["prompt:not-of-this-site"])
        assert self.give(self.connections[0].pk) == []
        assert not assigning.can_be_assigned(self.set)

    def test_a_prompt_that_is_not_there_is_left_out(self) -> None:
        self.set = make_set(self.counselor, steps=["prompt:not-of-this-site", "What was said?"])

        (pk,) = self.give(self.connections[0].pk)

        assert self.steps(Assignment.objects.get(pk=pk)) == [("What was said?", None, False)]

    def test_tells_each_client_once_that_there_is_something_to_read(self) -> None:
        batch = new_id()
        self.give(self.connections[0].pk, batch=batch)
        assert set(User.objects.exclude(unread_since=None)) == {self.clients[0]}

        User.objects.update(unread_since=None)
        self.give(self.connections[0].pk, batch=batch)
        assert not User.objects.exclude(unread_since=None).exists()

    def test_costs_one_query_more_for_each_further_client(self) -> None:
        costs = []
        for recipients in (self.connections[:1], self.connections):
            with keyring.cached(), CaptureQueriesContext(database) as queries:
                self.give(*[connection.pk for connection in recipients])
            costs.append(len(queries))

        assert costs[1] - costs[0] == 2


class WhileItRunsTests(AssigningCase):
    given: Assignment

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.given = make_assignment(cls.connections[0], cls.set)

    def current(self) -> Assignment:
        """What was given, as it is stored now."""
        self.given.refresh_from_db()
        return self.given

    def test_pauses_and_resumes(self) -> None:
        for _twice in range(2):
            assigning.pause(self.counselor, self.given.pk)
            assert self.current().paused
        for _twice in range(2):
            assigning.resume(self.counselor, self.given.pk)
            assert not self.current().paused

    def change(self, person: User, plan: Plan, note: str = "", **changes: Any) -> bool:
        based_on = self.current().changed_at
        return assigning.change(person, self.given.pk, Changes(plan, note, **changes), based_on=based_on, now=timezone.now())

    def test_ends_for_good(self) -> None:
        now = timezone.now()
        assigning.end(self.counselor, self.given.pk, now)
        assigning.end(self.counselor, self.given.pk, now + DAY)
        assigning.resume(self.counselor, self.given.pk)
        assigning.pause(self.counselor, self.given.pk)
        self.change(self.counselor, Plan(Assignment.Cadence.AT_ONCE))

        given = self.current()
        assert (given.ended_at, given.paused, given.cadence) == (now, False, "when_done")
        assert received.steps_on(User.objects.get(pk=self.clients[0].pk), FIRST) == []

    def test_changes_what_is_still_to_come(self) -> None:
        self.change(self.counselor, Plan(Assignment.Cadence.AFTER_DAYS, every=5, ends_on=FIRST + 9 * DAY))

        given = self.current()
        assert (given.cadence, given.every, given.ends_on, given.starts_on) == ("after_days", 5, FIRST + 9 * DAY, FIRST)

    def test_a_change_is_news_to_the_client_and_none_is_not(self) -> None:
        plan = Plan(Assignment.Cadence.WHEN_DONE)

        assert not self.change(self.counselor, plan)
        assert self.current().changed_at is None
        assert not User.objects.exclude(unread_since=None).exists()

        assert self.change(self.counselor, plan, "Slowly.")
        assert self.current().changed_at is not None
        assert self.current().content.note == "Slowly."
        assert set(User.objects.exclude(unread_since=None)) == {self.clients[0]}

    def test_a_change_that_another_window_overtook_is_refused_unless_it_is_the_same(self) -> None:
        plan, now = Plan(Assignment.Cadence.AT_ONCE), timezone.now()
        self.change(self.counselor, plan, "One.")

        assert not assigning.change(self.counselor, self.given.pk, Changes(plan, "One."), based_on=None, now=now)
        with pytest.raises(assigning.Conflict):
            assigning.change(self.counselor, self.given.pk, Changes(plan, "Two."), based_on=None, now=now)
        assert self.current().content.note == "One."

    def test_is_reopened_within_a_day(self) -> None:
        now = timezone.now()
        assigning.end(self.counselor, self.given.pk, now)

        assigning.reopen(self.other, self.given.pk, now)
        assigning.reopen(self.counselor, self.given.pk, now + DAY)
        assert self.current().ended_at == now
        assert assigning.can_be_reopened(self.current(), now)
        assert not assigning.can_be_reopened(self.current(), now + DAY)
        assigning.reopen(self.counselor, self.given.pk, now + DAY / 2)
        assert self.current().ended_at is None

    def test_nobody_else_can_do_any_of_it(self) -> None:
        change_set(self.set, own_step(0, "Other words"))
        for person in (self.other, self.clients[0]):
            assigning.pause(person, self.given.pk)
            assigning.end(person, self.given.pk, timezone.now())
            self.change(person, Plan(Assignment.Cadence.AT_ONCE))
            assigning.assign_new_version(person, self.given.pk, timezone.now())

        given = self.current()
        assert (given.paused, given.ended_at, given.cadence, given.set_version) == (False, None, "when_done", 1)

    def test_the_counselor_can_do_none_of_it_once_the_connection_has_ended(self) -> None:
        connections.end(self.clients[0], self.connections[0].pk, timezone.now())
        ended_at = self.current().ended_at

        assigning.pause(self.counselor, self.given.pk)
        assigning.end(self.counselor, self.given.pk, timezone.now() + DAY)
        assigning.assign_new_version(self.counselor, self.given.pk, timezone.now())

        assert (self.current().paused, self.current().ended_at) == (False, ended_at)


class WithSessionTests(AssigningCase):
    def setUp(self) -> None:
        self.connection = self.connections[0]
        self.tonight = self.connection.parent.tonight(timezone.now())
        (self.pk,) = self.give(self.connection.pk, plan=Plan(Assignment.Cadence.WHEN_DONE, ends_with_session=True))
        (self.without,) = self.give(self.connection.pk)
        User.objects.update(unread_since=None)

    def meet_on(self, day: dt.date | None) -> Assignment:
        """The assignment, after the next session was given this date."""
        self.connection.next_session_on = day
        self.connection.save()
        assigning.follow_session(self.connection)
        return Assignment.objects.get(pk=self.pk)

    def test_its_end_follows_the_date_and_the_client_is_told(self) -> None:
        for day in (self.tonight + 5 * DAY, self.tonight + 3 * DAY, None):
            User.objects.update(unread_since=None)
            assignment = self.meet_on(day)
            assert assignment.ends_on == day
            assert assignment.changed_at is not None
            assert set(User.objects.exclude(unread_since=None)) == {self.clients[0]}

        assert Assignment.objects.get(pk=self.without).changed_at is None

    def test_the_same_date_again_is_no_news(self) -> None:
        before = self.meet_on(self.tonight + 5 * DAY).changed_at
        User.objects.update(unread_since=None)

        assert self.meet_on(self.tonight + 5 * DAY).changed_at == before
        assert not User.objects.exclude(unread_since=None).exists()

    def test_what_ended_with_one_session_does_not_begin_again_with_the_next(self) -> None:
        Assignment.objects.filter(pk=self.pk).update(ends_on=self.tonight - DAY)

        assert self.meet_on(self.tonight + 7 * DAY).ends_on == self.tonight - DAY

    def test_a_session_that_was_is_not_the_next_one(self) -> None:
        assert self.meet_on(self.tonight - DAY).ends_on is None

    def test_what_is_reopened_ends_with_the_session_as_it_is_planned_by_then(self) -> None:
        now = timezone.now()
        self.meet_on(self.tonight + 3 * DAY)
        assigning.end(self.counselor, self.pk, now)
        self.meet_on(self.tonight + 9 * DAY)

        assigning.reopen(self.counselor, self.pk, now)

        assert Assignment.objects.get(pk=self.pk).ends_on == self.tonight + 9 * DAY


class UndoTests(AssigningCase):
    def test_takes_back_what_the_batch_assigned_and_nothing_else(self) -> None:
        batch = new_id()
        (other,) = self.give(self.connections[0].pk)
        self.give(*[connection.pk for connection in self.connections], batch=batch)

        assert assigning.undo(self.counselor, batch, timezone.now()) == 3
        assert assigning.undo(self.counselor, batch, timezone.now()) == 0
        assert list(Assignment.objects.values_list("pk", flat=True)) == [other]

    def test_an_answer_that_was_begun_meanwhile_keeps_its_page_and_its_question(self) -> None:
        batch, client = new_id(), User.objects.get(pk=self.clients[0].pk)
        (pk,) = self.give(self.connections[0].pk, batch=batch)
        step = AssignedStep.objects.filter(assignment=pk)[0]
        entry = make_entry(client, night=FIRST, prompt=f"step-{step.pk}", mode=Mode.QUESTION, text="She said enough.")

        assigning.undo(self.counselor, batch, timezone.now())

        stored = Entry.objects.get(pk=entry.pk)
        assert (stored.assigned_id, stored.summary.question) == (step.pk, "What was said?")
        assert received.steps_on(client, FIRST) == []

    def test_the_counselor_learns_nothing_by_it(self) -> None:
        for is_answered in (False, True):
            batch = new_id()
            (pk,) = self.give(self.connections[0].pk, batch=batch)
            if is_answered:
                received.mark_answered(AssignedStep.objects.filter(assignment=pk)[0].pk, FIRST)
            assert assigning.undo(self.counselor, batch, timezone.now()) == 1
            assert not Assignment.objects.of_counselor(self.counselor).exists()


class NewVersionTests(AssigningCase):
    given: Assignment
    pks: dict[str, uuid.UUID]  # of the steps, by their keys

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.set = make_set(cls.counselor, steps=["One?", "Two?", "Three?"])
        cls.given = make_assignment(cls.connections[0], cls.set, note="For you.")
        cls.pks = dict(AssignedStep.objects.filter(assignment=cls.given).values_list("key", "pk"))

    def renew(self, *, times: int = 1) -> Assignment:
        """Give the client the new version of the set."""
        for _time in range(times):
            assigning.assign_new_version(self.counselor, self.given.pk, timezone.now())
        return Assignment.objects.select_related("set").get(pk=self.given.pk)

    def row(self, number: int) -> AssignedStep:
        return AssignedStep.objects.get(assignment=self.given, key=f"{number:032x}")

    def answer(self, number: int) -> None:
        received.mark_answered(self.row(number).pk, FIRST)
        received.mark_done(self.row(number).pk, timezone.now())

    def test_what_was_given_stays_as_it_was_until_then(self) -> None:
        change_set(self.set, own_step(0, "Another?"))

        given = Assignment.objects.select_related("set").get(pk=self.given.pk)
        assert self.steps(given) == [("One?", None, False), ("Two?", None, False), ("Three?", None, False)]
        assert given.content is not None
        assert given.content.name == "First weeks"
        assert assigning.has_new_version(given)

    def test_brings_the_caution_as_it_is_now(self) -> None:
        change_set(self.set, own_step(0, "One?"))
        self.set.content = replace(self.set.content, caution="Not alone.")
        self.set.save()

        assert self.renew().content == AssignmentContent(name="Later weeks", note="For you.", caution="Not alone.")

    def test_brings_the_words_the_order_and_new_steps_and_keeps_the_rows_and_the_note(self) -> None:
        change_set(self.set, own_step(2, "Three?"), (f"{7:032x}", "at-the-door", "", "Slowly."), own_step(0, "One, anew?"))

        given = self.renew(times=2)

        assert given.content == AssignmentContent(name="Later weeks", note="For you.")
        assert self.steps(given) == [("Three?", None, False), ("", "at-the-door", False), ("One, anew?", None, False)]
        assert self.row(7).content == StepContent(note="Slowly.")
        assert (self.row(2).pk, self.row(0).pk) == (self.pks[f"{2:032x}"], self.pks[f"{0:032x}"])
        assert given.set_version == self.set.version
        assert not assigning.has_new_version(given)

    def test_what_was_answered_stays_answered_in_the_set_or_out_of_it(self) -> None:
        self.answer(0)
        self.answer(1)
        before = {number: self.row(number) for number in (0, 1)}
        change_set(self.set, own_step(2, "Three?"), own_step(1, "Two, anew?"))

        given = self.renew()

        assert self.steps(given) == [("Three?", None, False), ("Two, anew?", None, True), ("One?", None, True)]
        for number, row in before.items():
            current = self.row(number)
            assert (current.pk, current.answered_on, current.done_at) == (row.pk, FIRST, row.done_at)

    def test_an_answered_step_that_comes_back_into_the_set_is_the_one_it_was(self) -> None:
        self.answer(0)
        change_set(self.set, own_step(1, "Two?"))
        self.renew()
        change_set(self.set, own_step(1, "Two?"), own_step(0, "One?"))

        given = self.renew()

        assert self.steps(given) == [("Two?", None, False), ("One?", None, True)]
        assert self.row(0).pk == self.pks[f"{0:032x}"]

    def test_is_finished_when_only_answered_steps_are_left_and_not_when_one_is_new(self) -> None:
        self.answer(0)
        change_set(self.set, own_step(0, "One?"))
        assert self.renew().finished_at is not None

        change_set(self.set, own_step(0, "One?"), own_step(8, "Eight?"))
        assert self.renew().finished_at is None
        client = User.objects.get(pk=self.clients[0].pk)
        step = next(iter(received.steps_on(client, FIRST + DAY)), None)
        assert step is not None
        assert step.step.key == f"{8:032x}"

    def test_keeps_when_it_was_finished(self) -> None:
        for number in range(3):
            self.answer(number)
        self.given.refresh_from_db()
        before = self.given.finished_at
        change_set(self.set, own_step(1, "Two, anew?"))

        assert before is not None
        assert self.renew().finished_at == before

    def test_an_answer_keeps_its_page_and_a_page_without_words_is_as_it_was(self) -> None:
        client = User.objects.get(pk=self.clients[0].pk)
        answered = make_entry(client, night=FIRST, prompt=f"step-{self.row(0).pk}", mode=Mode.QUESTION, text="She said enough.")
        empty = make_entry(client, night=FIRST + DAY, prompt=f"step-{self.row(1).pk}", mode=Mode.QUESTION, text="", feeling="even")
        assert answered.assigned_id == self.row(0).pk
        change_set(self.set, own_step(2, "Three?"))

        self.renew()

        assert Entry.objects.get(pk=answered.pk).assigned_id == self.row(0).pk
        assert Entry.objects.get(pk=empty.pk).summary.question == "Two?"
        assert received.find(client, Entry.objects.get(pk=empty.pk).assigned_id) is None  # the page reads as before; nothing is given by it
        assert Night.objects.get(author=client, night=FIRST).assigned_id == self.row(0).pk

    def test_a_step_that_left_the_set_does_not_wait_again(self) -> None:
        received.mark_answered(self.row(0).pk, FIRST)
        change_set(self.set, own_step(1, "Two?"))
        self.renew()

        received.mark_unanswered(self.row(0).pk, FIRST)

        assert self.row(0).answered_on == FIRST

    def test_a_set_that_was_removed_or_emptied_has_none_nor_has_what_was_ended(self) -> None:
        change_set(self.set)
        assert not assigning.has_new_version(self.renew())
        change_set(self.set, own_step(0, "Another?"))
        PromptSet.objects.filter(pk=self.set.pk).update(removed_at=timezone.now())
        assert not assigning.has_new_version(self.renew())
        PromptSet.objects.filter(pk=self.set.pk).update(removed_at=None)
        assigning.end(self.counselor, self.given.pk, timezone.now())
        assert not assigning.has_new_version(self.renew())

        assert self.renew().set_version == 1
        assert AssignedStep.objects.filter(assignment=self.given).count() == 3
