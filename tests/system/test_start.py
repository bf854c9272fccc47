"""manage.py start, web and clock, run as an operator runs them: real processes on a real data folder."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accounts.keys import key_file
from tests import postgres
from tests.installation import Visitor, family, free_port, manage, processes, running, started, wait_until

pytestmark = pytest.mark.processes


def save_many_times_at_once(visitor: Visitor) -> None:
    """A first save that is sent eight times at once makes one page."""
    fields = visitor.fields("/tonight/")
    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda _: visitor.post("/tonight/", {**fields, "text": "Sent eight times."}), range(8)))
    assert all("Sent eight times." in answer for answer in answers)
    assert visitor.get("/journal/").count("Sent eight times.") == 1


def write_and_start_again(data: Path, **env: str) -> None:
    """Start a new site, write a page on it, and find the page after another start."""
    with running(data, **env) as (visitor, log):
        visitor.send("/accounts/signup/", email="new@example.org", password1="a lamp, a page, a pen")
        save_many_times_at_once(visitor)
        assert "That was today. Good night." in visitor.send("/tonight/", text="The heron came back.", action="close:done")
        assert "The heron came back." in visitor.get("/journal/")
    assert "heron" not in log.read_text()

    with running(data, **env) as (visitor, log):
        visitor.send("/accounts/login/", login="new@example.org", password="a lamp, a page, a pen")
        assert "The heron came back." in visitor.get("/journal/")
    assert "Made" not in log.read_text(), "a second start changes nothing"


def test_starts_from_nothing_and_has_everything_after_another_start(tmp_path: Path) -> None:
    data = tmp_path / "data"

    write_and_start_again(data)

    assert not key_file.is_exposed(data / "keys" / "key-encryption-keys")
    for file in data.iterdir():
        if file.is_file():
            assert b"heron" not in file.read_bytes()


@pytest.mark.postgres
@pytest.mark.skipif(postgres.binaries() is None, reason=postgres.MISSING)
def test_does_the_same_on_postgresql(tmp_path: Path) -> None:
    with postgres.server() as url:
        write_and_start_again(tmp_path / "data", DATABASE_URL=url)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("site") / "data #1?mode=memory 50%25"  # a path is no address
    assert manage(data, "prepare").returncode == 0
    return data


def test_two_at_once_prepare_one_after_the_other(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as starts:
        results = list(starts.map(lambda _: manage(tmp_path / "data", "prepare"), range(2)))

    assert [result.returncode for result in results] == [0, 0]
    assert all(" nightlight.security: " in line for result in results for line in result.stderr.splitlines())
    assert sorted("The database is up to date." in result.stdout for result in results) == [False, True]


def refused(data: Path, **env: str) -> str:
    """What the start says when it refuses."""
    result = manage(data, "start", PORT=str(free_port()), **env)
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "there is no key file"),
        (b"", "is empty"),
        (b"not a key\n", "is not a key"),
        (b"\xff\xfe", "cannot be read"),
        (key_file.new_key_line().encode(), "does not hold"),
    ],
    ids=["missing", "empty", "malformed", "binary", "another"],
)
def test_does_not_start_on_a_key_file_that_cannot_serve(prepared: Path, tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "keys"
    if content is not None:
        path.write_bytes(content)

    assert says in refused(prepared, NIGHTLIGHT_KEY_FILE=str(path))
    assert content is not None or not path.exists(), "no new key is made beside an old database"


def test_does_not_start_where_the_database_cannot_be_opened(tmp_path: Path) -> None:
    assert "the database cannot be used" in refused(tmp_path / "data", DATABASE_URL=f"sqlite:///{tmp_path}/no/such/folder/db.sqlite3")


def test_does_not_start_where_the_data_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert "Set NIGHTLIGHT_DATA" in refused(tmp_path / "file" / "data")


def test_does_not_start_on_a_port_that_is_taken(prepared: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = manage(prepared, "start", PORT=str(taken.getsockname()[1]))

    assert "Set PORT to another" in result.stderr


def test_does_not_leave_this_machine_without_tls(prepared: Path) -> None:
    assert "NIGHTLIGHT_ENV=production" in refused(prepared, NIGHTLIGHT_HOST="0.0.0.0")  # noqa: S104


def test_says_what_is_wrong_with_the_port(prepared: Path) -> None:
    assert "PORT is 'eighty'" in manage(prepared, "start", PORT="eighty").stderr


def pid_of(command: str, supervisor: int) -> int | None:
    """The first process with this in its command line that the supervisor has started."""
    return min((pid for pid, line in family(supervisor).items() if command in line), default=None)


@pytest.fixture
def site(prepared: Path) -> Iterator[tuple[subprocess.Popen[bytes], set[int]]]:
    """The supervisor of a site whose clock has started, and the ids of all five processes of it."""
    with started(prepared, "start", "--clock-after", "0") as (server, _visitor, _log):
        wait_until(lambda: pid_of("manage clock", server.pid))
        pids = set(family(server.pid))
        assert len(pids) == 5, "supervisor, web server, two workers, clock"
        yield server, pids


def test_runs_a_clock_and_ends_with_all_it_started(site: tuple[subprocess.Popen[bytes], set[int]]) -> None:
    server, pids = site
    clock = pid_of("manage clock", server.pid)
    assert clock is not None
    os.kill(clock, signal.SIGKILL)
    wait_until(lambda: pid_of("manage clock", server.pid) not in {None, clock})
    pids |= family(server.pid).keys()

    server.send_signal(signal.SIGTERM)

    assert server.wait(30) == 0
    assert not pids & processes().keys()


def test_leaves_nothing_behind_when_it_is_killed(site: tuple[subprocess.Popen[bytes], set[int]]) -> None:
    server, pids = site

    server.kill()

    wait_until(lambda: not pids & processes().keys())


def test_serves_without_a_clock(prepared: Path) -> None:
    with started(prepared, "web") as (server, visitor, _log):
        assert "Nightlight" in visitor.get("/")
        assert len(family(server.pid)) == 3, "the web server and two workers"


def test_the_clock_does_what_is_due_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert manage(data, "prepare").returncode == 0
    assert manage(data, "clock", "--once").stdout == "Nothing was due.\n"
    with contextlib.closing(sqlite3.connect(data / "nightlight.sqlite3")) as database, database:
        database.execute("UPDATE operations_scheduledtask SET due_at = '2026-01-01 00:00:00'")

    output = manage(data, "clock", "--once", NIGHTLIGHT_BACKUPS="none")

    assert (output.stdout, output.stderr) == ("Done: trash, revisions, rendering, backup, notifications, sessions, erasure.\n", "")
