"""On this day, by keyboard alone and with JavaScript off: what comes back, every brake, and the line after *Done*."""

import datetime as dt
import functools

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.axe import be_clean
from tests.browser.conftest import SignIn
from tests.chromium import DESKTOP
from tests.factories import make_entry
from tests.helpers import DAY

URL = "/journal/on-this-day/"


def write(parent: User) -> None:
    """Pages of a week and a year ago; the older one on a stormy night."""
    tonight = parent.tonight(timezone.now())
    is_leap_day = (tonight.month, tonight.day) == (2, 29)
    week_ago, year_ago = tonight - 7 * DAY, tonight.replace(year=tonight.year - 1, day=28 if is_leap_day else tonight.day)
    for night, text, feeling in ((week_ago, f"Rain on the stairs. {'lamp' * 25}", "light"), (year_ago, "A storm.", "stormy")):
        make_entry(parent, night=night, now=dt.datetime.combine(night, dt.time(20), dt.UTC), text=text, feeling=feeling)


def by_keyboard(target: Locator, key: str = "Enter") -> None:
    """Tab until the target has the focus, and press it."""
    page = target.page
    expect(target).to_be_visible()
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError("it cannot be reached by keyboard")
    page.keyboard.press(key)


def test_by_keyboard_alone(page: Page, parent: User, sign_in: SignIn) -> None:
    write(parent)
    sign_in(parent)
    button = functools.partial(page.get_by_role, "button")
    page.goto(URL)
    expect(page.locator(".memory h2")).to_have_count(1)
    be_clean(page)

    # Kept back, and brought back again in the same place.
    by_keyboard(button(name="Don’t bring this back"))
    expect(page.locator(".memory")).to_contain_text("We won’t bring this page back.")
    expect(page.locator(".memory")).to_be_in_viewport()
    be_clean(page)
    by_keyboard(button(name="Include it again"))
    expect(page.locator(".memory blockquote")).to_contain_text("Rain on the stairs.")

    # A hard date: what is wrong is said and stays, what is right can be removed again.
    by_keyboard(page.locator("#hard-dates summary"))
    field = page.get_by_label("A hard date")
    field.fill("1203-01-01")
    field.press("Enter")
    expect(page.locator(".failures")).to_contain_text("between the years 1900 and 2199")
    expect(field).to_have_value("1203-01-01")
    be_clean(page)
    field.fill(parent.tonight(timezone.now()).isoformat())
    by_keyboard(button(name="Add"))
    expect(page.locator(".empty")).to_contain_text("it’s quiet here until")
    be_clean(page)
    by_keyboard(button(name="Remove"))
    expect(page.locator(".memory")).to_have_count(1)

    # After Done, on a wide screen: one line, and off with one press; on again on its page.
    page.set_viewport_size(DESKTOP)
    page.goto("/tonight/")
    page.get_by_label("Your page").fill("Good night.")
    button(name="Done").click()
    expect(page.locator(".next")).to_contain_text("A week ago you wrote a page.")
    expect(page.locator("main")).not_to_contain_text("Rain")
    be_clean(page)
    by_keyboard(button(name="Stop showing these"))
    expect(page.locator(".messages")).to_contain_text("” is off")
    expect(page.locator(".next")).to_have_count(0)
    page.goto("/accounts/settings/")
    by_keyboard(page.get_by_role("link", name="On this day"))
    by_keyboard(button(name="Turn it on"))
    expect(page.locator(".memory")).to_have_count(1)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_javascript(page: Page, parent: User, sign_in: SignIn) -> None:
    write(parent)
    sign_in(parent)
    button = functools.partial(page.get_by_role, "button")
    page.goto(URL)
    button(name="Include them, too").click()
    expect(page.locator(".memory")).to_have_count(2)
    expect(page.locator(".memory blockquote").first).to_have_text("A storm.")
    button(name="Don’t bring this back").first.click()
    button(name="Leave them out").click()
    expect(page.locator(".memory")).to_have_count(1)
    page.get_by_role("link", name="Read it").click()
    button(name="Leave out of “On this day”").click()
    expect(page.locator("#bringing-back")).to_contain_text("Left out of “On this day.”")
    page.goto(URL)
    expect(page.locator(".empty")).to_contain_text("Nothing comes back tonight.")
    button(name="Turn off “On this day”").click()
    expect(page.locator(".empty")).to_contain_text("Nothing comes back.")
