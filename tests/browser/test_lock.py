"""`static/js/lock.js`: a page that was left open shows nothing when its time is up, and loses nothing."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Error, Page, expect

from accounts.models import User
from journal.models import Entry
from tests.browser.conftest import SignIn, TakeSession, add_authenticator, eventually, give_session
from tests.factories import PASSWORD, make_counselor, make_entry
from tests.helpers import on_own_device, signed_in

pytestmark = pytest.mark.usefixtures("library")

SECRET = "Tonight the walrus sang."
HALF_AN_HOUR = "30:05"
COVER = "Nothing on it is lost"


@pytest.fixture
def locked_later(page: Page, parent: User, take_session: TakeSession) -> Callable[[], None]:
    """The parent is signed in; what this returns locks the session on the server, and lets half an hour pass on the page."""
    client = signed_in(parent)
    take_session(client)
    page.clock.install()

    def lock() -> None:
        client.post("/accounts/lock/")
        page.clock.fast_forward(HALF_AN_HOUR)

    return lock


def unlock(page: Page) -> None:
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Unlock").click()


def test_a_page_that_was_only_read_makes_way(page: Page, parent: User, locked_later: Callable[[], None]) -> None:
    make_entry(parent, text=SECRET)
    page.goto("/journal/?page=1")
    expect(page.get_by_text(SECRET)).to_be_visible()

    locked_later()

    expect(page).to_have_url(re.compile(r"/accounts/reauthenticate/\?next="))
    assert SECRET not in page.content()
    unlock(page)
    expect(page).to_have_url(re.compile(r"/journal/\?page=1$"))
    expect(page.get_by_text(SECRET)).to_be_visible()


def test_a_page_with_something_typed_is_covered_and_comes_back(
    page: Page, context: BrowserContext, parent: User, locked_later: Callable[[], None]
) -> None:
    page.goto("/tonight/")
    page.get_by_label("Your page").fill(SECRET)
    eventually(page, lambda: Entry.objects.filter(version=1).exists())

    locked_later()

    expect(page.get_by_text(COVER)).to_be_visible()
    expect(page.get_by_label("Your page")).to_be_hidden()
    assert SECRET not in page.locator("body").inner_text()
    assert page.title() == "Nightlight"
    with context.expect_page() as opened:
        page.get_by_role("link", name="Unlock in a new tab").click()
    unlock(opened.value)
    expect(opened.value).to_have_url(re.compile("/tonight/"))
    opened.value.close()

    page.clock.fast_forward(3000)
    expect(page.get_by_label("Your page")).to_be_visible()
    expect(page.get_by_label("Your page")).to_have_value(SECRET)
    page.get_by_label("Your page").press_sequentially(" Twice.")
    page.clock.fast_forward(3000)
    eventually(page, lambda: Entry.objects.get().content.text.endswith("Twice."))


def test_what_a_counselor_types_is_kept_under_the_cover(page: Page, take_session: TakeSession) -> None:
    client = signed_in(make_counselor(role="counselor", second_step_settled=True))
    take_session(client)
    page.clock.install()
    page.goto("/accounts/groups/")
    page.locator("main input[type=text]").first.fill("Tuesdays")

    client.post("/accounts/lock/")
    page.clock.fast_forward(HALF_AN_HOUR)

    expect(page.get_by_text(COVER)).to_be_visible()
    expect(page.locator("main")).to_be_hidden()


def test_without_a_network_it_is_covered_too(context: BrowserContext, parent: User, sign_in: SignIn) -> None:
    make_entry(parent, text=SECRET)
    sign_in(parent)
    page = context.new_page()  # a browser without a network complains
    page.clock.install()
    page.goto("/journal/")
    context.set_offline(True)

    page.clock.fast_forward(HALF_AN_HOUR)

    expect(page.get_by_text(COVER)).to_be_visible()
    expect(page.get_by_text(SECRET)).to_be_hidden()
    context.set_offline(False)
    page.clock.fast_forward(3000)
    expect(page.get_by_text(SECRET)).to_be_visible()  # the session is open: it was only the network


def test_a_page_stays_while_it_is_used(page: Page, parent: User, sign_in: SignIn) -> None:
    make_entry(parent, text=SECRET)
    sign_in(parent)
    page.clock.install()
    page.goto("/journal/")
    for _ in range(4):
        with page.expect_response("**/accounts/lock/use/") as answered:
            page.clock.fast_forward("10:00")
            page.keyboard.press("ArrowDown")
        assert (answered.value.request.method, answered.value.status) == ("POST", 200)
    assert page.locator("[data-lock]").is_hidden()


def test_ones_own_device_has_no_cover(page: Page, parent: User, take_session: TakeSession) -> None:
    client = signed_in(parent)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/sessions/", {"device": "own"})
    take_session(client)
    page.goto("/journal/")

    assert page.locator("[data-lock]").get_attribute("data-locks-after") == ""
    page.clock.install()
    page.reload()
    page.clock.fast_forward("10:00:00")
    expect(page.get_by_text(COVER)).to_be_hidden()


def test_the_lock_in_the_foot_locks(page: Page, parent: User, sign_in: SignIn) -> None:
    sign_in(parent)
    page.goto("/journal/")
    page.get_by_role("button", name="Lock", exact=True).click()

    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    assert page.get_by_role("link", name="Tonight").count() == 0


def test_the_other_tabs_are_covered_at_once_on_ones_own_device_too(
    page: Page, context: BrowserContext, parent: User, take_session: TakeSession
) -> None:
    make_entry(parent, text=SECRET)
    take_session(on_own_device(signed_in(parent)))
    other = context.new_page()
    other.goto("/tonight/")
    other.get_by_label("Your page").fill(f"{SECRET} Twice.")
    page.goto("/journal/")

    page.get_by_role("button", name="Lock", exact=True).click()

    expect(other.get_by_text(COVER)).to_be_visible()
    assert SECRET not in other.locator("body").inner_text()
    unlock(page)
    expect(page).to_have_url(re.compile("/journal/$"))
    expect(other.get_by_label("Your page")).to_have_value(f"{SECRET} Twice.")
    expect(other.get_by_label("Your page")).to_be_visible()


def test_no_text_becomes_markup_or_a_script(context: BrowserContext, parent: User, sign_in: SignIn) -> None:
    sign_in(parent)
    page = context.new_page()  # whose complaints are what this test is about
    page.goto("/tonight/")

    for sink in (
        "document.body.innerHTML = '<b>x</b>'",
        "document.createElement('script').src = '/x.js'",
        "new DOMParser().parseFromString('x', 'text/html')",
    ):
        with pytest.raises(Error, match="Trusted"):
            page.evaluate(sink)
    with pytest.raises(Error, match="nightlight"):
        page.evaluate("trustedTypes.createPolicy('nightlight', {})")  # there is one already
    with pytest.raises(Error, match="other"):
        page.evaluate("trustedTypes.createPolicy('other', {})")


def test_the_used_cookie_is_out_of_reach_of_scripts(page: Page, parent: User, sign_in: SignIn, context: BrowserContext) -> None:
    sign_in(parent)
    page.goto("/journal/")
    assert settings.USED_COOKIE_NAME not in page.evaluate("document.cookie")


def test_a_passkey_is_added_and_unlocks(
    page: Page, context: BrowserContext, parent: User, take_session: TakeSession, live_server: Any
) -> None:
    """The policies of every page let passkeys be made and used; the page fails its test where the browser complains."""
    add_authenticator(page)
    client = signed_in(parent)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    by_name = live_server.url.replace("127.0.0.1", "localhost")  # passkeys belong to a name
    give_session(context, client, by_name)

    page.goto(f"{by_name}/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill("Phone")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    page.get_by_role("button", name="Lock", exact=True).click()
    page.get_by_role("link", name=re.compile("key")).click()
    page.wait_for_url("**/webauthn/reauthenticate/**")
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()  # where it was locked

    context.clear_cookies()
    page.goto(f"{by_name}/accounts/login/")
    page.get_by_label("This is my own device").check()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/tonight/"))
    assert page.locator("[data-lock]").get_attribute("data-locks-after") == ""  # the mark went along

    context.clear_cookies()
    page.goto(f"{by_name}/accounts/login/")
    page.get_by_label("Email address").fill(parent.email)
    password, show = page.get_by_label("Password", exact=True), page.get_by_role("button", name="Show password")
    password.fill(PASSWORD)
    for kind, pressed in (("text", "true"), ("password", "false"), ("text", "true")):
        show.click()
        assert (password.get_attribute("type"), show.get_attribute("aria-pressed")) == (kind, pressed)
    password.press("Enter")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.wait_for_load_state()  # the button answers once the page's scripts have run
    page.get_by_role("button", name="Use your passkey").click()
    expect(page).to_have_url(re.compile("/tonight/"))

    context.clear_cookies()
    page.goto(by_name.replace("localhost", "127.0.0.1") + "/accounts/login/?next=/journal/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_role("link", name="Open Nightlight at localhost").click()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
    assert page.url == f"{by_name}/accounts/login/?next=/journal/"


@pytest.mark.parametrize("shown", [True, False])
def test_the_offline_page_shows_what_waits_only_while_it_is_open(
    context: BrowserContext, parent: User, sign_in: SignIn, shown: bool
) -> None:
    sign_in(parent)
    page = context.new_page()  # a browser without a network complains
    page.goto("/tonight/")
    page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.active.state)")
    context.set_offline(True)
    page.get_by_label("Your page").fill(SECRET)
    expect(page.locator("[data-saved-line]")).to_have_text(re.compile("is on this device"))
    page.goto("about:blank")

    page.clock.install(time=datetime.now(UTC) + timedelta(minutes=10 if shown else 31))
    page.goto("/tonight/")

    expect(page.get_by_label("Your page")).to_be_visible()
    expect(page.locator("[data-locked-note]")).to_be_visible(visible=not shown)
    expect(page.get_by_label("Your page")).to_have_value(SECRET if shown else "")
    page.goto("about:blank")
    context.set_offline(False)
