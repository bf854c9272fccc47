"""journal.sharing where both sides act in the same moment, on a database that really commits."""

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
class House:
    counselor: User
    parent: User
    connection: Connection
    entry: Entry

    def share(self) -> Share:
        return shares.share(self.parent, self.connection, self.entry, EVENING)


@pytest.fixture
def house() -> House:
    counselor, parent = make_counselor(), make_user()
    return House(counselor, parent, make_connection(counselor, parent), make_entry(parent))


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each gave, or the error it ended with; all of them begin together."""
    gate, gave = threading.Barrier(len(acts)), [object()] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            with keyring.cached():
                gave[place] = act()
        except Exception as error:  # told to the test
            gave[place] = error
        finally:
            databases.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return gave


def test_sharing_twice_makes_one_copy(house: House) -> None:
    first, second = at_once(house.share, house.share)

    assert first == second == Share.objects.get()


def test_sharing_while_the_connection_ends_leaves_nothing_to_open(house: House) -> None:
    shared, ended = at_once(house.share, lambda: connections.end(house.counselor, house.connection.pk, EVENING))

    assert isinstance(shared, Share | NotShareable)
    assert ended is None
    assert not Share.objects.filter(content__isnull=False).exists()
    assert not Share.objects.active().exists()


def test_sharing_while_the_page_is_deleted_leaves_nothing_to_open(house: House) -> None:
    def delete() -> None:
        trash.delete(house.parent, house.entry, EVENING)
        trash.delete_for_good(house.parent, house.entry.pk)

    shared, deleted = at_once(house.share, delete)

    assert isinstance(shared, Share | NotShareable)
    assert deleted is None
    assert not Share.objects.active().exists()


def test_opening_twice_is_one_reading(house: House) -> None:
    share = house.share()

    opened = at_once(*[lambda: readings.open_share(house.counselor, share.pk, EVENING)] * 3)

    assert opened == [share] * 3
    assert Reading.objects.count() == 1


def test_opening_while_it_is_taken_back_either_counts_or_finds_nothing(house: House) -> None:
    share = house.share()

    opened, _back = at_once(
        lambda: readings.open_share(house.counselor, share.pk, EVENING), lambda: shares.take_back(house.parent, share.pk, EVENING)
    )

    assert opened in (share, None)
    assert Reading.objects.count() == (opened is not None)
    assert Share.objects.get().content is None


def test_a_reply_sent_twice_is_written_once(house: House) -> None:
    share, pk = house.share(), new_id()

    first, second = at_once(*[lambda: replies.reply(house.counselor, share, pk, "Thank you.", EVENING)] * 2)

    assert first == second == Reply.objects.get()


def test_a_reply_while_the_connection_ends_leaves_nothing_sealed_with_its_key(house: House) -> None:
    share = house.share()

    at_once(
        lambda: replies.reply(house.counselor, share, new_id(), "Thank you.", EVENING),
        lambda: replies.see_replies(house.parent, share, EVENING),
        lambda: connections.end(house.parent, house.connection.pk, EVENING),
    )

    assert not Reply.objects.filter(content__isnull=False).exists()
    assert all(reply.kept.text for reply in Reply.objects.filter(kept__isnull=False) if reply.kept)
