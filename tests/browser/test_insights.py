"""Insights: pictures that fit every screen, beside their numbers, by keyboard and without scripts."""

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.keys import keyring
from accounts.models import Child, Children, User
from prompts import questions
from tests.browser.axe import be_clean, look
from tests.browser.conftest import SignIn
from tests.chromium import DESKTOP
from tests.factories import make_journal, make_prompt

URL = "/journal/insights/"
SMALLEST = 11  # px: letters below that are not read on a phone
# Of all letters in pictures: the smallest size, and what reaches beyond its picture.
LETTERS = """() => {
    const texts = [...document.querySelectorAll("svg.chart text")].filter(text => text.checkVisibility());
    const beyond = texts.filter(text => {
        const place = text.getBoundingClientRect(), chart = text.ownerSVGElement.getBoundingClientRect();
        return place.left < chart.left - 1 || place.right > chart.right + 1 || place.bottom > chart.bottom + 1;
    });
    return [texts.length, Math.min(...texts.map(text => parseFloat(getComputedStyle(text).fontSize))), beyond.map(text => text.textContent)];
}"""


@pytest.fixture
def author(parent: User) -> User:
    prompt = make_prompt()
    questions.forget_library()
    children = Child("a" * 32, "Bartholomew, who is the second of three"), Child("b" * 32, "ميلا")
    with keyring.cached():
        parent.sealed_children = Children(children)
        parent.save()
    make_journal(parent, 80, children=[("a" * 32,), ("b" * 32,), ()], prompts=[prompt], repairs=["", "mended", "open"])
    return parent


def fits(page: Page) -> None:
    count, smallest, beyond = page.evaluate(LETTERS)
    assert count > 40
    assert smallest >= SMALLEST
    assert beyond == []


def test_pictures_and_numbers_on_phone_and_desktop(page: Page, author: User, sign_in: SignIn) -> None:
    sign_in(author)
    evenings = page.locator("summary", has_text="Evenings by week and month")
    look(page, URL)

    # By keyboard alone: a range, then the numbers of a picture, then what is folded.
    page.get_by_role("link", name="Three months").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**?range=three-months")
    numbers = page.locator("#felt-over-time-title").locator("xpath=ancestor::figure").locator("summary")
    numbers.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="How nights felt, over time")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name="How nights felt, over time")).to_be_focused()
    expect(page.get_by_role("img", name="Evenings by week")).to_be_hidden()
    evenings.press("Enter")
    expect(page.get_by_role("img", name="Evenings by week")).to_be_visible()
    be_clean(page)

    for width in (320, 360, DESKTOP["width"]):
        page.set_viewport_size({"width": width, "height": 640})
        fits(page)
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    fits(page)
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(DESKTOP)
    be_clean(page)

    # On paper each picture has its numbers below it, and what was folded is left out.
    evenings.press("Enter")
    page.emulate_media(media="print")
    expect(page.get_by_role("table", name="How nights felt, by day of the week")).to_be_visible()
    expect(evenings).to_be_hidden()


def test_needs_no_script(browser: Browser, author: User, live_server: object, sign_in: SignIn, page: Page) -> None:
    sign_in(author)
    context = browser.new_context(java_script_enabled=False, base_url=str(live_server), storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(URL)
    plain.get_by_text("Evenings by week and month").click()
    expect(plain.get_by_role("img", name="Evenings by month")).to_be_visible()
    plain.get_by_role("link", name="All nights").click()
    expect(plain.get_by_role("img", name="How nights felt, over time")).to_be_visible()
    context.close()
