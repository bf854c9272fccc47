"""PostgreSQL: `pg_dump` of one moment, and `pg_restore` into an empty database, whole or not at all."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from operations.backup import database
from operations.backup.archive import BackupError, Damaged
from operations.backup.database import Facts

WHERE = "Install PostgreSQL’s client tools (Debian: apt install postgresql-client)"

# What a connection is made of. psycopg brings a libpq of its own, and knows more words than an older pg_dump does.
PASSED_ON = {
    "host", "hostaddr", "port", "dbname", "user", "options", "connect_timeout", "channel_binding", "krbsrvname", "gssencmode",
    "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl",
}  # fmt: skip


def _path(tool: str) -> str:
    """Raises `BackupError` where the tool is not installed."""
    if (path := shutil.which(tool)) is None:
        raise BackupError(f"{tool} was not found. {WHERE}, at least as new as the server.")
    return path


def _major(tool: str) -> int:
    told = subprocess.run([_path(tool), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"\(PostgreSQL\) (\d+)", told)
    return int(found[1]) if found else 0


def _refuse_old_tool(tool: str, server: int) -> None:
    if (installed := _major(tool)) < server:
        raise BackupError(f"{tool} is of PostgreSQL {installed}, and the server is of {server}. {WHERE} of PostgreSQL {server}.")


@dataclass(frozen=True, slots=True)
class _Way:
    """How to reach the database, as a connection to it does: for the arguments of a tool, and, of the password, for its environment."""

    conninfo: str
    password: str = field(repr=False)

    @classmethod
    def of(cls, connected: BaseDatabaseWrapper) -> "_Way":
        info: Any = connected.connection.info
        parameters = {name: str(value) for name, value in info.get_parameters().items() if name in PASSED_ON}
        quoted = {name: value.replace("\\", r"\\").replace("'", r"\'") for name, value in parameters.items()}
        return cls(" ".join(f"{name}='{value}'" for name, value in quoted.items()), info.password)


def _run(tool: str, way: _Way, *arguments: str | Path, doing: str) -> None:
    # Of the caller's environment nothing else matters: what it says of PostgreSQL stands in the conninfo.
    environment = {"PATH": os.defpath, "HOME": str(Path("~").expanduser()), "LC_ALL": "C", "PGPASSWORD": way.password}
    command = [_path(tool), f"--dbname={way.conninfo}", "--no-password", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{doing}: {_first_error(done.stderr)}")


def _first_error(told: str) -> str:
    """What a tool said first, without what it quotes: that may come out of a row."""
    first = next((line for line in told.splitlines() if "error:" in line), "no reason was given")
    return re.sub(r'"[^"]*"|\([^)]*\)=\([^)]*\)', "…", first)[:300].rstrip(".") + "."


def _facts(fresh: BaseDatabaseWrapper) -> Facts:
    with fresh.cursor() as cursor:

        def ask(sql: str) -> list[tuple[object, ...]]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        tables = {str(name) for (name,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = ANY (current_schemas(false))")}
        return database.facts(ask, tables)


def dump(target: Path) -> Facts:
    """Write one moment of the database to `target`; what comes back is of that very moment. Others may write meanwhile."""
    fresh = connection.copy()  # never within a transaction of the caller's, nor on a connection of another process
    try:
        fresh.ensure_connection()
        _refuse_old_tool("pg_dump", fresh.pg_version // 10_000)  # type: ignore[attr-defined]
        with fresh.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            facts = _facts(fresh)
            cursor.execute("SELECT pg_export_snapshot()")
            [snapshot] = cursor.fetchone()
            leave_out = [f"--exclude-table-data=*.{table}" for table in database.left_out()]
            options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}", *leave_out]
            _run("pg_dump", _Way.of(fresh), *options, doing="PostgreSQL could not be backed up")
    finally:
        fresh.close()
    check(target)
    return facts


def check(path: Path) -> None:
    """Raises `Damaged` unless `pg_restore` can read the whole dump."""
    command = [_path("pg_restore"), f"--file={os.devnull}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if "unsupported version" in done.stderr:
        raise BackupError(f"The dump was made by a newer pg_dump. {WHERE} of the PostgreSQL that it was made with, or newer.")
    if done.returncode:
        raise Damaged("The dump of the database cannot be read by pg_restore.")


def load(dump: Path) -> None:
    """Bring a dump into a database that holds nobody's pages. Where that fails, the database is as it was."""
    options = ["--single-transaction", "--exit-on-error", "--clean", "--if-exists", "--no-owner", "--no-privileges"]
    connection.ensure_connection()
    way = _Way.of(connection)
    _refuse_old_tool("pg_restore", connection.pg_version // 10_000)  # type: ignore[attr-defined]
    connection.close()  # or its locks would keep pg_restore waiting
    _run("pg_restore", way, *options, dump, doing="Nothing was restored")
