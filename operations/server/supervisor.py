"""Runs several processes as one service. Loads no Django: this process stays for as long as the site runs."""

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
from types import FrameType, TracebackType
from typing import Self

from operations.server.child import STOP_TIMEOUT

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STABLE_AFTER = 60.0  # seconds of running after which a child's end counts as an accident, not as a fault that will recur
MAX_RESTART_DELAY = 60.0  # seconds

type SignalHandler = Callable[[int, FrameType | None], object] | int | signal.Handlers | None


@dataclass(frozen=True, slots=True)
class Service:
    """What one child runs: `command` holds the arguments of operations.server.child.

    When a vital service ends, everything ends; any other is restarted.
    """

    name: str
    command: tuple[str, ...]
    vital: bool = False
    after: float = 0.0  # seconds to wait before it starts


class _Child:
    """A service's process, started, watched and restarted."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.starts_at = time.monotonic() + service.after
        self.restart_delay = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self.group = 0  # of the process that ran last, whose own children may have outlived it

    def start_if_due(self, folder: Path, stdin: int) -> None:
        if self.process is None and time.monotonic() >= self.starts_at:
            command = [sys.executable, "-m", "operations.server.child", *self.service.command]
            # A process group of its own: Ctrl-C in a terminal reaches the supervisor alone, which tells each child once.
            self.process = subprocess.Popen(command, cwd=folder, stdin=stdin, process_group=0)  # noqa: S603  nobody's input
            self.group = self.process.pid

    def status(self) -> int | None:
        """The exit status as a shell reports it, or None while it runs or waits to start."""
        code = self.process.poll() if self.process else None
        return code if code is None or code >= 0 else 128 - code

    def schedule_restart(self) -> float:
        """Start again after a delay that doubles while the process keeps ending soon. Returns it, in seconds."""
        lifetime = time.monotonic() - self.starts_at
        self.restart_delay = 1.0 if lifetime > STABLE_AFTER else min(max(self.restart_delay * 2, 1.0), MAX_RESTART_DELAY)
        self.starts_at = time.monotonic() + self.restart_delay
        self.process = None
        return self.restart_delay

    def is_alive(self) -> bool:
        """Whether it runs, or anything that it started."""
        return (self.process is not None and self.status() is None) or self.signal_group(0)

    def signal_group(self, number: int) -> bool:
        """Send a signal to its process group (0 only probes). False where no process is left in it."""
        if self.group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.group, number)
                return True
        return False

    def terminate(self) -> None:
        if self.process is not None and self.status() is None:
            self.process.terminate()
        else:
            self.signal_group(signal.SIGTERM)


class Supervisor:
    """Runs children in `folder`, from the main thread; `write` takes lines for the operator. SIGTERM, SIGINT and SIGHUP stop it.

    Nothing outlives it: a child that does not end within `STOP_TIMEOUT` of SIGTERM is killed with all that it started, and
    should this process itself be killed, its children notice. For that it holds the writing end of the pipe that is their
    standard input: the lifeline.
    """

    def __init__(self, folder: Path, write: Callable[[str], object]) -> None:
        self.folder, self.write = folder, write
        self.stop_requested = False

    def __enter__(self) -> Self:
        self.lifeline_reader, self.lifeline_writer = os.pipe()
        self.wakeup_reader, self.wakeup_writer = socket.socketpair()
        self.wakeup_reader.setblocking(False)
        self.wakeup_writer.setblocking(False)
        # A terminal that is closed sends SIGHUP, which `nohup` has made this process ignore.
        handled = [
            number for number in (*STOP_SIGNALS, signal.SIGCHLD) if signal.getsignal(number) != signal.SIG_IGN or number != signal.SIGHUP
        ]
        self.previous_handlers: dict[int, SignalHandler] = {number: signal.signal(number, lambda *_: None) for number in handled}
        self.previous_wakeup_fd = signal.set_wakeup_fd(self.wakeup_writer.fileno())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        signal.set_wakeup_fd(self.previous_wakeup_fd)
        for number, handler in self.previous_handlers.items():
            signal.signal(number, handler)
        self.wakeup_reader.close()
        self.wakeup_writer.close()
        os.close(self.lifeline_reader)
        os.close(self.lifeline_writer)

    def run(self, services: Sequence[Service]) -> int:
        """Run until a vital service ends, and return its exit status, or until a stop signal, and return 0.

        No child is left when it returns or raises.
        """
        children = [_Child(service) for service in services]
        try:
            while not self.stop_requested:
                for child in children:
                    child.start_if_due(self.folder, self.lifeline_reader)
                self._wait(min((child.starts_at for child in children if child.process is None), default=None))
                for child in children:
                    status = child.status()
                    if status is not None and child.service.vital:
                        return status
                    if status is not None:
                        delay = child.schedule_restart()
                        self.write(f"Nightlight: the {child.service.name} ended ({status}) and begins again in {delay:.0f} s.")
            return 0
        finally:
            self._stop(children)

    def _wait(self, until: float | None) -> None:
        """Wait until this monotonic time, or until a signal: a child has ended, or everything is to stop."""
        timeout = None if until is None else max(0.0, until - time.monotonic())
        if select.select([self.wakeup_reader], [], [], timeout)[0]:
            received = self.wakeup_reader.recv(4096)  # one byte for each signal: its number
            self.stop_requested = self.stop_requested or any(number in received for number in STOP_SIGNALS)

    def _stop(self, children: Sequence[_Child]) -> None:
        for child in children:
            child.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT
        while any(child.is_alive() for child in children) and time.monotonic() < deadline:
            self._wait(time.monotonic() + 0.05)
        for child in children:
            if child.signal_group(signal.SIGKILL) and child.process:
                child.process.wait()
