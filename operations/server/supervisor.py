"""Runs several processes as one service. It has no thread and no connection, so that they can be forked from it safely."""

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import FrameType, TracebackType
from typing import Self

from operations.server import child
from operations.server.child import CONTEXT, STOP_TIMEOUT

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STABLE_AFTER = 60.0  # seconds of running after which a child's end counts as an accident, not as a fault that will recur
MAX_RESTART_DELAY = 60.0  # seconds
LOOK_EVERY = 30.0  # seconds after which a machine that slept, or whose clock was set, notices that something is due

type SignalHandler = Callable[[int, FrameType | None], object] | int | signal.Handlers | None


@dataclass(frozen=True, slots=True)
class Service:
    """What one child runs: it calls `target`, a function of a module.

    When a vital service ends, everything ends. A recurring one has no process between its runs: its target returns the time
    (as `time.time()`) at which it is to run again. Any other that ends, and whatever fails, is restarted.
    """

    name: str
    target: Callable[..., object]
    arguments: tuple[object, ...] = ()
    vital: bool = False
    recurring: bool = False
    after: float = 0.0  # seconds to wait before it starts
    limit: float = float("inf")  # seconds after which a run is taken to hang: it is stopped, and runs again


class _Child:
    """A service's process, started, watched and restarted."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.starts_at = time.monotonic() + service.after
        self.due_at = float("inf")  # of a recurring one that waits, by the clock on the wall
        self.restart_delay = 0.0
        self.process: BaseProcess | None = None
        self.result: Connection | None = None
        self.group = 0  # of the process that ran last, whose own children may have outlived it

    def is_due(self) -> bool:
        return self.process is None and (time.monotonic() >= self.starts_at or time.time() >= self.due_at)

    def start(self, lifeline: Connection, held: Connection) -> None:
        """Raises OSError where the system has no memory, no process or no file left for it."""
        self.starts_at, self.due_at = time.monotonic(), float("inf")
        self.result, result = CONTEXT.Pipe(duplex=False)
        service = self.service
        process = CONTEXT.Process(target=child.run, args=(service.name, service.target, service.arguments, lifeline, held, result))
        # A signal that comes before the process has handlers of its own waits until it has: see child.run.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            result.close()
        self.process, self.group = process, process.pid or 0
        # A process group of its own: Ctrl-C in a terminal reaches the supervisor alone, which tells each child once.
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended, or has begun another program
            os.setpgid(self.group, self.group)

    def next_look(self) -> float:
        """When it is to start or to be stopped, as `time.monotonic()`."""
        if self.process is None:
            return self.starts_at
        return self.starts_at + self.service.limit + (STOP_TIMEOUT if self.hangs() else 0.0)

    def hangs(self) -> bool:
        return self.process is not None and time.monotonic() >= self.starts_at + self.service.limit

    def stop_hanging(self) -> None:
        """End it as on SIGTERM or, after `STOP_TIMEOUT`, kill it with all that it started."""
        if time.monotonic() >= self.next_look():
            self.signal_group(signal.SIGKILL)
        else:
            self.terminate()

    def status(self) -> int | None:
        """The exit status as a shell reports it, or None while it runs or waits to start."""
        code = self.process.exitcode if self.process else None
        return code if code is None or code >= 0 else 128 - code

    def schedule_recurrence(self) -> bool:
        """Start again when the process said. False where it said nothing."""
        if not (self.service.recurring and self.result and self.result.poll()):
            return False
        try:
            self.due_at = float(self.result.recv())
        except EOFError:
            return False
        self.restart_delay = 0.0
        self.group = 0  # it ended well and left nothing behind; until the next run its number may become another's
        self._wait_for(max(self.due_at - time.time(), 0.0))
        return True

    def schedule_restart(self) -> float:
        """Start again after a delay that doubles while the process keeps ending soon. Returns it, in seconds."""
        lifetime = time.monotonic() - self.starts_at
        self.restart_delay = 1.0 if lifetime > STABLE_AFTER else min(max(self.restart_delay * 2, 1.0), MAX_RESTART_DELAY)
        self._wait_for(self.restart_delay)
        return self.restart_delay

    def _wait_for(self, seconds: float) -> None:
        self.starts_at = time.monotonic() + seconds
        if self.result:
            self.result.close()
        self.process = self.result = None

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
    """Runs children, from the main thread; `write` takes lines for the operator. SIGTERM, SIGINT and SIGHUP stop it.

    Nothing outlives it: a child that does not end within `STOP_TIMEOUT` of SIGTERM is killed with all that it started, and
    should this process itself be killed, its children notice. For that it alone holds the writing end of a pipe: the lifeline.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write = write
        self.stop_requested = False

    def __enter__(self) -> Self:
        self.lifeline, self.held = CONTEXT.Pipe(duplex=False)
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
        self.lifeline.close()
        self.held.close()

    def run(self, services: Sequence[Service]) -> int:
        """Run until a vital service ends, and return its exit status, or until a stop signal, and return 0.

        No child is left when it returns or raises.
        """
        children = [_Child(service) for service in services]
        try:
            while not self.stop_requested:
                for each in filter(_Child.is_due, children):
                    self._start(each)
                self._wait(min(each.next_look() for each in children))
                for each in filter(_Child.hangs, children):
                    if each.status() is None:
                        each.stop_hanging()
                for each in children:
                    status = each.status()
                    if status is None or (status == 0 and each.schedule_recurrence()):
                        continue
                    if each.service.vital:
                        return status
                    why = f"ran for more than {each.service.limit:.0f} s, was ended" if each.hangs() else "ended"
                    delay = each.schedule_restart()
                    self._say(f"the {each.service.name} {why} ({status}) and begins again in {delay:.0f} s.")
            return 0
        finally:
            self._stop(children)

    def _start(self, each: _Child) -> None:
        """Start a child. What is not vital is tried again later, and the rest goes on meanwhile."""
        try:
            each.start(self.lifeline, self.held)
        except OSError as error:
            if each.service.vital:
                raise
            delay = each.schedule_restart()
            self._say(f"the {each.service.name} could not be started ({error.strerror}) and begins in {delay:.0f} s.")

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError):  # a full disk, or nobody who reads any more
            self.write(f"Nightlight: {line}")

    def _wait(self, until: float) -> None:
        """Wait until this monotonic time (or `LOOK_EVERY`), or until a signal: a child has ended, or everything is to stop."""
        timeout = min(max(0.0, until - time.monotonic()), LOOK_EVERY)
        if select.select([self.wakeup_reader], [], [], timeout)[0]:
            received = self.wakeup_reader.recv(4096)  # one byte for each signal: its number
            self.stop_requested = self.stop_requested or any(number in received for number in STOP_SIGNALS)

    def _stop(self, children: Sequence[_Child]) -> None:
        for each in children:
            each.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT
        while any(each.is_alive() for each in children) and time.monotonic() < deadline:
            self._wait(time.monotonic() + 0.05)
        for each in children:
            if each.signal_group(signal.SIGKILL) and each.process:
                each.process.join()
