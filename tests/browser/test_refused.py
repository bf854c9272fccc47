"""Text that the server does not take as it is: shown, with the reason and ways to keep it, and never sent for ever (`answers.js`)."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.models import User
from common.text import repair
from journal.entries import trash
from journal.models import Entry
from tests.browser.axe import be_clean
from tests.browser.conftest import SignIn, eventually
from tests.browser.test_never_lost import HELD, HOME, KEPT, SAVED, open_tonight, text_of_tonight, write
from tests.helpers import DAY

pytestmark = pytest.mark.usefixtures("library")

# What each answer means for the text that was sent. Whatever is not listed here is not known to happen.
MEANINGS = {
    (200, "saved"): "saved",
    (200, "empty"): "saved",
    (200, ""): "unreachable",  # HTML, as of a network that asks to sign in to it first
    (204, ""): "unreachable",
    (0, ""): "unreachable",  # a redirect
    (302, ""): "unreachable",
    (304, ""): "unreachable",
    (400, "failed"): "refused",
    (401, "failed"): "signed-out",
    (401, ""): "signed-out",
    (403, "other-person"): "other-person",
    (403, "failed"): "token",
    (404, "failed"): "refused",
    (400, ""): "refused",
    (404, ""): "unreachable",  # of a proxy, say
    (405, ""): "unreachable",
    (408, ""): "busy",
    (409, "conflict"): "beside",
    (409, ""): "unreachable",
    (410, "deleted"): "refused",
    (413, ""): "refused",
    (414, ""): "unreachable",
    (415, ""): "unreachable",
    (422, ""): "refused",
    (422, "refused"): "refused",
    (425, ""): "busy",
    (429, ""): "busy",
    (431, ""): "unreachable",
    (451, ""): "unreachable",
    (500, "failed"): "busy",
    (502, ""): "busy",
    (503, "failed"): "busy",
    (504, ""): "busy",
}

TOP = "element => element.getBoundingClientRect().top"


@pytest.fixture
def author(parent: User, sign_in: SignIn) -> User:
    sign_in(parent)
    return parent


def saved_line(page: Page) -> str:
    return page.locator("[data-saved-line]").inner_text()


def test_every_answer_is_permanent_or_passing(page: Page, author: User) -> None:
    open_tonight(page)

    meanings = page.evaluate(
        "(all) => all.map(([status, state]) => answers.meaning({ status, answer: state ? { state } : {} }))", list(map(list, MEANINGS))
    )

    assert dict(zip(MEANINGS, meanings, strict=True)) == MEANINGS


def test_what_something_else_answered_is_not_taken_for_saved(page: Page, author: User) -> None:
    """A network that asks to sign in to it first answers everything with a page of its own, or leads to it."""
    open_tonight(page)
    answers = [
        lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Hotel</h1>"),
        lambda route: route.fulfill(status=302, headers={"Location": "https://hotel.example.org/"}),
        lambda route: route.fulfill(status=413, content_type="text/html", body="too large"),
    ]
    posts: list[int] = []

    def answer(route: Route) -> None:
        if route.request.method != "POST" or len(posts) == len(answers):
            route.continue_()
            return
        answers[len(posts)](route)
        posts.append(1)

    page.route("**/tonight/", answer)
    write(page, "In the hotel.")
    place = page.locator("#text").evaluate(TOP)
    expect(page.locator("[data-saved-line]")).to_have_text(re.compile("can’t reach.*is on this device"))
    assert page.evaluate(HELD)["unsent"] == 1

    eventually(page, lambda: len(posts) == 3)  # tried again after each of the two that pass
    expect(page.locator("[data-saved-line]")).to_have_text("Nightlight couldn’t save this text as it is.")
    waiting = page.locator("[data-waiting-texts]")
    expect(waiting.locator("textarea")).to_have_value("In the hotel.")
    assert abs(page.locator("#text").evaluate(TOP) - place) < 1  # the text stays under who is writing it
    page.get_by_role("button", name="Done").click()
    expect(waiting.get_by_role("heading")).to_be_focused()  # who wanted to be done is led to what can be done
    write(page, " Still.")  # the next key tries again
    expect(page.locator("[data-saved-line]")).to_have_text(SAVED)
    expect(waiting).to_be_hidden()
    assert text_of_tonight() == "In the hotel. Still."
    assert page.evaluate(HELD)["unsent"] == 0


def test_a_night_that_cannot_be_right_is_asked_about(page: Page, context: BrowserContext, author: User, tmp_path: Path) -> None:
    """The clock of the device is ahead, or has fallen back to the year 2000: the text is shown and saved where it belongs."""
    open_tonight(page)
    away = context.new_page()
    tonight = author.tonight(timezone.now())
    for wrong in (dt.datetime.now(dt.UTC) + dt.timedelta(days=3), dt.datetime(2000, 1, 1, 20, tzinfo=dt.UTC)):
        context.set_offline(True)
        away.clock.set_fixed_time(wrong)
        away.goto("/tonight/")
        write(away, f"Written in {wrong.year}.")
        expect(away.locator("[data-saved-line]")).to_have_text(KEPT)
        away.goto("about:blank")
        context.set_offline(False)

        page.goto("/journal/")
        waiting = page.locator("[data-waiting-texts]")
        expect(waiting).to_contain_text(re.compile("hasn’t come yet|1 January 2000, which is far from tonight"))
        assert not Entry.objects.filter(night=wrong.date()).exists()
        page.goto("/help/")  # shown wherever they go, and not sent again and again
        waiting.get_by_text("Look at the text").click()
        expect(waiting.locator("textarea")).to_have_value(f"Written in {wrong.year}.")
        expect(waiting.get_by_label("For the evening of")).to_have_value(tonight.isoformat())
        be_clean(page)
        with page.expect_download() as download:
            waiting.get_by_role("button", name="Download it as a file").click()
        download.value.save_as(tmp_path / "text.txt")
        assert (tmp_path / "text.txt").read_text() == f"Written in {wrong.year}."
        waiting.get_by_role("button", name="Copy the text").click()
        expect(waiting.get_by_role("status")).to_have_text(re.compile("copied|selected"))

        waiting.get_by_role("button", name="Save it as a separate page").click()

        expect(waiting.get_by_role("status")).to_have_text("It’s saved.")
        waiting.get_by_role("link", name="Open the page").click()
        expect(page.locator("#text")).to_have_value(f"Written in {wrong.year}.")
        assert page.evaluate(HELD)["unsent"] == 0
    assert {(entry.night, entry.kind) for entry in Entry.objects.all()} == {(tonight, Entry.Kind.FREE)}
    assert Entry.objects.count() == 2


def test_refused_text_is_shown_without_a_network_and_at_signing_out(page: Page, context: BrowserContext, author: User) -> None:
    open_tonight(page)
    page.route("**/tonight/", lambda route: route.fulfill(status=413, body="no") if route.request.method == "POST" else route.continue_())
    write(page, "Nobody wants it.")
    for place in ("[data-saved-line]", "[data-waiting-texts] [data-why]"):
        expect(page.locator(place)).to_have_text("Nightlight couldn’t save this text as it is.")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-waiting-texts]").get_by_role("status")).to_have_text("Nightlight couldn’t save this text as it is.")
    page.unroute("**/tonight/")

    context.set_offline(True)
    page.goto("/journal/")
    expect(page.locator("[data-waiting-texts] textarea")).to_have_value("Nobody wants it.")
    page.get_by_role("button", name="Save it as a separate page").click()
    expect(page.locator("[data-waiting-texts]").get_by_role("status")).to_contain_text("can’t reach")
    context.set_offline(False)
    page.goto("/accounts/logout/")
    expect(page.get_by_role("heading", name="Something hasn’t been sent yet")).to_be_visible()
    expect(page.locator("[data-waiting-texts] textarea")).to_have_value("Nobody wants it.")

    expect(page.get_by_role("button", name="Send it, then sign out")).to_be_hidden()  # it would be refused again
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("[data-waiting-texts]").get_by_role("status")).to_have_text("It’s saved.")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(HOME)
    assert text_of_tonight() == "Nobody wants it."


def test_the_page_and_the_server_keep_and_count_the_same_characters(page: Page, author: User) -> None:
    everything = "".join(map(chr, range(0xA1))).replace("\r", "") + "\u2028🌙é"
    open_tonight(page)
    text = page.get_by_label("Your page")
    text.evaluate("(field, value) => { field.value = value; field.dispatchEvent(new Event('input', { bubbles: true })); }", everything)
    expect(page.locator("[data-saved-line]")).to_have_text(SAVED)
    assert text_of_tonight() == repair(everything) == text.input_value()

    text.fill("🌙" * 70_000 + "x" * 70_000)
    eventually(page, lambda: SAVED.search(saved_line(page)) and len(text_of_tonight()) == 140_000)
    text.fill("🌙" * 100_000 + "x" * 100_001)
    expect(page.locator("[data-saved-line]")).to_contain_text("too long to save")
    text.fill("Short.")
    eventually(page, lambda: text_of_tonight() == "Short.")


def test_a_tab_left_open_says_that_its_page_was_deleted(page: Page, context: BrowserContext, author: User) -> None:
    last_night = (author.tonight(timezone.now()) - DAY).isoformat()
    open_tonight(page)
    page.goto(f"/tonight/?night={last_night}")
    write(page, "First.")
    expect(page.locator("[data-saved-line]")).to_have_text(SAVED)
    trash.delete(author, Entry.objects.get(), timezone.now())

    write(page, " Second.")

    expect(page.locator("[data-saved-line]")).to_contain_text("deleted somewhere else; it’s under Recently deleted")
    assert text_of_tonight() == "First."
    expect(page.locator("[data-waiting-texts] [data-night]")).to_have_value(last_night)
    page.get_by_role("button", name="Save it as a separate page").click()
    page.wait_for_url(re.compile("/journal/.+/edit/$"))
    expect(page.locator("#text")).to_have_value("First. Second.")
    assert [entry.content.text for entry in Entry.objects.not_deleted()] == ["First. Second."]


def test_done_without_a_network_is_done_when_it_is_back(page: Page, context: BrowserContext, author: User) -> None:
    open_tonight(page)
    context.set_offline(True)
    page.goto("/tonight/")
    write(page, "Good night.")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("[data-saved-line]")).to_have_text(KEPT)
    expect(page.get_by_text("You’re offline.")).to_be_visible()

    context.set_offline(False)

    expect(page.get_by_text("Good night").first).to_be_visible()
    expect(page.get_by_label("Your page")).to_have_count(0)
    assert text_of_tonight() == "Good night."

    page.goto("/journal/new/")  # a page of its own has its address once it is saved
    write(page, "Beside it.")
    expect(page.locator("[data-saved-line]")).to_have_text(SAVED)
    page.reload()
    expect(page.get_by_label("Your page")).to_have_value("Beside it.")
    assert Entry.objects.count() == 2


def test_the_page_written_without_a_network_says_when_it_is_back(page: Page, context: BrowserContext, author: User) -> None:
    open_tonight(page)
    context.set_offline(True)
    page.goto("/tonight/")
    write(page, "On the ferry.")
    expect(page.locator("[data-saved-line]")).to_have_text(KEPT)

    context.set_offline(False)

    expect(page.get_by_role("link", name="You’re back online")).to_be_visible()
    expect(page.get_by_text("You’re offline.")).to_be_hidden()
