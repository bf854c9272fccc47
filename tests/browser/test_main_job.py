"""The main job in a browser: a parent signs up, writes, finishes, finds, edits, restores and deletes a page."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Request, Route, ViewportSize, expect

from accounts.models import User
from journal.models import Entry
from tests.browser.conftest import SignIn, eventually
from tests.chromium import DESKTOP, PHONE
from tests.factories import PASSWORD, make_entry, make_user
from tests.helpers import DAY

pytestmark = pytest.mark.usefixtures("library")


def sign_up(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Begin tonight").click()
    page.locator("[name=email]").fill("new@example.org")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("main form button.main").first.click()
    page.wait_for_url("**/accounts/welcome/")
    page.get_by_label("Small child").check()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/tonight/")


def write(page: Page, text: str) -> None:
    page.get_by_label("Your page").press_sequentially(text)


@pytest.mark.parametrize("size", [pytest.param(PHONE, marks=pytest.mark.smoke), DESKTOP], ids=["phone", "desktop"])
def test_from_signing_up_to_the_trash(page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    sign_up(page)
    assert User.objects.get().time_zone == "Europe/Stockholm"

    question = page.locator("h1").inner_text()
    write(page, "We read two chapters.")
    page.get_by_text("Light", exact=True).click()
    expect(page.locator("[data-saved-line]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="That was today. Good night.")).to_be_visible()

    page.get_by_role("link", name="Journal").click()
    page.get_by_role("link", name=re.compile(question[:20])).click()
    expect(page.locator("article")).to_contain_text("We read two chapters.")

    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Your page").fill("Gone in a slip.")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("article")).to_contain_text("Gone in a slip.")

    page.get_by_role("link", name="History").click()
    page.get_by_role("link", name="As it was when you were done").last.click()
    page.get_by_role("button", name="Restore this text").click()
    expect(page.locator("article")).to_contain_text("We read two chapters.")

    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("No nights here yet.")).to_be_visible()

    page.get_by_role("link", name="Recently deleted").click()
    page.get_by_role("button", name="Put back").click()
    expect(page.locator("article")).to_contain_text("We read two chapters.")
    assert Entry.objects.not_deleted().count() == 1


def test_saves_while_typing_without_a_button(page: Page, sign_in: SignIn) -> None:
    sign_in(make_user())
    page.goto("/tonight/")

    write(page, "Half a sentence")
    expect(page.locator("[data-saved-line]")).to_have_text(re.compile("Saved"))
    write(page, ", then the rest")

    eventually(page, lambda: Entry.objects.get().content.text == "Half a sentence, then the rest")
    assert Entry.objects.get().version >= 2


def test_a_reload_shows_what_was_saved(page: Page, sign_in: SignIn) -> None:
    sign_in(make_user())
    page.goto("/tonight/")
    write(page, "Still here.")
    expect(page.locator("[data-saved-line]")).to_have_text(re.compile("Saved"))

    page.reload()

    expect(page.get_by_label("Your page")).to_have_value("Still here.")


def test_opening_another_page_at_once_saves(page: Page, sign_in: SignIn) -> None:
    sign_in(make_user())
    page.goto("/tonight/")
    write(page, "Quick")

    page.goto("/journal/")

    eventually(page, lambda: [entry.content.text for entry in Entry.objects.all()] == ["Quick"])


def test_another_question_keeps_the_text(page: Page, sign_in: SignIn) -> None:
    sign_in(make_user())
    page.goto("/tonight/")
    first = page.locator("h1").inner_text()
    write(page, "Begun.")

    page.get_by_role("button", name="Another question").click()

    expect(page.locator("h1")).not_to_have_text(first)
    expect(page.get_by_label("Your page")).to_have_value("Begun.")
    page.get_by_role("button", name="Back to the last one").click()
    expect(page.locator("h1")).to_have_text(first)


def test_a_double_click_on_done_presses_nothing_on_the_page_that_follows(page: Page, sign_in: SignIn) -> None:
    sign_in(make_user())
    page.goto("/tonight/")
    page.get_by_label("Your page").fill("We read two chapters.")
    page.get_by_role("button", name="Done").click()
    write_more = page.get_by_role("button", name="Write more")
    write_more.hover()
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    page.wait_for_timeout(300)
    expect(page.get_by_role("heading", name="That was today. Good night.")).to_be_visible()

    write_more.click()

    expect(page.get_by_label("Your page")).to_have_value("We read two chapters.")


def test_two_tabs_lose_nothing(page: Page, context: BrowserContext, sign_in: SignIn) -> None:
    sign_in(make_user())
    page.goto("/tonight/")
    other = context.new_page()
    other.goto("/tonight/")
    write(page, "From the first tab.")
    expect(page.locator("[data-saved-line]")).to_have_text(re.compile("Saved"))

    write(other, "From the second tab.")
    expect(other.locator("[data-saved-line]")).to_contain_text("Both texts are safe")
    other.get_by_role("button", name="Compare the two texts").click()

    expect(other.locator("main")).to_contain_text("From the first tab.")
    expect(other.locator("main")).to_contain_text("From the second tab.")


def test_signed_out_meanwhile_keeps_the_page_and_saves_after_signing_in(page: Page, context: BrowserContext, sign_in: SignIn) -> None:
    author = make_user()
    sign_in(author)
    page.goto("/tonight/")
    context.clear_cookies()

    write(page, "Not lost.")
    expect(page.locator("[data-saved-line]")).to_contain_text("signed out")
    other = context.new_page()
    other.goto("/accounts/login/")
    other.locator("[name=login]").fill(author.email)
    other.locator("[name=password]").fill(PASSWORD)
    other.locator("main form button.main").first.click()
    other.wait_for_url("**/tonight/")

    expect(page.locator("[data-saved-line]")).to_have_text(re.compile(r"Saved"))
    assert Entry.objects.get().content.text == "Not lost."


def test_by_keyboard_alone(page: Page, sign_in: SignIn) -> None:
    sign_in(make_user())
    page.goto("/tonight/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "text":
            break
    page.keyboard.type("By keyboard.")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("heading", name="That was today. Good night.")).to_be_visible()
    assert Entry.objects.get().content.text == "By keyboard."


def test_the_feeling_can_be_chosen_by_keyboard(page: Page, sign_in: SignIn) -> None:
    sign_in(make_user())
    page.goto("/tonight/")

    page.get_by_label("None").focus()
    page.keyboard.press("ArrowLeft")

    expect(page.get_by_label("Bright")).to_be_checked()


@pytest.mark.parametrize(
    ("address", "formatting"),
    [("/tonight/", "closed"), ("/journal/new/", "open"), ("/prompts/hard-nights/work-ate-the-day/", "closed")],
)
def test_nothing_moves_when_the_script_arrives(page: Page, sign_in: SignIn, address: str, formatting: str) -> None:
    """Whoever presses *Done* just then presses it, and not what has taken its place; also where the formatting buttons were open last."""
    page.set_viewport_size(PHONE)
    sign_in(make_user(knows_leave=True))
    page.goto("/help/")
    page.evaluate("value => localStorage.setItem('nightlight-formatting', value)", formatting)
    held: list[Route] = []
    page.route(re.compile(r"/joined/(?!first\.)[^/]*\.js"), lambda route: held.append(route))
    page.goto(address, wait_until="commit")
    done = page.locator("[data-finish]")
    expect(done).to_be_visible()
    page.evaluate("document.fonts.ready.then(() => null)")
    before, field = done.bounding_box(), page.locator("textarea").first.bounding_box()

    for route in held:
        route.continue_()
    page.wait_for_load_state("load")

    assert held
    assert done.bounding_box() == before
    assert page.locator("textarea").first.bounding_box() == field
    assert page.get_by_role("toolbar").is_visible() == (formatting == "open")


def test_the_toolbar_sets_markdown(page: Page, sign_in: SignIn) -> None:
    sign_in(make_user())
    page.goto("/tonight/")
    write(page, "word")
    page.get_by_label("Your page").press("Control+a")
    page.get_by_label("Your page").press("Control+b")
    expect(page.get_by_label("Your page")).to_have_value("word")
    page.get_by_role("button", name="Formatting").click()

    page.get_by_role("button", name="Bold").click()

    expect(page.get_by_label("Your page")).to_have_value("**word**")


@pytest.mark.parametrize("text", ["*Dvořák*", "***Dvořák***"])
def test_italics_with_letters_of_other_languages_are_italics(page: Page, parent: User, sign_in: SignIn, text: str) -> None:
    """And no upright letters that the browser has slanted."""
    entry = make_entry(parent, text=text)
    sign_in(parent)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))

    page.goto(f"/journal/{entry.pk}/")
    page.evaluate("document.fonts.ready.then(() => null)")

    extended = [request.url for request in asked if request.resource_type == "font" and "latin-ext" in request.url]
    assert len(extended) == 1
    assert "italic" in extended[0]


def test_appearance_is_as_chosen(page: Page, sign_in: SignIn) -> None:
    sign_in(make_user())
    page.emulate_media(color_scheme="light")
    page.goto("/accounts/settings/")

    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save").click()

    expect(page.locator("html")).to_have_attribute("data-appearance", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 21, 29)"


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_is_wider_than_the_screen(page: Page, sign_in: SignIn, width: int) -> None:
    author = make_user()
    night = author.tonight(timezone.now()) - DAY
    entry = make_entry(author, night=night, text="| a | b |\n|---|---|\n| long | table |\n\n" + "x" * 300)
    sign_in(author)
    page.set_viewport_size({"width": width, "height": 740})

    for path in ("/tonight/", "/journal/", entry.get_absolute_url(), "/accounts/settings/", "/accounts/sessions/", "/accounts/2fa/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


class WithoutScriptsTests:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return {**browser_context_args, "java_script_enabled": False}

    def test_the_main_job_works(self, page: Page) -> None:
        sign_up(page)
        page.get_by_label("Your page").fill("Plain.")
        expect(page.get_by_role("button", name="Formatting")).to_be_hidden()
        expect(page.locator("markdown-toolbar")).to_be_hidden()
        page.get_by_role("button", name="Another question").click()
        expect(page.get_by_label("Your page")).to_have_value("Plain.")

        page.get_by_role("button", name="Done").click()

        expect(page.get_by_role("heading", name="That was today. Good night.")).to_be_visible()
        page.get_by_role("link", name="Read it").click()
        expect(page.locator("article")).to_contain_text("Plain.")
