"""A rupture in a browser, from the evening it happened to the evening it was mended: by keyboard at every size, and without scripts."""

from dataclasses import replace

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Child, Children, User
from journal import repairs
from journal.models import Entry, Repair
from journal.repairs import GUIDE
from prompts.library import guides
from tests.browser.axe import be_clean
from tests.browser.conftest import SignIn, eventually
from tests.chromium import DESKTOP
from tests.factories import make_entry
from tests.helpers import DAY

GUIDE_TEXT = guides.read()[GUIDE]
QUESTION = "Is there a way back tonight?"


def let_a_night_pass(person: User) -> None:
    """What was opened tonight was opened last night."""
    last_night = person.tonight(timezone.now()) - DAY
    for row in Repair.objects.all():
        row.content = replace(row.content, opened=last_night.isoformat(), put_off="")
        row.save(update_fields=["content"])
    Entry.objects.update(night=last_night)


def press(page: Page, role: str, name: str) -> None:
    """Go to it and press it, with the keyboard alone."""
    page.get_by_role(role, name=name, exact=True).focus()  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def test_from_the_evening_it_happened_to_the_evening_it_was_mended(page: Page, parent: User, sign_in: SignIn, library: None) -> None:
    mika = Child("0" * 32, "Mika")
    parent.sealed_children = Children((mika,))
    parent.save()
    sign_in(parent)
    page.goto("/tonight/")
    press(page, "link", "A hard night")
    page.get_by_role("link", name=GUIDE_TEXT.name).press("Enter")
    page.get_by_label(GUIDE_TEXT.parts[0].ask).focus()
    page.keyboard.type("I shouted.")
    eventually(page, lambda: Repair.objects.filter(author=parent, is_open=True).exists())
    press(page, "button", "Done")
    expect(page.locator(".notice").filter(has_text=GUIDE_TEXT.closing)).to_be_visible()
    page.goto("/tonight/")
    expect(page.locator("main")).not_to_contain_text("something went wrong")

    let_a_night_pass(parent)
    entry = Entry.objects.get()
    entry.summary = replace(entry.summary, children=(mika.id,))
    entry.save(update_fields=["summary"])
    page.reload()
    expect(page.locator("main")).to_contain_text(f"Last night something went wrong between you and Mika. {QUESTION}")
    be_clean(page)
    press(page, "button", "Not now")
    expect(page.locator("main")).to_contain_text("Something is still open between you and Mika. The way back")
    expect(page.locator("main")).not_to_contain_text(QUESTION)
    press(page, "link", "The way back")
    expect(page.get_by_role("heading", name="Is there a way back?")).to_be_visible()
    be_clean(page)

    page.set_viewport_size(DESKTOP)
    page.get_by_label("A few words").focus()
    page.keyboard.type("Pancakes.")
    press(page, "button", "Mended")
    expect(page.get_by_role("heading", name="Mended, 1 day later")).to_be_visible()
    press(page, "link", "Repairs")
    expect(page.locator(".repairs")).to_contain_text("Pancakes.")
    page.goto("/tonight/")
    expect(page.locator("main")).not_to_contain_text("The way back")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_a_page_is_kept_open_and_let_rest(page: Page, parent: User, sign_in: SignIn, library: None) -> None:
    entry = make_entry(parent, night=parent.tonight(timezone.now()) - DAY)
    sign_in(parent)
    page.goto(entry.get_absolute_url())
    page.get_by_role("link", name="Something went wrong between us").click()
    page.get_by_role("button", name="Mark that page as open").click()
    page.locator("summary").first.click()
    page.get_by_label("A few words").fill("It is all right.")
    page.get_by_role("button", name="Let it rest").click()
    expect(page.get_by_role("heading", name="It can rest here.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("It is all right.")
    assert not Repair.objects.get().is_open

    page.goto("/journal/repairs/new/")
    page.get_by_label(GUIDE_TEXT.parts[3].ask).fill("I am sorry I left.")
    page.get_by_role("button", name="Done").click()
    let_a_night_pass(parent)
    page.goto("/tonight/")
    expect(page.locator("main")).to_contain_text(QUESTION)
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("main")).not_to_contain_text(QUESTION)
    assert repairs.listed(parent).count() == 2
