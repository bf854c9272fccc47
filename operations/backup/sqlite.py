"""SQLite: a copy made while others write, and a copy put in a database's place."""

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

PATIENCE = 60  # seconds to wait for a database that somebody keeps locked
SIDE_FILES = ("-wal", "-shm", "-journal")


@contextlib.contextmanager
def _opened(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, isolation_level=None)) as opened:
        yield opened


def _tables(opened: sqlite3.Connection) -> set[str]:
    return {str(name) for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _facts(opened: sqlite3.Connection) -> Facts:
    return database.facts(lambda sql: opened.execute(sql).fetchall(), _tables(opened))


def dump(source: Path, target: Path, scratch: Path) -> Facts:
    """Write a copy of one moment of `source` to `target`, by way of `scratch`. Others may write meanwhile."""
    if not source.exists():
        raise BackupError(f"There is no database at {source}: there is nothing to back up.")
    give_up = time.monotonic() + PATIENCE

    def while_locked(status: int, remaining: int, total: int) -> None:
        # Python goes on for ever where the database is locked for ever.
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > give_up:
            raise BackupError("The database stayed locked for a minute. Run the backup again when less is going on.")

    with _opened(source, "mode=rw") as live, _opened(scratch, "mode=rwc") as copy:
        live.backup(copy, progress=while_locked)  # all pages in one step: nobody's write makes it begin again
        copy.execute("PRAGMA journal_mode=OFF")  # a scratch file: nothing of it needs to outlive the power
        copy.execute("PRAGMA synchronous=OFF")
        copy.execute("PRAGMA secure_delete=ON")
        for table in set(database.left_out()) & _tables(copy):
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608  names of ours
        copy.execute("VACUUM INTO ?", [str(target)])  # unlike VACUUM, it needs no temporary file anywhere else
    scratch.unlink()
    check(target)
    with _opened(target, "mode=ro&immutable=1") as made:
        return _facts(made)


def check(path: Path) -> None:
    """Raises `Damaged` unless the file is a sound database."""
    try:
        with _opened(path, "mode=ro&immutable=1") as opened:
            sound = opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            whole = not opened.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise Damaged("The copy of the database cannot be opened.") from error
    if not (sound and whole):
        raise Damaged("The copy of the database is not sound: SQLite’s integrity check found faults in it.")


def refuse_in_use(target: Path) -> None:
    """Raises `BackupError` where a server has the database open, or where parts of another one lie about."""
    if not target.exists():
        if stray := [side for side in SIDE_FILES if Path(f"{target}{side}").exists()]:
            raise BackupError(
                f"{target}{stray[0]} lies there without its database. It may hold pages: move it to where that database went."
            )
        return
    try:
        with _opened(target, "mode=rw") as opened:
            opened.execute("PRAGMA busy_timeout=500")
            opened.execute("PRAGMA journal_mode=DELETE")  # refused while anybody else has it open; leaves no side files
            opened.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{target} is in use, or is no database. Stop the server that uses it, or move the file away.") from error


def load(dump: Path, target: Path) -> None:
    """Put a copy in the place of an empty database or of none, whole or not at all."""
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
