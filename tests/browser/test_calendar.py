"""The calendar: from night to night by keyboard alone, over the edges of months and years; by finger; and without scripts."""

import contextlib
import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from playwright.sync_api import Browser, Error, Page, expect

from accounts.models import User
from journal.models import Entry
from tests.browser.axe import NARROW, be_clean
from tests.browser.conftest import SignIn, eventually, give_session
from tests.chromium import DESKTOP, PHONE
from tests.factories import make_entry
from tests.helpers import DAY, signed_in

# The night whose window has the focus, once the page is there; "" where no window has it.
FOCUSED = """() => {
    const link = document.activeElement, facade = link?.closest("[data-month]");
    return facade ? `${facade.dataset.month}-${String([...facade.children].indexOf(link) + 1).padStart(2, "0")}` : "";
}"""
MAX_STOPS = 30  # of the tab key, before the first window


def walk_to_windows(page: Page) -> None:
    """Press the tab key until a window has the focus."""
    for _stop in range(MAX_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED):
            return
    raise AssertionError("no window can be reached")


def press(page: Page, key: str, leads_to: dt.date) -> None:
    """This key leads to this night's window, here or on another page of the calendar."""
    page.keyboard.press(key)
    is_at(page, leads_to)


def is_at(page: Page, night: dt.date) -> None:
    def has_focus() -> bool:
        with contextlib.suppress(Error):  # the page may give way to another meanwhile
            return bool(page.evaluate(FOCUSED) == night.isoformat())
        return False

    eventually(page, has_focus)


def a_month_ago(night: dt.date) -> dt.date:
    last = night.replace(day=1) - DAY
    return last.replace(day=min(night.day, last.day))


def test_from_night_to_night_by_keyboard(page: Page, parent: User, sign_in: SignIn) -> None:
    tonight = parent.tonight(timezone.now())
    first = dt.date(tonight.year - 2, 12, 20)
    make_entry(parent, night=first, kind=Entry.Kind.FREE, text="word " * 151)
    last_night = make_entry(parent, night=tonight - DAY, kind=Entry.Kind.FREE)
    sign_in(parent)

    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        page.goto("/journal/calendar/")
        walk_to_windows(page)
        is_at(page, tonight)
        for key in ("ArrowRight", "ArrowDown", "PageDown"):  # nothing comes after it
            page.keyboard.press(key)
        press(page, "ArrowLeft", tonight - DAY)
        press(page, "ArrowUp", tonight - 8 * DAY)
        press(page, "ArrowDown", tonight - DAY)
        press(page, "ArrowRight", tonight)
        press(page, "Home", tonight - tonight.weekday() * DAY)
        press(page, "PageDown", tonight)
        press(page, "PageUp", a_month_ago(tonight))
        assert urlsplit(page.url).path == f"/journal/calendar/{a_month_ago(tonight):%Y}/{a_month_ago(tonight).month}/"
        page.keyboard.press("Tab")
        assert not page.evaluate(FOCUSED)  # a month is one stop
        page.keyboard.press("ArrowRight")  # where no window has the focus: the month beside this one
        page.wait_for_url(f"**/journal/calendar/{tonight.year}/{tonight.month}/")
    be_clean(page)

    page.goto(f"/journal/calendar/{first.year}/")
    walk_to_windows(page)
    for key in ("ArrowLeft", "ArrowUp", "PageUp"):  # nothing comes before it
        page.keyboard.press(key)
    is_at(page, first)
    expect(page.locator("[data-named]")).to_have_text(f"{first:%A}, 20 December: a long page")
    be_clean(page)
    page.locator("[data-month] a").first.focus()
    press(page, "End", sunday := first + (6 - first.weekday()) * DAY)
    press(page, "PageDown", dt.date(first.year + 1, 1, sunday.day))

    page.goto("/journal/calendar/")
    walk_to_windows(page)
    press(page, "ArrowLeft", tonight - DAY)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{last_night.get_absolute_url()}")


def test_for_a_finger_and_without_scripts(browser: Browser, browser_context_args: dict[str, Any], parent: User) -> None:
    tonight = parent.tonight(timezone.now())
    entry = make_entry(parent, night=tonight.replace(day=1) - 3 * DAY, kind=Entry.Kind.FREE)
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False, "viewport": NARROW})
    give_session(context, signed_in(parent), browser_context_args["base_url"])
    page = context.new_page()

    page.goto("/journal/calendar/")
    box = page.locator("[aria-current=date]").bounding_box()
    assert box
    assert box["width"] >= 40
    assert box["height"] >= 44
    page.locator("[rel=prev]").click()
    page.locator(".calendar-ways .up").click()
    heading = page.get_by_role("heading", level=2).last.bounding_box()
    assert heading
    assert heading["height"] >= 44
    page.get_by_role("link", name=f"{entry.night.day} {entry.night:%B}: a line").click()
    assert page.url.endswith(entry.get_absolute_url())
    page.goto("/journal/calendar/")
    page.locator("[aria-current=date]").click()
    assert page.url.endswith("/tonight/")
    context.close()
