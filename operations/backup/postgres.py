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

INSTALL_HINT = "Install PostgreSQL’s client tools (Debian: apt install postgresql-client)"

# The parameters that are handed to the tools. psycopg brings its own libpq, which knows more of them than an older pg_dump.
CONNINFO_PARAMETERS = {
    "host", "hostaddr", "port", "dbname", "user", "options", "connect_timeout", "channel_binding", "krbsrvname", "gssencmode",
    "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl",
}  # fmt: skip


def find_tool(name: str) -> str:
    """The path of a tool. Raises `BackupError` where it is not installed."""
    if (path := shutil.which(name)) is None:
        raise BackupError(f"{name} was not found. {INSTALL_HINT}, at least as new as the server.")
    return path


def _major_version(tool: str) -> int:
    """0 where the tool does not say."""
    output = subprocess.run([find_tool(tool), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    match = re.search(r"\(PostgreSQL\) (\d+)", output)
    return int(match[1]) if match else 0


def _refuse_old_tool(tool: str, server: int) -> None:
    """Raises `BackupError` where the tool is missing or older than the server, whose major version is `server`."""
    if (installed := _major_version(tool)) < server:
        raise BackupError(f"{tool} is of PostgreSQL {installed}, and the server is of {server}. {INSTALL_HINT} of PostgreSQL {server}.")


@dataclass(frozen=True, slots=True)
class _ConnectionParameters:
    """How to reach the database: `conninfo` goes into a tool's arguments, the password into its environment only."""

    conninfo: str
    password: str = field(repr=False)

    @classmethod
    def of(cls, wrapper: BaseDatabaseWrapper) -> "_ConnectionParameters":
        """Those of an open connection."""
        info: Any = wrapper.connection.info
        parameters = {name: str(value) for name, value in info.get_parameters().items() if name in CONNINFO_PARAMETERS}
        quoted = {name: value.replace("\\", r"\\").replace("'", r"\'") for name, value in parameters.items()}
        return cls(" ".join(f"{name}='{value}'" for name, value in quoted.items()), info.password)


def _run(tool: str, parameters: _ConnectionParameters, *arguments: str | Path, failure: str) -> None:
    """Run a tool on the database. Raises `BackupError`, with `failure` and the tool's first error as message."""
    # Nothing else of the caller's environment is passed on: what its PG* variables say is in the conninfo already.
    environment = {"PATH": os.defpath, "HOME": str(Path("~").expanduser()), "LC_ALL": "C", "PGPASSWORD": parameters.password}
    command = [find_tool(tool), f"--dbname={parameters.conninfo}", "--no-password", *map(str, arguments)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode:
        raise BackupError(f"{failure}: {_first_error(result.stderr)}")


def _first_error(output: str) -> str:
    """A tool's first error line, without what it quotes: that may come out of a row."""
    line = next((line for line in output.splitlines() if "error:" in line), "no reason was given")
    return re.sub(r'"[^"]*"|\([^)]*\)=\([^)]*\)', "…", line)[:300].rstrip(".") + "."


def _facts(wrapper: BaseDatabaseWrapper) -> Facts:
    with wrapper.cursor() as cursor:

        def query(sql: str) -> list[tuple[object, ...]]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        tables = {str(name) for (name,) in query("SELECT tablename FROM pg_tables WHERE schemaname = ANY (current_schemas(false))")}
        return database.read_facts(query, tables)


def dump(target: Path) -> Facts:
    """Write one moment of the database to `target`, and return the facts of the same moment. Others may write meanwhile.

    Raises `BackupError` where a tool is missing, too old or fails.
    """
    wrapper = connection.copy()  # a connection of its own: outside any transaction of the caller
    try:
        wrapper.ensure_connection()
        _refuse_old_tool("pg_dump", wrapper.pg_version // 10_000)  # type: ignore[attr-defined]
        with wrapper.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            facts = _facts(wrapper)
            cursor.execute("SELECT pg_export_snapshot()")
            [snapshot] = cursor.fetchone()
            exclusions = [f"--exclude-table-data=*.{table}" for table in database.excluded_tables()]
            options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}", *exclusions]
            _run("pg_dump", _ConnectionParameters.of(wrapper), *options, failure="PostgreSQL could not be backed up")
    finally:
        wrapper.close()
    check(target)
    return facts


def check(path: Path) -> None:
    """Raises `Damaged` unless `pg_restore` can read the whole dump, `BackupError` where it is missing or too old for it."""
    command = [find_tool("pg_restore"), f"--file={os.devnull}", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if "unsupported version" in result.stderr:
        raise BackupError(f"The dump was made by a newer pg_dump. {INSTALL_HINT} of the PostgreSQL that it was made with, or newer.")
    if result.returncode:
        raise Damaged("The dump of the database cannot be read by pg_restore.")


def load(dump: Path) -> None:
    """Load a dump into a database without people. Raises `BackupError` where that fails; the database is then unchanged."""
    options = ["--single-transaction", "--exit-on-error", "--clean", "--if-exists", "--no-owner", "--no-privileges"]
    connection.ensure_connection()
    parameters = _ConnectionParameters.of(connection)
    _refuse_old_tool("pg_restore", connection.pg_version // 10_000)  # type: ignore[attr-defined]
    connection.close()  # its locks would keep pg_restore waiting
    _run("pg_restore", parameters, *options, dump, failure="Nothing was restored")
