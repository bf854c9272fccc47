"""Takes the screenshots in docs/screenshots, of an installation with the demo family: `make screenshots`.

`make screenshots ARGS="today session"` takes those with these names alone.
"""

import datetime as dt
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import django
from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

from journal.messages import letter
from prompts.library import letters
from tests.chromium import CHROMIUM, DESKTOP, MISSING, PHONE, QUIET
from tests.installation import manage, running

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
SIZES = {"phone": PHONE, "desktop": DESKTOP}
WANTED = frozenset(sys.argv[1:])  # names of pictures; all of them where there are none
Scheme = Literal["dark", "light"]
Shoot = Callable[[str], None]

PAGES = {
    "welcome": "/accounts/welcome/",
    "questions": "/prompts/?theme=repair",
    "path": "/prompts/paths/present-not-perfect/",
    "guide": "/prompts/hard-nights/work-ate-the-day/",
    "where-to-start": "/prompts/where-to-start/",
    "help": "/help/?country=GB",
}

FINDING = {
    "calendar-month": "/journal/calendar/",
    "calendar-year": f"/journal/calendar/{dt.datetime.now(dt.UTC).year}/",
    "on-this-day": "/journal/on-this-day/",
    "insights": "/journal/insights/",
    "repairs": "/journal/repairs/",
    "children": "/journal/children/",
}
WORDS = "door"  # that are searched for

LISTS = {
    "today": "/today/",
    "clients": "/accounts/clients/",
    "sets-by-situation": "/prompts/sets/library/",
}
WITH_COUNSELOR = {*LISTS, "set-builder", "assign", "session", "shared-answer", "consent", "support", "first-night"}

# What is taken in: three evenings as jrnl exports them.
OTHER_JOURNAL = json.dumps(
    {
        "tags": {"@lake": 2},
        "entries": [
            {
                "title": "The lake had ice on it.",
                "body": "We threw stones at it, and it sang.",
                "date": "2023-01-08",
                "time": "20:41",
                "tags": ["@lake"],
            },
            {"title": "Nobody wanted soup.", "body": "Then everybody had two bowls.", "date": "2023-01-09", "time": "21:15", "tags": []},
            {
                "title": "She asked what a will is.",
                "body": "I said: what one wants to leave behind.",
                "date": "2023-02-02",
                "time": "22:03",
                "tags": [],
            },
        ],
    }
).encode()

RESULTS = {"quiz-result": "safe", "quiz-help": "not-wanting-to-live"}  # what the answer to the last question of the quiz leads to


def answer_quiz(page: Page, last: str) -> None:
    """Answer *Where to start*: the first answer to each question but the last."""
    page.goto("/prompts/where-to-start/")
    for question in page.locator("main fieldset").all()[:-1]:
        question.locator("input").first.check()
    page.locator(f"main input[value={last}]").check()
    page.locator("main form .button.main").click()
    page.wait_for_load_state()


def sign_in(page: Page, account: list[str]) -> None:
    """An account is a line that load_demo printed: address, password, role."""
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(account[0])
    page.locator("[name=password]").fill(account[1])
    page.locator("main form button.main").first.click()
    page.wait_for_url(re.compile(r"/(tonight|today)/$"))


def open_entry(page: Page) -> None:
    """Open an entry that answers a question."""
    page.goto("/journal/")
    page.locator(".nights a", has=page.locator(".q")).nth(1).click()


def search(page: Page) -> None:
    """Search for a word that several pages hold."""
    page.goto("/journal/search/")
    page.locator("[name=words]").fill(WORDS)
    page.locator("[name=words]").press("Enter")
    page.locator("main mark").first.wait_for()


def open_repair(page: Page) -> None:
    """Open the first repair in the list: the latest that is open."""
    page.goto("/journal/repairs/")
    page.locator(".repairs a").first.click()
    page.wait_for_load_state()


def with_keyboard_up(page: Page, shoot: Callable[[], None]) -> None:
    """What a phone's keyboard leaves of the page while its text has the focus."""
    page.locator("#text").focus()
    page.set_viewport_size({"width": PHONE["width"], "height": 420})
    page.locator(":root[data-writing=tight]").wait_for()
    shoot()
    page.set_viewport_size(PHONE)


def take(page: Page, name: str, scheme: str, size: str, *, whole: bool) -> None:
    """One picture, of what is in sight or of the whole page."""
    if WANTED and name not in WANTED:
        return
    page.evaluate("scheme => { document.documentElement.dataset.appearance = scheme }", scheme)
    seen = page.viewport_size
    assert seen
    if whole:  # in a window as high as the page: what sticks to a window's edge would lie in the middle of the picture
        page.set_viewport_size({"width": seen["width"], "height": page.evaluate("document.documentElement.scrollHeight")})
    page.wait_for_timeout(250)
    page.screenshot(path=FOLDER / f"{name}-{size}-{scheme}.png")
    page.set_viewport_size(seen)


def draw(browser: Browser, site: str, account: list[str], scheme: Scheme, size: str) -> None:
    context = browser.new_context(
        base_url=site, color_scheme=scheme, viewport=SIZES[size], locale="en-GB", timezone_id="Europe/Stockholm", reduced_motion="reduce"
    )
    page = context.new_page()

    def shoot(name: str, *, whole: bool = False) -> None:
        take(page, name, scheme, size, whole=whole)

    page.goto("/")
    shoot("front", whole=True)
    page.goto("/for-counselors/")
    shoot("for-counselors", whole=True)
    page.goto("/accounts/signup/")
    shoot("sign-up", whole=True)
    sign_in(page, account)
    if page.get_by_role("button", name="Got it").is_visible():
        page.get_by_role("button", name="Got it").click()  # the line about "Leave quickly", which is put away once
    shoot("tonight", whole=True)
    if not WANTED or "calendar-strip" in WANTED:
        page.locator(".strip").scroll_into_view_if_needed()
        page.evaluate("scheme => { document.documentElement.dataset.appearance = scheme }", scheme)
        page.locator(".strip").screenshot(path=FOLDER / f"calendar-strip-{size}-{scheme}.png")
    if size == "phone":
        with_keyboard_up(page, lambda: shoot("tonight-keyboard-up"))
    page.goto("/journal/")
    shoot("timeline")
    open_entry(page)
    shoot("entry", whole=True)
    if size == "phone":
        page.get_by_role("link", name="Edit").click()
        with_keyboard_up(page, lambda: shoot("writing-keyboard-up"))
    for name, path in PAGES.items():
        page.goto(path)
        shoot(name, whole=True)
    for name, path in FINDING.items():
        page.goto(path)
        shoot(name, whole=True)
    search(page)
    shoot("search", whole=True)
    open_repair(page)
    shoot("repair", whole=True)
    for name, last in RESULTS.items():
        answer_quiz(page, last)
        shoot(name, whole=True)
    page.goto("/accounts/settings/")
    shoot("settings", whole=True)
    draw_exchange(page, account, lambda name: shoot(name, whole=True))
    context.close()


def draw_exchange(page: Page, account: list[str], shoot: Callable[[str], None]) -> None:
    """A journal taken in and away, the book, and leaving; each after the password was entered again."""
    page.goto("/journal/import/")
    shoot("import")
    file: FilePayload = {"name": "jrnl.json", "mimeType": "application/json", "buffer": OTHER_JOURNAL}
    page.set_input_files("[name=file]", file)
    page.locator("form[data-upload] .button.main").click()
    page.locator("form[action$='/take/']").wait_for()
    shoot("import-look")
    page.goto("/journal/export/")
    if page.locator("[name=password]").is_visible():
        page.locator("[name=password]").fill(account[1])
        page.locator("main form button.main").first.click()
        page.wait_for_url("**/journal/export/")
    shoot("export")
    page.goto("/journal/book/")
    shoot("book")
    page.goto("/accounts/delete/")
    shoot("leaving")


def pages_of(browser: Browser, site: str, account: list[str], scheme: Scheme, size: str) -> tuple[Page, Shoot]:
    """A browser in which somebody is signed in, and what takes a picture of its page."""
    context = browser.new_context(
        base_url=site, color_scheme=scheme, viewport=SIZES[size], locale="en-GB", timezone_id="Europe/Stockholm", reduced_motion="reduce"
    )
    page = context.new_page()
    sign_in(page, account)
    for line in ("Got it", "Not now"):  # what is put away once: about "Leave quickly", about a second step
        if (button := page.get_by_role("button", name=line)).is_visible():
            button.click()

    def shoot(name: str) -> None:
        take(page, name, scheme, size, whole=True)

    return page, shoot


def draw_lists(browser: Browser, site: str, counselor: list[str], scheme: Scheme, size: str) -> None:
    """What a counselor finds before anything is opened."""
    page, _shoot = pages_of(browser, site, counselor, scheme, size)
    for name, path in LISTS.items():
        page.goto(path)
        take(page, name, scheme, size, whole=name != "sets-by-situation")
    page.context.close()


def draw_care(browser: Browser, site: str, counselor: list[str], parent: list[str], scheme: Scheme, size: str) -> None:
    """The counselor's pages, and how a parent sees the invitation."""
    page, shoot = pages_of(browser, site, counselor, scheme, size)
    page.goto("/prompts/sets/")
    page.get_by_role("link", name="Before the door closes").click()
    shoot("set-builder")
    page.goto("/prompts/assignments/new/?library=two-homes")
    page.get_by_label("Mara").check()
    page.get_by_text("As Mara").wait_for()
    shoot("assign")
    page.goto("/accounts/clients/")
    page.get_by_role("link", name="Session: Mara").click()
    if (open_all := page.get_by_role("button", name="Open all")).is_visible():
        open_all.click()
    shoot("session")
    page.goto("/journal/shared/")
    page.locator(".shares a", has=page.get_by_text("Mara")).first.click()
    shoot("shared-answer")
    page.goto("/accounts/invitations/")
    page.locator(".invited a.who").first.click()
    link = page.get_by_label("The link").input_value()
    page.context.close()
    page, shoot = pages_of(browser, site, parent, scheme, size)
    page.goto(link)
    shoot("consent")
    page.goto("/accounts/care/")
    shoot("support")
    page.context.close()


def assign_a_first_night(browser: Browser, site: str, counselor: list[str]) -> None:
    """End what Tomas was given, and assign him a ready-made set whose first night is tonight."""
    page, _shoot = pages_of(browser, site, counselor, "light", "desktop")
    page.goto("/prompts/assignments/")
    page.get_by_role("link", name="The loud hours").click()
    page.get_by_role("button", name="End it").click()
    page.goto("/prompts/assignments/new/?library=screens")
    page.get_by_label("Tomas").check()
    page.get_by_label("A note", exact=True).fill("You said it’s the phone, not the kids. Seven nights, and none of them is a test.")
    page.get_by_role("button", name="Assign", exact=True).click()
    page.get_by_text("Assigned to 1 client.").wait_for()
    page.context.close()


def draw_first_night(browser: Browser, site: str, parent: list[str], scheme: Scheme, size: str) -> None:
    """The night on which a set asks its first question."""
    page, shoot = pages_of(browser, site, parent, scheme, size)
    page.goto("/tonight/")
    shoot("first-night")
    page.context.close()


def draw_letter(browser: Browser) -> None:
    """A weekly letter, as a mail program on a phone shows it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    last = dt.date(2026, 3, 1)
    evenings = letter.week(last, {last - days * dt.timedelta(days=1) for days in (0, 2, 3, 6)}, since=dt.date(2026, 1, 1))
    links = letter.Links(
        "https://example.org/tonight/", "https://example.org/accounts/reminders/", "https://example.org/stop/", "https://example.org/help/"
    )
    mail = letter.compose(letters.read()[0], evenings, links, "en")
    for scheme in ("dark", "light"):
        page = browser.new_page(color_scheme=scheme, viewport=PHONE)
        page.set_content(mail.html)
        page.screenshot(path=FOLDER / f"letter-phone-{scheme}.png", full_page=True)
        page.close()


def main() -> int:
    if not CHROMIUM:
        print(MISSING, file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        manage(data, "prepare")
        accounts = manage(data, "load_demo").stdout.splitlines()
        parent, second_parent = [line.split() for line in accounts if "(parent)" in line]
        counselor = next(line.split() for line in accounts if "(counselor)" in line)
        with running(data) as (visitor, _log), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            schemes: tuple[Scheme, ...] = ("dark", "light")
            views = [(scheme, size) for size in SIZES for scheme in schemes]
            if not WANTED or WANTED - WITH_COUNSELOR:
                for scheme, size in views:
                    draw(browser, visitor.site, parent, scheme, size)
            for scheme, size in views:
                draw_lists(browser, visitor.site, counselor, scheme, size)
            for scheme, size in views:
                draw_care(browser, visitor.site, counselor, second_parent, scheme, size)
            assign_a_first_night(browser, visitor.site, counselor)
            for scheme, size in views:
                draw_first_night(browser, visitor.site, second_parent, scheme, size)
            draw_letter(browser)
            browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} screenshots in {FOLDER.relative_to(Path.cwd())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
