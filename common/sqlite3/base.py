"""Django's SQLite backend, in which processes that write at the same time take turns.

One process writes to an SQLite database at a time. SQLite lets the others sleep, longer each time, up to a tenth of a second:
a process that waits finds the database taken again and again by one that has just come, while the disk lies idle in between.
Here they look again within a millisecond. All else is as Django has it: how long a process waits at most is the `timeout` of
settings (SQLite's `busy_timeout`), and after that it gets the same "database is locked".
"""

import sqlite3
import time
from collections.abc import Iterable

from django.db.backends.sqlite3 import base

WRITES = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE", "REPLACE")  # how a statement begins that has to wait for other writers
FIRST_WAIT, LONGEST_WAIT = 0.0001, 0.001  # seconds


class Cursor(base.SQLiteCursorWrapper):
    def execute(self, query: str, params: Iterable[object] | None = None) -> base.SQLiteCursorWrapper:  # type: ignore[override]  # as the base
        if self.connection.in_transaction or not query.startswith(WRITES):
            return super().execute(query, params)  # nothing to wait for: the transaction has its turn, and readers need none
        [patience] = self.connection.execute("PRAGMA busy_timeout").fetchone()  # milliseconds
        try:
            self.connection.execute("PRAGMA busy_timeout = 0")
            return self._execute_in_turn(query, params, time.monotonic() + patience / 1000)
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {patience}")

    def _execute_in_turn(self, query: str, params: Iterable[object] | None, deadline: float) -> base.SQLiteCursorWrapper:
        wait = FIRST_WAIT
        while True:
            try:
                return super().execute(query, params)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                    raise
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)


class DatabaseWrapper(base.DatabaseWrapper):
    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor
