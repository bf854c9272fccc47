"""How long it takes from `make run`, on an installation that was run before, to the first Tonight."""

import os
import shutil
import signal
import statistics
import subprocess
import time
from pathlib import Path

from benchmarks import goals, table
from benchmarks.browser import Browser, UnexpectedAnswer
from benchmarks.journals import Journals
from benchmarks.pages import ROUNDS
from benchmarks.site import ENVIRONMENT
from tests.installation import CLEAN, ROOT, family, free_port, processes, wait_until

EVERY = 0.005  # seconds between two tries
PATIENCE = 60


def measure(data: Path, journals: Journals) -> None:
    table.header("Starting")
    if not shutil.which("make"):
        table.note("not measured: there is no make")
        return
    times = [_start(data, journals) for _round in range(ROUNDS + 1)][1:]  # the first one compiles
    table.row(goals.START, statistics.median(times))
    table.note(f"rounds: {', '.join(f'{seconds:.2f}' for seconds in times)}")


def _start(data: Path, journals: Journals) -> float:
    port = free_port()
    environment = {name: value for name, value in CLEAN.items() if not name.startswith(("MAKE", "MFLAGS"))}
    environment |= {**ENVIRONMENT, "NIGHTLIGHT_DATA": str(data), "PORT": str(port)}
    command = ["make", "--no-print-directory", "run"]
    start = time.perf_counter()
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    browser = Browser(port, journals.untouched)
    try:
        while True:
            try:
                browser.get("/tonight/")
                return time.perf_counter() - start
            except OSError:
                browser.close()
                if server.poll() is not None or time.perf_counter() - start > PATIENCE:
                    assert server.stderr is not None
                    said = server.stderr.read().decode() if server.poll() is not None else "no answer"
                    raise UnexpectedAnswer(f"`make run` did not start the site: {said}") from None
                time.sleep(EVERY)
    finally:
        browser.close()
        members = family(server.pid)
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
        wait_until(lambda: not members.keys() & processes().keys())  # the next start has the machine to itself
