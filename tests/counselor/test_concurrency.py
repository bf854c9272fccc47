"""`counselor`, and connections that are handed over, where two act at the same moment."""

import datetime as dt
import threading
from collections.abc import Callable
from unittest import mock

import pytest
from django.utils import timezone

from accounts import connections, leaving
from accounts.connections import hand_overs
from accounts.models import Connection, HandOver, User
from common.ids import new_id
from counselor import assigning, practices
from counselor.assigning import Changes, Plan, changing
from counselor.clients import details
from counselor.models import Workspace
from counselor.sessions import records
from counselor.workspace import close_workspace
from journal.models import Reading, RecordCopy, Share
from journal.sharing import readings, shares
from prompts import passing_on
from prompts.models import Assignment
from tests.factories import make_assignment, make_connection, make_counselor, make_entry, make_set, make_user
from tests.helpers import EVENING
from tests.races import ROWS_ARE_LOCKED, at_once, await_a_blocked_one

pytestmark = [pytest.mark.django_db(transaction=True), ROWS_ARE_LOCKED]


def in_the_middle(
    owner: object, name: str, *, after: bool = False
) -> "tuple[mock._patch[mock.MagicMock], Callable[[Callable[[], object]], object]]":
    """A patch that stops there until the other one waits for a lock, or is done; and what runs the other one from there on."""
    real, may_begin, is_done = getattr(owner, name), threading.Event(), threading.Event()

    def stopped(*args: object, **kwargs: object) -> object:
        result = real(*args, **kwargs) if after else None
        may_begin.set()
        await_a_blocked_one(is_done)
        return result if after else real(*args, **kwargs)

    def other(act: Callable[[], object]) -> object:
        may_begin.wait(20)
        try:
            return act()
        finally:
            is_done.set()

    return mock.patch.object(owner, name, side_effect=stopped), other


def make_practice() -> tuple[User, User]:
    """Its owner and a colleague."""
    owner, colleague = make_counselor(practice=""), make_counselor(email="colleague@example.org", name="Bo Lind")
    practices.open_practice(owner, new_id(), "Lindgatan", EVENING)
    practices.accept(colleague, practices.invite(owner, new_id(), "Bo", EVENING).content.token, EVENING)
    return owner, colleague


def accept(parent: User, hand_over: HandOver) -> Connection:
    return hand_overs.accept(parent, hand_over.pk, parent_name="Mara", sees_answered=False, now=EVENING)


def test_agreeing_to_a_hand_over_twice_is_agreeing_once() -> None:
    owner, colleague = make_practice()
    parent = make_user()
    asked = hand_overs.ask(owner, make_connection(owner, parent).pk, colleague, "Bo Lind", EVENING)
    patch, other = in_the_middle(connections, "make")

    with patch:
        first, second = at_once(lambda: accept(parent, asked), lambda: other(lambda: accept(parent, asked)))

    assert first == second == Connection.objects.get(ended_at=None)


def test_two_clients_bring_the_same_set_to_their_new_counselor() -> None:
    owner, colleague = make_practice()
    parents = [make_user(), make_user(email="second@example.com")]
    given, asked = make_set(owner), []
    for parent in parents:
        connection = make_connection(owner, parent)
        make_assignment(connection, given)
        asked.append(hand_overs.ask(owner, connection.pk, colleague, "Bo Lind", EVENING))
    patch, other = in_the_middle(passing_on, "_copy", after=True)

    with patch:
        agreed = at_once(lambda: accept(parents[0], asked[0]), lambda: other(lambda: accept(parents[1], asked[1])))

    assert all(isinstance(connection, Connection) for connection in agreed)
    assert Assignment.objects.filter(connection__counselor=colleague, set__author=colleague).count() == 2


def test_agreeing_to_a_hand_over_while_its_counselor_leaves_the_practice() -> None:
    owner, colleague = make_practice()
    parent = make_user()
    asked = hand_overs.ask(owner, make_connection(owner, parent).pk, colleague, "Bo Lind", EVENING)
    patch, other = in_the_middle(hand_overs, "withdraw_between", after=True)

    with patch:
        left, agreed = at_once(lambda: practices.leave(owner, EVENING), lambda: other(lambda: accept(parent, asked)))

    assert left is None
    assert isinstance(agreed, hand_overs.NotPossible)


@pytest.mark.parametrize("leave", [lambda person: close_workspace(person, EVENING), leaving.delete], ids=["closing", "deleted"])
def test_a_practice_is_renamed_while_somebody_in_it_leaves_for_good(leave: Callable[[User], object]) -> None:
    owner, colleague = make_practice()
    make_connection(colleague, make_user())
    patch, other = in_the_middle(practices, "_show")

    with patch:
        renamed, left = at_once(lambda: practices.rename(owner, "Storgatan"), lambda: other(lambda: leave(colleague)))

    assert (renamed, left) == (None, None)
    assert Workspace.objects.get().practice == "Storgatan"


def test_a_session_that_is_moved_while_a_set_is_made_to_end_with_it_moves_the_end() -> None:
    counselor, now = make_counselor(), timezone.now()
    connection, session = make_connection(counselor, make_user()), now.date() + dt.timedelta(days=7)
    Connection.objects.filter(pk=connection.pk).update(next_session_on=session)
    given = make_assignment(connection, make_set(counselor))
    changes = Changes(Plan(Assignment.Cadence.WHEN_DONE, ends_with_session=True), note="")
    later = session + dt.timedelta(days=7)
    patch, other = in_the_middle(changing, "_values")

    with patch:
        at_once(
            lambda: assigning.change(counselor, given.pk, changes, based_on=None, now=now),
            lambda: other(lambda: details.set_next_session(counselor, connection.pk, later)),
        )

    assert Assignment.objects.get().ends_on == later


def test_no_answer_is_in_a_record_without_having_been_read() -> None:
    counselor, parent = make_counselor(), make_user()
    connection = make_connection(counselor, parent)
    entry = make_entry(parent)
    patch, other = in_the_middle(readings, "open_shares")

    with patch:
        record, shared = at_once(
            lambda: records.take(counselor, connection, RecordCopy.Form.PAPER, EVENING),
            lambda: other(lambda: shares.share(parent, connection, entry, EVENING)),
        )

    assert isinstance(shared, Share)
    assert isinstance(record, records.Record)
    assert len(record.answers) == Reading.objects.count() == 0
    assert readings.open_share(counselor, shared.pk, EVENING) is not None
