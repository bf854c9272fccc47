"""A path, a guide, the quiz and the way out, from start to end in a real browser.

ALL_NIGHTS has every path and guide walked here, all 119 nights of them; by a client they always are, in tests/journal/views.
"""

import datetime as dt
import os
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from accounts.models import User
from journal.models import Entry
from prompts.library import guides, paths, quiz
from prompts.models import Walk
from tests.browser.conftest import eventually
from tests.factories import make_path_prompts, make_user

SignIn = Callable[[User], None]
EVENING = dt.datetime(2026, 3, 1, 20, 30, tzinfo=dt.UTC)
SESSION_NIGHTS = 29  # a session ends after thirty days
ALL_NIGHTS = bool(os.environ.get("ALL_NIGHTS"))
PATHS = list(paths.read()) if ALL_NIGHTS else ["grace"]
GUIDES = list(guides.read()) if ALL_NIGHTS else ["was-i-really-there"]
ELSEWHERE = "https://neutral.example.org/"


@pytest.fixture
def parent(transactional_db: None) -> User:
    return make_user(time_zone="Europe/Stockholm", knows_leave=True)


@pytest.mark.parametrize("slug", PATHS)
@pytest.mark.browser_context_args(java_script_enabled=False)
def test_a_path_is_walked_from_start_to_end(page: Page, parent: User, sign_in: SignIn, slug: str) -> None:
    make_path_prompts(slug)
    way = paths.read()[slug]
    page.route("**/static/**", lambda route: route.abort())  # a night is walked faster undressed
    with time_machine.travel(EVENING) as clock:
        sign_in(parent)
        page.goto(f"/prompts/paths/{slug}/")
        expect(page.get_by_role("heading", name="Before you begin")).to_have_count(1 if way.caution else 0)
        page.get_by_role("button", name="Begin this path").click()
        for number in range(1, len(way.steps) + 1):
            if number == SESSION_NIGHTS:
                sign_in(parent)
            page.goto("/tonight/")
            expect(page.locator(".step")).to_have_text(f"{way.name} · step {number} of {len(way.steps)}")
            page.locator("#text").fill(f"Evening {number}.")
            page.get_by_role("button", name="Done").click()
            clock.shift(dt.timedelta(days=1))
        page.goto(f"/prompts/paths/{slug}/")
        page.get_by_role("link", name="Read back what you wrote").click()

        expect(page.locator("article .reading")).to_have_text([f"Evening {number}." for number in range(1, len(way.steps) + 1)])


@pytest.mark.parametrize("slug", GUIDES)
def test_a_guide_is_answered_from_start_to_end(page: Page, parent: User, sign_in: SignIn, slug: str) -> None:
    guide = guides.read()[slug]
    sign_in(parent)
    page.goto("/prompts/hard-nights/")
    page.get_by_role("link", name=guide.name).click()
    for n, part in enumerate(guide.parts):
        page.get_by_label(part.ask).fill(f"Answer {n}.")
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
    context.set_offline(True)
    page.get_by_label(guide.parts[1].ask).fill("On the train.")
    expect(page.locator("[data-saved-line]")).to_contain_text("kept on this device")
    url = page.url
    page.goto("about:blank")
    context.set_offline(False)

    page.goto(url)

    expect(page.get_by_label(guide.parts[1].ask)).to_have_value("On the train.")
    expect(page.get_by_label(guide.parts[2].ask)).to_have_value("She drew\n\na house.")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_quiz_leads_to_a_path_and_help_comes_first_where_it_is_due(
    browser: Browser, live_server: object, scripts: bool, library: None
) -> None:
    context = browser.new_context(base_url=str(live_server), java_script_enabled=scripts)
    page = context.new_page()
    for last in (0, -1):  # the first answer to the last question says that all is safe, its last that it is not
        page.goto("/prompts/where-to-start/")
        for question in quiz.read().questions:
            answers = page.get_by_role("group", name=question.ask).get_by_role("radio")
            (answers.first if question is not quiz.read().questions[-1] or last == 0 else answers.last).check()
        page.get_by_role("button", name="See where it leads").click()

        assert page.url.endswith("/prompts/where-to-start/")
        expect(page.get_by_role("heading", name="First of all")).to_have_count(0 if last == 0 else 1)
        expect(page.locator("article h2").first).to_be_visible()
    page.get_by_role("link", name="To the page with people to call").click()
    expect(page.get_by_role("heading", name="Help", exact=True)).to_be_visible()
    context.close()


def test_an_open_question_of_the_quiz_is_said_and_the_others_stay_answered(page: Page, transactional_db: None) -> None:
    page.goto("/prompts/where-to-start/")
    first = page.get_by_role("group", name=quiz.read().questions[0].ask).get_by_role("radio").last
    first.check()
    page.get_by_role("button", name="See where it leads").click()

    expect(page.get_by_text("A question is still open")).to_be_visible()
    expect(first).to_be_checked()


@pytest.fixture
def elsewhere(context: BrowserContext) -> str:
    def answer(route: Route) -> None:
        route.fulfill(body="<h1>Weather</h1>", content_type="text/html")

    context.route(f"{ELSEWHERE}**", answer)
    return ELSEWHERE


def goes_by_the_button(page: Page) -> None:
    page.get_by_role("button", name="Leave quickly").click()


def goes_by_shift(page: Page) -> None:
    page.get_by_label("Your page").focus()
    for _ in range(3):
        page.keyboard.press("Shift")


@pytest.mark.parametrize("way_out", [goes_by_the_button, goes_by_shift])
@override_settings(LEAVE_TO=ELSEWHERE)
def test_leaving_saves_signs_out_and_takes_the_pages_place(
    page: Page, parent: User, sign_in: SignIn, elsewhere: str, library: None, way_out: Callable[[Page], None]
) -> None:
    sign_in(parent)
    page.goto("/privacy/")
    page.goto("/tonight/")
    page.get_by_label("Your page").fill("Somebody is on the stairs.")

    way_out(page)

    page.wait_for_url(elsewhere)
    assert Entry.objects.get().content.text == "Somebody is on the stairs."
    assert Entry.objects.get().kind == Entry.Kind.NIGHT
    page.go_back()
    assert page.url.endswith("/privacy/")  # the page that was left is no longer in the history
    page.goto("/tonight/")
    expect(page.get_by_label("E-mail")).to_be_visible()
    assert page.evaluate("async () => (await outbox_people()).length".replace("outbox_people()", PEOPLE)) == 0


PEOPLE = """new Promise((resolve) => {
    const opening = indexedDB.open("nightlight");
    opening.onsuccess = () => {
        const names = [...opening.result.objectStoreNames];
        if (!names.length) return resolve([]);
        const all = opening.result.transaction(names[0]).objectStore(names[0]).getAll();
        all.onsuccess = () => resolve(all.result);
    };
})"""


@pytest.mark.browser_context_args(java_script_enabled=False)
@override_settings(LEAVE_TO=ELSEWHERE)
def test_leaving_without_scripts_saves_and_signs_out(page: Page, parent: User, sign_in: SignIn, elsewhere: str, library: None) -> None:
    sign_in(parent)
    page.goto("/tonight/")
    page.locator("#text").fill("Somebody is on the stairs.")
    page.get_by_role("button", name="Leave quickly").click()

    page.wait_for_url(elsewhere)
    assert Entry.objects.get().content.text == "Somebody is on the stairs."
    page.goto("/tonight/")
    expect(page.get_by_label("E-mail")).to_be_visible()


@override_settings(LEAVE_TO=ELSEWHERE)
def test_leaving_covers_the_page_at_once_when_the_site_does_not_answer(
    page: Page, context: BrowserContext, parent: User, sign_in: SignIn, elsewhere: str, library: None
) -> None:
    sign_in(parent)
    page.goto("/tonight/")
    context.route("**/leave/", lambda _route: None)  # never answered
    page.get_by_role("button", name="Leave quickly").click()

    expect(page.locator("main")).not_to_be_visible(timeout=1000)
    page.wait_for_url(elsewhere)


def test_an_error_page_leads_to_help_and_out(page: Page, transactional_db: None) -> None:
    page.goto("/nothing-here/")

    expect(page.get_by_role("button", name="Leave quickly")).to_be_visible()
    page.get_by_role("link", name="Help").click()
    expect(page.get_by_role("heading", name="Help", exact=True)).to_be_visible()


def test_capitals_do_not_leave(page: Page, parent: User, sign_in: SignIn, library: None) -> None:
    sign_in(parent)
    page.goto("/tonight/")
    for _ in range(4):
        page.get_by_label("Your page").press("Shift+A")

    expect(page.get_by_label("Your page")).to_have_value("AAAA")
    assert page.url.endswith("/tonight/")


def test_shift_with_other_keys_does_not_leave(page: Page, parent: User, sign_in: SignIn, library: None) -> None:
    sign_in(parent)
    page.goto("/tonight/")
    page.get_by_label("Your page").fill("One two")
    for keys in ("Shift+Tab", "Shift+ArrowLeft", "Shift+Enter"):
        for _ in range(3):
            page.keyboard.press(keys)

    page.wait_for_timeout(300)
    assert page.url.endswith("/tonight/")
    expect(page.locator("main")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_enter_beside_the_text_does_not_leave(
    browser: Browser, live_server: object, parent: User, library: None, scripts: bool, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": scripts})
    client = Client()
    client.force_login(parent)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": str(live_server)}])
    page = context.new_page()
    page.goto("/tonight/")
    page.locator("#text").fill("One line.")
    page.get_by_role("radio", name="Light").focus()
    page.keyboard.press("Enter")

    eventually(page, lambda: Entry.objects.filter(author=parent).exists())
    page.goto("/tonight/")
    expect(page.locator("#text")).to_have_value("One line.")
    page.goto("about:blank")
    context.close()


@override_settings(LEAVE_TO=ELSEWHERE)
def test_what_could_not_be_saved_on_leaving_waits_on_the_device(
    page: Page, parent: User, sign_in: SignIn, elsewhere: str, library: None
) -> None:
    sign_in(parent)
    page.goto("/tonight/")
    Session.objects.all().delete()
    page.get_by_label("Your page").fill("Somebody is on the stairs.")
    expect(page.locator("[data-saved-line]")).to_contain_text("You have been signed out")
    page.get_by_role("button", name="Leave quickly").click()
    page.wait_for_url(elsewhere)
    sign_in(parent)

    page.goto("/tonight/")

    expect(page.get_by_label("Your page")).to_have_value("Somebody is on the stairs.")
    eventually(page, lambda: Entry.objects.filter(author=parent).exists())


def test_a_walk_is_one_at_a_time(page: Page, parent: User, sign_in: SignIn) -> None:
    call_command("load_prompts", verbosity=0)
    sign_in(parent)
    for slug in ("mending", "present-not-perfect"):
        page.goto(f"/prompts/paths/{slug}/")
        page.get_by_role("button", name="Begin this path").click()
    page.goto("/prompts/paths/mending/")
    page.get_by_role("button", name="Go on with it").click()

    assert Walk.objects.get(paused=False).path == "mending"
    assert Walk.objects.get(paused=False).started <= timezone.localdate() + dt.timedelta(days=1)
