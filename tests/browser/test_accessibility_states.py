"""Pages that appear only in some state are checked with axe-core: a code that was sent, a passkey, a save that failed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as configured
from django.core import mail
from django.db import OperationalError
from django.test import Client
from django.urls import get_resolver, resolve
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.keys.crypto import KeyringError
from accounts.models import User
from common.ids import new_id
from journal.entries import saving
from journal.history import revisions
from journal.models import Mode, Night
from journal.nights import night_pages, windows
from tests.browser import urls_with_mail
from tests.browser.axe import LOOKED_AT, look, look_after_sending, names, pages
from tests.browser.conftest import TakeSession, add_authenticator, give_session
from tests.browser.test_accessibility import PUBLIC, SIGNED_IN
from tests.browser.test_accessibility_care import CARE
from tests.factories import PASSWORD, make_counselor, make_entry, make_user
from tests.helpers import signed_in

WITH_MAIL = urls_with_mail.__name__

# Addresses that answer a GET with something else than a page of their own.
NOT_PAGES = {
    "healthz": "text",
    "readyz": "text",
    "manifest": "JSON",
    "service_worker": "a script",
    "accounts:signed_in": "JSON",
    "accounts:lock_use": "JSON",
    "accounts:second_step": "POST only",
    "usersessions_list": "accounts:sessions is in its place",
    "account_set_password": "accounts:password_set is in its place",
    "journal:calendar_night": "on to that night’s page",
    "accounts:stay": "POST only",
    **dict.fromkeys(["journal:export_delete", "journal:book_delete", "journal:import_take", "journal:import_take_back"], "POST only"),
    **dict.fromkeys(["journal:export_file", "journal:book_file", "journal:import_file"], "a file"),
    "journal:reminders_device": "JSON",
    "journal:reminders_forget": "POST only",
    "journal:export_nights": "POST only",
    "journal:import_slice": "JSON",
    "journal:revision_leave": "POST only",
    "journal:revision_restore": "POST only",
    "journal:entry_put_back": "POST only",
    "journal:on_this_day_page": "POST only",
    "journal:path_walk": "POST only",
    "journal:search_entry": "POST only",
    "journal:mark": "POST only",
    "journal:repairs_not_now": "POST only",
    "shared_open": "POST only",
    "shared_reply": "POST only",
    "shared_draft": "POST only",
    "counselor:session_open": "POST only",
    "counselor:note_delete": "POST only",
    "counselor:note_put_back": "POST only",
    "journal:shared_take_back": "POST only",
    "journal:care_seen": "POST only",
    **dict.fromkeys(["counselor:client_label", "counselor:client_details", "counselor:hand_over_seen"], "POST only"),
    **dict.fromkeys(["counselor:example", "counselor:example_answer", "counselor:example_remove"], "POST only"),
    **dict.fromkeys(["counselor:practice_withdraw", "counselor:set_copy", "counselor:assignments_undo"], "POST only"),
    "counselor:invitation_send": "POST only",
    "counselor:invitation_show_code": "POST only",
    "counselor:invitation_withdraw": "POST only",
    "accounts:role": "POST only",
    "counselor:set_remove": "POST only",
    "counselor:set_export": "a file",
    "journal:child_edit": "POST only",
    "journal:child_move": "POST only",
    "journal:child_offer": "POST only",
    "journal:child_remove": "POST only: tests/browser/test_children.py",
    "prompts:kept_first": "POST only",
    "prompts:where_to_start_keep": "POST only",
    "leave": "on to a neutral site",
    "mfa_download_recovery_codes": "text",
    "mfa_login_webauthn": "JSON, or on to signing in",
    "admin:login": "on to signing in, or refused",
    "admin:logout": "POST only",
    "admin:autocomplete": "JSON",
    "admin:jsi18n": "a script",
    "admin:view_on_site": "on to another page",
    "admin:accounts_user_add": "refused",
    "admin:counselor_workspace_add": "refused",
}


def test_every_page_is_checked() -> None:
    ids: dict[str, object] = {
        **{
            name: new_id()
            for name in (
                "entry",
                "deleted",
                "repair",
                "revision",
                "person",
                "own",
                "workspace",
                "export",
                "book",
                "look",
                "batch",
                "later",
                "stop",
                *CARE,
            )
        },
        **dict.fromkeys(("passkey", "year", "month"), 1),
        "offered": "a-token",
    }
    everything = {*names(get_resolver().url_patterns), *names(get_resolver(WITH_MAIL).url_patterns)}
    looked_at = {resolve(path.partition("?")[0].format(**ids), WITH_MAIL).view_name for path in {*PUBLIC, *SIGNED_IN, *LOOKED_AT}}

    assert looked_at | NOT_PAGES.keys() == everything
    assert not looked_at & NOT_PAGES.keys()


@pytest.fixture
def person() -> User:
    return make_user()


@pytest.fixture
def with_mail(settings: Settings) -> None:
    """As config/settings.py has it where NIGHTLIGHT_MAIL_URL is set."""
    settings.ROOT_URLCONF = WITH_MAIL
    settings.MAILER = settings.MAILERS["default"]
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = settings.MFA_PASSKEY_SIGNUP_ENABLED = True
    settings.MFA_ALLOW_UNVERIFIED_EMAIL = False


def mailed_code() -> str:
    """The code in the last mail."""
    match = re.search(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4}|\d{6})\s*$", str(mail.outbox[-1].body), re.MULTILINE)
    assert match, mail.outbox[-1].body
    return match.group(1)


def reauthenticated(person: User) -> Client:
    """A browser of this person's, who has just entered the password again."""
    client = signed_in(person)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


# --- Signing up and in


def test_forms_that_were_filled_in_wrongly(page: Page) -> None:
    page.goto("/accounts/login/")
    look_after_sending(page, login="parent@example.org", password="no")
    page.goto("/accounts/signup/")
    look_after_sending(page, email="parent@", password1="short")
    assert page.title().startswith("Error: ")
    expect(page.locator(".failures")).to_be_focused()
    page.locator(".failures a").first.click()
    expect(page.locator("#id_email")).to_be_focused()


def test_when_nobody_can_sign_up(page: Page, settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    for path in ("/", "/accounts/login/", "/accounts/signup/"):
        look(page, path)


@pages("/accounts/login/code/confirm/")
def test_a_code_to_sign_in_with(page: Page, person: User, take_session: TakeSession, paths: tuple[str, ...]) -> None:
    client = Client()
    client.post("/accounts/login/code/", {"email": person.email})
    take_session(client)
    look(page, paths[0])
    look_after_sending(page, code="WRNG-CODE")


@pages("/accounts/password/reset/confirm/", "/accounts/password/reset/complete/")
def test_a_code_for_a_new_password(page: Page, person: User, take_session: TakeSession, paths: tuple[str, ...]) -> None:
    confirm, complete = paths
    client = Client()
    client.post("/accounts/password/reset/", {"email": person.email})
    take_session(client)
    look(page, confirm)
    client.post(confirm, {"code": mailed_code()})
    take_session(client)
    look(page, complete)
    look_after_sending(page, password1="short", password2="other")


@pytest.mark.usefixtures("with_mail")
@pages("/accounts/signup/", "/accounts/login/code/", "/accounts/confirm-email/")
def test_signing_up_with_mail(page: Page, take_session: TakeSession, paths: tuple[str, ...]) -> None:
    sign_up, by_code, confirm = paths
    look(page, sign_up)
    look(page, by_code)
    client = Client()
    client.post(sign_up, {"email": "new@example.org", "password1": PASSWORD})
    take_session(client)
    look(page, confirm)
    look_after_sending(page, code="WRNG-CODE")


@pytest.mark.usefixtures("with_mail")
@pages("/accounts/signup/passkey/", "/accounts/2fa/webauthn/signup/")
def test_signing_up_with_a_passkey(page: Page, take_session: TakeSession, live_server: Any, paths: tuple[str, ...]) -> None:
    sign_up, create = paths
    look(page, sign_up)
    client = Client()
    client.post(sign_up, {"email": "new@example.org"})
    client.post("/accounts/confirm-email/", {"code": mailed_code()})
    take_session(client)
    look(page, create)
    add_authenticator(page)
    give_session(page.context, client, by_name := live_server.url.replace("127.0.0.1", "localhost"))  # passkeys belong to a name
    page.goto(f"{by_name}{create}")
    page.locator("main form button").last.click()
    page.wait_for_url(f"{by_name}/accounts/2fa/recovery-codes/**")


def test_a_link_that_confirms_an_address(page: Page, person: User) -> None:
    address = EmailAddress.objects.create(user=person, email=person.email)
    look(page, f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/")


# --- One's account


@pytest.mark.usefixtures("with_mail")
def test_an_address_that_waits_to_be_confirmed(page: Page, person: User, take_session: TakeSession) -> None:
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    EmailAddress.objects.create(user=person, email="new@example.org")
    client = signed_in(person)
    take_session(client)
    look(page, "/accounts/email/")
    client.post("/accounts/email/", {"email": "new@example.org", "action_send": ""})
    take_session(client)
    look(page, "/accounts/confirm-email/")


def test_signed_in_in_two_places(page: Page, person: User, take_session: TakeSession) -> None:
    for browser in ("Firefox/152.0 (Android 16)", "Safari/605.1 (Macintosh)"):
        client = Client(headers={"user-agent": browser})
        client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    take_session(client)
    look(page, "/accounts/sessions/")
    assert page.locator("main li").count() == 2


@pages("/accounts/password/set/")
def test_without_a_password(page: Page, person: User, take_session: TakeSession, paths: tuple[str, ...]) -> None:
    person.set_unusable_password()
    person.save()
    take_session(signed_in(person))
    look(page, paths[0])


@pages("/accounts/delete/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/journal/export/", "/journal/book/")
def test_after_entering_the_password_again(page: Page, person: User, take_session: TakeSession, paths: tuple[str, ...]) -> None:
    take_session(reauthenticated(person))
    for path in paths:
        look(page, path)
    page.goto("/accounts/delete/")
    look_after_sending(page, status=422)


@pages(
    "/accounts/2fa/reauthenticate/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
)
def test_with_two_steps(page: Page, person: User, take_session: TakeSession, paths: tuple[str, ...]) -> None:
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    take_session(reauthenticated(person))
    for path in paths:
        look(page, path)


@pages("/accounts/2fa/authenticate/")
def test_the_second_step(page: Page, person: User, take_session: TakeSession, paths: tuple[str, ...]) -> None:
    TOTP.activate(person, generate_totp_secret())
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    take_session(client)
    look(page, paths[0])
    look_after_sending(page, code="000000")


@pages(
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/reauthenticate/",
    "/accounts/2fa/webauthn/keys/{passkey}/edit/",
    "/accounts/2fa/webauthn/keys/{passkey}/remove/",
)
def test_with_a_passkey(page: Page, person: User, take_session: TakeSession, paths: tuple[str, ...]) -> None:
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    take_session(reauthenticated(person))
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    for path in paths:
        look(page, path.format(passkey=Authenticator.objects.get(type="webauthn").pk))


@pages("/accounts/lock/")
def test_a_locked_session(page: Page, person: User, take_session: TakeSession, paths: tuple[str, ...]) -> None:
    client = signed_in(person)
    client.post("/accounts/lock/")
    take_session(client)
    look(page, "/accounts/reauthenticate/")
    page.goto("/tonight/")
    look_after_sending(page, password="not the one")
    person.set_unusable_password()
    person.save()
    client.force_login(person)
    client.post("/accounts/lock/")
    take_session(client)
    for path in paths:
        look(page, path)  # who has neither password nor passkey


# --- The journal


@pytest.mark.usefixtures("library")
def test_a_journal_with_nothing_in_it(page: Page, person: User, take_session: TakeSession) -> None:
    client = signed_in(person)
    client.post("/accounts/settings/", {"time_zone": "UTC", "night_ends_at": 4, "appearance": "device"})
    take_session(client)
    look(page, "/journal/")  # with a line above it: the settings are saved
    look(page, "/journal/deleted/")


@pytest.mark.usefixtures("library")
def test_a_night_without_a_question(page: Page, person: User, take_session: TakeSession) -> None:
    take_session(signed_in(person))
    night = person.tonight(timezone.now())
    for mode in (Mode.JUST_WRITE, Mode.JUST_FACTS):
        night_pages.set_mode(person, night, mode)
        look(page, "/tonight/")
    night_pages.close(person, night, Night.Closed.NOT_TONIGHT)
    look(page, "/tonight/")
    look(page, "/offline/")  # the device knows who is signed in: the page can be written on
    assert page.get_by_label("Your page").is_visible()


def test_a_page_written_in_two_places(page: Page, person: User, take_session: TakeSession) -> None:
    entry = make_entry(person, text="From the first tab.")
    revisions.keep_done(person, entry, timezone.now())
    client = signed_in(person)
    take_session(client)
    page.goto(f"{entry.get_absolute_url()}edit/")
    look_after_sending(page, status=409, base="0", text="From the second tab.")
    look(page, entry.get_absolute_url())
    done, conflict_copy = (f"{entry.get_absolute_url()}history/{revision.pk}/" for revision in entry.revisions.order_by("saved_at"))
    look(page, conflict_copy)
    client.post(f"{conflict_copy}leave/")
    look(page, conflict_copy)
    look(page, f"{conflict_copy}?with={done.split('/')[-2]}")


def test_what_is_refused(page: Page, person: User, take_session: TakeSession) -> None:
    take_session(signed_in(person))
    page.goto("/journal/new/")
    look_after_sending(page, status=422, night="1066-10-14", text="Too long ago.")
    page.goto("/journal/new/")
    look_after_sending(page, status=403, author=str(new_id()), text="Somebody else’s.")


def test_a_text_that_could_not_be_saved(page: Page, person: User, take_session: TakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(person)
    take_session(client)
    page.goto("/journal/new/")
    look_after_sending(page, status=403, csrfmiddlewaretoken="x", text="Kept.")
    with monkeypatch.context() as patch:
        patch.setattr(saving, "save", failing(OperationalError()))
        look_after_sending(page, status=503)
    page.context.clear_cookies(name=configured.SESSION_COOKIE_NAME)
    look_after_sending(page, status=401)


# --- When something fails


def failing(problem: Exception) -> Callable[..., Any]:
    """A function that raises this."""

    def fail(*args: object, **kwargs: object) -> None:
        raise problem

    return fail


def test_errors(page: Page, person: User, take_session: TakeSession, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    look(page, "/nowhere/", 404)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
    look(page, f"/accounts/login/?{'a&' * 101}", 400)
    page.goto("/accounts/login/")
    look_after_sending(page, status=403, csrfmiddlewaretoken="x")
    settings.ACCOUNT_RATE_LIMITS = {"login": "0/m/ip"}
    page.goto("/accounts/login/")
    look_after_sending(page, status=429)
    take_session(signed_in(person))
    look(page, "/admin/login/", 403)
    for problem, status in ((ValueError(), 500), (OperationalError(), 503), (KeyringError(), 503)):
        monkeypatch.setattr(windows, "strip", failing(problem))
        look(page, "/tonight/", status)


# --- The admin


@pages(
    "/admin/",
    "/admin/accounts/",
    "/admin/accounts/user/",
    "/admin/accounts/user/{person}/change/",
    "/admin/accounts/user/{person}/delete/",
    "/admin/accounts/user/{person}/history/",
    "/admin/counselor/",
    "/admin/counselor/workspace/",
    "/admin/counselor/workspace/{workspace}/change/",
    "/admin/counselor/workspace/{workspace}/delete/",
    "/admin/counselor/workspace/{workspace}/history/",
    "/admin/password_change/",
    "/admin/password_change/done/",
)
def test_the_admin(page: Page, take_session: TakeSession, paths: tuple[str, ...]) -> None:
    staff = make_user(email="staff@example.org", is_staff=True, is_superuser=True)
    workspace = make_counselor().workspace
    take_session(signed_in(staff))
    for path in paths:
        look(page, path.format(person=staff.pk, workspace=workspace.pk))
