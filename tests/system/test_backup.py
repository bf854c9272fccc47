"""manage.py backup and restore, run as an operator runs them: real processes, on both databases."""

import datetime as dt
import json
import re
import shutil
import sqlite3
import stat
import subprocess
import tarfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from accounts.keys import key_file
from tests import postgres
from tests.installation import Visitor, manage, running

pytestmark = pytest.mark.processes

PASSWORD = "a lamp, a page, a pen"
ONE_PAGE_OF_THE_JOURNAL = 28
ENTRY = re.compile(r'href="(/journal/[0-9a-f-]{36}/)"')


class Writer:
    """Within its block, writes page after page. The block gets the list of the texts that were saved so far."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.saved = visitor, list[str]()
        self.stop = threading.Event()

    def write(self) -> None:
        while not self.stop.is_set() and len(self.saved) < ONE_PAGE_OF_THE_JOURNAL:
            text = f"The heron came back, {len(self.saved)}."
            self.visitor.send("/journal/new/", text=text, night=str(dt.datetime.now(dt.UTC).date()), action="close:done")
            self.saved.append(text)
            time.sleep(0.06)

    def __enter__(self) -> list[str]:
        self.threads = ThreadPoolExecutor(1)
        self.written = self.threads.submit(self.write)
        while not self.saved and not self.written.done():
            time.sleep(0.02)
        return self.saved

    def __exit__(self, *_error: object) -> None:
        self.stop.set()
        self.threads.shutdown()
        self.written.result()


def output_of(result: subprocess.CompletedProcess[str]) -> str:
    """What a command printed, which has to succeed and to show no word of a page."""
    assert result.returncode == 0, result.stderr
    assert "heron" not in result.stdout + result.stderr
    return result.stdout


def refused(data: Path, *command: str | Path, **env: str) -> str:
    """What a command says when it refuses."""
    result = manage(data, *map(str, command), **env)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("CommandError: ")
    return result.stderr


def journal(visitor: Visitor) -> str:
    """All that the journal lists, and some whole pages of it."""
    timeline = visitor.get("/journal/")
    return timeline + "".join(visitor.get(path) for path in sorted(set(ENTRY.findall(timeline)))[:3])


def back_up_a_site_in_use(data: Path, **env: str) -> tuple[Path, list[str], list[str]]:
    """The archive, the texts saved before the backup began, and those saved until it had ended."""
    with running(data, **env) as (visitor, _log):
        visitor.send("/accounts/signup/", email="new@example.org", password1=PASSWORD)
        (data / "files").mkdir()
        (data / "files" / "photo").write_bytes(b"sealed")
        with Writer(visitor) as saved:
            before = list(saved)
            output = output_of(manage(data, "backup", "--to", str(data.parent / "kept"), **env))
            meanwhile = list(saved)
        [path] = (data.parent / "kept").glob("*.tar")
        assert f"Made and verified {path}: 1 person, " in output
        assert len(meanwhile) > len(before), "nobody had to wait for it"
        assert PASSWORD not in path.read_bytes().decode("latin-1")
    return path, before, meanwhile


def manifest(path: Path) -> dict[str, dict[str, int]]:
    with tarfile.open(path) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        content: dict[str, dict[str, int]] = json.load(file)
        return content


def back_up_and_restore(data: Path, new: Path, old_env: dict[str, str], new_env: dict[str, str]) -> Path:
    """The whole drill from one data folder to another; returns the archive."""
    path, before, meanwhile = back_up_a_site_in_use(data, **old_env)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"heron" not in path.read_bytes()
    entries = manifest(path)["counts"]["entries"]
    assert len(before) <= entries <= len(meanwhile) + 1

    assert "which this installation does not hold" in output_of(manage(new, "restore", str(path), "--check", **new_env))
    assert "There are people in this database already" in refused(data, "restore", path, **old_env)
    assert f"into {new}/keys/key-encryption-keys" in refused(new, "restore", path, **new_env)

    shutil.copytree(data / "keys", new / "keys")
    output = output_of(manage(new, "restore", str(path), **new_env))
    assert f"Restored 1 person, {entries} entr" in output
    assert "all readable" in output
    assert (new / "files" / "photo").read_bytes() == b"sealed"
    assert "There are people in this database already" in refused(new, "restore", path, **new_env)

    with running(new, **new_env) as (visitor, log):
        assert "Made" not in log.read_text()
        visitor.send("/accounts/login/", login="new@example.org", password=PASSWORD)
        pages = journal(visitor)
        for text in meanwhile[:entries]:
            assert text in pages
        visitor.send("/tonight/", text="And it is written on.")
        assert "And it is written on." in visitor.get("/journal/")
    return path


def test_everything_comes_back(tmp_path: Path) -> None:
    path = back_up_and_restore(tmp_path / "data", tmp_path / "new", {}, {})

    with tarfile.open(path) as tar:
        tar.extract("database.sqlite3", tmp_path, filter="data")
    with closing(sqlite3.connect(tmp_path / "database.sqlite3")) as copy:
        for table in ("django_session", "usersessions_usersession", "cache"):
            assert copy.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (0,), table  # noqa: S608


@pytest.fixture
def two_databases() -> Iterator[tuple[str, str]]:
    """The addresses of two PostgreSQL databases: one to use, and an empty one of a role whose password has to be escaped."""
    import psycopg

    with postgres.server() as url:
        empty = url.replace("nightlight@", "other:pa%3Ass%27w%5Cord@").removesuffix("/postgres") + "/empty"
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("CREATE ROLE other LOGIN PASSWORD 'pa:ss''w\\ord'")
            server.execute("CREATE DATABASE empty OWNER other")
        yield url, empty


@pytest.mark.postgres
@pytest.mark.skipif(postgres.binaries() is None, reason=postgres.MISSING)
def test_everything_comes_back_on_postgresql(tmp_path: Path, two_databases: tuple[str, str]) -> None:
    used, empty = two_databases

    path = back_up_and_restore(tmp_path / "data", tmp_path / "new", {"DATABASE_URL": used}, {"DATABASE_URL": empty})

    dump = subprocess.run(["tar", "-xOf", path, "database.dump"], capture_output=True, check=True).stdout
    sessions = subprocess.run(
        ["pg_restore", "--data-only", "--table=django_session", "--file=-"], input=dump, capture_output=True, check=True
    )
    assert b"COPY" not in sessions.stdout, "an archive signs nobody in"
    shutil.copytree(tmp_path / "data" / "keys", tmp_path / "third" / "keys")
    output = output_of(manage(tmp_path / "third", "restore", str(path)))
    assert "Restored 1 person" in output, "into the other kind of database, too"
    assert "all readable" in output


# --- Refusals, of an archive of a prepared site where nobody has an account.


@pytest.fixture(scope="module")
def with_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with keys."""
    data = tmp_path_factory.mktemp("site") / "data"
    output_of(manage(data, "prepare"))
    output_of(manage(data, "backup", "--with-keys", "--to", str(data.parent / "with-keys.tar")))
    return data.parent / "with-keys.tar"


def test_brings_the_keys_where_there_are_none(with_keys: Path, tmp_path: Path) -> None:
    output = output_of(manage(tmp_path / "data", "restore", str(with_keys)))

    assert "The keys came from the archive, too" in output
    assert "Opened all 0 entries" in output
    assert not key_file.is_exposed(tmp_path / "data" / "keys" / "key-encryption-keys")


def test_puts_no_keys_beside_others(with_keys: Path, tmp_path: Path) -> None:
    path = tmp_path / "data" / "keys" / "key-encryption-keys"
    key_file.write_secret(path, key_file.new_key_line() + "\n")
    before = path.read_bytes()

    output = refused(tmp_path / "data", "restore", with_keys)

    assert "Nothing was restored: the archive needs key" in output
    assert "beside other keys it is not put there" in output
    assert path.read_bytes() == before
    assert not (tmp_path / "data" / "nightlight.sqlite3").exists()


def test_refuses_a_damaged_archive_and_leaves_the_folder_as_it_was(with_keys: Path, tmp_path: Path) -> None:
    data = bytearray(with_keys.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "damaged.tar").write_bytes(data)

    assert "'database.sqlite3' first. Take another archive" in refused(tmp_path / "data", "restore", tmp_path / "damaged.tar")
    assert [path.name for path in (tmp_path / "data").iterdir()] == [".nightlight.lock"]


def test_refuses_while_a_server_has_the_database_open(with_keys: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    output_of(manage(data, "restore", str(with_keys)))
    with closing(sqlite3.connect(data / "nightlight.sqlite3")) as server:
        server.execute("SELECT COUNT(*) FROM accounts_user").fetchone()

        assert "is in use" in refused(data, "restore", with_keys)

    assert "Restored 0 people" in output_of(manage(data, "restore", str(with_keys))), "nobody has an account on it: it may be replaced"


def test_says_that_a_database_server_cannot_be_reached(tmp_path: Path) -> None:
    assert "the database can’t be read" in refused(tmp_path / "data", "backup", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
