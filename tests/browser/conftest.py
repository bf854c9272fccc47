"""A real Chromium, the one Debian packages, on pages served by the tests themselves."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from accounts.models import User
from tests.chromium import CHROMIUM, PHONE, QUIET
from tests.factories import make_prompt

PATIENCE = 30_000  # milliseconds: a busy machine is slow, and what comes about late has come about
expect.set_options(timeout=PATIENCE)


def eventually(page: Page, what: Callable[[], object]) -> None:
    """Wait until `what` is true, as when it looks into the database; the page goes on living meanwhile."""
    for _ in range(PATIENCE // 50):
        if what():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it has not come about")


class Served:
    """The requests that tests' own server has under way, and how many POSTs it has answered."""

    def __init__(self) -> None:
        self.under_way = self.posts = 0
        request_started.connect(self.begin, dispatch_uid="tests")
        request_finished.connect(self.end, dispatch_uid="tests")
        self.methods: dict[int, str] = {}

    def begin(self, environ: dict[str, Any] | None = None, **_signal: object) -> None:
        self.under_way += 1
        self.methods[threading.get_ident()] = (environ or {}).get("REQUEST_METHOD", "")

    def end(self, **_signal: object) -> None:
        self.under_way -= 1
        self.posts += self.methods.pop(threading.get_ident(), "") == "POST"


SERVED = Served()


class Sent:
    """What a browser has sent since this was made: its POSTs, and whether they have been answered."""

    def __init__(self, context: BrowserContext) -> None:
        self.posts, self.served_before = 0, SERVED.posts
        context.on("request", lambda request: self.count(request, 1))
        context.on("requestfailed", lambda request: self.count(request, -1))

    def count(self, request: Request, by: int) -> None:
        self.posts += by * (request.method == "POST")

    def wait_until_answered(self, page: Page, *, most: int = 1000) -> None:
        """Returns at once where nothing is under way; after `most` milliseconds in any case."""
        for _ in range(most // 20):
            page.wait_for_timeout(20)
            if SERVED.under_way <= 0 and SERVED.posts - self.served_before >= self.posts:
                return


def settle(page: Page) -> None:
    """Wait until nothing on the page moves any more, so that places can be read."""
    page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished)).then(() => null)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session", autouse=True)
def _database_before_server(django_db_setup: None) -> None:
    """The server shares the tests' connection to a database in memory, if that is there when it starts."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    """A phone in Stockholm. Nothing moves, unless a test is about what moves: it measures after `settle`."""
    return {
        **browser_context_args,
        "base_url": live_server.url,
        "viewport": PHONE,
        "timezone_id": "Europe/Stockholm",
        "locale": "en-GB",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def library(transactional_db: None) -> None:
    for n in range(8):
        make_prompt(slug=f"question-{n}", question=f"What is question number {n} about?", if_stuck=["Start with the room."])


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails its test when the browser complains: a blocked style or script, a broken module."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(PATIENCE)
    sent = Sent(page.context)
    yield page
    # A page that is left sends what it still holds. That has to arrive before the next test has the database.
    for open_page in page.context.pages:
        open_page.goto("about:blank")
    sent.wait_until_answered(page)
    assert not complaints


@pytest.fixture
def take_session(context: BrowserContext, live_server: Any) -> Callable[[Client], None]:
    """Go on in the browser where a test client has got to."""

    def take_session(client: Client) -> None:
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return take_session


@pytest.fixture
def sign_in(take_session: Callable[[Client], None]) -> Callable[[User], None]:
    """Sign a person in without going through the form."""

    def sign_in(person: User) -> None:
        client = Client()
        client.force_login(person)
        take_session(client)

    return sign_in
