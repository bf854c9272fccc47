"""accounts.connections.hand_overs: a client goes on with another counselor if, and only if, they agree."""

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts import connections
from accounts.connections import hand_overs
from accounts.connections.hand_overs import NotPossible
from accounts.models import Connection, HandOver, User
from journal.models import Share
from journal.sharing import shares
from prompts import received
from prompts.models import AssignedStep, Assignment, PromptSet
from tests.factories import make_assignment, make_connection, make_counselor, make_entry, make_set, make_user
from tests.helpers import DAY


class HandOverCase(TestCase):
    def setUp(self) -> None:
        self.now = timezone.now()
        self.parent = make_user()
        self.former, self.next = make_counselor(), make_counselor(email="next@example.org", name="Bo Lind")
        self.connection = make_connection(self.former, self.parent)

    def ask(self) -> HandOver:
        return hand_overs.ask(self.former, self.connection.pk, self.next, "Bo Lind", self.now)

    def accept(self, hand_over: HandOver, parent: User | None = None) -> Connection:
        return hand_overs.accept(parent or self.parent, hand_over.pk, parent_name="Mara", sees_answered=False, now=self.now)

    def active(self) -> list[Connection]:
        return list(Connection.objects.of_parent(self.parent).active())


class AskingTests(HandOverCase):
    def test_asking_changes_nothing_but_that_the_client_is_notified(self) -> None:
        assert self.ask() == self.ask()

        assert self.active() == [self.connection]
        assert list(hand_overs.open_for(self.parent)) == [hand_overs.of_counselor(self.former, self.connection.pk)]
        self.parent.refresh_from_db()
        assert self.parent.unread_since == self.now

    def test_not_for_the_client_of_another_nor_to_the_client_or_one_they_have(self) -> None:
        third = make_counselor(email="third@example.org")
        make_connection(third, self.parent)

        for counselor, to in [(self.next, self.former), (self.former, self.parent), (self.former, third)]:
            with pytest.raises(NotPossible):
                hand_overs.ask(counselor, self.connection.pk, to, "Somebody", self.now)

        assert not HandOver.objects.exists()

    def test_one_colleague_at_a_time(self) -> None:
        self.ask()

        with pytest.raises(NotPossible):
            hand_overs.ask(self.former, self.connection.pk, make_counselor(email="third@example.org"), "Third", self.now)

    def test_what_was_withdrawn_cannot_be_accepted(self) -> None:
        asked = self.ask()

        hand_overs.withdraw(self.next, self.connection.pk, self.now)
        assert hand_overs.of_counselor(self.former, self.connection.pk) == asked
        hand_overs.withdraw(self.former, self.connection.pk, self.now)

        with pytest.raises(NotPossible):
            self.accept(asked)
        assert self.active() == [self.connection]


class AnsweringTests(HandOverCase):
    def test_the_client_declines_and_all_stays_as_it_is(self) -> None:
        asked = self.ask()

        hand_overs.decline(make_user(email="stranger@example.org"), asked.pk, self.now)
        assert hand_overs.open_for(self.parent)
        for _twice in range(2):
            hand_overs.decline(self.parent, asked.pk, self.now)

        assert self.active() == [self.connection]
        assert list(hand_overs.unseen_answers(self.former)) == [asked]
        hand_overs.mark_answer_seen(self.former, asked.pk)
        assert not hand_overs.unseen_answers(self.former)

    def test_the_client_agrees_and_has_the_new_counselor_alone(self) -> None:
        asked = self.ask()

        new = self.accept(asked)

        assert self.accept(asked) == new
        assert self.active() == [new]
        assert (new.counselor, new.counselor_name, new.sees_answered, new.informed_at) == (self.next, "Bo Lind", False, None)
        self.connection.refresh_from_db()
        assert (self.connection.ended_by, self.connection.end_seen) == (Connection.Ended.HANDED, True)
        self.next.refresh_from_db()
        assert self.next.unread_since is not None

    def test_nobody_else_agrees(self) -> None:
        asked = self.ask()

        for person in (self.former, self.next, make_user(email="stranger@example.org")):
            with pytest.raises(NotPossible):
                self.accept(asked, person)

        assert self.active() == [self.connection]

    def test_not_once_the_colleague_has_closed_their_workspace_or_the_connection_has_ended(self) -> None:
        asked = self.ask()
        User.objects.filter(pk=self.next.pk).update(is_counselor=False)
        with pytest.raises(NotPossible):
            self.accept(asked)

        User.objects.filter(pk=self.next.pk).update(is_counselor=True)
        connections.end(self.parent, self.connection.pk, self.now)
        with pytest.raises(NotPossible):
            self.accept(asked)


class PassingOnTests(HandOverCase):
    """prompts.passing_on, and what is not passed on."""

    def test_nothing_that_was_shared_reaches_the_new_counselor(self) -> None:
        share = shares.share(self.parent, self.connection, make_entry(self.parent, text="For Ines alone."), self.now)

        self.accept(self.ask())

        share.refresh_from_db()
        assert share.content is None
        assert not Share.objects.for_counselor(self.next).exists()
        assert not Share.objects.for_counselor(self.former).exists()

    def test_a_running_set_goes_on_where_it_was_and_shares_nothing_automatically(self) -> None:
        given = make_assignment(self.connection, make_set(self.former, name="First weeks", steps=["One?", "Two?"]), note="For you.")
        received.share_when_done(self.parent, given.pk, shares=True)
        first, second = given.steps.all()
        night = self.parent.tonight(self.now)
        received.mark_answered(first.pk, night)

        new = self.accept(self.ask())

        moved = Assignment.objects.get(pk=given.pk)
        assert (moved.connection, moved.shares, moved.content.name, moved.content.note) == (new, False, "First weeks", "For you.")
        assert [step.content.question for step in moved.steps.all()] == ["One?", "Two?"]
        assert [step.answered_on for step in moved.steps.all()] == [night, None]
        assert received.find(self.parent, second.pk) is not None
        copy = PromptSet.objects.get(author=self.next)
        assert (moved.set, copy.content.name, copy.version) == (copy, "First weeks", moved.set_version)

    def test_what_is_finished_or_has_ended_stays_behind(self) -> None:
        finished = make_assignment(self.connection, make_set(self.former, steps=["One?"]))
        received.mark_answered(finished.steps.get().pk, self.parent.tonight(self.now))
        ended = make_assignment(self.connection, make_set(self.former, name="Other"))
        Assignment.objects.filter(pk=ended.pk).update(ended_at=self.now)

        new = self.accept(self.ask())

        assert not Assignment.objects.filter(connection=new).exists()
        assert not AssignedStep.objects.filter(connection=new).exists()

    def test_what_asks_no_more_stays_behind_and_what_ends_with_the_next_session_waits_for_one_with_the_new_counselor(self) -> None:
        tonight = self.parent.tonight(self.now)
        over, going = make_assignment(self.connection, make_set(self.former)), make_assignment(self.connection, make_set(self.former))
        Assignment.objects.filter(pk=over.pk).update(ends_on=tonight - DAY)
        Assignment.objects.filter(pk=going.pk).update(ends_on=tonight, ends_with_session=True)

        new = self.accept(self.ask())

        moved = Assignment.objects.get(connection=new)
        assert (moved.pk, moved.ends_with_session, moved.ends_on) == (going.pk, True, None)

    def test_a_set_that_was_removed_goes_on_and_one_that_goes_twice_is_copied_once(self) -> None:
        prompt_set = make_set(self.former)
        for _twice in range(2):
            make_assignment(self.connection, prompt_set)
        PromptSet.objects.filter(pk=prompt_set.pk).update(removed_at=self.now)

        new = self.accept(self.ask())

        assert Assignment.objects.filter(connection=new).count() == 2
        assert PromptSet.objects.filter(author=self.next).count() == 1
