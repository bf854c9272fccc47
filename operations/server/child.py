"""What each process of `manage.py start` begins with: it gets a process group of its own, and ends when its parent has ended.

Its lifeline is a pipe that nobody writes to. However the parent ends, the pipe closes; this process then ends as on SIGTERM
or, after `STOP_TIMEOUT`, is killed with its whole process group.
"""

import contextlib
import multiprocessing
import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

STOP_TIMEOUT = 8.0  # seconds from SIGTERM to SIGKILL
INHERITED_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)

# A forked process shares the memory of what its parent has loaded, for as long as neither changes it. Elsewhere than on Linux
# the system's libraries do not survive a fork: there each process begins from nothing.
CONTEXT = multiprocessing.get_context("fork") if sys.platform == "linux" else multiprocessing.get_context("spawn")
FORKS = CONTEXT.get_start_method() == "fork"


def end_with(lifeline: int) -> None:
    """End this process, the leader of its group, once the other end of this pipe is closed."""
    threading.Thread(target=_wait_for_end, args=[lifeline], name="lifeline", daemon=True).start()


def _wait_for_end(lifeline: int) -> None:
    while os.read(lifeline, 1):
        pass
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    time.sleep(STOP_TIMEOUT)
    os.killpg(os.getpid(), signal.SIGKILL)


def run(
    name: str, target: Callable[..., object], arguments: tuple[object, ...], lifeline: Connection, held: Connection, result: Connection
) -> None:
    """Run the target as this process, and send what it returns. `held` is the parent's end of the lifeline."""
    os.setpgid(0, 0)
    _restore_signals()
    held.close()
    end_with(lifeline.fileno())
    with contextlib.suppress(OSError):  # Linux alone has it; shown by ps -o comm, top and the like
        Path("/proc/self/comm").write_text(name)
    result.send(target(*arguments))


def _restore_signals() -> None:
    """What a process begins with. An ignored SIGHUP stays ignored: that is what `nohup` is for."""
    signal.set_wakeup_fd(-1)
    for number in INHERITED_SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, INHERITED_SIGNALS)


def run_module(*arguments: str) -> None:
    """Run a module with its arguments, as `python -m` does."""
    sys.argv = list(arguments)
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
