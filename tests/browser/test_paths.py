"""`/prompts/paths/` in a browser: a path is walked from start to end, without scripts; beginning another pauses it.

ALL_NIGHTS walks every path here, not just one; tests/journal/views/test_paths.py always walks all of them with Django's client.
"""

import datetime as dt
import os

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from prompts.library import paths
from prompts.models import Walk
from prompts.templatetags.library import with_lists
from tests.browser.conftest import SignIn, TakeSession
from tests.factories import make_path_prompts
from tests.helpers import DAY, EVENING, on_own_device, signed_in

SESSION_NIGHTS = 29  # a session ends after thirty days
PATHS = list(paths.read()) if os.environ.get("ALL_NIGHTS") else ["grace"]


@pytest.mark.parametrize("slug", PATHS)
@pytest.mark.browser_context_args(java_script_enabled=False)
def test_a_path_is_walked_from_start_to_end(page: Page, parent: User, take_session: TakeSession, slug: str) -> None:
    make_path_prompts(slug)
    path = paths.read()[slug]
    page.route("**/static/**", lambda route: route.abort())  # a night is walked faster undressed
    with time_machine.travel(EVENING) as clock:
        take_session(on_own_device(signed_in(parent)))
        page.goto(f"/prompts/paths/{slug}/")
        expect(page.get_by_role("heading", name="Before you begin")).to_have_count(1 if path.caution else 0)
        page.get_by_role("button", name="Begin", exact=True).click()
        for number in range(1, len(path.steps) + 1):
            if number == SESSION_NIGHTS:
                take_session(on_own_device(signed_in(parent)))
            page.goto("/tonight/")
            expect(page.locator(".step")).to_have_text(f"{path.name} · step {number} of {len(path.steps)}")
            page.locator("#text").fill(f"Evening {number}.")
            page.get_by_role("button", name="Done").click()
            clock.shift(DAY)
        page.goto(f"/prompts/paths/{slug}/")
        page.get_by_role("link", name="Read back what you wrote").click()

        expect(page.locator("article .reading")).to_have_text([f"Evening {number}." for number in range(1, len(path.steps) + 1)])


def test_every_path_can_be_begun_without_scrolling_and_a_walk_is_one_at_a_time(page: Page, parent: User, sign_in: SignIn) -> None:
    call_command("load_prompts", verbosity=0)
    sign_in(parent)
    for slug, path in paths.read().items():
        page.goto(f"/prompts/paths/{slug}/")
        if any(is_list for is_list, _texts in with_lists(path.caution)):  # a list of signs stands before the button, and is read first
            expect(page.locator(".caution .call a")).to_be_in_viewport(ratio=1)
        else:
            expect(page.get_by_role("button", name="Begin", exact=True)).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), slug
        expect(page.locator(".steps").first).to_be_hidden()
    page.get_by_text("questions still to come").click()
    expect(page.locator(".steps li").last).to_be_visible()
    expect(page.locator(".steps li")).to_have_count(len(paths.read()[slug].steps))
    for slug in ("mending", "present-not-perfect"):
        page.goto(f"/prompts/paths/{slug}/")
        page.get_by_role("button", name="Begin", exact=True).click()
    page.goto("/prompts/paths/mending/")
    page.get_by_role("button", name="Continue this path").click()

    assert Walk.objects.get(paused=False).path == "mending"
    assert Walk.objects.get(paused=False).started <= timezone.localdate() + dt.timedelta(days=1)
