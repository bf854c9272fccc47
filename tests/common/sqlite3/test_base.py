"""`common.sqlite3.base`: processes that write to one SQLite file take turns in short steps, and wait no longer than settings say."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext

from common.sqlite3.base import FIRST_WAIT, LONGEST_WAIT, DatabaseWrapper

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite"),
]

PATIENCE = 60_000  # milliseconds, which no test waits


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "lines.sqlite3"
    other = sqlite3.connect(path)
    other.executescript("PRAGMA journal_mode=WAL; CREATE TABLE line (words TEXT);")
    other.close()
    return path


@pytest.fixture
def ours(path: Path) -> Iterator[BaseDatabaseWrapper]:
    """Our connection to the file, as settings make it."""
    wrapper = connection.copy("ours")
    wrapper.settings_dict["NAME"] = str(path)
    be_patient(wrapper, PATIENCE)
    connections["ours"] = wrapper
    yield wrapper
    wrapper.close()
    del connections["ours"]


@pytest.fixture
def other(path: Path) -> Iterator[sqlite3.Connection]:
    """Another process."""
    other = sqlite3.connect(path, isolation_level=None)
    yield other
    other.close()


def write(ours: BaseDatabaseWrapper) -> None:
    with ours.cursor() as cursor:
        cursor.execute("INSERT INTO line VALUES (%s)", ["ours"])


def write_in_transaction(ours: BaseDatabaseWrapper) -> None:
    with transaction.atomic(using=ours.alias):
        write(ours)


def words(ours: BaseDatabaseWrapper) -> list[str]:
    with ours.cursor() as cursor:
        return [words for (words,) in cursor.execute("SELECT words FROM line").fetchall()]


def be_patient(ours: BaseDatabaseWrapper, milliseconds: int) -> None:
    with ours.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")


def patience(ours: BaseDatabaseWrapper) -> int:
    with ours.cursor() as cursor:
        return cast("int", cursor.execute("PRAGMA busy_timeout").fetchone()[0])


def waits_until(monkeypatch: pytest.MonkeyPatch, times: int, act: Callable[[], object]) -> list[float]:
    """What our connection waits from now on, step by step; before step number `times` ends, the act happens."""
    waits: list[float] = []
    left = itertools.count(times, -1)

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if next(left) == 1:
            act()

    monkeypatch.setattr("common.sqlite3.base.time.sleep", sleep)
    return waits


def test_settings_name_it() -> None:
    assert settings.DATABASES["default"]["ENGINE"] == "common.sqlite3"
    assert isinstance(connection.copy(), DatabaseWrapper)


@pytest.mark.parametrize("act", [write, write_in_transaction])
def test_a_writer_looks_again_soon_and_gets_its_turn(
    ours: BaseDatabaseWrapper, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, act: Callable[[BaseDatabaseWrapper], None]
) -> None:
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO line VALUES ('theirs')")
    waits = waits_until(monkeypatch, 6, lambda: other.execute("COMMIT"))

    act(ours)

    assert words(ours) == ["theirs", "ours"]
    assert waits == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT, 8 * FIRST_WAIT, LONGEST_WAIT, LONGEST_WAIT]
    assert patience(ours) == PATIENCE


@pytest.mark.parametrize("act", [write, write_in_transaction])
def test_a_writer_gives_up_when_its_time_is_over(
    ours: BaseDatabaseWrapper, other: sqlite3.Connection, act: Callable[[BaseDatabaseWrapper], None]
) -> None:
    be_patient(ours, 20)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(OperationalError, match="database is locked"):
        act(ours)

    other.execute("COMMIT")
    assert patience(ours) == 20
    be_patient(ours, PATIENCE)
    act(ours)
    assert words(ours) == ["ours"]


def test_readers_wait_for_nobody(ours: BaseDatabaseWrapper, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO line VALUES ('theirs')")
    waits = waits_until(monkeypatch, 1, lambda: None)

    assert words(ours) == []
    assert waits == []


@pytest.mark.parametrize(
    ("before", "statement", "says"),
    [
        ("PRAGMA query_only = ON", "INSERT INTO line VALUES ('ours')", "readonly database"),
        ("SELECT 1", "INSERT INTO missing VALUES ('ours')", "no such table"),
    ],
)
def test_other_errors_are_raised_at_once(
    ours: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch, before: str, statement: str, says: str
) -> None:
    waits = waits_until(monkeypatch, 1, lambda: None)

    with ours.cursor() as cursor:
        cursor.execute(before)
        with pytest.raises(OperationalError, match=says):
            cursor.execute(statement)

    assert waits == []
    assert patience(ours) == PATIENCE


@pytest.mark.django_db(transaction=True)
def test_a_transaction_costs_no_more_statements() -> None:
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE django_session SET session_data = session_data")
        ends: Any = len(queries)

    assert ends == 2
    assert [query["sql"] for query in queries][::2] == ["BEGIN IMMEDIATE", "COMMIT"]
