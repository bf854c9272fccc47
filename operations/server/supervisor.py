"""Several processes that live and end as one. Loads no Django: this process stays for as long as the site runs."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from operations.server.child import PATIENCE

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LIVED_WELL = 60.0  # seconds after which a child's end is taken for an accident, not for a fault that will recur
LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Role:
    """What one child runs, as arguments of operations.server.child. A vital one's end is everybody's end; another starts anew."""

    name: str
    runs: tuple[str, ...]
    vital: bool = False
    after: float = 0.0  # seconds it waits before it begins


class _Child:
    def __init__(self, role: Role) -> None:
        self.role = role
        self.begins = time.monotonic() + role.after
        self.pause = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self.group = 0  # of the process that ran last, whose own children may have outlived it

    def begin_if_due(self, folder: Path, lifeline: int) -> None:
        if self.process is None and time.monotonic() >= self.begins:
            command = [sys.executable, "-m", "operations.server.child", *self.role.runs]
            # A process group of its own: Ctrl-C in a terminal reaches the supervisor alone, which tells each child once.
            self.process = subprocess.Popen(command, cwd=folder, stdin=lifeline, process_group=0)  # noqa: S603  nobody's input
            self.group = self.process.pid

    def status(self) -> int | None:
        """Its exit status as a shell tells it, or None while it runs or waits to begin."""
        code = self.process.poll() if self.process else None
        return code if code is None or code >= 0 else 128 - code

    def rest(self) -> float:
        """Begin again after a pause, in seconds, that doubles while it keeps ending soon."""
        lived = time.monotonic() - self.begins
        self.pause = 1.0 if lived > LIVED_WELL else min(max(self.pause * 2, 1.0), LONGEST_PAUSE)
        self.begins = time.monotonic() + self.pause
        self.process = None
        return self.pause

    def is_there(self) -> bool:
        """Whether anything of it is, counting processes that it started."""
        return (self.process is not None and self.status() is None) or self.signal_group(0)

    def signal_group(self, number: int) -> bool:
        if self.group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.group, number)
                return True
        return False

    def ask_to_end(self) -> None:
        if self.process is not None and self.status() is None:
            self.process.terminate()
        else:
            self.signal_group(signal.SIGTERM)


class Supervisor:
    """Runs children in `folder` from the main thread. On SIGTERM, SIGINT and SIGHUP it ends them, and itself.

    Nothing outlives it: a child that does not end on SIGTERM within `PATIENCE` is killed with all it started, and
    should this very process be killed, its children notice (operations.server.child).
    """

    def __init__(self, folder: Path, say: Callable[[str], object]) -> None:
        self.folder, self.say = folder, say
        self.asked_to_end = False

    def __enter__(self) -> Self:
        self.lifeline, self.never_written = os.pipe()
        self.ear, self.mouth = socket.socketpair()
        self.ear.setblocking(False)
        self.mouth.setblocking(False)
        # A terminal that is closed sends SIGHUP, which `nohup` has made this process ignore.
        heard = [number for number in (*ENDING, signal.SIGCHLD) if signal.getsignal(number) != signal.SIG_IGN or number != signal.SIGHUP]
        self.before: dict[int, Any] = {number: signal.signal(number, lambda *_: None) for number in heard}
        self.wakeup_before = signal.set_wakeup_fd(self.mouth.fileno())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None) -> None:
        signal.set_wakeup_fd(self.wakeup_before)
        for number, handler in self.before.items():
            signal.signal(number, handler)
        self.ear.close()
        self.mouth.close()
        os.close(self.lifeline)
        os.close(self.never_written)

    def run(self, roles: Sequence[Role]) -> int:
        """Returns the status of the vital child that ended first, or 0 after a signal. No child is left by then."""
        children = [_Child(role) for role in roles]
        try:
            while not self.asked_to_end:
                for child in children:
                    child.begin_if_due(self.folder, self.lifeline)
                self._wait(min((child.begins for child in children if child.process is None), default=None))
                for child in children:
                    status = child.status()
                    if status is not None and child.role.vital:
                        return status
                    if status is not None:
                        self.say(f"Nightlight: the {child.role.name} ended ({status}) and begins again in {child.rest():.0f} s.")
            return 0
        finally:
            self._end(children)

    def _wait(self, until: float | None) -> None:
        """Until then, or until a signal says that a child ended or that everything is to end."""
        timeout = None if until is None else max(0.0, until - time.monotonic())
        if select.select([self.ear], [], [], timeout)[0]:
            heard = self.ear.recv(4096)
            self.asked_to_end = self.asked_to_end or any(number in heard for number in ENDING)

    def _end(self, children: Sequence[_Child]) -> None:
        for child in children:
            child.ask_to_end()
        deadline = time.monotonic() + PATIENCE
        while any(child.is_there() for child in children) and time.monotonic() < deadline:
            self._wait(time.monotonic() + 0.05)
        for child in children:
            if child.signal_group(signal.SIGKILL) and child.process:
                child.process.wait()
