"""Welcome and the first evening as a new parent meets them: by keyboard at every size, and without scripts."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import User
from prompts.models import Walk
from tests.browser.axe import be_clean
from tests.browser.conftest import SignIn
from tests.chromium import DESKTOP, PHONE
from tests.factories import make_path_prompts, make_user

SIZES = [PHONE, ViewportSize(width=360, height=420), ViewportSize(width=768, height=1000), DESKTOP]


def fits_at_every_size(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    fits = []
    for size in SIZES:
        page.set_viewport_size(size)
        fits.append(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
    page.set_viewport_size(PHONE)
    return all(fits)


def test_two_answers_by_keyboard_lead_to_an_offer_that_takes_a_tap_of_its_own(page: Page, sign_in: SignIn) -> None:
    make_path_prompts()
    sign_in(make_user())
    page.goto("/accounts/welcome/")
    page.get_by_label("Small child").focus()
    page.keyboard.press("Space")
    page.get_by_label("Something else").focus()
    for _up in range(2):  # the answers are one stop, and arrows choose among them
        page.keyboard.press("ArrowUp")
    expect(page.get_by_label("We keep clashing")).to_be_checked()
    assert fits_at_every_size(page)
    be_clean(page)
    page.keyboard.press("Enter")

    page.wait_for_url("**/tonight/")
    assert User.objects.get().time_zone == "Europe/Stockholm"  # sign-up had not learned it
    assert not Walk.objects.exists()
    expect(page.locator(".welcome-line")).to_contain_text("Mending, step by step")
    assert fits_at_every_size(page)
    be_clean(page)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/prompts/paths/mending/")
    page.goto("/tonight/")
    expect(page.locator(".step")).to_contain_text("step 1 of 21")
    expect(page.locator(".welcome-line")).to_have_count(0)

    page.goto("/accounts/settings/")
    expect(page.locator("section[aria-labelledby=asked]")).to_contain_text("We keep clashing")
    assert fits_at_every_size(page)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_it_can_be_answered_and_skipped(page: Page, sign_in: SignIn, library: None) -> None:
    sign_in(make_user())
    page.goto("/accounts/welcome/")
    page.get_by_role("button", name="Skip").click()
    page.wait_for_url("**/tonight/")
    expect(page.locator(".welcome-line")).to_contain_text("is yours")

    page.goto("/accounts/welcome/")
    page.get_by_label("Teenager").check()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/tonight/")
    assert User.objects.get().preferences.ages == ("teen",)
