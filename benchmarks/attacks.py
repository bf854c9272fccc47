"""Whether the site still answers while somebody wears its server out: `python -m benchmarks.attacks [SECONDS]`.

Each attack holds its connections for so many seconds. Meanwhile one honest visitor opens a new connection for each
request, as browsers behind a proxy do, and asks in turn for the health page and for a signed-in person's Tonight. A line
says how often each was answered, how long the median and the slowest took, and what memory the server's processes use.
The site is a temporary installation; with NIGHTLIGHT_ATTACK_PORT and a cookie it is the one that listens there. The
figures are to be read: nothing is asserted. `tests/operations/server` holds what must not change.
"""

import contextlib
import http.client
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.installation import ROOT, family, manage, started

MANY = 200
PATIENCE = 10.0  # seconds after which the honest visitor gives up
HEAD = "Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
COOKIE = f"Cookie: nightlight-csrf={'a' * 32}; nightlight-session={'b' * 32}\r\n"  # forged: whoever attacks has both
POST = f"POST /accounts/login/ HTTP/1.1\r\n{HEAD}{COOKIE}"
LARGE_PAGE = "/static/" + max((file.stat().st_size, str(file.relative_to(ROOT / "static"))) for file in (ROOT / "static").rglob("*.*"))[1]


@dataclass(frozen=True, slots=True)
class Attack:
    """`connections` that each send `opening`, and then `every_second` as long as it lasts; with `reads`, they also read that
    many bytes a second."""

    name: str
    connections: int
    opening: bytes = b""
    every_second: bytes = b""
    reads: int = 0


ATTACKS = [
    Attack("none", 0),
    Attack("idle connections", MANY),
    Attack("slow headers", MANY, f"GET /healthz HTTP/1.1\r\n{HEAD}".encode(), b"X-Slow: 1\r\n"),
    Attack("two slow bodies", 2, f"{POST}Content-Length: 100000\r\n\r\na=".encode()),
    Attack("slow bodies", MANY, f"{POST}Content-Length: 100000\r\n\r\na=".encode()),
    Attack("trickling bodies", MANY, f"{POST}Content-Length: 100000\r\n\r\na=".encode(), b"b"),
    Attack("trickling chunks", MANY, f"{POST}Transfer-Encoding: chunked\r\n\r\n".encode(), b"1\r\nb\r\n"),
    Attack("slow readers", MANY, f"GET {LARGE_PAGE} HTTP/1.1\r\n{HEAD}\r\n".encode() * 20, reads=100),
    Attack("large bodies", 40, f"{POST}Content-Length: 12000000\r\n\r\n".encode() + b"a" * 11_000_000),
    Attack("more idle connections", 1500),
]


@dataclass
class Answers:
    milliseconds: list[float] = field(default_factory=list)
    failed: int = 0

    def line(self) -> str:
        if not self.milliseconds:
            return f"{0:>6}{self.failed:>8}{'-':>9}{'-':>9}"
        return f"{len(self.milliseconds):>6}{self.failed:>8}{statistics.median(self.milliseconds):>9.1f}{max(self.milliseconds):>9.1f}"


@contextlib.contextmanager
def under(attack: Attack, port: int) -> Iterator[None]:
    """The attack goes on while the block runs."""
    connections: list[socket.socket] = []
    ended = threading.Event()

    def open_all() -> None:
        for _ in range(attack.connections):
            if ended.is_set():
                return
            connection = socket.socket()
            if attack.reads:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(0.5)
            with contextlib.suppress(OSError):
                connection.connect(("127.0.0.1", port))
                connections.append(connection)
                connection.sendall(attack.opening)

    def go_on() -> None:
        open_all()
        while not ended.wait(1):
            for connection in connections:
                connection.settimeout(0)
                with contextlib.suppress(OSError):
                    connection.send(attack.every_second)
                with contextlib.suppress(OSError):
                    connection.recv(attack.reads or 1)

    thread = threading.Thread(target=go_on)
    thread.start()
    time.sleep(2)
    try:
        yield
    finally:
        ended.set()
        thread.join()
        for connection in connections:
            connection.close()


def ask(port: int, path: str, cookie: str, answers: Answers) -> None:
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Cookie": cookie, "Connection": "close"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise OSError(response.status)
        answers.milliseconds.append((time.perf_counter() - start) * 1000)
    except (OSError, http.client.HTTPException):
        answers.failed += 1
    finally:
        connection.close()


def memory(pids: list[int]) -> float:
    """MB that these processes use together, each shared page counted in parts."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1000


def measure(port: int, cookie: str, seconds: float, pids: Callable[[], list[int]]) -> None:
    print(f"{'':<24}{'page':<10}{'answers':>6}{'failed':>8}{'median':>9}{'slowest':>9}{'MB':>8}   (ms; {seconds:.0f} s each)")
    for attack in ATTACKS:
        pages = {"/healthz": Answers(), "/tonight/": Answers()}
        with under(attack, port):
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                for path, answers in pages.items():
                    ask(port, path, cookie, answers)
                time.sleep(0.02)
            used = memory(pids())
        for path, answers in pages.items():
            print(f"{f'{attack.name} x {attack.connections}':<24}{path:<10}{answers.line()}{used:>8.0f}", flush=True)
        time.sleep(1)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8.0
    if port := os.environ.get("NIGHTLIGHT_ATTACK_PORT"):
        server = int(os.environ["NIGHTLIGHT_ATTACK_PID"])
        measure(int(port), os.environ["NIGHTLIGHT_ATTACK_COOKIE"], seconds, lambda: list(family(server)))
        return
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        manage(data, "prepare")
        with started(data, "start") as (process, visitor, _log):
            visitor.send("/accounts/signup/", email="bench@example.org", password1="a lamp, a page, a pen")
            cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)
            measure(int(visitor.site.rpartition(":")[2]), cookie, seconds, lambda: list(family(process.pid)))


if __name__ == "__main__":
    main()
