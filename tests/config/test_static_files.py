"""config.static_files: static files are served as WhiteNoise serves them, whatever is asked for first."""

import contextlib
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from config.static_files import StaticFilesMiddleware

ASKED = [
    "/static/page.css",
    "/static/page.css.gz",
    "/static/icons/a.svg",
    "/static/",
    "/static/none.css",
    "/static/../secret",
    "/page.css",
    "/",
]

pytestmark = pytest.mark.django_db  # when a response is closed, Django looks after its connections

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    """The folder of collected files, with one above it that nobody may have."""
    settings.STATIC_ROOT = tmp_path / "static"
    (tmp_path / "secret").write_text("a key")
    (tmp_path / "static" / "icons").mkdir(parents=True)
    (tmp_path / "static" / "icons" / "a.svg").write_text("<svg/>")
    (tmp_path / "static" / "page.css").write_text("p { color: red } " * 100)
    (tmp_path / "static" / "page.css.gz").write_bytes(gzip.compress(b"p { color: red } " * 100))
    return tmp_path / "static"


def answer(middleware: Callable[[HttpRequest], HttpResponse], path: str, **headers: str) -> Answer:
    with contextlib.closing(middleware(RequestFactory().get(path, headers=headers))) as response:
        return response.status_code, dict(response.headers), b"".join(response)


def site(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page")


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip"}, {"Range": "bytes=0-4"}], ids=["plain", "compressed", "part"])
def test_answers_as_whitenoise_does(headers: dict[str, str]) -> None:
    ours, theirs = StaticFilesMiddleware(site), WhiteNoiseMiddleware(site)

    for path in [*ASKED, *ASKED]:
        assert answer(ours, path, **headers) == answer(theirs, path, **headers)
    assert answer(ours, "/static/page.css", **headers)[0] in {200, 206}


def test_serves_only_what_was_there_at_the_start(folder: Path) -> None:
    middleware = StaticFilesMiddleware(site)
    (folder / "later.css").touch()

    assert answer(middleware, "/static/later.css")[2] == b"a page"


def test_a_start_makes_up_no_files_headers() -> None:
    middleware = StaticFilesMiddleware(site)
    assert middleware.files == {}

    answer(middleware, "/static/page.css")

    assert set(middleware.files) == {"/static/page.css"}


def test_a_file_that_two_ask_for_at_once_is_served_to_both(monkeypatch: pytest.MonkeyPatch) -> None:
    middleware = StaticFilesMiddleware(site)
    make_up = middleware.get_static_file
    meanwhile: list[Answer] = []

    def interrupted(*args: Any, **kwargs: Any) -> object:
        if not meanwhile:  # another thread asks before the headers are made up
            meanwhile.append((0, {}, b""))
            meanwhile[0] = answer(middleware, "/static/page.css")
        return make_up(*args, **kwargs)

    monkeypatch.setattr(middleware, "get_static_file", interrupted)

    assert answer(middleware, "/static/page.css") == meanwhile[0]
    assert meanwhile[0][2].startswith(b"p { color: red }")
