"""accounts.keys.erasure: what was a destroyed key's wrapped form is in no file of the database any more."""

import contextlib
import datetime as dt
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import connections, leaving
from accounts.keys import erasure, keyring
from accounts.models import KeySlot, User
from counselor import workspace
from operations import scheduler
from tests.factories import make_connection, make_counselor, make_user
from tests.helpers import run

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="about the files of SQLite")
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="about the files of PostgreSQL: make test-postgres")
pytestmark = pytest.mark.usefixtures("own_file")
PATIENCE = 60  # seconds, for a transaction of another test beside this one
LATER = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def wrapped(**slot: object) -> bytes:
    return bytes(KeySlot.objects.get(**slot).wrapped)


def files() -> bytes:
    """All files of the database."""
    file = Path(str(connection.settings_dict["NAME"]))
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


@contextlib.contextmanager
def reader() -> Iterator[None]:
    """Another process that reads, and holds what it reads."""
    connection.ensure_connection()  # the first one puts the file into WAL mode
    with contextlib.closing(sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT COUNT(*) FROM accounts_keyslot").fetchone()
        yield


def end_connection(counselor: User, parent: User, connected: uuid.UUID) -> None:
    connections.end(parent, connected, timezone.now())


def close_workspace(counselor: User, parent: User, connected: uuid.UUID) -> None:
    workspace.close_workspace(counselor, timezone.now())


def delete_counselor(counselor: User, parent: User, connected: uuid.UUID) -> None:
    leaving.delete(counselor)


@on_sqlite
@pytest.mark.parametrize("act", [end_connection, close_workspace, delete_counselor])
def test_the_key_of_a_connection_is_gone_when_it_has_ended(act: Callable[[User, User, uuid.UUID], None]) -> None:
    counselor, parent = make_counselor(), make_user(email="parent@example.org")
    with transaction.atomic():
        connected = make_connection(counselor, parent)
    before = wrapped(connection=connected.pk)
    assert before in files()

    act(counselor, parent, connected.pk)

    assert before not in files()


@on_sqlite
def test_the_key_of_a_person_is_gone_when_they_delete_their_account() -> None:
    person = make_user()
    before = wrapped(owner=person)
    assert before in files()

    leaving.delete(person)

    assert before not in files()


@on_sqlite
def test_what_was_wrapped_with_an_older_key_is_gone_after_a_rotation(moved_key_file: Path) -> None:
    before = wrapped(owner=make_user())

    run("rotate_keys", "--new-key")

    assert before not in files()


@on_sqlite
def test_what_a_reader_held_is_gone_the_next_time_the_clock_strikes() -> None:
    person = make_user()
    before = wrapped(owner=person)
    with reader():
        leaving.delete(person)
        assert before in files()

    scheduler.erase_destroyed_keys(LATER)

    assert before not in files()


@on_sqlite
def test_nobody_waits_long_for_a_reader() -> None:
    with reader(), connection.cursor() as cursor:
        make_user()
        erasure.erase()

        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,), "as the settings of tests say"


@on_sqlite
def test_the_clock_erases_what_pages_keep_of_rows_that_were_moved() -> None:
    """Of many keys that came and went; SQLite overwrites most of them by itself, not all."""
    template = KeySlot.objects.get(owner=make_user())
    gone: list[bytes] = []
    slots: list[KeySlot] = []
    for number in range(1_200):
        wrapped_key = number.to_bytes(4) + uuid.uuid5(uuid.NAMESPACE_URL, str(number)).bytes * 4
        slots.append(KeySlot(kind=f"kind-{number}", wrapped=wrapped_key, params=template.params))
    KeySlot.objects.bulk_create(slots)
    for number, slot in enumerate(slots):
        if number % 7 % 3:
            gone.append(bytes(slot.wrapped))
            slot.delete()
    kept = list(KeySlot.objects.order_by("pk").values())

    erasure.erase()

    assert len(gone) > 600
    content = files()
    assert not [key for key in gone if key[:20] in content or key[-20:] in content]
    assert list(KeySlot.objects.order_by("pk").values()) == kept
    assert keyring.has_installation_key()


@on_sqlite
def test_the_table_is_written_anew_only_after_something_was_destroyed() -> None:
    def rewrites() -> bool:
        with CaptureQueriesContext(connection) as queries:
            erasure.erase()
        return any("kept_slots" in query["sql"] for query in queries)

    person = make_user()
    assert rewrites(), "this process cannot know yet"
    make_user(email="another@example.org")
    assert not rewrites()
    leaving.delete(person)
    assert [rewrites(), rewrites()] == [True, False]


def table_file() -> bytes:
    """The file of PostgreSQL's that holds the slots, as it lies on the server's disk."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath('accounts_keyslot'))")
        return bytes(cursor.fetchone()[0])


def strike_until(is_erased: Callable[[], bool]) -> None:
    """The clock's task, again and again: PostgreSQL counts a little late, and another test's transaction may be older."""
    for _ in range(PATIENCE):
        with contextlib.suppress(OperationalError):
            scheduler.erase_destroyed_keys(LATER)
            if is_erased():
                return
        time.sleep(1)
    raise AssertionError("destroyed keys were never erased")


@on_postgresql
def test_postgresql_keeps_no_destroyed_key_in_its_table_once_the_clock_has_struck() -> None:
    people_there = [make_user(email=f"{number}@example.org") for number in range(5)]
    before = [wrapped(owner=person) for person in people_there]
    assert all(key in table_file() for key in before)
    for person in people_there[1:]:
        leaving.delete(person)
    assert any(key in table_file() for key in before[1:])

    strike_until(lambda: not any(key in table_file() for key in before[1:]))

    assert before[0] in table_file()


@on_postgresql
def test_postgresql_keeps_none_that_came_and_went_between_two_strikes_either() -> None:
    strike_until(lambda: True)
    person = make_user()
    before = wrapped(owner=person)
    leaving.delete(person)
    assert before in table_file()

    strike_until(lambda: before not in table_file())


@on_postgresql
def test_postgresql_is_asked_again_while_an_older_transaction_might_see_what_was_destroyed() -> None:
    person, other = make_user(), connection.copy()
    before = wrapped(owner=person)
    erasure._seen.clear()  # as in a process that has just begun
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT txid_current()")
            leaving.delete(person)
            with pytest.raises(OperationalError, match="older transaction"):
                scheduler.erase_destroyed_keys(LATER)
            assert before in table_file()
    finally:
        other.close()

    strike_until(lambda: before not in table_file())


@on_postgresql
def test_postgresql_waits_for_nobody() -> None:
    leaving.delete(make_user())
    erasure._seen.clear()  # as in a process that has just begun
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT COUNT(*) FROM accounts_keyslot")
            with pytest.raises(OperationalError):
                erasure.erase()
    finally:
        other.close()

    strike_until(lambda: True)
