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
import errno, multiprocessing, os, signal, sys, time, types
signal.signal(signal.SIGHUP, signal.SIG_DFL if "heeds" in sys.argv else signal.SIG_IGN)  # however the tests were started
from pathlib import Path
import chore
from operations.server import child, supervisor
from operations.server.supervisor import Service
supervisor.STOP_TIMEOUT, supervisor.LOOK_EVERY = 0.5, 0.1
supervisor.time = types.SimpleNamespace(monotonic=time.monotonic, time=lambda: time.time() + 3600 * Path("slept").exists())
fork = os.fork
def fork_if_possible():
    if Path("exhausted").exists() and len(multiprocessing.active_children()):
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
    return fork()
os.fork = fork_if_possible
server = Service("server", child.run_module, ("server",), vital=True)
clock = Service("clock", child.run_module, ("clock",))
chore = Service("chore", chore.run, recurring=True, limit=1.5)
with supervisor.Supervisor(lambda line: print(line, flush=True)) as supervising:
    sys.exit(supervising.run([server, chore if "chore" in sys.argv else clock]))
"""
WAITS = "import time; time.sleep(60)"
IGNORES_TERM = f"import pathlib, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); pathlib.Path('ready').touch(); {WAITS}"
FAILS_THRICE = """
import pathlib
names = [name for name in ("once", "twice", "thrice") if not pathlib.Path(name).exists()]
pathlib.Path(names[0]).touch()
raise SystemExit(5)
"""
LEAVES_A_CHILD = f"import os, subprocess, sys, time; subprocess.Popen([sys.executable, '-c', '{WAITS}']); time.sleep(1); os._exit(3)"

# Notes that it ran, does something, and asks to run again after so many seconds.
CHORE = """
import os, pathlib, time
def run():
    with pathlib.Path("runs").open("a") as runs:
        print(os.getpid(), os.getppid(), file=runs)
    {}
    return time.time() + {}
"""

Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts a supervisor whose children run this code."""
    supervisors: list[subprocess.Popen[str]] = []

    def start(*, server: str = WAITS, clock: str = WAITS, chore: str = "", nohup: bool = False) -> subprocess.Popen[str]:
        for name, code in {"server": server, "clock": clock, "chore": chore or CHORE.format("", 0)}.items():
            (tmp_path / f"{name}.py").write_text(code)
        command = [sys.executable, "-c", RUN, "chore" if chore else "clock", "ignores" if nohup else "heeds"]
        env = {**CLEAN, "PYTHONPATH": str(ROOT)}
        supervisors.append(subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True))
        return supervisors[-1]

    yield start
    for process in supervisors:
        with process:
            process.kill()


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


def test_a_closed_terminal_does_not_end_what_nohup_has_started(run: Run) -> None:
    supervisor = run(nohup=True)
    pids_of(supervisor, number=3)

    supervisor.send_signal(signal.SIGHUP)

    with pytest.raises(subprocess.TimeoutExpired):
        supervisor.wait(1)
    supervisor.terminate()
    assert supervisor.wait(10) == 0


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


def test_goes_on_where_the_system_has_no_process_left_for_what_is_not_vital(run: Run, tmp_path: Path) -> None:
    (tmp_path / "exhausted").touch()
    supervisor = run()
    assert supervisor.stdout is not None

    lines = [supervisor.stdout.readline() for _ in range(2)]
    (tmp_path / "exhausted").unlink()

    reason = "Resource temporarily unavailable"
    assert lines == [f"Nightlight: the clock could not be started ({reason}) and begins in {seconds} s.\n" for seconds in (1, 2)]
    pids = pids_of(supervisor, number=3)
    supervisor.terminate()
    assert supervisor.wait(10) == 0
    assert not pids & processes().keys()


def test_goes_on_where_nobody_reads_what_it_says(run: Run, tmp_path: Path) -> None:
    supervisor = run(clock=FAILS_THRICE)
    assert supervisor.stdout is not None
    supervisor.stdout.readline()

    supervisor.stdout.close()

    wait_until((tmp_path / "thrice").exists)
    assert supervisor.poll() is None


class RecurringTests:
    def runs(self, folder: Path) -> list[list[int]]:
        """The process of each run, and its parent."""
        path = folder / "runs"
        return [[int(pid) for pid in line.split()] for line in path.read_text().splitlines()] if path.exists() else []

    def test_has_a_process_for_each_run_and_none_between_them(self, run: Run, tmp_path: Path) -> None:
        supervisor = run(chore=CHORE.format("", 0.3))

        wait_until(lambda: len(self.runs(tmp_path)) >= 3)

        pids = [pid for pid, _parent in self.runs(tmp_path)]
        assert len(set(pids)) == len(pids)
        assert {parent for _pid, parent in self.runs(tmp_path)} == {supervisor.pid}
        wait_until(lambda: len(family(supervisor.pid)) == 2)

    def test_is_left_alone_until_it_is_due(self, run: Run, tmp_path: Path) -> None:
        supervisor = run(chore=CHORE.format("", 3600))
        wait_until(lambda: len(self.runs(tmp_path)) == 1)
        pids_of(supervisor, number=2)

        supervisor.terminate()

        assert supervisor.wait(10) == 0
        assert len(self.runs(tmp_path)) == 1

    def test_is_due_when_a_machine_that_slept_wakes_up(self, run: Run, tmp_path: Path) -> None:
        """Sleep counts on the wall alone."""
        run(chore=CHORE.format("", 3600))
        wait_until(lambda: len(self.runs(tmp_path)) == 1)

        (tmp_path / "slept").touch()

        wait_until(lambda: len(self.runs(tmp_path)) >= 2)

    @pytest.mark.parametrize(
        ("fault", "says"),
        [("raise SystemExit(5)", "(5)"), ("raise SystemExit", "(0)"), ("os.kill(os.getpid(), 9)", "(137)")],
        ids=["fails", "ends without a word", "is killed"],
    )
    def test_begins_anew_where_it_did_not_say_when(self, run: Run, tmp_path: Path, fault: str, says: str) -> None:
        supervisor = run(chore=CHORE.format(fault, 0))
        assert supervisor.stdout is not None

        lines = [supervisor.stdout.readline() for _ in range(2)]

        assert lines == [f"Nightlight: the chore ended {says} and begins again in {seconds} s.\n" for seconds in (1, 2)]

    @pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGKILL])
    def test_ends_with_the_supervisor(self, run: Run, tmp_path: Path, signal_number: signal.Signals) -> None:
        supervisor = run(chore=CHORE.format("time.sleep(60)", 0))
        wait_until(lambda: len(self.runs(tmp_path)) == 1)
        pids = pids_of(supervisor, number=3)

        supervisor.send_signal(signal_number)

        wait_until(lambda: not pids & processes().keys())

    @pytest.mark.parametrize("hangs", ["time.sleep(60)", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"])
    def test_that_hangs_is_ended_and_begins_anew(self, run: Run, tmp_path: Path, hangs: str) -> None:
        supervisor = run(chore=CHORE.format(hangs, 0))
        assert supervisor.stdout is not None

        line = supervisor.stdout.readline()

        number = signal.SIGKILL if "SIG_IGN" in hangs else signal.SIGTERM
        assert line == f"Nightlight: the chore ran for more than 2 s, was ended ({128 + number}) and begins again in 1 s.\n"
        wait_until(lambda: len(self.runs(tmp_path)) == 2)
        [(hung, _parent), _again] = self.runs(tmp_path)
        assert hung not in processes()
