"""Chromium, as installed on this machine, and pages that the tests serve themselves."""

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
from tests.factories import make_prompt, make_user
from tests.helpers import signed_in

PATIENCE = 30_000  # milliseconds: a busy machine is slow, and what comes about late has come about
expect.set_options(timeout=PATIENCE)

# What Chromium itself says where a test has cut the network, of a file and of the worker's script. A page asks for its
# worker when it opens, and a busy machine gets to fetching it after the network was cut.
UNREACHABLE = ("Failed to load resource", "An unknown error occurred when fetching the script")

TakeSession = Callable[[Client], None]
SignIn = Callable[[User], None]


def eventually(page: Page, condition: Callable[[], object]) -> None:
    """Wait until the condition is true, which may look into the database; the page goes on running meanwhile."""
    for _ in range(PATIENCE // 50):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it has not come about")


class Served:
    """How many requests the tests' own server is answering, and how many POSTs it has answered."""

    def __init__(self) -> None:
        self.pending = self.posts = 0
        request_started.connect(self.begin, dispatch_uid="tests")
        request_finished.connect(self.end, dispatch_uid="tests")
        self.methods: dict[int, str] = {}

    def begin(self, environ: dict[str, Any] | None = None, **_signal: object) -> None:
        self.pending += 1
        self.methods[threading.get_ident()] = (environ or {}).get("REQUEST_METHOD", "")

    def end(self, **_signal: object) -> None:
        self.pending -= 1
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
        """Return at once where no request is pending, and after `most` milliseconds in any case."""
        for _ in range(most // 20):
            page.wait_for_timeout(20)
            if SERVED.pending <= 0 and SERVED.posts - self.served_before >= self.posts:
                return


def settle(page: Page) -> None:
    """Wait until nothing on the page moves any more, so that places can be read."""
    page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished)).then(() => null)")


def give_session(context: BrowserContext, client: Client, url: str) -> None:
    """Give a browser, at this address, the session of a test client."""
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


def add_authenticator(page: Page) -> Callable[[], object]:
    """Give the page's browser a place for passkeys, which says yes to whatever it is asked; what is returned takes it away."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
    return lambda: devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": made["authenticatorId"]})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session", autouse=True)
def _database_before_server(django_db_setup: None) -> None:
    """The test database exists before the server starts."""


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
def parent(transactional_db: None) -> User:
    """A parent in Stockholm who has read what *Leave quickly* does."""
    return make_user(time_zone="Europe/Stockholm", knows_leave=True)


@pytest.fixture
def library(transactional_db: None) -> None:
    """Eight questions."""
    for number in range(8):
        make_prompt(slug=f"question-{number}", question=f"What is question number {number} about?", if_stuck=["Start with the room."])


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails its test when the browser complains: a blocked style or script, a broken module."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(UNREACHABLE):
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
def take_session(context: BrowserContext, live_server: Any) -> TakeSession:
    """Give the browser the session of a test client."""

    def take_session(client: Client) -> None:
        give_session(context, client, live_server.url)

    return take_session


@pytest.fixture
def sign_in(take_session: TakeSession) -> SignIn:
    """Sign a person in without going through the form."""

    def sign_in(person: User) -> None:
        take_session(signed_in(person))

    return sign_in
