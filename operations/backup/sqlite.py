"""SQLite: copying a database while others write to it, and putting a copy in a database's place."""

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from operations.backup import database
from operations.backup.archive import BackupError, Damaged
from operations.backup.database import Facts

LOCK_TIMEOUT = 60  # seconds to wait for a database that another process keeps locked
SIDE_FILES = ("-wal", "-shm", "-journal")  # suffixes of the files beside a database that belong to it
READ_ONLY = "mode=ro&immutable=1"


@contextlib.contextmanager
def _connect(path: Path, options: str) -> Iterator[sqlite3.Connection]:
    """A connection in autocommit mode. `options` is the query string of SQLite's URI."""
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(path))}?{options}", uri=True, isolation_level=None)) as connection:
        yield connection


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _facts(connection: sqlite3.Connection) -> Facts:
    return database.read_facts(lambda sql: connection.execute(sql).fetchall(), _tables(connection))


def dump(source: Path, target: Path, scratch: Path) -> Facts:
    """Write a copy of one moment of `source` to `target`, and return the facts of that copy. Others may write meanwhile.

    `scratch` is a path for a temporary file. Raises `BackupError` where there is no database or it stays locked, `Damaged`
    where the copy is not sound.
    """
    if not source.exists():
        raise BackupError(f"There is no database at {source}: there is nothing to back up.")
    deadline = time.monotonic() + LOCK_TIMEOUT

    def check_deadline(status: int, remaining: int, total: int) -> None:
        # Without this, Python's backup() retries for ever while the database is locked.
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > deadline:
            raise BackupError("The database stayed locked for a minute. Run the backup again when less is going on.")

    with _connect(source, "mode=rw") as original, _connect(scratch, "mode=rwc") as copy:
        original.backup(copy, progress=check_deadline)  # all pages in one step: another's write does not restart it
        copy.execute("PRAGMA journal_mode=OFF")  # a temporary file need not survive a power cut
        copy.execute("PRAGMA synchronous=OFF")
        copy.execute("PRAGMA secure_delete=ON")
        for table in set(database.excluded_tables()) & _tables(copy):
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608  our own names
        copy.execute("VACUUM INTO ?", [str(target)])  # unlike VACUUM, it needs no temporary file elsewhere
    scratch.unlink()
    check(target)
    with _connect(target, READ_ONLY) as copy:
        return _facts(copy)


def check(path: Path) -> None:
    """Raises `Damaged` unless the file is a sound database."""
    try:
        with _connect(path, READ_ONLY) as connection:
            is_sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            is_consistent = not connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise Damaged("The copy of the database cannot be opened.") from error
    if not (is_sound and is_consistent):
        raise Damaged("The copy of the database is not sound: SQLite’s integrity check found faults in it.")


def refuse_in_use(target: Path) -> None:
    """Raises `BackupError` where another process has the database open, or side files remain of one that is gone."""
    if not target.exists():
        if stray := [suffix for suffix in SIDE_FILES if Path(f"{target}{suffix}").exists()]:
            raise BackupError(
                f"{target}{stray[0]} lies there without its database. It may hold pages: move it to where that database went."
            )
        return
    try:
        with _connect(target, "mode=rw") as connection:
            connection.execute("PRAGMA busy_timeout=500")
            connection.execute("PRAGMA journal_mode=DELETE")  # fails while anybody else has it open; removes side files
            connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{target} is in use, or is no database. Stop the server that uses it, or move the file away.") from error


def load(dump: Path, target: Path) -> None:
    """Put a copy in the place of an empty database or of none, whole or not at all. Raises what `refuse_in_use` raises, or OSError."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.restoring")
    partial.unlink(missing_ok=True)
    try:
        with dump.open("rb") as source, os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        refuse_in_use(target)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
