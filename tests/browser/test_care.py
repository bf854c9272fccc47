"""A counselor and a client, each in a browser of their own: from the counselor's first visit to a paper for the session, and to the end."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from accounts.models import Connection, KeySlot
from counselor.models import ClientNote
from journal.models import Share
from prompts.library import prompts
from tests.browser.conftest import PATIENCE, eventually
from tests.browser.presses import presses
from tests.chromium import DESKTOP, PHONE
from tests.factories import PASSWORD, make_library_set_prompts

QUESTION = next(prompt.question for prompt in prompts.read().prompts if prompt.slug == "in-from-the-other-home")  # the set’s first
NOTE = "We can begin there on Thursday."
ANSWER = "She put her shoes beside mine, and said nothing until the soup."
REPLY = "Could we start with the soup?"
SESSION_NOTE = "Begin with the shoes."


@pytest.fixture
def desk(browser: Browser, browser_context_args: dict[str, Any], library: None) -> Iterator[Page]:
    """The browser of a counselor who has never been here."""
    context: BrowserContext = browser.new_context(**browser_context_args)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    page.goto("about:blank")
    context.close()


def go(page: Page, *names: str) -> None:
    """Follow the links with these names."""
    for name in names:
        page.get_by_role("link", name=name, exact=True).first.click()


def press(page: Page, *names: str) -> None:
    """Press the buttons with these names."""
    for name in names:
        page.get_by_role("button", name=name, exact=True).first.click()


def today(page: Page) -> None:
    """Go to Today, whose link says how much is to be read."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile("^Today")).click()


def sign_up(page: Page, email: str) -> None:
    page.locator("[name=email]").fill(email)
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("main form button.main").first.click()


@pytest.mark.parametrize(("counselors", "clients"), [(DESKTOP, PHONE), (PHONE, DESKTOP)], ids=["desk-and-phone", "phone-and-desk"])
def test_from_the_first_visit_to_the_end(desk: Page, page: Page, counselors: ViewportSize, clients: ViewportSize) -> None:
    make_library_set_prompts("two-homes", "screens")
    desk.set_viewport_size(counselors)
    page.set_viewport_size(clients)
    a_counselor_comes_in_and_tries_a_practice_client(desk)
    link = someone_is_invited(desk)
    a_new_client_accepts(page, link)
    a_ready_made_set_is_assigned_and_another_to_begin_later(desk)
    the_first_night_is_written_and_shared(page)
    what_is_new_is_read_and_answered(desk)
    a_session_is_prepared_and_printed(desk)
    the_reply_is_read_and_the_share_taken_back(desk, page)
    the_client_ends_it_and_keeps_what_they_were_given(desk, page)


def a_counselor_comes_in_and_tries_a_practice_client(desk: Page) -> None:
    desk.goto("/")
    go(desk, "For counselors", "Open a workspace")
    expect(desk.get_by_label("For my clients")).to_be_checked()
    sign_up(desk, "ines@example.org")
    desk.get_by_label("Your name, as clients know it").fill("Ines Holm")
    press(desk, "Open the workspace")
    expect(desk.get_by_role("heading", name="Your first steps")).to_be_visible()
    press(desk, "Try it on a practice client")
    expect(desk.get_by_role("heading", name="Alex, practice client")).to_be_visible()
    with presses(desk, 3):
        go(desk, "Assign a set")
        desk.get_by_label("Set", exact=True).select_option(label="Two homes")
        press(desk, "Assign")
        expect(desk.get_by_text("Assigned to 1 client.")).to_be_visible()


def someone_is_invited(desk: Page) -> str:
    today(desk)
    go(desk, "Invite someone")
    desk.get_by_label("Who it’s for").fill("The family on Tuesdays")
    press(desk, "Invite")
    return desk.get_by_label("The link").input_value()


def a_new_client_accepts(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", name="Ines Holm")).to_be_visible()
    go(page, "Create an account")
    sign_up(page, "mara@example.org")
    page.get_by_label("What they call you").fill("Mara")
    press(page, "Accept")
    expect(page.get_by_text("You haven’t accepted anything yet").last).to_be_visible()
    page.get_by_label("I’ve read what this means").check()
    press(page, "Accept")
    expect(page.get_by_text("You’re connected.")).to_be_visible()
    press(page, "Skip")


def a_ready_made_set_is_assigned_and_another_to_begin_later(desk: Page) -> None:
    go(desk, "Sets")
    desk.get_by_role("link", name="Sets by situation").click()
    go(desk, "Two homes")
    expect(desk.get_by_role("heading", name="What your client reads first")).to_be_visible()
    with presses(desk, 3):
        go(desk, "Assign")
        desk.get_by_label("Mara").check()
        desk.get_by_label("A note", exact=True).fill(NOTE)
        press(desk, "Assign")
        expect(desk.get_by_text("Assigned to 1 client.")).to_be_visible()

    go(desk, "Clients", "Assign: Mara (The family on Tuesdays)")
    desk.get_by_label("Set", exact=True).select_option(label="Screens")
    desk.get_by_label("When they start it").check()
    press(desk, "Assign")
    expect(desk.get_by_text("Assigned to 1 client.")).to_be_visible()


def the_first_night_is_written_and_shared(page: Page) -> None:
    page.goto("/tonight/")
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page.locator(".set-opening")).to_contain_text("When a child has two homes")
    expect(page.locator(".set-opening")).to_contain_text(NOTE)
    expect(page.get_by_text("Ines Holm sent you “Screens”")).to_be_visible()
    press(page, "Begin")
    expect(page.get_by_text("Started. Its first question is open now")).to_be_visible()
    page.get_by_label("Your page").fill(ANSWER)
    expect(page.locator("[data-saved-line]")).to_contain_text("Saved")
    press(page, "Done")
    expect(page.get_by_role("heading", name="That was today. Good night.")).to_be_visible()

    go(page, "Share with Ines Holm")  # the first time: what must be told
    assert not Share.objects.filter(entry__isnull=False).exists()
    page.get_by_label("I’ve read this").check()
    press(page, "Share a copy")
    expect(page.get_by_role("link", name="A copy went to Ines Holm.")).to_be_visible()
    press(page, "Take it back")
    with presses(page, 1):
        press(page, "Share with Ines Holm")
        expect(page.get_by_role("link", name="A copy went to Ines Holm.")).to_be_visible()


def what_is_new_is_read_and_answered(desk: Page) -> None:
    today(desk)
    mara = desk.get_by_role("listitem").filter(has_text="Mara (The family on Tuesdays)")
    expect(desk.get_by_text(ANSWER)).to_have_count(0)
    with presses(desk, 2):
        mara.get_by_role("button", name="Read").click()
        expect(desk.get_by_text(ANSWER)).to_be_visible()
        desk.get_by_placeholder("Reply").fill(REPLY)
        press(desk, "Send reply")
        expect(desk.locator(".answer .reply")).to_contain_text(REPLY)
    with presses(desk, 1):
        desk.get_by_role("button", name="Next: Alex, practice client").click()
        expect(desk.get_by_text("Made up, to try things out.").first).to_be_visible()


def a_session_is_prepared_and_printed(desk: Page) -> None:
    go(desk, "Clients", "Session: Mara (The family on Tuesdays)")
    desk.locator("#notes").get_by_label("Note", exact=True).fill(SESSION_NOTE)
    expect(desk.locator("#notes [data-saved-line]").first).to_contain_text("Saved")
    note, now = ClientNote.objects.get(), timezone.now()
    assert (note.content.text, note.dated) == (SESSION_NOTE, note.counselor.tonight(now))

    go(desk, "Client’s page")
    desk.get_by_label("Next session", exact=True).fill((note.dated + dt.timedelta(days=3)).isoformat())
    press(desk, "Save (Next session)")
    expect(desk.get_by_text("Saved.")).to_be_visible()

    go(desk, "Prepare a session")
    expect(desk.locator(".name-and-date")).to_be_hidden()
    desk.emulate_media(media="print")
    expect(desk.locator(".name-and-date")).to_be_visible()
    for words in (QUESTION, ANSWER, REPLY):
        expect(desk.get_by_text(words)).to_be_visible()
    for hidden in (SESSION_NOTE, "Mara"):
        for place in desk.get_by_text(hidden).all():
            expect(place).to_be_hidden()
    for place in desk.locator("nav, form, #notes").all():
        expect(place).to_be_hidden()
    desk.emulate_media(media="screen")


def the_reply_is_read_and_the_share_taken_back(desk: Page, page: Page) -> None:
    page.goto("/tonight/")
    press(page, "Read the reply")
    expect(page.get_by_text(REPLY)).to_be_visible()
    expect(page.get_by_text("Ines Holm read it on")).to_be_visible()
    press(page, "Take it back")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    desk.reload()
    expect(desk.get_by_text("Nothing was shared during this time.")).to_be_visible()
    expect(desk.get_by_text(ANSWER)).to_have_count(0)


def the_client_ends_it_and_keeps_what_they_were_given(desk: Page, page: Page) -> None:
    go(page, "Support")
    expect(page.get_by_text("Your next session is on")).to_be_visible()
    go(page, "End this connection")
    press(page, "End the connection")
    expect(page.get_by_text("Ended. Everything you shared has been taken back")).to_be_visible()
    mine = Connection.objects.filter(parent__example_of=None)
    eventually(page, lambda: not KeySlot.objects.filter(connection__in=mine).exists())
    today(desk)
    expect(desk.get_by_text("Mara (The family on Tuesdays) ended your connection")).to_be_visible()

    page.goto("/accounts/care/")
    go(page, "Two homes")
    expect(page.get_by_text(NOTE)).to_be_visible()
    expect(page.get_by_role("link", name=QUESTION)).to_be_visible()
    assert mine.get().ended_by == "parent"
