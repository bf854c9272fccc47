"""What a first visit of Tonight costs: every request and every byte, on the real server, with nothing in the browser's cache."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.chromium import PHONE
from tests.installation import Visitor, running

REQUESTS = 8  # the page, its style, two scripts, a font, drawings with the site's icon, the device's half of a key, the manifest
SIZE = 85_000  # bytes, headers included
PAGE = 6_600  # bytes of the page itself, of which 1,500 are headers


class Traffic:
    """What a page asks for, its service worker apart: address → bytes on the wire, headers included, 0 out of the browser's cache."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sizes: dict[str, int] = {}
        self._addresses: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", lambda event: self._addresses.update({event["requestId"]: event["request"]["url"]}))
        session.on("Network.loadingFinished", lambda event: self._end(event["requestId"], int(event["encodedDataLength"])))

    def _end(self, request: str, size: int) -> None:
        self.sizes[self._addresses[request]] = self.sizes.get(self._addresses[request], 0) + size

    def wait(self) -> None:
        """Wait until the service worker has all that it keeps, and every request has come to an end."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        self.page.wait_for_load_state("networkidle")
        assert self.sizes.keys() == set(self._addresses.values())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A real site, whose visitor has just signed up."""
    with running(tmp_path_factory.mktemp("first-visit") / "data") as (visitor, _log):
        visitor.send("/accounts/signup/", email="new@example.org", password1="a lamp, a page, a pen")
        yield visitor


@pytest.fixture
def traffic(browser: Browser, site: Visitor) -> Iterator[Traffic]:
    """Of a phone that has never been here, but whose person is signed in."""
    context = browser.new_context(base_url=site.site, viewport=PHONE)
    context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": site.site} for cookie in site.cookies])
    yield Traffic(context.new_page())
    context.close()


def test_tonight_takes_few_requests_and_bytes_and_none_of_a_third_party(traffic: Traffic, site: Visitor) -> None:
    page = traffic.page
    page.goto("/tonight/")
    traffic.wait()
    # A browser without a window asks neither for the manifest nor for the icon.
    for rel in ("manifest", "icon"):
        address = urljoin(site.site, page.locator(f"link[rel={rel}]").get_attribute("href") or "")
        if address not in traffic.sizes:
            answer = page.request.get(address)
            assert answer.ok
            traffic.sizes[address] = len(answer.body()) + len(str(answer.headers))

    assert all(address.startswith(site.site) for address in traffic.sizes)
    assert len(traffic.sizes) <= REQUESTS, traffic.sizes
    assert sum(traffic.sizes.values()) < SIZE, traffic.sizes
    assert traffic.sizes[f"{site.site}/tonight/"] < PAGE


def test_the_service_worker_takes_what_the_page_has_fetched_out_of_the_browsers_cache(traffic: Traffic) -> None:
    requests: list[Request] = []
    traffic.page.context.on("request", lambda request: requests.append(request) if request.service_worker else None)
    traffic.page.goto("/tonight/")
    traffic.wait()
    kept = traffic.page.evaluate("""async () => {
      const name = (await caches.keys()).find((name) => name.startsWith("shell-"));
      return (await (await caches.open(name)).keys()).map((request) => request.url);
    }""")

    fetched = {request.url for request in requests if request.sizes()["responseBodySize"] > 0}
    assert f"{urlsplit(traffic.page.url)._replace(path='/offline/').geturl()}" in fetched
    assert len(fetched & set(kept)) <= 3, fetched  # the offline page, its script, and the italic that Tonight does not show
    assert not fetched & {address for address, size in traffic.sizes.items() if size}


def test_every_kind_of_page_has_its_script_whole(traffic: Traffic) -> None:
    """Whatever one page of a kind runs, no error comes of joining."""
    errors: list[str] = []
    traffic.page.on("pageerror", lambda error: errors.append(str(error)))
    for path in (
        "/tonight/",
        "/journal/",
        "/journal/new/",
        "/prompts/hard-nights/work-ate-the-day/",
        "/offline/",
        "/accounts/logout/",
        "/nowhere/",
    ):
        traffic.page.goto(path)
        script = traffic.page.locator("script[type=module]").last.get_attribute("src")
        assert str(script).startswith("/static/joined/"), path

    assert errors == []
