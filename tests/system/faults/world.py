"""An installation whose servers can be killed, and the steward that makes and reads its accounts."""

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
    """The process of `steward.py`, which runs Django on this installation."""

    def __init__(self, env: dict[str, str]) -> None:
        self.lock = threading.Lock()  # accidents ask from threads of their own
        command = [sys.executable, "-m", "tests.system.faults.steward"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, command: str, **arguments: object) -> Any:
        """The result of one of its commands."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self.lock:
            self.process.stdin.write(json.dumps({"command": command, **arguments}) + "\n")
            self.process.stdin.flush()
            response = json.loads(self.process.stdout.readline())
        assert "error" not in response, response["error"]
        return response["result"]

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class Server:
    """A real server, whose port stays the same however often it is killed and started again."""

    def __init__(self, env: dict[str, str], log: Path, application: str, *, workers: int) -> None:
        self.port = free_port()
        self.env, self.log = env, log
        self.command = [sys.executable, "-m", "tests.web_server", str(self.port), str(workers), application]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return when it answers."""
        self._close_pipe()
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

    def ensure_running(self) -> None:
        if self.process is None or self.process.poll() is not None:
            self.start()

    def kill(self) -> None:
        """Send SIGKILL to all of its processes at once, as when memory or power runs out."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
        self._close_pipe()

    def _close_pipe(self) -> None:
        """Close the pipe by which the server knows that the tests are still running."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()

    def fill_disk(self, size: int) -> None:
        """From now on no file can grow beyond so many bytes: writing more fails."""
        self._limit(size)

    def clear_disk(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, soft: int) -> None:
        assert self.process is not None
        for pid in family(self.process.pid):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self._close_pipe()


class Site:
    """The installation: its folder, its server, its steward, and a second server whose clock can be set."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        env = {**CLEAN, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(self.data), "NIGHTLIGHT_BACKUPS": "none"}
        prepared = manage(self.data, "prepare")
        assert prepared.returncode == 0, prepared.stderr
        self.database = self.data / "nightlight.sqlite3"
        self.steward = Steward({**env, "DJANGO_SETTINGS_MODULE": "config.settings"})
        self.server = Server(env, folder / "log", "config.rsgi:application", workers=2)
        self.clock = folder / "clock"
        clock_env = {**env, "NIGHTLIGHT_TEST_CLOCK": str(self.clock)}
        self.traveller = Server(clock_env, folder / "log-traveller", "tests.system.faults.travel:application", workers=1)

    def set_clock(self, ahead: float) -> None:
        """From now on the second server's clock is so many seconds ahead."""
        new = self.clock.with_suffix(".new")
        new.write_text(str(ahead))
        new.replace(self.clock)

    @contextmanager
    def locked_database(self) -> Iterator[None]:
        """Another process holds a write transaction open."""
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
