"""*Leave quickly* in a browser: what was written is saved, the session ends, and nothing of the page stays behind."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from accounts.models import User
from journal.models import Entry
from tests.browser.conftest import SignIn, eventually, give_session
from tests.chromium import wait_for_half
from tests.factories import make_user
from tests.helpers import signed_in

ELSEWHERE = "https://neutral.example.org/"
# In a page: the people whose key its outbox holds.
PEOPLE = """new Promise((resolve) => {
    const opening = indexedDB.open("nightlight");
    opening.onsuccess = () => {
        const names = [...opening.result.objectStoreNames];
        if (!names.length) return resolve([]);
        const all = opening.result.transaction(names[0]).objectStore(names[0]).getAll();
        all.onsuccess = () => resolve(all.result);
    };
})"""


@pytest.fixture
def elsewhere(context: BrowserContext) -> str:
    def answer(route: Route) -> None:
        route.fulfill(body="<h1>Weather</h1>", content_type="text/html")

    context.route(f"{ELSEWHERE}**", answer)
    return ELSEWHERE


def press_the_button(page: Page) -> None:
    page.get_by_role("button", name="Leave quickly").click()


def press_shift(page: Page) -> None:
    page.get_by_label("Your page").focus()
    for _ in range(3):
        page.keyboard.press("Shift")


@pytest.mark.parametrize("go", [press_the_button, press_shift])
@override_settings(LEAVE_TO=ELSEWHERE)
def test_leaving_saves_signs_out_and_takes_the_pages_place(
    page: Page, parent: User, sign_in: SignIn, elsewhere: str, library: None, go: Callable[[Page], None]
) -> None:
    sign_in(parent)
    page.goto("/privacy/")
    page.goto("/tonight/")
    page.get_by_label("Your page").fill("Somebody is on the stairs.")

    go(page)

    page.wait_for_url(elsewhere)
    assert Entry.objects.get().content.text == "Somebody is on the stairs."
    assert Entry.objects.get().kind == Entry.Kind.NIGHT
    page.go_back()
    assert page.url.endswith("/privacy/")  # the page that was left is no longer in the history
    page.goto("/tonight/")
    expect(page.get_by_label("Email")).to_be_visible()
    eventually(page, lambda: page.evaluate(f"async () => (await {PEOPLE}).length") == 0)  # the page forgets them once it is there


@pytest.mark.browser_context_args(java_script_enabled=False)
@override_settings(LEAVE_TO=ELSEWHERE)
def test_leaving_without_scripts_saves_and_signs_out(page: Page, parent: User, sign_in: SignIn, elsewhere: str, library: None) -> None:
    User.objects.update(knows_leave=False)
    sign_in(parent)
    page.goto("/tonight/")
    expect(page.get_by_role("link", name="More")).to_be_visible()
    expect(page.get_by_role("button", name="Got it")).to_be_hidden()  # its request would take along what is typed
    page.locator("#text").fill("Somebody is on the stairs.")
    page.get_by_role("button", name="Leave quickly").click()

    page.wait_for_url(elsewhere)
    assert Entry.objects.get().content.text == "Somebody is on the stairs."
    page.goto("/tonight/")
    expect(page.get_by_label("Email")).to_be_visible()


@override_settings(LEAVE_TO=ELSEWHERE)
def test_leaving_covers_the_page_at_once_when_the_site_does_not_answer(
    page: Page, context: BrowserContext, parent: User, sign_in: SignIn, elsewhere: str, library: None
) -> None:
    sign_in(parent)
    page.goto("/tonight/")
    context.route("**/leave/", lambda _route: None)  # never answered
    page.get_by_role("button", name="Leave quickly").click()

    expect(page.locator("main")).not_to_be_visible(timeout=1000)
    page.wait_for_url(elsewhere)


def test_an_error_page_leads_to_help_and_out(page: Page, transactional_db: None) -> None:
    page.goto("/nothing-here/")

    expect(page.get_by_role("button", name="Leave quickly")).to_be_visible()
    page.get_by_role("link", name="Help").click()
    expect(page.get_by_role("heading", name="Help", exact=True)).to_be_visible()


def test_capitals_do_not_leave(page: Page, parent: User, sign_in: SignIn, library: None) -> None:
    sign_in(parent)
    page.goto("/tonight/")
    for _ in range(4):
        page.get_by_label("Your page").press("Shift+A")

    expect(page.get_by_label("Your page")).to_have_value("AAAA")
    assert page.url.endswith("/tonight/")


def test_shift_with_other_keys_does_not_leave(page: Page, parent: User, sign_in: SignIn, library: None) -> None:
    sign_in(parent)
    page.goto("/tonight/")
    page.get_by_label("Your page").fill("One two")
    for keys in ("Shift+Tab", "Shift+ArrowLeft", "Shift+Enter"):
        for _ in range(3):
            page.keyboard.press(keys)

    page.wait_for_timeout(300)
    assert page.url.endswith("/tonight/")
    expect(page.locator("main")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_enter_beside_the_text_does_not_leave(
    browser: Browser, live_server: object, parent: User, library: None, scripts: bool, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": scripts})
    give_session(context, signed_in(parent), str(live_server))
    page = context.new_page()
    page.goto("/tonight/")
    page.locator("#text").fill("One line.")
    page.get_by_role("radio", name="Light").focus()
    page.keyboard.press("Enter")

    eventually(page, lambda: Entry.objects.filter(author=parent).exists())
    page.goto("/tonight/")
    expect(page.locator("#text")).to_have_value("One line.")
    page.goto("about:blank")
    context.close()


@override_settings(LEAVE_TO=ELSEWHERE)
def test_what_could_not_be_saved_on_leaving_waits_on_the_device(
    page: Page, parent: User, sign_in: SignIn, elsewhere: str, library: None
) -> None:
    sign_in(parent)
    page.goto("/tonight/")
    wait_for_half(page)
    Session.objects.all().delete()
    page.get_by_label("Your page").fill("Somebody is on the stairs.")
    expect(page.locator("[data-saved-line]")).to_contain_text("You’ve been signed out")
    page.get_by_role("button", name="Leave quickly").click()
    page.wait_for_url(elsewhere)
    sign_in(parent)

    page.goto("/tonight/")

    expect(page.get_by_label("Your page")).to_have_value("Somebody is on the stairs.")
    eventually(page, lambda: Entry.objects.filter(author=parent).exists())


@override_settings(LEAVE_TO=ELSEWHERE)
def test_leaving_locks_what_waits_also_without_an_answer(page: Page, parent: User, sign_in: SignIn, elsewhere: str, library: None) -> None:
    """The device then holds only one half of the key that opens it: see test_device_files.py."""
    sign_in(parent)
    page.goto("/tonight/")
    wait_for_half(page)
    page.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    page.get_by_label("Your page").fill("Somebody is on the stairs.")
    expect(page.locator("[data-saved-line]")).to_contain_text("is on this device")
    page.get_by_role("button", name="Leave quickly").click()
    page.wait_for_url(elsewhere)

    page.goto("/service-worker.js")

    assert not page.evaluate("caches.has('signed-in')")
    page.unroute("**/*")
    page.goto("/tonight/")
    expect(page.get_by_label("Your page")).to_have_value("Somebody is on the stairs.")


# In a page: what is wrong with the place of the button, "" where nothing is.
PLACE = """() => {
    const button = document.querySelector(".leave-button"), box = button.getBoundingClientRect();
    const shown = [...document.querySelectorAll(".brand, .top nav a")].filter((link) => link.checkVisibility());
    const meets = (other) => other.right > box.left && other.left < box.right && other.bottom > box.top && other.top < box.bottom;
    const inside = [[box.left + 2, box.top + 2], [box.right - 2, box.bottom - 2]];
    if (box.top < 0 || box.right > innerWidth || box.bottom > innerHeight) return "out of sight";
    if (box.width < 44 || box.height < 44) return "too small to hit";
    if (!inside.every(([x, y]) => button.contains(document.elementFromPoint(x, y)))) return "covered";
    if (shown.some((link) => meets(link.getBoundingClientRect()))) return "over the navigation";
    const row = [0.02, 0.3, 0.6, 0.98].map((part) => document.elementFromPoint(innerWidth * part, box.bottom - 4));
    if (row.some((found) => document.querySelector("main").contains(found))) return "among the words";
    return "";
}"""


def test_leaving_has_a_place_of_its_own_at_every_width_and_is_explained_in_a_line_that_is_put_away(
    page: Page, sign_in: SignIn, library: None
) -> None:
    sign_in(make_user())
    page.goto("/tonight/")
    page.get_by_label("Your page").fill("One more line.\n" * 60)
    page.get_by_role("button", name="Got it").click()

    expect(page.locator("[data-leave-line]")).to_have_count(0)
    eventually(page, lambda: User.objects.filter(knows_leave=True).exists())
    expect(page.get_by_label("Your page")).to_have_value("One more line.\n" * 60)  # nobody left the page for it
    for letters in ("100%", "200%"):
        page.evaluate("(size) => document.documentElement.style.setProperty('font-size', size)", letters)
        for width, height in ((320, 640), (360, 740), (360, 420), (768, 1000), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            for writing in (False, True):
                page.evaluate(
                    "(on) => on ? document.documentElement.dataset.writing = 'wide' : delete document.documentElement.dataset.writing",
                    writing,
                )
                for part in (0, 0.5, 1):
                    page.evaluate("(part) => scrollTo(0, part * document.documentElement.scrollHeight)", part)
                    assert page.evaluate(PLACE) == "", (letters, width, height, writing, part)
