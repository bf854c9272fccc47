"""operations.server.supervisor: several processes run and end as one service; small scripts stand in for web server and clock."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.installation import CLEAN, ROOT, family, processes, wait_until

pytestmark = pytest.mark.processes

RUN = """
import sys
from pathlib import Path
from operations.server import supervisor
supervisor.STOP_TIMEOUT = 0.5
with supervisor.Supervisor(Path(), lambda line: print(line, flush=True)) as supervising:
    sys.exit(supervising.run([supervisor.Service("server", ("server",), vital=True), supervisor.Service("clock", ("clock",))]))
"""
WAITS = "import time; time.sleep(60)"
IGNORES_TERM = f"import pathlib, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); pathlib.Path('ready').touch(); {WAITS}"
LEAVES_A_CHILD = f"import os, subprocess, sys, time; subprocess.Popen([sys.executable, '-c', '{WAITS}']); time.sleep(1); os._exit(3)"

Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts a supervisor whose children run this code."""
    supervisors: list[subprocess.Popen[str]] = []

    def start(*, server: str = WAITS, clock: str = WAITS) -> subprocess.Popen[str]:
        (tmp_path / "server.py").write_text(server)
        (tmp_path / "clock.py").write_text(clock)
        env = {**CLEAN, "PYTHONPATH": str(ROOT)}
        supervisors.append(subprocess.Popen([sys.executable, "-c", RUN], cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True))
        return supervisors[-1]

    yield start
    for process in supervisors:
        process.kill()
        process.communicate()


def pids_of(process: subprocess.Popen[str], *, number: int) -> set[int]:
    """The ids of the process and all it started, once there are this many."""
    wait_until(lambda: len(family(process.pid)) == number)
    return set(family(process.pid))


def test_ends_with_the_status_of_what_is_vital(run: Run) -> None:
    assert run(server="raise SystemExit(7)").wait(10) == 7


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_ends_all_when_it_is_asked_to(run: Run, number: signal.Signals) -> None:
    supervisor = run()
    pids = pids_of(supervisor, number=3)

    supervisor.send_signal(number)

    assert supervisor.wait(10) == 0
    assert not pids & processes().keys()


def test_kills_what_does_not_end(run: Run, tmp_path: Path) -> None:
    supervisor = run(clock=IGNORES_TERM)
    pids = pids_of(supervisor, number=3)
    wait_until((tmp_path / "ready").exists)

    supervisor.terminate()

    assert supervisor.wait(10) == 0
    assert not pids & processes().keys()


def test_ends_what_a_child_has_left_behind(run: Run) -> None:
    supervisor = run(server=LEAVES_A_CHILD)
    pids = pids_of(supervisor, number=4)

    assert supervisor.wait(10) == 3
    wait_until(lambda: not pids & processes().keys())


def test_begins_anew_what_is_not_vital_and_waits_longer_each_time(run: Run) -> None:
    supervisor = run(clock="raise SystemExit(5)")
    assert supervisor.stdout is not None

    lines = [supervisor.stdout.readline() for _ in range(2)]

    assert lines == [f"Nightlight: the clock ended (5) and begins again in {seconds} s.\n" for seconds in (1, 2)]


def test_children_end_when_it_is_killed(run: Run) -> None:
    supervisor = run()
    pids = pids_of(supervisor, number=3)

    supervisor.kill()

    wait_until(lambda: not pids & processes().keys())
