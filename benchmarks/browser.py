"""A browser's requests without a browser: one connection that is kept alive, with the headers and cookies of a browser.

It costs some 0.05 ms a request, where `http.client` costs 0.2: what is measured is the server. An answer that is not the
page ends the measurement, for what answers fast because it failed is worth no figure.
"""

import re
import select
import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from urllib.parse import urlencode

HEADERS = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\n"
    "Accept-Encoding: gzip\r\n"
    "Connection: keep-alive\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
)
PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
JSON = "application/json"
PATIENCE = 30.0  # seconds for an answer


class UnexpectedAnswer(Exception):
    """A page answered with something else than the page. The message says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came over the wire."""

    status: int
    head: bytes
    body: bytes  # compressed, where the server compressed it
    size: int  # bytes on the wire, with the head

    @property
    def text(self) -> str:
        is_compressed = b"\r\ncontent-encoding: gzip" in self.head.lower()
        return (zlib.decompress(self.body, zlib.MAX_WBITS | 32) if is_compressed else self.body).decode()


class Browser:
    """One connection to a server of this machine, opened again where the server closes it.

    `keeps_alive` is False for servers that close each connection without saying so.
    """

    def __init__(
        self, port: int, cookies: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None, *, keeps_alive: bool = True
    ) -> None:
        self.port, self.keeps_alive = port, keeps_alive
        self.cookies = dict(cookies or {})
        self.origin = f"http://127.0.0.1:{port}"
        self.headers = HEADERS + "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        self.socket: socket.socket | None = None

    def get(self, path: str) -> Answer:
        """The page at this address. Raises `UnexpectedAnswer` for anything but 200: a redirect is not the page."""
        answer = self._send(f"GET {path} HTTP/1.1\r\n{self._head(PAGE)}\r\n".encode())
        return self._expected("GET", path, answer, {HTTPStatus.OK})

    def post(self, path: str, fields: Mapping[str, object], *, accept: str = PAGE) -> Answer:
        """The answer to a form. Raises `UnexpectedAnswer` for anything but 200 and 302."""
        body = urlencode(fields).encode()
        head = f"Origin: {self.origin}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        answer = self._send(f"POST {path} HTTP/1.1\r\n{self._head(accept)}{head}\r\n".encode() + body)
        return self._expected("POST", path, answer, {HTTPStatus.OK, HTTPStatus.FOUND})

    def fields(self, path: str) -> dict[str, str]:
        """What the forms of this page send by themselves."""
        found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', self.get(path).text)
        return {name: unescape(value) for name, value in found}

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def _head(self, accept: str) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return f"Host: 127.0.0.1:{self.port}\r\nAccept: {accept}\r\n{self.headers}" + (f"Cookie: {cookies}\r\n" if cookies else "")

    @staticmethod
    def _expected(method: str, path: str, answer: Answer, expected: set[HTTPStatus]) -> Answer:
        if answer.status not in expected:
            to = re.search(rb"\r\nlocation: ([^\r]*)", answer.head, re.IGNORECASE)
            where = f", to {to[1].decode(errors='replace')}" if to else ""
            wanted = " or ".join(str(status.value) for status in sorted(expected))
            raise UnexpectedAnswer(f"{method} {path} answered {answer.status}{where}, and not {wanted}: nothing is measured of it.")
        return answer

    def _send(self, request: bytes) -> Answer:
        if self.socket is not None and self._is_closed(self.socket):
            self.close()
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            self._receive(received)
        head = bytes(received[:end])
        lower = head.lower()
        start = end + 4
        if (at := lower.find(b"\r\ncontent-length:")) >= 0:
            length = int(lower[at + 17 :].split(b"\r\n", 1)[0])
            while len(received) < start + length:
                self._receive(received)
            body = bytes(received[start : start + length])
        elif b"\r\ntransfer-encoding: chunked" in lower:
            body = self._chunks(received, start)
        else:
            body = self._rest(received)[start:]
        if not self.keeps_alive or b"\r\nconnection: close" in lower or lower.startswith(b"http/1.0"):
            self.close()
        if b"\r\nset-cookie:" in lower:
            for name, value in re.findall(r"\r\nset-cookie: ([^=;\r]+)=([^;\r]*)", head.decode("latin-1"), re.IGNORECASE):
                self.cookies[name] = value
        return Answer(status=int(head[9:12]), head=head, body=body, size=len(received))

    @staticmethod
    def _is_closed(connection: socket.socket) -> bool:
        """Whether the server has closed it meanwhile, as servers do with connections that were not used for some seconds."""
        return bool(select.select([connection], [], [], 0)[0])  # nothing is expected before a request is sent

    def _receive(self, received: bytearray) -> None:
        assert self.socket is not None
        more = self.socket.recv(262_144)
        if not more:
            self.close()
            raise UnexpectedAnswer("The server closed the connection before its answer was whole: its process may have ended.")
        received += more

    def _chunks(self, received: bytearray, at: int) -> bytes:
        body = b""
        while True:
            while (end := received.find(b"\r\n", at)) < 0:
                self._receive(received)
            length = int(bytes(received[at:end]).split(b";")[0], 16)
            while len(received) < end + 2 + length + 2:
                self._receive(received)
            if length == 0:
                return body
            body += received[end + 2 : end + 2 + length]
            at = end + 2 + length + 2

    def _rest(self, received: bytearray) -> bytes:
        assert self.socket is not None
        while more := self.socket.recv(262_144):
            received += more
        self.close()
        return bytes(received)
