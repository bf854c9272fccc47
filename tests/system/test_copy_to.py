"""manage.py copy_to, run as an operator runs it: the first release's site from SQLite to PostgreSQL and back, and its archive there."""

import gzip
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests import postgres
from tests.first_release import ARCHIVE, CONTENT, KEY
from tests.installation import manage

pytestmark = pytest.mark.processes

type Rows = dict[str, list[tuple[object, ...]]]


def rows(path: Path) -> Rows:
    """All rows of all tables but those that are made anew."""
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        return {
            table: sorted(database.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)  # noqa: S608
            for table in tables
            if table not in {"django_migrations", "cache"}
        }


def run(data: Path, *command: str, **env: str) -> str:
    result = manage(data, *command, NIGHTLIGHT_KEYS=KEY, **env)
    assert result.returncode == 0, result.stderr
    return result.stdout


def refused(data: Path, *command: str, **env: str) -> str:
    result = manage(data, *command, NIGHTLIGHT_KEYS=KEY, **env)
    assert result.returncode == 1, result.stdout
    assert "Traceback" not in result.stderr
    assert "s3cret" not in result.stderr
    return result.stderr


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "first_release.tar"
    path.write_bytes(gzip.decompress(ARCHIVE.read_bytes()))
    return path


@pytest.fixture
def two_databases() -> Iterator[tuple[str, str]]:
    """Two empty PostgreSQL databases."""
    import psycopg

    with postgres.server() as url:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("CREATE DATABASE other")
        yield url, url.removesuffix("/postgres") + "/other"


@pytest.mark.postgres
@pytest.mark.skipif(postgres.binaries() is None, reason=postgres.MISSING)
def test_goes_to_postgresql_and_back_byte_for_byte(tmp_path: Path, archive: Path, two_databases: tuple[str, str]) -> None:
    import psycopg

    first, second = two_databases
    data, back = tmp_path / "data", tmp_path / "back.sqlite3"
    run(data, "restore", str(archive))
    before = rows(data / "nightlight.sqlite3")

    output = run(data, "copy_to", first)
    opened = re.search(r"Opened (\d+) sealed values and 4 key slots there: all readable", output)
    assert opened
    assert int(opened[1]) >= sum(map(len, json.loads(CONTENT.read_text()).values()))
    assert rows(data / "nightlight.sqlite3") == before
    with psycopg.connect(first) as connection:
        row = connection.execute("INSERT INTO auth_group (name) VALUES ('next') RETURNING id").fetchone()
        highest = connection.execute(
            "SELECT max(id), nextval(pg_get_serial_sequence('auth_permission', 'id')) FROM auth_permission"
        ).fetchone()
        connection.rollback()
        assert row is not None
        assert highest is not None
        assert highest[1] > highest[0], "sequences go on after what was copied"
        connection.execute("SELECT 1")
        assert "other connections use this site’s database" in refused(data, "copy_to", str(back), DATABASE_URL=first)
    assert "There are people in the target already" in refused(data, "copy_to", first)

    run(data, "copy_to", str(back), DATABASE_URL=first)
    assert rows(back) == before

    output = run(tmp_path / "new", "restore", str(archive), DATABASE_URL=second)
    assert "Restored 2 people, 4 entries" in output, "an archive of SQLite in PostgreSQL, migrated from the first release"
    assert "Opened all 4 entries: all readable." in output


def test_refuses_a_site_that_runs_and_targets_that_are_none(tmp_path: Path, archive: Path) -> None:
    data, there = tmp_path / "data", tmp_path / "there.sqlite3"
    run(data, "restore", str(archive))
    with closing(sqlite3.connect(data / "nightlight.sqlite3")) as server:
        server.execute("SELECT COUNT(*) FROM accounts_user").fetchone()
        assert "is in use" in refused(data, "copy_to", str(there))
    assert not there.exists()
    there.write_text("mine")
    assert "nothing is overwritten" in refused(data, "copy_to", str(there))
    assert there.read_text() == "mine"
    assert "The target cannot be reached" in refused(data, "copy_to", "-", typed="postgres://nobody:s3cret@127.0.0.1:1/none\n")
