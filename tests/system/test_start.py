"""manage.py start, web and clock, run as an operator runs them: real processes on a real data folder."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accounts.keys import key_file
from tests import postgres
from tests.installation import CLEAN, ROOT, Visitor, family, free_port, manage, processes, running, started, wait_until

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

    with running(data, **env) as (again, log):
        visitor.site = again.site
        assert "The heron came back." in visitor.get("/journal/"), "a new installation serves with the secrets that it keeps"
        again.send("/accounts/login/", login="new@example.org", password="a lamp, a page, a pen")
        assert "The heron came back." in again.get("/journal/")
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
    assert "the database can’t be used" in refused(tmp_path / "data", DATABASE_URL=f"sqlite:///{tmp_path}/no/such/folder/db.sqlite3")


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


def query(data: Path, statement: str) -> list[tuple[str, ...]]:
    with contextlib.closing(sqlite3.connect(data / "nightlight.sqlite3", timeout=20)) as database, database:
        return database.execute(statement).fetchall()


def make_due(data: Path) -> None:
    query(data, "UPDATE operations_scheduledtask SET due_at = '2026-01-01 00:00:00', done_at = NULL")


def test_the_clock_is_a_process_only_while_something_is_due(prepared: Path) -> None:
    assert manage(prepared, "clock", "--once").returncode == 0
    make_due(prepared)

    with started(prepared, "start", "--clock-after", "0") as (server, visitor, _log):
        wait_until(lambda: not query(prepared, "SELECT name FROM operations_scheduledtask WHERE done_at IS NULL"))
        wait_until(lambda: len(family(server.pid)) == 5)

        assert visitor.get("/readyz"), "supervisor, worker, web server and its two processes"
        assert len(family(server.pid)) == 5


def test_ends_with_all_it_started_when_it_is_asked_to(prepared: Path) -> None:
    with started(prepared, "start") as (server, _visitor, _log):
        pids = set(family(server.pid))

        server.send_signal(signal.SIGTERM)

        assert server.wait(30) == 0
        assert not pids & processes().keys()


def test_ends_when_it_is_asked_to_while_it_loads(prepared: Path) -> None:
    settings = {**CLEAN, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(prepared), "PORT": str(free_port())}
    with subprocess.Popen([sys.executable, "manage.py", "start"], cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("Nightlight: "), "it says where it is before it loads the site"

        server.terminate()

        assert server.wait(20) == 0
        assert family(server.pid) == {}


def test_leaves_nothing_behind_when_it_is_killed(prepared: Path) -> None:
    with started(prepared, "start") as (server, _visitor, _log):
        pids = set(family(server.pid))

        server.kill()

        wait_until(lambda: not pids & processes().keys())


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="this system does not tell")
@pytest.mark.parametrize("command", ["start", "web"])
def test_the_site_is_loaded_once_for_all_processes(prepared: Path, command: str) -> None:
    """Most of the memory of each is shared with the others."""
    with started(prepared, command) as (server, _visitor, _log):
        for pid in family(server.pid):
            memory = {line.split()[0]: int(line.split()[1]) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]}
            assert memory["Rss:"] > 40_000
            assert memory["Pss:"] < memory["Rss:"] / 2
        if command == "start":
            names = sorted(Path(f"/proc/{pid}/comm").read_text().strip() for pid in set(family(server.pid)) - {server.pid})
            assert names == ["web server"] * 3 + ["worker"], "what ps -o comm shows"


def children(pid: int) -> set[int]:
    return {child for child, (parent, _command) in processes().items() if parent == pid}


def test_a_process_of_the_web_server_that_is_killed_is_replaced(prepared: Path) -> None:
    with started(prepared, "start") as (server, visitor, _log):
        [web_server] = [pid for pid in children(server.pid) if children(pid)]  # the worker has none
        killed, other = children(web_server)

        os.kill(killed, signal.SIGKILL)

        wait_until(lambda: len(children(web_server) - {killed}) == 2)
        [new] = children(web_server) - {killed, other}
        os.kill(other, signal.SIGSTOP)  # what is answered from now on, the new one answers
        try:
            wait_until(lambda: answers(visitor))
        finally:
            os.kill(other, signal.SIGCONT)
        assert (new in processes(), server.poll()) == (True, None)


def answers(visitor: Visitor) -> bool:
    """Whether a new connection is answered soon. The system gives it to any of the workers."""
    try:
        return "ready" in visitor.opener.open(f"{visitor.site}/readyz", timeout=1).read().decode()
    except OSError:
        return False


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

    assert (output.stdout, output.stderr) == (
        "Done: trash, notes, revisions, rendering, search, backup, messages, files, jobs, leaving, sessions, erasure.\n",
        "",
    )
