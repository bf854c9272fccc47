"""A counselor and a parent, each in a browser of their own, from the invitation to the end of their connection."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import Connection, KeySlot, User
from journal.models import Share
from tests.browser.conftest import PATIENCE, eventually, give_session
from tests.chromium import DESKTOP
from tests.factories import PASSWORD, make_user
from tests.helpers import signed_in

QUESTION = "What did you say in the doorway?"
ANSWER = "“Whose shoes are these.” They were mine."


@pytest.fixture
def desk(browser: Browser, browser_context_args: dict[str, Any], library: None) -> Iterator[Page]:
    """The counselor's browser, signed in as a person who has no workspace yet."""
    context: BrowserContext = browser.new_context(**{**browser_context_args, "viewport": DESKTOP})
    person = make_user(email="ines@example.org", name="Ines", knows_leave=True)
    give_session(context, signed_in(person), browser_context_args["base_url"])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    page.goto("about:blank")
    context.close()


def go(page: Page, *names: str) -> None:
    """Follow the links with these names."""
    for name in names:
        page.get_by_role("link", name=name, exact=True).first.click()


def test_from_the_invitation_to_the_end(desk: Page, page: Page) -> None:
    link = a_workspace_is_opened_and_an_invitation_made(desk)
    a_new_parent_accepts(page, link)
    a_set_is_built_and_given(desk)
    it_is_begun_shared_as_finished_and_answered(page)
    it_is_opened_and_replied_to(desk)
    the_reply_is_read_and_answered(page)
    the_answer_is_seen_and_the_share_taken_back(desk, page)
    the_parent_ends_it(desk, page)


def a_workspace_is_opened_and_an_invitation_made(desk: Page) -> str:
    desk.goto("/accounts/settings/")
    desk.get_by_role("link", name="Open a counselor’s workspace").click()
    desk.get_by_label("Your name, as clients know it").fill("Ines Holm")
    desk.get_by_label("Your practice").fill("Lindgatan")
    desk.get_by_role("button", name="Open the workspace").click()
    expect(desk.get_by_text("No clients yet.")).to_be_visible()
    expect(desk.get_by_role("navigation", name="Main").get_by_role("link", name="Tonight")).to_have_count(0)

    desk.get_by_role("link", name="Invite").first.click()
    desk.get_by_label("Who it’s for").fill("The family on Tuesdays")
    desk.get_by_role("button", name="Invite").click()
    return desk.get_by_label("The link").input_value()


def a_new_parent_accepts(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", name="Ines Holm")).to_be_visible()
    page.get_by_role("link", name="Create an account").click()
    page.locator("[name=email]").fill("mara@example.org")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("main form button.main").first.click()
    expect(page.get_by_role("heading", name="What they will not see")).to_be_visible()
    page.get_by_label("What they call you").fill("Mara")
    page.get_by_label("They may see that I answered").check()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("alert").or_(page.get_by_text("Nothing is accepted yet")).first).to_be_visible()
    page.get_by_label("I have read what this means").check()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("You are connected.")).to_be_visible()


def a_set_is_built_and_given(desk: Page) -> None:
    go(desk, "Sets")
    desk.get_by_role("button", name="New set").click()
    expect(desk.get_by_label("Name")).to_be_focused()
    desk.keyboard.type("Doorways")
    for question in (QUESTION, "What did they hear?"):
        desk.get_by_label("Questions of your own, one a line").fill(question)
        desk.get_by_role("button", name="Add", exact=True).click()
        expect(desk.locator("[data-step] summary").last).to_contain_text(question)
    go(desk, "Assign")
    desk.get_by_label("Mara").check()
    desk.get_by_label("When each begins it themselves").check()
    desk.get_by_role("button", name="Go on").click()
    desk.get_by_label("Note").fill("We can begin there on Thursday.")
    desk.get_by_role("button", name="Give it").click()
    expect(desk.get_by_role("heading", name="Doorways")).to_be_visible()


def it_is_begun_shared_as_finished_and_answered(page: Page) -> None:
    page.goto("/accounts/care/")
    go(page, "Doorways")
    expect(page.get_by_text("We can begin there on Thursday.")).to_be_visible()
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Share my answers to this set as I finish them").click()
    go(page, "Tonight")
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page.get_by_text("From Ines Holm")).to_be_visible()
    expect(page.get_by_text("When you press Done, a copy of this answer goes to Ines Holm.")).to_be_visible()
    page.get_by_label("Your page").fill(ANSWER)
    expect(page.locator("[data-saved-line]")).to_contain_text("Saved")
    assert not Share.objects.exists()  # a draft is not shared
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="That was today. Good night.")).to_be_visible()


def it_is_opened_and_replied_to(desk: Page) -> None:
    go(desk, "Clients")
    expect(desk.get_by_text("1 answer to read")).to_be_visible()
    expect(desk.get_by_text("last on")).to_be_visible()
    go(desk, "Today, 1 to read", "Everything shared with you")
    desk.locator(".shares a").click()
    expect(desk.get_by_text(ANSWER)).to_have_count(0)
    desk.get_by_role("button", name="Open it").click()
    expect(desk.get_by_text(ANSWER)).to_be_visible()
    desk.get_by_label("Your reply").fill("Could we start with the shoes?")
    desk.get_by_role("button", name="Send the reply").click()
    expect(desk.get_by_text("Could we start with the shoes?")).to_be_visible()


def the_reply_is_read_and_answered(page: Page) -> None:
    page.goto("/tonight/")
    page.get_by_text("Ines Holm wrote under your answer").locator("..").get_by_role("button", name="Read the reply").click()
    expect(page.get_by_text("Could we start with the shoes?")).to_be_visible()
    expect(page.get_by_text("Ines Holm read it on")).to_be_visible()
    page.get_by_label("Your reply").fill("Yes, with the old ones.")
    page.get_by_role("button", name="Send the reply").click()
    page.goto("/tonight/")
    expect(page.get_by_text("wrote under your answer")).to_have_count(0)


def the_answer_is_seen_and_the_share_taken_back(desk: Page, page: Page) -> None:
    go(desk, "Today, 1 to read", "Everything shared with you")
    expect(desk.get_by_text("new reply")).to_be_visible()
    desk.locator(".shares a").click()
    desk.get_by_role("button", name="Open it").or_(desk.get_by_role("button", name="Read it")).first.click()
    expect(desk.get_by_text("Yes, with the old ones.")).to_be_visible()
    address = desk.url

    page.goto("/journal/shared/")
    page.locator("main h2 a").first.click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("It is taken back.")).to_be_visible()
    desk.goto(address)
    expect(desk.get_by_text(ANSWER)).to_have_count(0)
    expect(desk.get_by_role("heading", name="There is nothing here")).to_be_visible()


def the_parent_ends_it(desk: Page, page: Page) -> None:
    page.goto("/accounts/care/")
    go(page, "Ines Holm", "End this connection")
    page.get_by_role("button", name="End the connection").click()
    expect(page.get_by_text("Ended. Everything you shared is taken back")).to_be_visible()
    eventually(page, lambda: not KeySlot.objects.filter(connection__isnull=False).exists())
    desk.goto("/today/")
    expect(desk.get_by_text("Mara has ended your connection")).to_be_visible()
    page.goto("/journal/shared/")
    expect(page.get_by_text("read", exact=False).first).to_be_visible()  # the record of who read what stays
    assert Connection.objects.get().ended_by == "parent"
    assert User.objects.count() == 2
