"""operations.compression: which answers go compressed, and that they say so."""

import gzip
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from accounts.models import User
from operations.compression import WORTHWHILE, CompressionMiddleware
from tests.factories import make_user
from tests.helpers import signed_in

TEXT = "<p>A lamp on the bedside table.</p>" * 100


def answered(
    response: HttpResponseBase, accept: str | None = "gzip, deflate, br", method: str = "get", site: str = "same-origin"
) -> HttpResponseBase:
    encoding = {} if accept is None else {"Accept-Encoding": accept}
    request: HttpRequest = getattr(RequestFactory(), method)("/", headers={"Sec-Fetch-Site": site, **encoding})
    return CompressionMiddleware(lambda _request: response)(request)  # type: ignore[return-value]


def page(**headers: str) -> HttpResponse:
    return HttpResponse(TEXT, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("accept", ["gzip", "gzip, deflate, br, zstd", "br;q=1, gzip;q=0.5"])
def test_a_page_is_compressed_for_who_accepts_it(accept: str) -> None:
    response = answered(page(), accept)

    assert isinstance(response, HttpResponse)
    assert gzip.decompress(response.content).decode() == TEXT
    assert response.headers["Content-Encoding"] == "gzip"
    assert int(response.headers["Content-Length"]) == len(response.content) < len(TEXT) / 10
    assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accept", [None, "", "identity", "br", "gzip;q=0", "gzip; q=0.000, br", "br, gzip ;q=0", "x-gzipped"])
def test_a_page_is_not_compressed_for_who_does_not(accept: str | None) -> None:
    response = answered(page(), accept)

    assert isinstance(response, HttpResponse)
    assert response.content.decode() == TEXT
    assert "Content-Encoding" not in response.headers
    assert response.headers["Vary"] == "Accept-Encoding"  # whatever keeps it must not give it to somebody else


def test_a_page_that_another_site_opens_is_not_compressed() -> None:
    opened, typed = answered(page(), site="cross-site"), answered(page(), site="none")

    assert isinstance(opened, HttpResponse)
    assert opened.content.decode() == TEXT
    assert typed.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "make",
    [
        lambda: HttpResponse("a" * (WORTHWHILE - 1)),
        lambda: JsonResponse({"state": "saved", "version": 3}),
        lambda: HttpResponse(TEXT, content_type="image/png"),
        lambda: HttpResponse(TEXT, content_type="font/woff2"),
        lambda: HttpResponse(TEXT, content_type="application/octet-stream"),
        lambda: HttpResponse(TEXT, headers={"Content-Encoding": "br"}),
        lambda: HttpResponse(status=HTTPStatus.NO_CONTENT),
        lambda: HttpResponse(status=HTTPStatus.NOT_MODIFIED),
    ],
    ids=["short", "answer to a save", "picture", "font", "unknown", "encoded already", "nothing", "not modified"],
)
def test_what_gains_nothing_stays_as_it_is(make: Callable[[], HttpResponse]) -> None:
    response, before = answered(make()), make()

    assert isinstance(response, HttpResponse)
    assert (response.content, response.headers.get("Content-Encoding")) == (before.content, before.headers.get("Content-Encoding"))


@pytest.mark.parametrize(
    "type_", ["text/html; charset=utf-8", "text/plain", "text/javascript", "application/manifest+json", "image/svg+xml"]
)
def test_texts_of_every_kind_are_compressed(type_: str) -> None:
    assert answered(HttpResponse(TEXT, content_type=type_)).headers["Content-Encoding"] == "gzip"


def test_a_file_is_sent_as_it_is() -> None:
    response = answered(FileResponse(iter([TEXT.encode()]), content_type="text/plain"))

    assert "Content-Encoding" not in response.headers


def test_a_strong_etag_becomes_weak() -> None:
    assert answered(page(ETag='"one"')).headers["ETag"] == 'W/"one"'
    assert answered(page(ETag='W/"one"')).headers["ETag"] == 'W/"one"'
    assert answered(page(ETag='"one"'), "identity").headers["ETag"] == '"one"'


def test_the_same_page_has_many_lengths() -> None:
    """Whoever measures it from outside learns nothing of a byte or two."""
    lengths = {len(response.content) for _ in range(50) if isinstance(response := answered(page()), HttpResponse)}

    assert len(lengths) > 10
    assert max(lengths) - min(lengths) < 100


@pytest.mark.django_db
class PageTests:
    """On the whole site, where middleware has its order."""

    @pytest.fixture
    def person(self) -> User:
        return make_user(knows_leave=True)

    def test_a_private_page_is_compressed_and_kept_nowhere(self, person: User) -> None:
        client = signed_in(person)

        response = client.get("/accounts/settings/", headers={"Accept-Encoding": "gzip"})

        assert response.headers["Content-Encoding"] == "gzip"
        assert "no-store" in response.headers["Cache-Control"]
        assert {"Accept-Encoding", "Cookie"} <= set(response.headers["Vary"].split(", "))
        assert b"</html>" in gzip.decompress(response.content)

    def test_the_token_of_a_form_is_another_each_time(self, client: Client) -> None:
        """So no number of measurements comes closer to it."""
        pages = [gzip.decompress(client.get("/accounts/login/", headers={"Accept-Encoding": "gzip"}).content) for _ in range(2)]
        tokens = [page.split(b'name="csrfmiddlewaretoken" value="')[1][:64] for page in pages]

        assert tokens[0] != tokens[1]

    def test_a_head_has_no_body(self, client: Client) -> None:
        response = client.head("/accounts/login/", headers={"Accept-Encoding": "gzip"})

        assert (response.status_code, response.content) == (HTTPStatus.OK, b"")
