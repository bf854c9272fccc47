"""A site that says what it was seen, behind a gateway with small limits: test_gateway.py runs it on the real server."""

import contextlib
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from common.http import REFUSED_BODY
from operations.server.bodies import Bodies
from operations.server.gateway import Gateway

LIMIT = 100_000
BUDGET = 250_000
DEADLINE = 0.8  # seconds
SLOWEST = 50_000  # bytes a second

FOLDER = tempfile.gettempdir()
opened: list[str] = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event in {"open", "tempfile.mkstemp"} else None)


def reading_timeouts() -> Iterator[int]:
    """Of every connection of this process, and of what it listens on."""
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            candidate = socket.socket(fileno=int(path.name))
            try:
                if candidate.family == socket.AF_INET and (
                    candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) or candidate.getpeername()
                ):
                    yield candidate.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            finally:
                candidate.detach()


def site(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    path = environment["PATH_INFO"]
    if path == "/fails":
        raise RuntimeError("what somebody wrote")
    if path == "/ends":
        raise SystemExit("what somebody wrote")
    if path == "/slow":
        time.sleep(0.7)
    body = environment["wsgi.input"].read()
    seen = {name: value for name, value in environment.items() if isinstance(value, str | int | bool)}
    facts = {"seen": seen, "body": body.decode("latin-1")[:100], "length": len(body), "process": os.getpid()}
    facts["files"] = [name for name in opened if name.startswith(FOLDER)]
    facts["reading_timeouts"] = list(reading_timeouts())
    start_response(f"{environment.get(REFUSED_BODY, 200)} Told", [("Content-Type", "application/json")])
    return [json.dumps(facts).encode()]


application = Gateway(
    site,
    Bodies(lambda environment: 10 if "HTTP_COOKIE" not in environment else LIMIT, deadline=DEADLINE, slowest=SLOWEST, budget=BUDGET),
)
