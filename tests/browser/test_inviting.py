"""Handing an invitation over: the link is copied at a press, and there to be marked without a script."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tests.browser.conftest import SignIn, give_session
from tests.factories import make_counselor, make_invitation
from tests.helpers import signed_in

pytestmark = pytest.mark.browser


@pytest.fixture
def counselor(transactional_db: None) -> User:
    return make_counselor()


def test_the_link_is_copied_at_a_press_or_marked_where_that_is_not_allowed(page: Page, sign_in: SignIn, counselor: User) -> None:
    invitation = make_invitation(counselor, name="Tuesdays")
    sign_in(counselor)
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url) if "localhost" not in request.url else None)
    page.goto(f"/accounts/invitations/{invitation.pk}/")
    link = page.get_by_label("The link").input_value()
    assert link.endswith(f"/accounts/invitations/{invitation.content.token}/")

    page.evaluate(
        "() => { navigator.clipboard.writeText = async (text) => { document.body.dataset.taken = text } }"
    )  # no page may read it back
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.locator("body").get_attribute("data-taken") == link

    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')) }")
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_text("Selected: now copy it.")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == link
    assert elsewhere == []


def test_without_a_script_all_ways_are_there(browser: Browser, live_server: Any, counselor: User) -> None:
    invitation = make_invitation(counselor, name="Tuesdays")
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    give_session(context, signed_in(counselor), live_server.url)
    page = context.new_page()
    page.goto(f"/accounts/invitations/{invitation.pk}/")

    expect(page.get_by_role("button", name="Copy the link")).to_have_count(0)
    link = page.get_by_label("The link").input_value()
    expect(page.get_by_role("img", name="QR code for the same link")).to_be_visible()
    page.get_by_role("button", name="Show a code").click()
    code = page.locator(".short-code").inner_text()

    visitor = browser.new_context(java_script_enabled=False, base_url=live_server.url).new_page()
    visitor.goto("/")
    visitor.get_by_role("link", name="I have a code from my counselor").click()
    visitor.get_by_label("Your code").fill(code.lower())
    visitor.get_by_role("button", name="Go on").click()
    expect(visitor).to_have_url(link)
    visitor.context.close()
    context.close()
