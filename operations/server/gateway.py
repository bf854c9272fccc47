"""From HTTP to the WSGI application, one request at a time: granian runs one `Gateway` in each process.

Requests are received whole, as many at once as there are connections, before one takes the application's only thread; so
nobody holds it by sending or reading slowly. The application is told only what WSGI and HTTP define: no variable of the
process's environment, and no header whose name could be taken for another's.
"""

import asyncio
import contextlib
import io
import logging
import resource
import socket
import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from queue import SimpleQueue
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]

from common.http import REFUSED_BODY
from operations.server.bodies import Bodies, Refused

logger = logging.getLogger("nightlight.server")

CHUNKED = "HTTP_TRANSFER_ENCODING"
READING_TIMEOUT = 30  # seconds in which a client has to take some of its answer
SETTLED_TOGETHER = 16  # requests, at most

type Response = tuple[int, list[tuple[str, str]], bytes]

_BASE: WSGIEnvironment = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": False,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
_FAILED: Response = (500, [("Content-Type", "text/plain")], b"Something went wrong at our end.\n")


class Gateway:
    """An RSGI application that serves a WSGI application."""

    def __init__(self, application: WSGIApplication, bodies: Bodies) -> None:
        self.application, self.bodies = application, bodies
        self.calls: SimpleQueue[tuple[WSGIEnvironment, HTTPProtocol, asyncio.Future[None]]] = SimpleQueue()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        raise_file_limit()
        loop.call_soon(limit_slow_readers, loop)
        # Daemon: a request that is still served when the server's patience ends does not keep the process alive.
        threading.Thread(target=self._serve, name="application", daemon=True).start()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        try:
            environment = environ(scope)
        except ValueError:
            return protocol.response_str(HTTPStatus.BAD_REQUEST, [("Content-Type", "text/plain")], "There is more than one Host.\n")
        if CHUNKED in environment:  # broken off, it could not be told from a whole one; browsers state a length
            return protocol.response_str(HTTPStatus.LENGTH_REQUIRED, [("Content-Type", "text/plain")], "A body has to state its length.\n")
        if "CONTENT_LENGTH" not in environment:
            return await self._call(environment, protocol)
        try:
            async with self.bodies.received(environment, protocol) as body:
                await self._call(with_body(environment, body), protocol)
        except Refused as refusal:
            await self._call(with_body(environment, b"") | {REFUSED_BODY: refusal.status.value}, protocol)

    def _call(self, environment: WSGIEnvironment, protocol: HTTPProtocol) -> asyncio.Future[None]:
        """Have the application answer. Done some time after it has."""
        answered: asyncio.Future[None] = self.loop.create_future()
        self.calls.put((environment, protocol, answered))
        return answered

    def _serve(self) -> None:
        """The application's thread.

        It answers by itself: `HTTPProtocol` may be used from any thread. To wake the loop after each answer would cost as much
        again as all else that is done here, so the loop learns of several at once, unless there is nothing else to do.
        """
        answered: list[asyncio.Future[None]] = []
        while True:
            environment, protocol, future = self.calls.get()
            try:
                protocol.response_bytes(*respond(self.application, environment))
            except BaseException as error:  # also what libraries in Rust panic with: without this thread nobody is served
                logger.error("The application failed", exc_info=error)
                protocol.response_bytes(*_FAILED)
            answered.append(future)
            # A body is held until then.
            if self.calls.empty() or "CONTENT_LENGTH" in environment or len(answered) == SETTLED_TOGETHER:
                self.loop.call_soon_threadsafe(_settle, answered)
                answered = []


def _settle(answered: list[asyncio.Future[None]]) -> None:
    for future in answered:
        if not future.done():  # the client may have gone meanwhile
            future.set_result(None)


@lru_cache(maxsize=256)
def variable(header: str) -> str | None:
    """The variable of a WSGI environ for a header, whose name is in lower case.

    None for a name that could be taken for another's there, such as `x_forwarded_for`.
    """
    if not header.replace("-", "").isalnum():
        return None
    name = header.upper().replace("-", "_")
    return name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"


def environ(scope: Scope) -> WSGIEnvironment:
    """What PEP 3333 defines, for a request without a body, and nothing else. Raises `ValueError` where a request names several hosts."""
    host, _colon, port = scope.server.rpartition(":")
    result: WSGIEnvironment = {
        **_BASE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
    }
    for header, value in scope.headers.items():
        name = variable(header)
        if name is None:
            continue
        if name not in result:
            result[name] = value
        elif name == "HTTP_HOST":
            raise ValueError("a request names several hosts")
        else:
            result[name] += ("; " if name == "HTTP_COOKIE" else ", ") + value
    return result


def with_body(environment: WSGIEnvironment, body: bytes) -> WSGIEnvironment:
    """The environ with a body that was received, whose length it states."""
    return environment | {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}


def respond(application: WSGIApplication, environment: WSGIEnvironment) -> Response:
    """The application's whole response. Raises what the application raises."""
    begun: list[tuple[int, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None, /) -> Callable[[bytes], object]:
        begun[:] = [(int(status[:3]), headers)]
        return written.append

    start: StartResponse = start_response
    content = application(environment, start)
    try:
        body = b"".join(content)
    finally:
        close = getattr(content, "close", None)
        if close is not None:
            close()
    [(status, headers)] = begun
    return status, headers, b"".join(written) + body


def raise_file_limit() -> None:
    """Let this process have as many connections open as the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def limit_slow_readers(loop: asyncio.AbstractEventLoop) -> None:
    """Have the system end connections that take nothing of their answer for `READING_TIMEOUT`; it does so on Linux alone.

    The sockets that this process listens on pass the option to their connections. The server binds them a moment after it
    has begun its loop.
    """
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        return
    found = False
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # not a socket, or closed meanwhile
            candidate = socket.socket(fileno=int(path.name))
            try:
                if candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, READING_TIMEOUT * 1000)
                    found = True
            finally:
                candidate.detach()  # the server closes it
    if not found:
        loop.call_later(0.05, limit_slow_readers, loop)
