"""`journal.sharing` where both sides act at the same moment, on a database that really commits."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connections as databases

from accounts import connections
from accounts.keys import keyring
from accounts.models import Connection, User
from common.ids import new_id
from journal.entries import trash
from journal.models import Entry, Reading, Reply, Share
from journal.sharing import readings, replies, shares
from journal.sharing.shares import NotShareable
from tests.factories import make_connection, make_counselor, make_entry, make_user
from tests.helpers import EVENING

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


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run these in threads that start together; returns what each returned, or the error it ended with."""
    barrier, results = threading.Barrier(len(acts)), [object()] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            with keyring.cached():
                results[index] = act()
        except Exception as error:  # the test decides whether it may happen
            results[index] = error
        finally:
            databases.close_all()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


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
