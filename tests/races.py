"""Two who act at the same moment, on a database that really commits."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection as database
from django.db import connections as databases

from accounts.keys import keyring

ROWS_ARE_LOCKED = pytest.mark.skipif(
    database.vendor != "postgresql", reason="on SQLite one transaction writes at a time: make test-postgres"
)


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


def await_a_blocked_one(or_until: threading.Event | None = None) -> None:
    """Return once somebody waits for a lock that another transaction holds, or has come so far without one."""
    deadline = time.monotonic() + 20
    watching = databases["default"].copy()
    try:
        with watching.cursor() as cursor:
            while time.monotonic() < deadline:
                cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
                if cursor.fetchone() == (True,) or (or_until and or_until.is_set()):
                    return
                time.sleep(0.01)
    finally:
        watching.close()
