"""An installation whose server can be killed, and somebody who looks after its people meanwhile."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.installation import CLEAN, ROOT, family, free_port, manage

PATIENCE = 60  # seconds that a server has to start on a busy machine


class Steward:
    """Asks the process of `steward.py`, which has Django on this installation."""

    def __init__(self, env: dict[str, str]) -> None:
        self.lock = threading.Lock()  # faults come from threads of their own
        command = [sys.executable, "-m", "tests.system.faults.steward"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, does: str, **arguments: object) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self.lock:
            self.process.stdin.write(json.dumps({"does": does, **arguments}) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
        assert "failed" not in answer, answer["failed"]
        return answer["gives"]

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class Server:
    """A real server on a port that stays the same however often it is killed and started again."""

    def __init__(self, env: dict[str, str], log: Path, application: str, *, workers: int) -> None:
        self.port = free_port()
        self.env, self.log = env, log
        # As `manage.py start` runs it: it ends by itself when these tests are gone.
        self.command = [sys.executable, "-m", "operations.server.child", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        self.command += ["--port", str(self.port), "--workers", str(workers), "--blocking-threads", "1", "--no-ws"]
        self.command += ["--log-level", "warning", "--respawn-failed-workers", application]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        self._let_go()
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.env, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def make_sure_it_runs(self) -> None:
        if self.process is None or self.process.poll() is not None:
            self.start()

    def kill(self) -> None:
        """SIGKILL for all of it at once, as the end of memory or of power does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
        self._let_go()

    def _let_go(self) -> None:
        """Of the pipe by which the server knows that these tests are there."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()

    def fill_disk(self, room: int) -> None:
        """From now on no file may grow beyond `room` bytes: what is written further fails."""
        self._limit(room)

    def clear_disk(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, soft: int) -> None:
        assert self.process is not None
        for pid in family(self.process.pid):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self._let_go()


class Site:
    """The installation: its folder, its server, its steward, and a second server whose clock can be set."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        env = {**CLEAN, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(self.data), "NIGHTLIGHT_BACKUPS": "none"}
        prepared = manage(self.data, "prepare")
        assert prepared.returncode == 0, prepared.stderr
        self.database = self.data / "nightlight.sqlite3"
        self.steward = Steward({**env, "DJANGO_SETTINGS_MODULE": "config.settings"})
        self.server = Server(env, folder / "log", "config.wsgi:application", workers=2)
        self.clock = folder / "clock"
        clock_env = {**env, "NIGHTLIGHT_TEST_CLOCK": str(self.clock)}
        self.traveller = Server(clock_env, folder / "log-traveller", "tests.system.faults.travel:application", workers=1)

    def set_clock(self, ahead: float) -> None:
        """The second server's clock is that many seconds ahead from now on."""
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(str(ahead))
        fresh.replace(self.clock)

    @contextmanager
    def locked_database(self) -> Iterator[None]:
        """Another process writes, and does not end."""
        other = sqlite3.connect(self.database, isolation_level=None, timeout=30)
        try:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        finally:
            other.close()

    def close(self) -> None:
        self.server.close()
        self.traveller.close()
        self.steward.close()
