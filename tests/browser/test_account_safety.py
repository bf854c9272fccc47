"""An account from its first passkey to a lost one, walked in a browser whose passkeys Chromium plays."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.conftest import add_authenticator, eventually
from tests.browser.test_accessibility_states import mailed_code, with_mail  # noqa: F401  a fixture
from tests.factories import make_counselor, make_invitation

ADDRESS, NEW_ADDRESS, PASSWORD = "new@example.org", "newer@example.org", "three quiet boats"


def has_arrived(sentence: str) -> bool:
    """Whether the last mail is a notice to the person that says this, and in its subject nothing of what it is."""
    if not mail.outbox or sentence not in (notice := mail.outbox[-1]).body:
        return False
    return (notice.subject, notice.to) == ("A change to your account", [ADDRESS])


def use_passkey_again(page: Page) -> None:
    """Answer the page that asks who one is, where it comes."""
    if "/reauthenticate/" in page.url:
        page.wait_for_load_state()
        page.get_by_role("button", name="Use your passkey").click()


def change_factors(page: Page, by_name: str, lose_passkeys: Callable[[], object]) -> None:
    """Another passkey comes, the lost one goes, an app comes and goes: each is told by mail."""
    lose_passkeys()
    add_authenticator(page)
    page.goto(f"{by_name}/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill("The new phone")
    page.get_by_role("button", name="Add the passkey").click()
    eventually(page, lambda: has_arrived("A passkey was added."))
    page.goto(f"{by_name}/accounts/2fa/webauthn/")
    expect(page.locator("main li .name")).to_have_count(2)
    page.locator("main li").filter(has_not_text="The new phone").get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    eventually(page, lambda: has_arrived("A passkey was removed."))
    expect(page.locator("main li .name")).to_have_text(["The new phone"])

    page.goto(f"{by_name}/accounts/2fa/totp/activate/")
    secret = page.locator("#authenticator_secret").text_content() or ""
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))
    page.get_by_role("button", name="Turn on").click()
    eventually(page, lambda: has_arrived("Your authenticator app is set up."))
    page.goto(f"{by_name}/accounts/2fa/totp/deactivate/")
    page.get_by_role("button", name="Turn off").click()
    eventually(page, lambda: has_arrived("Your authenticator app is turned off."))


@pytest.mark.usefixtures("with_mail", "library")
def test_from_the_first_passkey_to_a_lost_one(page: Page, live_server: Any) -> None:
    lose_passkeys = add_authenticator(page)
    by_name = live_server.url.replace("127.0.0.1", "localhost")  # passkeys belong to a name

    # Signing up at a counselor's invitation: an address, its code, a passkey, and codes for the day on which that is lost.
    offered = f"/accounts/invitations/{make_invitation(make_counselor()).content.token}/"
    page.goto(f"{by_name}{offered}")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_role("link", name="Use a passkey instead").click()
    page.wait_for_url("**/accounts/signup/passkey/**")
    page.get_by_label("Email address").fill(ADDRESS)
    page.get_by_label("Email address").press("Enter")
    page.wait_for_url("**/accounts/confirm-email/")
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_label("Code").press("Enter")
    page.wait_for_url("**/accounts/2fa/webauthn/signup/")
    page.wait_for_load_state()
    page.locator("main form button").last.click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    first_code, second_code = page.locator("#recovery_codes code").all_inner_texts()[:2]
    page.get_by_role("link", name="Continue").click()
    page.wait_for_url(f"**{offered}")
    expect(page.get_by_role("button", name="Accept")).to_be_visible()

    # The passkey is lost: a code from the mail, then one that was kept.
    page.context.clear_cookies()
    page.goto(f"{by_name}/accounts/login/code/")
    page.get_by_label("Email address").fill(ADDRESS)
    page.get_by_label("Email address").press("Enter")
    page.wait_for_url("**/accounts/login/code/confirm/")
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_label("Code").press("Enter")
    page.get_by_text("You don’t have the passkey with you").click()
    page.get_by_label("Code", exact=True).fill(first_code)
    page.get_by_label("Code", exact=True).press("Enter")
    page.wait_for_url(re.compile("/tonight/|/welcome/"))
    page.goto(f"{by_name}/accounts/2fa/recovery-codes/")
    use_passkey_again(page)
    expect(page.locator("#recovery_codes")).to_contain_text(second_code)
    expect(page.locator("#recovery_codes")).not_to_contain_text(first_code)  # each works once

    # Whatever changes how one signs in is told by mail.
    page.get_by_role("link", name="Make new codes").click()
    page.locator("main form button").last.click()
    eventually(page, lambda: has_arrived("New recovery codes were made."))
    new_code = page.locator("#recovery_codes code").first.inner_text()
    page.goto(f"{by_name}/accounts/password/set/")
    use_passkey_again(page)
    for field in page.locator("main input[autocomplete=new-password]").all():
        field.fill(PASSWORD)
    page.locator("main input[autocomplete=new-password]").last.press("Enter")
    eventually(page, lambda: has_arrived("A password was set."))

    change_factors(page, by_name, lose_passkeys)

    # Somebody is signed in elsewhere, too, until this person says not.
    elsewhere = Client(headers={"user-agent": "Firefox/152.0 (Android 16)"})
    elsewhere.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    elsewhere.post("/accounts/2fa/authenticate/", {"code": second_code})
    assert elsewhere.get("/journal/").status_code == 302  # that code is one of the old ones
    elsewhere.post("/accounts/2fa/authenticate/", {"code": new_code})
    assert elsewhere.get("/journal/").status_code == 200
    page.goto(f"{by_name}/accounts/sessions/")
    page.get_by_role("button", name="Sign out everywhere else").click()
    eventually(page, lambda: elsewhere.get("/journal/").status_code == 302)
    expect(page.locator("main li")).to_have_count(1)

    # The old address is told of the new one.
    page.goto(f"{by_name}/accounts/email/")
    use_passkey_again(page)
    page.get_by_label("New address").fill(NEW_ADDRESS)
    page.get_by_role("button", name="Change the address").click()
    page.wait_for_url("**/accounts/confirm-email/")
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_label("Code").press("Enter")
    eventually(page, lambda: has_arrived(f"Your email address was changed from {ADDRESS} to {NEW_ADDRESS}."))
