"""`static/js/device-key.js`: once nobody is signed in, the browser's own files do not open what waits on a device."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from accounts.keys import device
from accounts.models import User
from common.ids import parse_id
from journal.models import Entry
from tests.browser.conftest import SERVED, eventually, give_session
from tests.browser.test_never_lost import HOME, KEPT, open_tonight, write
from tests.chromium import CHROMIUM, QUIET, wait_for_half
from tests.helpers import signed_in

# In a page: the id that the device gave itself for this person, and how many texts wait.
DEVICE = """async () => {
  const open = indexedDB.open("nightlight");
  const database = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const all = (store) => new Promise((done) => {
    const request = database.transaction(store).objectStore(store).getAll();
    request.onsuccess = () => done(request.result);
  });
  const [people, unsent] = [await all("people"), await all("unsent")];
  database.close();
  return { device: people[0]?.device, unsent: unsent.length, names: await caches.keys() };
}"""


class Profile:
    """A folder in which a browser keeps its files from one start to the next."""

    def __init__(self, browser_type: BrowserType, folder: Path, url: str, author: User) -> None:
        self.browser_type, self.folder, self.url, self.author = browser_type, folder, url, author

    @contextmanager
    def started(self, *, is_signed_in: bool = True) -> Iterator[tuple[BrowserContext, Page]]:
        options: dict[str, Any] = {"executable_path": CHROMIUM, "args": QUIET, "base_url": self.url, "timezone_id": "Europe/Stockholm"}
        context = self.browser_type.launch_persistent_context(self.folder, **options)
        if is_signed_in:
            give_session(context, signed_in(self.author), self.url)
        page = context.new_page()
        yield context, page
        page.goto("about:blank")
        eventually(page, lambda: SERVED.pending <= 0)
        context.close()

    def files_with(self, *needles: bytes) -> list[str]:
        files = (path for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink())
        return [str(path.relative_to(self.folder)) for path in files if any(needle in path.read_bytes() for needle in needles)]

    def files_with_half(self, half: str) -> list[str]:
        return self.files_with(bytes.fromhex(half), half.encode(), half.encode("utf-16-le"))


@pytest.fixture
def profile(browser_type: BrowserType, tmp_path: Path, live_server: Any, parent: User, library: None) -> Profile:
    return Profile(browser_type, tmp_path / "profile", live_server.url, parent)


def test_the_files_open_nothing_once_nobody_is_signed_in(profile: Profile, parent: User) -> None:
    with profile.started() as (context, page):
        open_tonight(page)
        context.set_offline(True)
        write(page, "Between the two of us.")
        expect(page.locator("[data-saved-line]")).to_have_text(KEPT)
        device_id = parse_id(page.evaluate(DEVICE)["device"])
    assert device_id is not None
    half = device.server_half(parent.pk, device_id)
    assert profile.files_with_half(half)  # signed in: the offline page has to open what waits

    with profile.started() as (context, page):  # started anew without a connection
        context.set_offline(True)
        page.goto("/tonight/")
        expect(page.get_by_label("Your page")).to_have_value("Between the two of us.")
        context.clear_cookies()  # the session ends elsewhere
        context.set_offline(False)
        page.goto("/accounts/login/")
        eventually(page, lambda: "signed-in" not in page.evaluate(DEVICE)["names"])
        assert page.evaluate(DEVICE)["unsent"] == 1
        context.set_offline(True)
        page.goto("/tonight/")
        expect(page.get_by_text("Something you wrote here hasn’t been sent yet. It’s sealed")).to_be_visible()
        expect(page.get_by_label("Your page")).to_be_hidden()
    assert profile.files_with_half(half) == []
    assert profile.files_with(b"Between the two of us", "Between the two of us".encode("utf-16-le")) == []

    with profile.started() as (context, page):  # the same person signs in again
        page.goto("/tonight/")
        expect(page.get_by_label("Your page")).to_have_value("Between the two of us.")
        assert Entry.objects.get().content.text == "Between the two of us."
        wait_for_half(page)
        context.set_offline(True)
        write(page, " And this.")
        expect(page.locator("[data-saved-line]")).to_have_text(KEPT)
        page.route("**/tonight/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
        context.set_offline(False)
        page.goto("/accounts/logout/")
        page.get_by_role("button", name="Discard it and sign out").click()
        page.wait_for_url(HOME)
    assert profile.files_with_half(half) == []
    assert profile.files_with(b"And this.", "And this.".encode("utf-16-le")) == []
