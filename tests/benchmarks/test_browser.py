"""What measures asks as a browser does, and measures nothing but the page."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from benchmarks.browser import Browser, UnexpectedAnswer

PAGE = '<form><input type="hidden" name="night" value="2026-03-01"><input type="hidden" name="words" value="a &amp; b"></form>'


class Handler(BaseHTTPRequestHandler):
    """Answers by the address that is asked for."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[dict[str, str]]] = []
    connections: ClassVar[set[tuple[str, int]]] = set()

    def do_GET(self) -> None:
        self.asked.append({name.lower(): value for name, value in self.headers.items()})
        self.connections.add(self.client_address)
        match self.path:
            case "/chunks":
                self.answer(200, b"3\r\n<p>\r\n4\r\nrain\r\n0\r\n\r\n", ("Transfer-Encoding", "chunked"))
            case "/compressed":
                self.answer(200, gzip.compress(PAGE.encode()), ("Content-Encoding", "gzip"))
            case "/closes":
                self.answer(200, b"last", ("Connection", "close"), length=False)
            case "/sets":
                self.answer(200, b"", ("Set-Cookie", "used=later; Path=/; HttpOnly"))
            case "/moved":
                self.answer(302, b"", ("Location", "/accounts/login/"))
            case "/gone":
                self.answer(404, b"not here")
            case _:
                self.answer(200, PAGE.encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def answer(self, status: int, body: bytes, *headers: tuple[str, str], length: bool = True) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if length and "Transfer-Encoding" not in dict(headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


@pytest.fixture
def visitor() -> Iterator[Browser]:
    Handler.asked.clear()
    Handler.connections.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    browser = Browser(server.server_port, {"session": "abc", "used": "now"})
    yield browser
    browser.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_sends_what_a_browser_sends_on_one_connection(visitor: Browser) -> None:
    visitor.get("/")
    visitor.get("/")

    [first, _second] = Handler.asked
    assert first["cookie"] == "session=abc; used=now"
    assert first["accept-encoding"] == "gzip"
    assert "en" in first["accept-language"]
    assert len(Handler.connections) == 1


def test_takes_the_cookies_that_are_set(visitor: Browser) -> None:
    visitor.get("/sets")
    visitor.get("/")

    assert Handler.asked[-1]["cookie"] == "session=abc; used=later"


@pytest.mark.parametrize("path", ["/", "/compressed"])
def test_reads_what_a_form_sends_by_itself(visitor: Browser, path: str) -> None:
    assert visitor.fields(path) == {"night": "2026-03-01", "words": "a & b"}


def test_reads_a_page_in_chunks(visitor: Browser) -> None:
    assert visitor.get("/chunks").text == "<p>rain"
    assert visitor.get("/").text == PAGE


def test_opens_a_connection_again_that_the_server_closed(visitor: Browser) -> None:
    assert visitor.get("/closes").text == "last"
    assert visitor.get("/").text == PAGE
    assert len(Handler.connections) == 2


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/gone", "GET /gone answered 404, and not 200: nothing is measured of it."),
        ("/moved", "GET /moved answered 302, to /accounts/login/, and not 200: nothing is measured of it."),
    ],
)
def test_stops_where_an_answer_is_not_the_page(visitor: Browser, path: str, message: str) -> None:
    with pytest.raises(UnexpectedAnswer) as stopped:
        visitor.get(path)

    assert str(stopped.value) == message


def test_a_form_may_lead_to_another_page_but_not_fail(visitor: Browser) -> None:
    assert visitor.post("/moved", {"text": "We read."}).status == 302
    with pytest.raises(UnexpectedAnswer, match="POST /gone answered 404, and not 200 or 302"):
        visitor.post("/gone", {"text": "We read."})
