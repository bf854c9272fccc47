"""Assigning a set in a browser: the first nights follow what one chooses, and what is being typed stays."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Connection, User
from prompts.models import Assignment
from tests.browser.conftest import SignIn
from tests.factories import make_connection, make_counselor, make_set, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = ("Anna", "Bente", "Cleo", "Dana", "Edda", "Finn", "Gro", "Hanne", "Ida", "Jon", "Kari", "Lars", "Marit")


@pytest.fixture
def counselor(db: None) -> User:
    counselor = make_counselor()
    make_set(counselor)
    for number, name in enumerate(NAMES):
        make_connection(counselor, make_user(email=f"client-{number}@example.org"), parent_name=name)
    return counselor


def test_the_first_nights_follow_what_is_chosen_and_the_list_narrows(page: Page, sign_in: SignIn, counselor: User) -> None:
    sign_in(counselor)
    page.goto("/prompts/assignments/new/")
    nights = page.locator("[data-preview]")
    expect(nights).to_contain_text("Choose a set")

    page.get_by_label("Set").select_option(label="First weeks")
    expect(nights.locator(".nights > li")).to_have_count(2)
    page.get_by_label("Find a client").fill("ma")
    expect(page.locator("[data-whom] label:visible")).to_have_text(["Marit"])
    page.get_by_label("Marit").check()
    expect(nights).to_contain_text("What Marit will see")

    page.get_by_text("A separate note for Marit").click()
    page.get_by_label("A note for this client").fill("Slowly.")
    page.get_by_label("All at once").check()
    expect(nights.locator(".nights > li")).to_have_count(1)
    expect(page.get_by_label("A note for this client")).to_have_value("Slowly.")

    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("Assigned to 1 client.")).to_be_visible()
    assignment = Assignment.objects.get(connection=Connection.objects.get(parent_name="Marit"))
    assert (assignment.content.note, assignment.cadence) == ("Slowly.", "at_once")

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert not Assignment.objects.exists()
