"""`/journal/children/` in a browser: names are added and taken off by keyboard, and a tap says who a page is about."""

from functools import partial
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts import people
from accounts.models import Child, Children, User
from common.ids import new_id
from journal.models import Entry
from tests.browser.axe import be_clean
from tests.browser.conftest import SignIn, eventually, give_session
from tests.chromium import DESKTOP, wait_for_half
from tests.helpers import signed_in

URL = "/journal/children/"
NAMES = ("Mika", "J.", "מיקה", "M" * 40)


def about(parent: User) -> list[str]:
    """Who the parent's only page is about."""
    entry = Entry.objects.get(author=parent)
    return User.objects.get(pk=parent.pk).children.names(entry.summary.children)


def test_names_are_kept_by_keyboard_and_taken_off(page: Page, parent: User, sign_in: SignIn) -> None:
    sign_in(parent)
    page.goto("/accounts/settings/")
    page.get_by_role("link", name="Children").click()
    for name in ("Mika", "Juno"):
        page.get_by_label("Nickname or initials").last.focus()
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        page.keyboard.type("2019")
        page.keyboard.press("Enter")
        expect(page.locator(".children .name").filter(has_text=name)).to_be_visible()

    # A name that is there already is refused where it was typed.
    change = page.locator(".children summary").last
    change.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("mika")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Nickname or initials").and_(page.locator("[aria-invalid=true]"))).to_have_value("mika")
    be_clean(page)
    page.set_viewport_size(DESKTOP)
    page.goto(URL)
    be_clean(page)

    page.get_by_role("button", name="Move up Juno").press("Enter")
    expect(page.locator(".children .name")).to_have_text(["Juno", "Mika"])
    page.goto("/tonight/")
    page.get_by_role("checkbox", name="Mika").press("Space")
    page.get_by_label("Your page").fill("It rained.")
    eventually(page, lambda: Entry.objects.filter(author=parent).exists() and about(parent) == ["Mika"])
    page.get_by_role("button", name="Done").click()
    page.get_by_role("link", name="Read it").click()
    expect(page.locator(".about")).to_have_text("About Mika")

    page.goto(URL)
    page.get_by_role("button", name="Take off the list Mika").press("Enter")
    expect(page.get_by_text("1 page is about this child.")).to_be_visible()
    be_clean(page)
    page.get_by_role("radio", name="The name is removed from them").press("Space")
    page.get_by_role("button", name="Take it off the list").press("Enter")
    expect(page.locator(".children .name")).to_have_text(["Juno"])
    assert about(parent) == []


def test_who_a_page_is_about_is_kept_like_its_text(page: Page, parent: User, sign_in: SignIn, context: BrowserContext) -> None:
    for child in [Child(new_id().hex, name) for name in NAMES]:
        people.change_children(parent, partial(Children.add, child=child))
    sign_in(parent)
    page.goto("/tonight/")
    page.get_by_label("Your page").fill("It rained.")
    for name in NAMES[:2]:
        page.locator(".about-whom").get_by_text(name, exact=True).click()
    eventually(page, lambda: Entry.objects.filter(author=parent).exists() and about(parent) == ["Mika", "J."])
    page.reload()
    expect(page.get_by_role("checkbox", name="J.", exact=True)).to_be_checked()
    be_clean(page)

    # Kept on the device where there is no network, shown again, and sent from the page that knows no names.
    page.wait_for_load_state()
    wait_for_half(page)
    context.set_offline(True)
    page.get_by_role("checkbox", name="J.", exact=True).uncheck()
    page.get_by_role("checkbox", name="מיקה").check()
    expect(page.locator("[data-saved-line]")).to_contain_text("is on this device")
    page.reload()
    expect(page.get_by_label("Your page")).to_have_value("It rained.")
    expect(page.get_by_role("checkbox")).to_have_count(0)
    page.get_by_label("Your page").fill("It rained. It snowed.")
    expect(page.locator("[data-saved-line]")).to_contain_text("is on this device")
    context.set_offline(False)
    eventually(page, lambda: Entry.objects.get().content.text == "It rained. It snowed.")
    assert about(parent) == ["Mika", "מיקה"]


def test_without_scripts(browser: Browser, live_server: object, parent: User, browser_context_args: dict[str, Any]) -> None:
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    give_session(context, signed_in(parent), str(live_server))
    page = context.new_page()
    page.goto(URL)
    for name in NAMES[:2]:
        page.get_by_label("Nickname or initials").last.fill(name)
        page.get_by_role("button", name="Add", exact=True).click()
    page.goto("/tonight/")
    page.get_by_label("Your page").fill("It rained.")
    for name in NAMES[:2]:
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Done").click()
    assert about(parent) == ["Mika", "J."]

    page.goto(URL)
    page.get_by_role("button", name="Take off the list Mika").click()
    page.get_by_role("radio", name="They keep the name").check()
    page.get_by_role("button", name="Take it off the list").click()
    page.get_by_role("button", name="List again").click()
    expect(page.locator(".children .name")).to_have_text(["Mika", "J."])
    page.goto("about:blank")
    context.close()
