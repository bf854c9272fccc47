"""`journal.sharing` where both sides act at the same moment, on a database that really commits."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from unittest import mock

import pytest
from django.db import connections as databases

from accounts import connections
from accounts.keys import keyring
from accounts.models import Connection, User
from common.ids import new_id
from journal.entries import trash
from journal.entries.saving import Saved
from journal.entries.submission import Action, Finish, SetMode, Turn, submit
from journal.models import Entry, Mode, Reading, Reply, Share
from journal.sharing import readings, replies, shares
from journal.sharing.shares import NotShareable
from prompts.models import AssignedStep
from tests.factories import make_assignment, make_connection, make_counselor, make_draft, make_entry, make_prompt, make_set, make_user
from tests.helpers import DAY, EVENING
from tests.races import ROWS_ARE_LOCKED, at_once, await_a_blocked_one

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class People:
    """A counselor and a parent who are connected, and what the parent wrote."""

    counselor: User
    parent: User
    connection: Connection
    entry: Entry

    def share(self) -> Share:
        return shares.share(self.parent, self.connection, self.entry, EVENING)


@pytest.fixture
def people() -> People:
    counselor, parent = make_counselor(), make_user()
    return People(counselor, parent, make_connection(counselor, parent), make_entry(parent))


def test_sharing_twice_makes_one_copy(people: People) -> None:
    first, second = at_once(people.share, people.share)

    assert first == second == Share.objects.get()


def test_sharing_while_the_connection_ends_leaves_nothing_to_open(people: People) -> None:
    shared, ended = at_once(people.share, lambda: connections.end(people.counselor, people.connection.pk, EVENING))

    assert isinstance(shared, Share | NotShareable)
    assert ended is None
    assert not Share.objects.filter(content__isnull=False).exists()
    assert not Share.objects.active().exists()


def test_sharing_while_the_page_is_deleted_leaves_nothing_to_open(people: People) -> None:
    def delete() -> None:
        trash.delete(people.parent, people.entry, EVENING)
        trash.delete_for_good(people.parent, people.entry.pk)

    shared, deleted = at_once(people.share, delete)

    assert isinstance(shared, Share | NotShareable)
    assert deleted is None
    assert not Share.objects.active().exists()


def test_opening_twice_is_one_reading(people: People) -> None:
    share = people.share()

    opened = at_once(*[lambda: readings.open_share(people.counselor, share.pk, EVENING)] * 3)

    assert opened == [share] * 3
    assert Reading.objects.count() == 1


def test_opening_while_it_is_taken_back_is_recorded_or_finds_nothing(people: People) -> None:
    share = people.share()

    opened, _taken_back = at_once(
        lambda: readings.open_share(people.counselor, share.pk, EVENING), lambda: shares.take_back(people.parent, share.pk, EVENING)
    )

    assert opened in (share, None)
    assert Reading.objects.count() == (opened is not None)
    assert Share.objects.get().content is None


def test_a_reply_sent_twice_is_written_once(people: People) -> None:
    share, pk = people.share(), new_id()

    first, second = at_once(*[lambda: replies.reply(people.counselor, share, pk, "Thank you.", EVENING)] * 2)

    assert first == second == Reply.objects.get()


def test_a_reply_while_the_connection_ends_leaves_nothing_sealed_with_its_key(people: People) -> None:
    share = people.share()

    at_once(
        lambda: replies.reply(people.counselor, share, new_id(), "Thank you.", EVENING),
        lambda: replies.see_replies(people.parent, share, EVENING),
        lambda: connections.end(people.parent, people.connection.pk, EVENING),
    )

    assert not Reply.objects.filter(content__isnull=False).exists()
    assert all(reply.kept.text for reply in Reply.objects.filter(kept__isnull=False) if reply.kept)


# --- Where the database has locks for rows.


@ROWS_ARE_LOCKED
@pytest.mark.parametrize("action", [Turn(1), SetMode(Mode.JUST_WRITE)], ids=["another question", "no question"])
@pytest.mark.parametrize("other", ["is done in another tab", "ends the connection"])
def test_whoever_swaps_a_counselors_question_and_whoever_locks_the_connection_wait_for_each_other_in_one_order(
    people: People, action: Action, other: str
) -> None:
    """A step that is answered and put back in one transaction is written twice, and its connection looked up at the commit."""
    make_prompt()
    make_assignment(people.connection, make_set(people.counselor), shares=True)
    first, second = AssignedStep.objects.order_by("position").values_list("pk", flat=True)
    night = make_draft(night=people.entry.night - DAY, mode=Mode.QUESTION)
    fields = {"night": night.night, "mode": Mode.QUESTION, "entry_id": night.entry_id}
    with keyring.cached():
        begun = submit(people.parent, make_draft(**fields, page=night.page, prompt=f"step-{first}"), None, EVENING)
    assert isinstance(begun, Saved)

    def be_done() -> object:
        draft = make_draft(**fields, base=begun.version, prompt=f"step-{first}", text="In another tab.")
        return submit(people.parent, draft, Finish(announced=first), EVENING)

    def swap() -> object:
        draft = make_draft(**fields, page=night.page, seq=2, prompt=f"step-{second}", text="In this tab.")
        mine = databases["default"]
        commit = mine.commit

        def commit_once_the_other_waits() -> None:
            may_begin.set()
            await_a_blocked_one()
            commit()

        with mock.patch.object(mine, "commit", commit_once_the_other_waits):
            return submit(people.parent, draft, action, EVENING)

    acts: dict[str, Callable[[], object]] = {
        "is done in another tab": be_done,
        "ends the connection": lambda: connections.end(people.counselor, people.connection.pk, EVENING),
    }

    def act() -> object:
        may_begin.wait(20)
        return acts[other]()

    may_begin = threading.Event()
    swapped, acted = at_once(swap, act)

    assert isinstance(swapped, Saved)
    assert not isinstance(acted, Exception)
