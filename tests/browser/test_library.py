"""`/prompts/` in a browser: searching by keyboard, without scripts, and without scrolling for what was found."""

from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from tests.chromium import PHONE

FIRST = ".questions li:first-child"


def see(page: Page, *, is_narrowed: bool = False) -> None:
    """The first that was found, with why, is in sight, and filters are open only where one is set."""
    expect(page.locator(FIRST).first.locator("a")).to_be_in_viewport(ratio=1)
    expect(page.locator("main form details[open]")).to_have_count(1 if is_narrowed else 0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("scrollY") == 0


SEARCHES = [("en-GB", "door", "letting-go"), ("es-MX", "MANANA", "repair")]


def test_what_is_searched_for_by_keyboard_is_found_in_sight_and_says_why(
    browser: Browser, live_server: object, transactional_db: None
) -> None:
    call_command("load_prompts", verbosity=0)
    for locale, words, theme in SEARCHES:
        context = browser.new_context(base_url=str(live_server), locale=locale, viewport=PHONE, java_script_enabled=False)
        search(context.new_page(), words, theme)
        context.close()


def search(page: Page, words: str, theme: str) -> None:
    page.goto("/prompts/")
    field = page.get_by_role("searchbox")
    expect(field).to_be_in_viewport(ratio=1)
    field.fill(words)
    field.press("Enter")
    see(page)
    found = page.locator(".questions li")
    assert found.count() == page.locator(".questions li:has(mark)").count() > 0
    page.reload()
    see(page)
    page.goto(f"/prompts/?theme={theme}")
    see(page, is_narrowed=True)
    field.fill("xyzzy")
    field.press("Enter")
    ways_out = page.locator(".empty a")
    expect(ways_out.first).to_be_in_viewport(ratio=1)
    ways_out.nth(1).click()
    expect(page).to_have_url("/prompts/")
