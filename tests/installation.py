"""A whole installation of the tests' own: the real commands and the real server on a folder of theirs."""

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


def manage(data: Path, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    settings = {**CLEAN, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(data), **env}
    return subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=settings, capture_output=True, text=True, check=False)


def free_port() -> int:
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
        """What the form of this page carries by itself."""
        return dict(re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', self.get(path)))

    def post(self, path: str, fields: dict[str, str]) -> str:
        with self.opener.open(self.site + path, data=urlencode(fields).encode(), timeout=10) as response:
            text: str = response.read().decode()
            return text

    def send(self, path: str, **fields: str) -> str:
        return self.post(path, {**self.fields(path), **fields})


def processes() -> dict[int, tuple[int, str]]:
    """Parent and command line of every process that runs; a zombie does not."""
    listing = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=3) for line in listing.splitlines()]
    return {int(row[0]): (int(row[1]), row[3]) for row in rows if len(row) == 4 and not row[2].startswith("Z")}


def family(pid: int) -> dict[int, str]:
    """The command lines of a process and all that it has started, and they in turn."""
    running = processes()
    found: set[int] = set()
    more = {pid} & running.keys()
    while more - found:
        found |= more
        more = {child for child, (parent, _command) in running.items() if parent in found}
    return {child: running[child][1] for child in found}


def wait_until(what: Callable[[], object], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it has not come about"
        time.sleep(0.05)


@contextmanager
def started(data: Path, *command: str, **env: str) -> Iterator[tuple[subprocess.Popen[bytes], Visitor, Path]]:
    """A site that `manage.py COMMAND` serves, as soon as it is ready, and the file that its output goes to."""
    port = free_port()
    log = data.parent / f"log-{port}"
    settings = {**CLEAN, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(data), "PORT": str(port), "NIGHTLIGHT_WORKERS": "2", **env}
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=settings, stdout=output, stderr=output, start_new_session=True
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
    with started(data, "start", **env) as (_server, visitor, log):
        yield visitor, log
