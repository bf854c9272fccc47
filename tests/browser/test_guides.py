"""`/prompts/hard-nights/` in a browser: a guide is answered part by part, edited, and taken up again after an interruption.

ALL_NIGHTS answers every guide here, not just one; tests/journal/views/test_hard_nights.py always answers all of them with Django's client.
"""

import os

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from journal.models import Entry
from prompts.library import guides
from tests.browser.conftest import SignIn, eventually
from tests.chromium import wait_for_half

GUIDES = list(guides.read()) if os.environ.get("ALL_NIGHTS") else ["was-i-really-there"]


@pytest.mark.parametrize("slug", GUIDES)
def test_a_guide_is_answered_from_start_to_end(page: Page, parent: User, sign_in: SignIn, slug: str) -> None:
    guide = guides.read()[slug]
    sign_in(parent)
    page.goto("/prompts/hard-nights/")
    page.get_by_role("link", name=guide.name).click()
    for number, part in enumerate(guide.parts):
        page.get_by_label(part.ask).fill(f"Answer {number}.")
    eventually(page, lambda: Entry.objects.filter(author=parent).exists())
    page.get_by_role("button", name="Done").click()

    expect(page.locator(".notice").filter(has_text=guide.closing)).to_be_visible()
    text = Entry.objects.get(author=parent).content.text
    assert text == "\n\n".join(f"**{part.ask}**\n\nAnswer {n}." for n, part in enumerate(guide.parts))

    page.get_by_role("link", name="Edit").click()
    page.get_by_label(guide.parts[0].ask).fill("Another answer.")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("article")).to_contain_text("Another answer.")
    expect(page.locator("article")).to_contain_text("Answer 1.")


def test_a_guide_interrupted_comes_back_in_its_parts(page: Page, parent: User, sign_in: SignIn, context: BrowserContext) -> None:
    guide = guides.read()["work-ate-the-day"]
    sign_in(parent)
    page.goto("/prompts/hard-nights/work-ate-the-day/")
    page.get_by_label(guide.parts[0].ask).fill("Mail until nine.")
    page.get_by_label(guide.parts[2].ask).fill("She drew\n\na house.")
    eventually(page, lambda: Entry.objects.filter(author=parent).exists())
    page.get_by_role("button", name="Done").click()
    page.get_by_role("link", name="Edit").click()
    page.wait_for_url("**/edit/")
    page.wait_for_load_state()  # its script has come, which keeps what is typed
    wait_for_half(page)
    context.set_offline(True)
    page.get_by_label(guide.parts[1].ask).fill("On the train.")
    expect(page.locator("[data-saved-line]")).to_contain_text("is on this device")
    url = page.url
    page.goto("about:blank")
    context.set_offline(False)

    page.goto(url)

    expect(page.get_by_label(guide.parts[1].ask)).to_have_value("On the train.")
    expect(page.get_by_label(guide.parts[2].ask)).to_have_value("She drew\n\na house.")
