"""operations.server.gateway and bodies, on the real web server: what reaches the application, and what holds up nobody."""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from operations.server.gateway import READING_TIMEOUT
from tests.installation import CLEAN, ROOT, free_port, wait_until
from tests.operations.server.echo import BUDGET, LIMIT

pytestmark = pytest.mark.processes

COOKIE = "Cookie: a=b\r\n"


@dataclass(frozen=True, slots=True)
class Echo:
    """The server: each call has a connection of its own."""

    port: int
    process: subprocess.Popen[bytes]

    def connect(self, request: str | bytes = b"") -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(request.encode() if isinstance(request, str) else request)
        return connection

    def raw(self, request: str | bytes) -> bytes:
        """All that is answered until the server closes the connection."""
        with self.connect(request) as connection:
            return read(connection)

    def status(self, request: str | bytes) -> int:
        """The status of the answer, for a request whose rest the server does not read."""
        with self.connect() as connection:
            with contextlib.suppress(OSError):
                connection.sendall(request.encode() if isinstance(request, str) else request)
            return int(connection.recv(65536).split()[1])

    def seen(self, request: str | bytes, *, status: int = 200) -> dict[str, Any]:
        """What the application says it was seen."""
        return facts(self.raw(request), status=status)


def read(connection: socket.socket) -> bytes:
    answer = b""
    while part := connection.recv(65536):
        answer += part
    return answer


def facts(answer: bytes, *, status: int = 200) -> dict[str, Any]:
    head, _blank, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), head
    seen: dict[str, Any] = json.loads(body)
    return seen


def get(path: str = "/", headers: str = "") -> str:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"


def post(length: int, body: str = "", headers: str = COOKIE) -> str:
    return f"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"


@pytest.fixture(scope="module")
def echo() -> Iterator[Echo]:
    """One process of the web server."""
    port = free_port()
    command = [sys.executable, "-m", "tests.web_server", str(port), "1", "tests.operations.server.echo:application"]
    env = {**CLEAN, "A_SECRET": "of the environment"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, process_group=0)
    server = Echo(port, process)

    def answers() -> bool:
        try:
            return bool(server.raw(get()))
        except OSError:
            return False

    try:
        wait_until(answers)
        yield server
    finally:
        process.terminate()
        process.communicate(timeout=20)


class EnvironTests:
    def test_holds_what_wsgi_and_http_define_and_nothing_of_the_process(self, echo: Echo) -> None:
        seen = echo.seen(get("/a%2Fb/%C3%A9?c=%25", "User-Agent: a test\r\n"))["seen"]

        assert seen.pop("SERVER_PORT") == str(echo.port)
        assert seen == {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/a/b/Ã©",
            "QUERY_STRING": "c=%25",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_CONNECTION": "close",
            "HTTP_USER_AGENT": "a test",
            "wsgi.url_scheme": "http",
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }

    def test_knows_no_header_whose_name_could_be_taken_for_another(self, echo: Echo) -> None:
        forged = "X_Forwarded_For: 1.1.1.1\r\nX-Forwarded_Proto: https\r\nX.Forwarded.Host: evil\r\nCONTENT_TYPE: evil\r\n"

        seen = echo.seen(get(headers=f"{forged}X-Forwarded-For: 2.2.2.2\r\n"))["seen"]

        assert seen["HTTP_X_FORWARDED_FOR"] == "2.2.2.2"
        assert not [name for name in seen if "PROTO" in name and name != "SERVER_PROTOCOL"]
        assert "evil" not in seen.values()

    def test_joins_what_is_sent_twice(self, echo: Echo) -> None:
        seen = echo.seen(get(headers="X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\nCookie: a=1\r\nCookie: b=2\r\n"))["seen"]

        assert (seen["HTTP_X_FORWARDED_FOR"], seen["HTTP_COOKIE"]) == ("1.1.1.1, 2.2.2.2", "a=1; b=2")

    @pytest.mark.parametrize(
        "request_",
        [get(headers="Host: evil\r\n"), get("/?a=\xff").encode("latin-1"), "GET / HTTP/9\r\n\r\n", get(headers="Content-Length: x\r\n")],
        ids=["two hosts", "a query that is no text", "no version", "no length"],
    )
    def test_is_not_made_of_a_malformed_request(self, echo: Echo, request_: str | bytes) -> None:
        assert echo.raw(request_).startswith(b"HTTP/1.1 400 ")

    def test_a_header_line_is_not_endless(self, echo: Echo) -> None:
        assert echo.status(get(headers=f"X-Long: {'a' * 1_000_000}\r\n")) == 431

    @pytest.mark.parametrize("path", ["/fails", "/ends"])
    def test_a_failing_application_is_a_500_that_tells_nothing(self, echo: Echo, path: str) -> None:
        answer = echo.raw(get(path))

        assert answer.startswith(b"HTTP/1.1 500 ")
        assert b"wrote" not in answer
        assert echo.seen(get())


class BodyTests:
    def test_arrives_whole(self, echo: Echo) -> None:
        with echo.connect(post(6, "abc")) as connection:
            time.sleep(0.1)
            connection.sendall(b"def")
            seen = facts(read(connection))

        assert (seen["body"], seen["seen"]["CONTENT_LENGTH"]) == ("abcdef", "6")

    @pytest.mark.parametrize("headers", [COOKIE, f"{COOKIE}Content-Length: 6\r\n"], ids=["without", "with"])
    def test_in_chunks_is_asked_for_its_length(self, echo: Echo, headers: str) -> None:
        """An end of the connection is an end of the chunks, too, where nobody said how many there would be."""
        head = get(headers=f"{headers}Transfer-Encoding: chunked\r\n").replace("GET", "POST")

        assert echo.raw(head + "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n").startswith(b"HTTP/1.1 411 ")

    @pytest.mark.parametrize("sent", [0, 1, 20_000])
    def test_that_is_broken_off_is_not_taken_for_a_whole_one(self, echo: Echo, sent: int) -> None:
        with echo.connect(post(20_001, "a" * sent)) as connection:
            connection.shutdown(socket.SHUT_WR)
            answer = read(connection)

        assert answer == b"" or facts(answer, status=408)["length"] == 0

    def test_is_never_a_file(self, echo: Echo) -> None:
        seen = echo.seen(post(LIMIT, "a" * LIMIT))

        assert (seen["length"], seen["files"]) == (LIMIT, [])

    @pytest.mark.parametrize("headers", [COOKIE, ""], ids=["known", "stranger"])
    def test_longer_than_its_sender_may_send_is_refused_once_it_is_sent(self, echo: Echo, headers: str) -> None:
        limit = LIMIT if headers else 10

        assert echo.seen(post(limit, "a" * limit, headers))["length"] == limit
        seen = echo.seen(post(limit + 1, "a" * (limit + 1), headers), status=413)

        assert (seen["length"], seen["seen"]["CONTENT_LENGTH"]) == (0, "0")

    def test_of_any_length_is_not_asked_for(self, echo: Echo) -> None:
        assert b" 413 " in echo.raw(post(11, headers="Expect: 100-continue\r\n"))[:20]
        assert b" 413 " in echo.raw(post(10**9))[:20]

    def test_that_does_not_arrive_is_refused_after_its_deadline_however_it_trickles(self, echo: Echo) -> None:
        with echo.connect(post(1000, "a")) as connection:
            connection.settimeout(0.2)
            answer = b""
            for _ in range(100):
                try:
                    answer = connection.recv(65536)
                    break
                except TimeoutError:
                    connection.sendall(b"b")

        assert answer.startswith(b"HTTP/1.1 408 ")

    def test_that_goes_on_arriving_has_longer(self, echo: Echo) -> None:
        """A second for each 50,000 bytes, beyond the deadline of less than one."""
        with echo.connect(post(100_000, "a" * 90_000)) as connection:
            time.sleep(1.2)
            connection.sendall(b"b" * 10_000)

            assert facts(read(connection))["length"] == 100_000

    def test_that_is_broken_off_or_malformed_harms_nobody(self, echo: Echo) -> None:
        echo.connect(post(1000, "a")).close()
        head = get(headers=f"{COOKIE}Transfer-Encoding: chunked\r\n").replace("GET", "POST")
        with echo.connect(f"{head}not a length\r\n"):
            assert echo.seen(post(1, "a"))["length"] == 1

    def test_the_longest_unfinished_gives_way_where_all_are_too_much(self, echo: Echo) -> None:
        size = LIMIT - 1
        unfinished = [echo.connect(post(LIMIT, "a" * size)) for _ in range(BUDGET // size)]
        time.sleep(0.2)

        seen = echo.seen(post(LIMIT, "b" * LIMIT))

        assert seen["length"] == LIMIT
        answers = [read(connection) for connection in unfinished]
        for connection in unfinished:
            connection.close()
        assert [answer[9:12] for answer in answers].count(b"503") == 1
        assert all(answer[9:12] in {b"503", b"408"} for answer in answers)


class SlowClientTests:
    @pytest.mark.parametrize(
        "opening",
        [
            "",
            "GET / HTTP/1.1\r\nHost: localhost\r\n",
            post(100_000, "a"),
            get(headers=f"{COOKIE}Transfer-Encoding: chunked\r\n") + "5\r\na",
        ],
        ids=["idle", "headers", "body", "chunks"],
    )
    def test_hold_up_nobody(self, echo: Echo, opening: str) -> None:
        connections = [echo.connect(opening) for _ in range(50)]
        try:
            assert echo.seen(get())
        finally:
            for connection in connections:
                connection.close()

    @pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system cannot")
    def test_that_read_nothing_are_given_up_by_the_system(self, echo: Echo) -> None:
        assert set(echo.seen(get())["reading_timeouts"]) == {READING_TIMEOUT * 1000}


def test_a_request_is_finished_before_the_server_ends(echo: Echo) -> None:
    with ThreadPoolExecutor(1) as sender:
        answer = sender.submit(echo.raw, get("/slow"))
        time.sleep(0.3)
        echo.process.terminate()

        assert facts(answer.result())
    assert echo.process.wait(20) == 0
