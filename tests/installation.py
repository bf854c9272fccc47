"""A whole installation for a test: the real commands and the real server, on a data folder of its own."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTLIGHT_", "DJANGO_", "DATABASE_URL", "COV"))}


def manage(data: Path, *command: str, typed: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py COMMAND` on this data folder, whatever its status; `typed` is its standard input."""
    settings = {**CLEAN, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(data), **env}
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=settings, input=typed, capture_output=True, text=True, check=False
    )


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Visitor:
    """A browser without scripts: keeps cookies, sends forms."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> str:
        with self.opener.open(self.site + path, timeout=10) as response:
            text: str = response.read().decode()
            return text

    def fields(self, path: str) -> dict[str, str]:
        """What the form of this page sends by itself."""
        return dict(re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', self.get(path)))

    def post(self, path: str, fields: dict[str, str]) -> str:
        with self.opener.open(self.site + path, data=urlencode(fields).encode(), timeout=10) as response:
            text: str = response.read().decode()
            return text

    def send(self, path: str, **fields: str) -> str:
        """Fill in the form of this page and send it."""
        return self.post(path, {**self.fields(path), **fields})


def processes() -> dict[int, tuple[int, str]]:
    """The parent and the command line of every process, without those that have ended."""
    listing = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=3) for line in listing.splitlines()]
    return {int(row[0]): (int(row[1]), row[3]) for row in rows if len(row) == 4 and not row[2].startswith("Z")}


def family(pid: int) -> dict[int, str]:
    """The command lines of a process and of all its descendants."""
    running = processes()
    members: set[int] = set()
    more = {pid} & running.keys()
    while more - members:
        members |= more
        more = {child for child, (parent, _command) in running.items() if parent in members}
    return {member: running[member][1] for member in members}


def wait_until(condition: Callable[[], object], *, seconds: float = 20) -> None:
    """Return as soon as the condition is true, and fail where it is not within these seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not true after {seconds} seconds"
        time.sleep(0.05)


@contextmanager
def started(
    data: Path, *command: str, root: Path | str = ROOT, python: str = sys.executable, **env: str
) -> Iterator[tuple[subprocess.Popen[bytes], Visitor, Path]]:
    """The server that `manage.py COMMAND` starts, once it is ready; a visitor to it, and the file with its output. Ends with the block.

    `root` is the checkout that it is started in, with its `python`.
    """
    port = free_port()
    log = data.parent / f"log-{port}"
    settings = {**CLEAN, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(data), "PORT": str(port), "NIGHTLIGHT_WORKERS": "2", **env}
    with log.open("w") as output:
        server = subprocess.Popen(
            [python, "manage.py", *command], cwd=root, env=settings, stdout=output, stderr=output, start_new_session=True
        )
    visitor = Visitor(f"http://127.0.0.1:{port}")
    try:
        for _ in range(300):
            try:
                visitor.get("/readyz")
                break
            except (urllib.error.URLError, ConnectionError):
                if server.poll() is not None:
                    raise RuntimeError(log.read_text()) from None
                time.sleep(0.1)
        else:
            raise RuntimeError(log.read_text())
        yield server, visitor, log
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def running(data: Path, **env: str) -> Iterator[tuple[Visitor, Path]]:
    """A visitor to a site that `manage.py start` serves, and the file with its output."""
    with started(data, "start", **env) as (_server, visitor, log):
        yield visitor, log
