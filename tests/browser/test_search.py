"""Finding in a browser: words while they are typed, filters, a page that was found and the way back; by keyboard alone, and without scripts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from playwright.sync_api import Browser, Page, Request, expect

from accounts.models import Child, Children, User
from journal.finding.index import building
from journal.models import Entry
from tests.browser.axe import be_clean
from tests.browser.conftest import SignIn, give_session
from tests.chromium import DESKTOP
from tests.factories import make_entry
from tests.helpers import DAY, EVENING, TONIGHT, signed_in

MIKA = "a" * 32
STORED = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, document.title])"


def write(parent: User) -> None:
    parent.sealed_children = Children((Child(MIKA, "Mika"),))
    parent.save()
    for days in range(21):
        make_entry(parent, night=TONIGHT - days * DAY, now=EVENING, text="The rain went on.", feeling="heavy", children=(MIKA,))
    long = "\n\n".join(["A line of that evening."] * 60)
    make_entry(parent, night=TONIGHT - 30 * DAY, now=EVENING, text=f"{long}\n\nIt was raining **again**.", feeling="light")


@contextmanager
def in_several_requests() -> Iterator[None]:
    """A search learns of few pages at once, as of the many of a journal of years."""
    with mock.patch.object(building, "TAIL", 2), mock.patch.object(building, "SLICE", 12):
        yield


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what the selector finds has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def test_finding_and_narrowing_by_keyboard_alone(page: Page, parent: User, sign_in: SignIn) -> None:
    write(parent)
    sign_in(parent)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url + (request.headers.get("referer") or "")))
    said, hits = page.locator("[data-said]"), page.locator("[data-hit]")
    page.goto("/journal/search/")
    history = page.evaluate("history.length")

    # What is found is swapped in while one types, also while the index is being made; words, caret and focus stay.
    tab_to(page, "#id_words")
    with in_several_requests():
        page.keyboard.type("rai")
        expect(said).to_have_text("22 pages")
        expect(page.locator("progress")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("x")
    expect(said).to_have_text("Nothing found")
    page.keyboard.press("Backspace")
    page.keyboard.press("End")
    page.keyboard.type("n")
    page.keyboard.press("Enter")
    expect(said).to_have_text("22 pages")
    words = page.locator("#id_words")
    expect(words).to_be_focused()
    page.keyboard.press("Escape")
    expect(words).to_have_value("rain")
    be_clean(page)
    words.fill("rain " * 101)
    expect(page.locator(".failures")).to_contain_text("up to 500 characters")
    expect(words).to_be_focused()
    words.fill("rain")
    expect(said).to_have_text("22 pages")

    # A filter counts at once; its button shows what there is.
    tab_to(page, "[data-narrow] summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=feelings][value=light]")
    page.keyboard.press("Space")
    expect(said).to_have_text("1 page")
    be_clean(page)
    tab_to(page, "[data-narrow] .button.main")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_be_focused()
    expect(page.locator(".narrowed-to p")).to_have_text("Light nights")
    page.get_by_role("button", name="Search the whole journal").press("Enter")
    expect(said).to_have_text("22 pages")
    words.press("End")
    page.keyboard.type(" again")
    expect(said).to_have_text("1 page")

    # The page that was found opens where the words are; the browser's way back leads to its row.
    tab_to(page, "[data-hit]")
    page.keyboard.press("Enter")
    found = Entry.objects.get(night=TONIGHT - 30 * DAY)
    page.wait_for_url(f"**{found.get_absolute_url()}")
    expect(page.locator("#match")).to_be_in_viewport()
    expect(page.locator("#match")).to_have_text("raining")
    be_clean(page)
    page.go_back()
    expect(hits.first).to_be_focused()
    assert page.url.endswith("/journal/search/")
    page.go_forward()
    page.wait_for_url(f"**{found.get_absolute_url()}")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("mark")).to_have_count(0)
    page.wait_for_load_state()
    page.go_back()  # the page that was found was loaded anew: nothing is kept of what was searched for, but its form is there
    expect(words).to_have_value("")
    assert page.evaluate("history.length") <= history + 1
    assert "rain" not in page.evaluate(STORED)

    # The timeline, narrowed: in words, from page to page, back from a page by its own button, and cleared.
    page.set_viewport_size(DESKTOP)
    page.goto("/journal/")
    tab_to(page, ".unfold")
    page.keyboard.press("Enter")
    page.wait_for_url("**/journal/?narrow")
    tab_to(page, "[name=children]")
    page.keyboard.press("Space")
    tab_to(page, "[name=feelings][value=heavy]")
    page.keyboard.press("Space")
    tab_to(page, "[data-narrow] .button.main")
    page.keyboard.press("Enter")
    expect(page.locator(".narrowed")).to_have_text("Heavy nights about Mika 21 pages")
    expect(page.locator(".narrowed")).to_be_focused()
    page.get_by_role("button", name="Older").press("Enter")
    expect(hits).to_have_count(1)
    be_clean(page)
    hits.press("Enter")
    page.get_by_role("button", name="Back to your filtered journal").press("Enter")
    expect(hits).to_be_focused()
    expect(page.locator(".narrowed strong")).to_have_text("Heavy nights about Mika")
    page.get_by_role("link", name="Clear").press("Enter")
    expect(page.locator(".nights li")).to_have_count(22)
    assert page.url.endswith("/journal/")

    assert addresses
    assert not [url for url in addresses if "rain" in url or MIKA in url or "heavy" in url.replace("icon.svg#heavy", "")]


def test_without_scripts_forms_and_buttons_do_the_same(browser: Browser, parent: User, live_server: Any, browser_context_args: Any) -> None:
    write(parent)
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    give_session(context, signed_in(parent), live_server.url)
    page = context.new_page()
    addresses: list[str] = []

    def note(request: Request) -> None:
        addresses.append(request.url)

    page.on("request", note)
    page.goto("/journal/search/")
    page.get_by_role("searchbox").fill("rain")
    with in_several_requests():
        page.get_by_role("searchbox").press("Enter")
        expect(page.locator("progress")).to_have_accessible_name(re.compile("Reading your journal: .* of 22"))
        while page.locator("progress").count():
            page.get_by_role("button", name="Go on").click()
    expect(page.locator("#found")).to_have_text("22 pages")
    page.get_by_role("button", name="Older").click()
    expect(page.locator("[data-hit]")).to_have_count(2)
    page.locator("[data-hit]").last.click()
    expect(page.locator("#match")).to_be_in_viewport()
    page.get_by_role("button", name="Back to your results").click()
    expect(page.locator("[data-hit]")).to_have_count(2)
    page.locator("[data-narrow] summary").click()
    page.get_by_label("Light", exact=True).check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".narrowed-to p")).to_have_text("Light nights")
    page.goto("/journal/?narrow")
    page.get_by_label("Mika").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".narrowed strong")).to_have_text("Pages about Mika")
    assert not [url for url in addresses if "rain" in url or MIKA in url]
    context.close()
