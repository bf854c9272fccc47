"""`static/js/outbox.js` and the service worker: a device keeps what the server does not have yet, and sends it as soon as it can."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.models import User
from journal.entries import saving
from journal.entries.submission import submit
from journal.models import Entry, Revision
from operations import views
from prompts.library import guides
from tests.browser.conftest import SignIn, eventually
from tests.chromium import wait_for_half
from tests.factories import PASSWORD, make_draft, make_user

pytestmark = pytest.mark.usefixtures("library")

KEPT = re.compile("is on this device")
HOME = re.compile(r"://[^/]+/$")
SAVED = re.compile(r"Saved \d\d:\d\d")

# In a page: what its outbox holds.
HELD = """async () => {
  const open = indexedDB.open("nightlight");
  const database = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const all = (store) => new Promise((done) => {
    const request = database.transaction(store).objectStore(store).getAll();
    request.onsuccess = () => done(request.result);
  });
  const [people, unsent] = [await all("people"), await all("unsent")];
  database.close();
  return { people: people.length, unsent: unsent.length, extractable: people.some((person) => person.half.extractable),
           bare: unsent.map((record) => new TextDecoder().decode(record.sealed) + JSON.stringify(record)).join() };
}"""


@pytest.fixture
def author(sign_in: SignIn) -> User:
    author = make_user()
    sign_in(author)
    return author


HOLD_WHAT_WAITS = """async () => {
  const open = indexedDB.open("nightlight");
  const database = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const request = database.transaction("unsent").objectStore("unsent").getAllKeys();
  const pages = await new Promise((done) => (request.onsuccess = () => done(request.result)));
  database.close();
  await new Promise((done) => navigator.locks.request(`nightlight ${pages[0]}`, () => (done(), new Promise(() => {}))));
}"""


def open_tonight(page: Page) -> None:
    page.goto("/tonight/")
    page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.active.state)")
    wait_for_half(page)
    expect(page.get_by_label("Your page")).to_be_visible()


def write(page: Page, text: str) -> None:
    field = page.get_by_label("Your page")
    expect(field).to_be_visible()  # what is typed into a hidden field goes nowhere
    field.press_sequentially(text)


def text_of_tonight() -> str:
    text: str = Entry.objects.get().content.text
    return text


@pytest.mark.usefixtures("author")
def test_a_script_that_fails_stops_no_other(page: Page, context: BrowserContext) -> None:
    """Here the first of all that a page's script holds, *Leave quickly*, which in an old browser finds no channel to other tabs."""
    other, failures = context.new_page(), list[str]()  # the first would fail the test for them
    other.on("pageerror", lambda error: failures.append(str(error)))
    other.add_init_script("delete window.BroadcastChannel")
    other.goto("/tonight/")

    write(other, "Typed all the same.")

    expect(other.locator("[data-saved-line]")).to_have_text(SAVED)
    assert text_of_tonight() == "Typed all the same."
    assert "BroadcastChannel is not defined" in failures  # reported, as of a script of its own


@pytest.mark.usefixtures("author")
class BeforeTheScriptsAreLoadedTests:
    """What is typed while scripts are still loading is saved as soon as they have loaded, without another key."""

    def delay_the_script(self, page: Page) -> Callable[[], None]:
        """Hold back the script that saves; what this returns lets it through."""
        held: list[Route] = []
        page.route("**/joined/writing*", lambda route: held.append(route))

        def let_through() -> None:
            eventually(page, lambda: held)
            for route in held:
                route.continue_()

        return let_through

    def test_on_a_page(self, page: Page) -> None:
        let_through = self.delay_the_script(page)
        page.goto("/tonight/", wait_until="commit")
        write(page, "Typed at once.")

        let_through()

        expect(page.locator("[data-saved-line]")).to_have_text(SAVED)
        assert text_of_tonight() == "Typed at once."

    def test_on_a_guides_page(self, page: Page, author: User) -> None:
        ask = guides.read()["work-ate-the-day"].parts[1].ask
        let_through = self.delay_the_script(page)
        page.goto("/prompts/hard-nights/work-ate-the-day/", wait_until="commit")
        page.get_by_label(ask).press_sequentially("The train.")

        let_through()

        expect(page.locator("[data-saved-line]")).to_have_text(SAVED)
        assert text_of_tonight() == f"**{ask}**\n\nThe train."


@pytest.mark.usefixtures("author")
class WithoutANetworkTests:
    def test_the_page_says_that_the_text_is_kept_and_sends_it_when_the_network_is_back(self, page: Page, context: BrowserContext) -> None:
        open_tonight(page)
        context.set_offline(True)
        write(page, "On the ferry.")
        expect(page.locator("[data-saved-line]")).to_have_text(KEPT)

        context.set_offline(False)

        expect(page.locator("[data-saved-line]")).to_have_text(SAVED)
        assert text_of_tonight() == "On the ferry."
        assert page.evaluate(HELD)["unsent"] == 0

    def test_a_page_loaded_without_a_network_has_the_text(self, page: Page, context: BrowserContext) -> None:
        open_tonight(page)
        context.set_offline(True)
        write(page, "Before the tunnel.")
        expect(page.locator("[data-saved-line]")).to_have_text(KEPT)

        page.reload()

        expect(page.get_by_label("Your page")).to_have_value("Before the tunnel.")
        page.get_by_label("Your page").press("Control+End")
        write(page, " In it.")
        expect(page.locator("[data-saved-line]")).to_have_text(KEPT)
        context.set_offline(False)
        expect(page.locator("[data-saved-line]")).to_have_text(SAVED)
        assert text_of_tonight() == "Before the tunnel. In it."
        page.get_by_role("link", name="You’re back online").click()
        expect(page.get_by_label("Your page")).to_have_value("Before the tunnel. In it.")

    def test_done_without_a_network_stays_on_the_page(self, page: Page, context: BrowserContext) -> None:
        open_tonight(page)
        context.set_offline(True)
        write(page, "Good night.")

        page.get_by_role("button", name="Done").click()

        expect(page.locator("[data-saved-line]")).to_have_text(KEPT)
        expect(page.get_by_label("Your page")).to_have_value("Good night.")

    def test_back_to_the_answer_of_a_form_is_not_taken_for_a_lost_network(self, page: Page) -> None:
        open_tonight(page)
        page.evaluate("navigator.serviceWorker.ready")
        page.goto("/prompts/own/")
        page.locator("main form button").first.click()  # nothing was typed
        expect(page.locator("main .errorlist")).to_be_visible()
        page.goto("/help/")

        page.go_back()

        expect(page.locator("h1")).to_have_text("My own questions")
        page.goto("/help/")
        page.context.clear_cookies()  # the address leads on to signing in
        page.go_back()
        expect(page).to_have_url(re.compile("/accounts/login/"))

    def test_a_tab_closed_without_a_network_loses_nothing(self, page: Page, context: BrowserContext) -> None:
        other = context.new_page()
        open_tonight(other)
        context.set_offline(True)
        write(other, "Closed too soon.")
        expect(other.locator("[data-saved-line]")).to_have_text(KEPT)
        other.close()
        context.set_offline(False)

        page.goto("/tonight/")

        expect(page.get_by_label("Your page")).to_have_value("Closed too soon.")
        assert text_of_tonight() == "Closed too soon."

    def left_behind(self, context: BrowserContext, text: str) -> None:
        """A tab that was left quickly with a text that could not be sent. It waits, in a browser that wakes no worker to send it."""
        tab = context.new_page()
        tab.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
        open_tonight(tab)
        tab.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
        write(tab, text)
        expect(tab.locator("[data-saved-line]")).to_have_text(KEPT)
        tab.evaluate("document.getElementById('writing').dispatchEvent(new CustomEvent('nightlight:leaving', { detail: {} }))")
        tab.close()
        assert not Entry.objects.exists()

    def test_what_waits_is_sent_and_shown_once_the_page_that_held_it_is_gone(self, page: Page, context: BrowserContext) -> None:
        self.left_behind(context, "Closed slowly.")
        other = context.new_page()
        other.goto("/healthz")
        other.evaluate(HOLD_WHAT_WAITS)

        page.goto("/tonight/")
        page.wait_for_timeout(2500)  # longer than a page that is being closed is waited for
        expect(page.get_by_label("Your page")).to_have_value("")
        other.close()

        expect(page.get_by_label("Your page")).to_have_value("Closed slowly.")
        assert text_of_tonight() == "Closed slowly."

    def test_what_waits_is_tried_again_while_the_site_is_busy(self, page: Page, context: BrowserContext) -> None:
        self.left_behind(context, "In the rush.")
        page.goto("/healthz")
        page.evaluate("caches.delete('signed-in')")
        context.route("**/journal/signed-in/**", lambda route: route.fulfill(status=503))
        page.goto("/tonight/")
        expect(page.locator("[data-device-notice]")).to_contain_text("hasn’t been sent yet")
        context.unroute("**/journal/signed-in/**")

        expect(page.get_by_label("Your page")).to_have_value("In the rush.")
        expect(page.locator("[data-device-notice]")).to_be_hidden()
        assert text_of_tonight() == "In the rush."

    def test_what_is_kept_is_sealed_with_a_key_that_nobody_can_take_out(self, page: Page, context: BrowserContext) -> None:
        open_tonight(page)
        context.set_offline(True)
        write(page, "Between us.")
        expect(page.locator("[data-saved-line]")).to_have_text(KEPT)

        held = page.evaluate(HELD)

        assert (held["people"], held["unsent"], held["extractable"]) == (1, 1, False)
        assert "Between" not in held["bare"]

    def test_the_worker_keeps_no_page_of_a_person(self, page: Page) -> None:
        open_tonight(page)
        page.goto("/journal/")
        page.goto("/tonight/")

        kept = page.evaluate("""async () => {
          const names = (await caches.keys()).filter((name) => name !== "signed-in"); // the half of a key: see test_device_files.py
          const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
          return requests.flat().map((request) => new URL(request.url).pathname);
        }""")

        assert "/offline/" in kept
        assert [path for path in kept if not path.startswith("/static/")] == ["/offline/"]

    def test_the_offline_page_asks_for_nothing_that_is_not_kept(self, page: Page, context: BrowserContext) -> None:
        open_tonight(page)
        context.set_offline(True)
        failed: list[str] = []
        page.on("requestfailed", lambda request: failed.append(request.url))

        page.goto("/journal/")

        expect(page.get_by_text("You’re offline.")).to_be_visible()
        assert [url for url in failed if "/static/" in url] == []


def test_without_a_network_nobody_can_write_who_is_signed_out(page: Page, context: BrowserContext, author: User) -> None:
    open_tonight(page)
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Begin tonight").or_(page.get_by_role("link", name="Sign in")).first).to_be_visible()
    context.set_offline(True)

    page.goto("/tonight/")

    expect(page.get_by_role("heading", name="You’re offline")).to_be_visible()
    expect(page.get_by_label("Your page")).to_be_hidden()


class SigningOutTests:
    def test_leaves_nothing_on_the_device(self, page: Page, author: User) -> None:
        open_tonight(page)
        write(page, "All of it.")
        expect(page.locator("[data-saved-line]")).to_have_text(SAVED)

        page.goto("/accounts/logout/")
        page.get_by_role("button", name="Sign out").click()

        page.wait_for_url(HOME)
        assert page.evaluate(HELD) == {"people": 0, "unsent": 0, "extractable": False, "bare": ""}
        assert text_of_tonight() == "All of it."

    @pytest.fixture
    def unsent(self, page: Page, author: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
        """A page that the server cannot save just now, and the page that signs out."""

        def is_busy(*_args: object) -> None:
            raise OperationalError("database is locked")

        open_tonight(page)
        with monkeypatch.context() as busy:
            busy.setattr(saving, "save", is_busy)
            write(page, "Not sent yet.")
            expect(page.locator("[data-saved-line]")).to_have_text(KEPT)
            page.goto("/accounts/logout/")
            expect(page.get_by_role("heading", name="Something hasn’t been sent yet")).to_be_visible()
            yield busy

    def test_says_what_is_unsent_and_sends_it(self, page: Page, unsent: pytest.MonkeyPatch) -> None:
        page.get_by_role("button", name="Send it, then sign out").click()
        expect(page.get_by_text("We couldn’t send it")).to_be_visible()
        unsent.undo()

        page.get_by_role("button", name="Send it, then sign out").click()

        page.wait_for_url(HOME)
        assert text_of_tonight() == "Not sent yet."
        assert page.evaluate(HELD)["unsent"] == 0

    @pytest.mark.usefixtures("unsent")
    def test_drops_it_when_asked_to(self, page: Page) -> None:
        page.get_by_role("button", name="Discard it and sign out").click()

        page.wait_for_url(HOME)
        assert page.evaluate(HELD) == {"people": 0, "unsent": 0, "extractable": False, "bare": ""}
        assert not Entry.objects.exists()


class SessionOverTests:
    def sign_in_as(self, page: Page, email: str) -> None:
        page.locator("[name=login]").fill(email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button.main").first.click()
        page.wait_for_url("**/tonight/")

    def test_signing_in_brings_the_text_back_where_it_was(self, page: Page, context: BrowserContext, author: User) -> None:
        open_tonight(page)
        context.clear_cookies()
        write(page, "While I was away.")
        expect(page.locator("[data-saved-line]")).to_contain_text("You’ve been signed out. Your text is on")

        page.get_by_role("link", name="Sign in").last.click()
        self.sign_in_as(page, author.email)

        expect(page.get_by_label("Your page")).to_have_value("While I was away.")
        assert text_of_tonight() == "While I was away."

    def test_another_person_never_sees_it(self, page: Page, context: BrowserContext, author: User) -> None:
        other = make_user(email="other@example.org")
        open_tonight(page)
        context.clear_cookies()
        write(page, "For my eyes.")
        expect(page.locator("[data-saved-line]")).to_contain_text("signed out")

        page.get_by_role("link", name="Sign in").last.click()
        self.sign_in_as(page, other.email)
        page.wait_for_timeout(500)

        assert "For my eyes." not in page.content()
        expect(page.get_by_label("Your page")).to_have_value("")
        assert not Entry.objects.exists()
        page.goto("/accounts/logout/")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(HOME)
        page.goto("/accounts/login/?next=/tonight/")
        self.sign_in_as(page, author.email)
        expect(page.get_by_label("Your page")).to_have_value("For my eyes.")

    def test_a_tab_left_open_hides_its_text_from_the_next_person(self, page: Page, context: BrowserContext, author: User) -> None:
        other = make_user(email="other@example.org")
        open_tonight(page)
        context.clear_cookies()
        second = context.new_page()
        second.goto("/accounts/login/")
        self.sign_in_as(second, other.email)

        write(page, "Still in this tab.")

        expect(page.locator("[data-saved-line]")).to_contain_text("opened this page")
        expect(page.locator("#text")).to_be_hidden()
        assert not Entry.objects.exists()


@pytest.mark.usefixtures("author")
class TwoPagesTests:
    def test_both_go_on_being_saved_and_can_be_put_together(self, page: Page, context: BrowserContext) -> None:
        open_tonight(page)
        page.get_by_label("Your page").fill("The morning.\n\nThe evening.")
        expect(page.locator("[data-saved-line]")).to_have_text(SAVED)
        other = context.new_page()
        open_tonight(other)
        page.get_by_label("Your page").fill("The early morning.\n\nThe evening.")
        eventually(page, lambda: text_of_tonight().startswith("The early morning."))

        other.get_by_label("Your page").fill("The morning.\n\nThe late evening.")
        expect(other.locator("[data-saved-line]")).to_contain_text("Both texts are safe")
        other.get_by_label("Your page").fill("The morning.\n\nThe very late evening.")
        other.get_by_role("button", name="Compare the two texts").click()

        expect(other.get_by_role("heading", name="Both combined")).to_be_visible()
        expect(other.get_by_label("Both texts as one")).to_have_value("The early morning.\n\nThe very late evening.")
        other.get_by_role("button", name="Keep both like this").click()
        expect(other.locator("article")).to_contain_text("The very late evening.")
        assert text_of_tonight() == "The early morning.\n\nThe very late evening."
        assert Revision.objects.get(kind="conflict").content.text == "The morning.\n\nThe very late evening."


def test_text_that_arrives_after_a_newer_one_is_kept_beside_it(page: Page, context: BrowserContext, author: User) -> None:
    other = context.new_page()
    open_tonight(other)
    night = other.locator("[name=night]").input_value()
    context.set_offline(True)
    write(other, "From the train.")
    expect(other.locator("[data-saved-line]")).to_have_text(KEPT)
    submit(author, make_draft(night=night, text="From the phone."), None, author.date_joined)
    other.close()
    context.set_offline(False)

    page.goto("/tonight/")

    # Where the worker was faster than the page, the page that the server makes says it.
    expect(page.get_by_text(re.compile("we kept both texts|Both texts are safe"))).to_be_visible()
    expect(page.get_by_label("Your page")).to_have_value("From the phone.")
    page.get_by_role("link", name="Compare the two texts").click()
    expect(page.locator("main")).to_contain_text("From the train.")


def test_a_new_version_of_the_site_takes_the_old_workers_place(page: Page, author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    open_tonight(page)
    (before,) = page.evaluate("caches.keys().then((names) => names.filter((name) => name.startsWith('shell-')))")
    source = views._worker_source()
    monkeypatch.setattr(views, "_worker_source", lambda: source.replace(before.removeprefix("shell-"), "another"))

    page.reload()
    eventually(
        page,
        lambda: page.evaluate("caches.keys().then((names) => names.filter((name) => name.startsWith('shell-')).join())") == "shell-another",
    )

    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 1
    assert page.evaluate("navigator.serviceWorker.getRegistration().then((one) => !one.waiting && one.active.state)") in {
        "activated",
        "activating",
    }
