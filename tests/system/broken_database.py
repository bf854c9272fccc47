"""Faults of the database itself, for tests of what happens to a page while one lasts."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction

type Fault = Callable[[], AbstractContextManager[None]]


def reasons(caplog: pytest.LogCaptureFixture) -> str:
    """What the exceptions that were logged say; the log itself leaves it out."""
    return "\n".join(str(record.exc_info[1]) for record in caplog.records if record.exc_info)


def run(*statements: str) -> None:
    """Run SQL on the tests' own connection."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def second_connection(*statements: str) -> Iterator[None]:
    """Another connection to the same database has run these statements, and keeps its transaction open."""
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        yield
    finally:
        other.close()


@contextmanager
def full_disk() -> Iterator[None]:
    """The file cannot grow by a single page."""
    with connection.cursor() as cursor:
        [pages] = cursor.execute("PRAGMA page_count").fetchone()
    run(f"PRAGMA max_page_count={pages}")
    try:
        yield
    finally:
        run("PRAGMA max_page_count=4294967294")


@contextmanager
def busy_file() -> Iterator[None]:
    """Another connection is writing."""
    run("PRAGMA busy_timeout=50")
    try:
        with second_connection("BEGIN IMMEDIATE"):
            yield
    finally:
        run("PRAGMA busy_timeout=5000")


@contextmanager
def read_only_file() -> Iterator[None]:
    """Nothing can be written."""
    run("PRAGMA query_only=ON")
    try:
        yield
    finally:
        run("PRAGMA query_only=OFF")


@contextmanager
def locked_table() -> Iterator[None]:
    """Another connection holds the table of entries."""
    run("SET lock_timeout = '50ms'")
    try:
        with second_connection("BEGIN", "LOCK TABLE journal_entry IN EXCLUSIVE MODE"):
            yield
    finally:
        run("RESET lock_timeout")


@contextmanager
def read_only_server() -> Iterator[None]:
    """Nothing can be written, as on a standby server."""
    run("SET default_transaction_read_only = on")
    try:
        yield
    finally:
        run("RESET default_transaction_read_only")


@contextmanager
def missing_sessions() -> Iterator[None]:
    """The database cannot say who is signed in."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("ALTER TABLE django_session RENAME TO away")
        yield
        transaction.set_rollback(True)


def faults_of(vendor: str, *faults: tuple[Fault, str]) -> list[Any]:
    """Parameters `fault, says` of a test: each fault, and how it reads in the log. Skipped on the other database."""
    marks = pytest.mark.skipif(connection.vendor != vendor, reason=f"a fault that only {vendor} has")
    return [pytest.param(*fault, marks=marks, id=fault[0].__name__) for fault in faults]
