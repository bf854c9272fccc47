"""Tonight on a phone: what it offers is in reach, and what is offered comes when it is wanted."""

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from journal.models import Night
from prompts.library import prompts
from prompts.tonight import FIRST_NIGHTS
from tests.browser.conftest import SignIn
from tests.factories import make_assignment, make_connection, make_counselor, make_path_prompts, make_prompt, make_set
from tests.helpers import DAY

BUTTONS = ["Another question", "Just write", "Just the facts", "Not tonight"]
WAYS = [*BUTTONS, "A hard night"]


@pytest.fixture
def long_library(transactional_db: None) -> None:
    """The two longest questions of the library, with all that can stand under one."""
    longest = sorted(prompts.read().prompts, key=lambda text: len(text.question))[-2:]
    for number, text in enumerate(longest):
        make_prompt(slug=f"long-{number}", question=text.question, tender=True, if_stuck=["Start with the room."])


def way(page: Page, name: str) -> Locator:
    return page.locator(".instead").get_by_role("link" if name == "A hard night" else "button", name=name)


def lowest(page: Page, names: list[str]) -> float:
    """How far down the page the lowest of these reaches, without scrolling."""
    assert page.evaluate("scrollY") == 0
    boxes = [box for name in names if (box := way(page, name).bounding_box())]
    assert len(boxes) == len(names)
    return max(box["y"] + box["height"] for box in boxes)


@pytest.mark.usefixtures("long_library")
def test_everything_is_in_reach_and_in_order(page: Page, parent: User, sign_in: SignIn) -> None:
    tonight = parent.tonight(timezone.now())
    for number in range(1, FIRST_NIGHTS + 1):  # on the first of them nothing tender is asked
        Night.objects.create(author=parent, night=tonight - number * DAY, closed=Night.Closed.NOT_TONIGHT)
    sign_in(parent)
    page.goto("/tonight/")

    # The longest question, on a phone and on a small one: nothing has to be scrolled.
    for height in (740, 640):
        page.set_viewport_size({"width": 360, "height": height})
        assert lowest(page, WAYS) <= height
    expect(page.locator(".window")).to_have_count(1)
    expect(page.get_by_role("link", name="Write about last night")).to_have_count(0)

    # The keyboard goes through it as the eye does.
    page.locator(".asked summary").focus()
    page.keyboard.press("Tab")  # the line about help
    reached = []
    for _ in WAYS:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert reached == ["Another question", "A hard night", "Just write", "Just the facts", "Not tonight"]

    # A hard feeling brings the pages for it at the tap, another takes them away.
    offered = page.get_by_role("status").get_by_role("link", name="A hard night")
    expect(offered).to_be_hidden()
    for feeling, is_offered in (("Stormy", True), ("Heavy", True), ("Even", False), ("None", False), ("Heavy", True)):
        page.locator(".feelings").get_by_text(feeling, exact=True).click()
        expect(offered).to_be_visible(visible=is_offered)

    # A swap and the way back keep what was written, and stay in reach.
    first = page.locator("h1").inner_text()
    page.get_by_label("Your page").fill("It rained.")
    way(page, "Another question").click()
    expect(page.locator("h1")).not_to_have_text(first)
    assert lowest(page, [*WAYS]) <= 640
    page.get_by_role("button", name="Back to the last one").click()
    expect(page.locator("h1")).to_have_text(first)
    expect(page.get_by_label("Your page")).to_have_value("It rained.")
    expect(offered).to_be_visible()

    for mode, back in (("Just write", "Just the facts"), ("Just the facts", "Just write")):
        way(page, mode).click()
        expect(page.locator("h1")).not_to_have_text(first)
        assert lowest(page, [back, "Not tonight", "A hard night"]) <= 640
    way(page, "Not tonight").click()
    expect(page.get_by_role("heading", name="Not tonight, then. Good night.")).to_be_visible()

    # The page for a hard night does not offer itself.
    page.goto("/prompts/hard-nights/work-ate-the-day/")
    page.locator(".feelings").get_by_text("Stormy", exact=True).click()
    expect(offered).to_be_hidden()


def test_what_waits_behind_a_counselors_set_is_named_and_one_tap_away(page: Page, parent: User, sign_in: SignIn) -> None:
    make_path_prompts("mending")
    counselor = make_counselor()
    make_assignment(make_connection(counselor, parent), make_set(counselor))
    User.objects.update(date_joined=parent.date_joined - DAY)
    parent.refresh_from_db()
    sign_in(parent)

    page.goto("/prompts/paths/mending/")
    page.get_by_role("button", name="Begin", exact=True).click()
    expect(page.get_by_text("First weeks comes first on tonight’s page.")).to_be_visible()

    page.goto("/tonight/")
    expect(page.get_by_text("Mending, step by step comes after these.")).to_be_visible()
    assert lowest(page, WAYS) <= 740
    expect(page.locator(".window")).to_have_count(2)
    expect(page.get_by_role("link", name="Write about last night")).to_be_visible()

    way(page, "Another question").click()
    expect(page.locator(".asked .step")).to_contain_text("Mending, step by step")
    page.get_by_role("button", name="Back to the last one").click()
    expect(page.locator("h1")).to_have_text("What was said at the door?")
