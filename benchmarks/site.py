"""The servers that are measured: the site as `manage.py start` runs it, and the yardstick beside it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.browser import Browser, UnexpectedAnswer
from tests.installation import CLEAN, ROOT, free_port, started

WORKERS = 2
# Backups and a cold byte code cache would be measured, too.
ENVIRONMENT = {"NIGHTLIGHT_WORKERS": str(WORKERS), "NIGHTLIGHT_BACKUPS": "none"}
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
CLEAN.pop("PYTHONDONTWRITEBYTECODE", None)


def end_with_servers() -> None:
    """Let this process end on SIGTERM as on Ctrl-C: the servers that it started end, too."""
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(1))


@contextmanager
def site(data: Path) -> Iterator[tuple[int, int]]:
    """The port of the site while it runs, and the process that is the parent of all others of it. Its clock begins at once."""
    with started(data, "start", "--clock-after", "1", **ENVIRONMENT) as (server, visitor, _log):
        yield int(visitor.site.rpartition(":")[2]), server.pid


@contextmanager
def yardstick() -> Iterator[int]:
    """The port of Y1 while it runs."""
    port = free_port()
    command = [sys.executable, "-m", "tests.web_server", str(port), str(WORKERS), "benchmarks.yardstick:application"]
    server = subprocess.Popen(command, cwd=ROOT, env=CLEAN, stdin=subprocess.PIPE, start_new_session=True)
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def wait_for(port: int, path: str = "/", *, seconds: float = 30, every: float = 0.1) -> None:
    """Return as soon as the page at this address is there. Raises `UnexpectedAnswer` where it is not in time."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        with contextlib.suppress(OSError, UnexpectedAnswer), contextlib.closing(Browser(port)) as browser:
            browser.get(path)
            return
        time.sleep(every)
    raise UnexpectedAnswer(f"Nothing at port {port} answered {path} within {seconds:.0f} seconds.")
