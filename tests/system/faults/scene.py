"""One run of one fault: a parent, the devices that the parent writes on, and checking what is stored afterwards."""

import contextlib
import datetime as dt
import os
import random
import re
import signal
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Error, Expect, Page, Response

from tests.chromium import CHROMIUM, PHONE, QUIET, wait_for_half
from tests.factories import PASSWORD
from tests.installation import processes
from tests.system.faults.network import Network
from tests.system.faults.report import Loss, record
from tests.system.faults.typist import Accident, Typist
from tests.system.faults.world import Server, Site

SAVED = re.compile(r"Saved \d\d:\d\d")
KEPT = re.compile("is on this device")
BESIDE = re.compile("Both texts are safe")
MONTH = 30 * 24 * 3600
PATIENCE = 90.0  # seconds; attempts to send are up to thirty apart, and the machine may be busy

expect = Expect()
expect.set_options(timeout=PATIENCE * 1000)

# In a page: how many unsent records the device holds, and the keys of how many people.
HELD = """async () => {
  if (!(await indexedDB.databases()).some(({ name }) => name === "nightlight")) return { people: 0, unsent: 0 };
  const open = indexedDB.open("nightlight");
  const database = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const count = (store) => new Promise((done) => {
    const request = database.transaction(store).objectStore(store).count();
    request.onsuccess = () => done(request.result);
  });
  const held = { people: await count("people"), unsent: await count("unsent") };
  database.close();
  return held;
}"""

# In a page: whether it has sent something that waited, and will reload.
RELOADS = """async () => {
  const { drained } = await import(document.querySelector("script[type=module][src*='/joined/']").src);
  return (await drained).some(({ state }) => state === "sent");
}"""


def wait_until(condition: Callable[[], object], page: Page) -> None:
    """Wait while the page goes on running. While it navigates, the condition counts as false."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if condition():
                return
        except Error as error:
            if "closed" in str(error):
                raise
        assert time.monotonic() < deadline, f"it has not come about: {page.url} says {line_of(page)!r}"
        page.wait_for_timeout(50)


def line_of(page: Page) -> str:
    """The line of the page that says whether the text is saved; "" where it has none."""
    return page.locator("[data-saved-line]").inner_text() if page.locator("[data-saved-line]").count() else ""


def expect_line(page: Page, pattern: re.Pattern[str]) -> None:
    expect(page.locator("[data-saved-line]")).to_have_text(pattern)


def shown_text(page: Page) -> str:
    return page.locator("#text").input_value(timeout=5000)


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in the form of the page, which has been redirected to it."""
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("main form button.main").first.click()
    page.wait_for_url("**/tonight/**")


class Device:
    """A browser, or a profile of the one that all tests share."""

    def __init__(self, context: BrowserContext, scene: "Scene") -> None:
        self.context, self.scene = context, scene
        context.on("response", self._note_acknowledged)
        context.set_default_timeout(PATIENCE * 1000)

    def _note_acknowledged(self, response: Response) -> None:
        """Note the text of a save that the server has answered as saved."""
        request = response.request
        if request.method == "POST" and response.status in {200, 302, 409} and request.url.endswith("/tonight/") and request.post_data:
            (text,) = parse_qs(request.post_data, keep_blank_values=True).get("text", [""])
            self.scene.acknowledged.append(text.replace("\r\n", "\n"))

    def sign_in(self) -> Self:
        """Sign in without the form, for a month."""
        cookie = self.scene.site.steward.ask("session", author=self.scene.author)
        expires = time.time() + MONTH
        self.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": self.scene.network.url, "expires": expires}])
        return self

    def open_tonight(self, page: Page | None = None) -> Page:
        """Tonight's page with its service worker active; signs in by the form where that is needed."""
        page = page or self.context.new_page()
        page.goto(f"{self.scene.network.url}/tonight/")
        if "/login/" in page.url:
            sign_in(page, self.scene.email)
        wait_until(lambda: page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.active.state)"), page)
        wait_for_half(page)
        expect(page.locator("#text")).to_be_visible()
        return page

    def held(self) -> dict[str, int]:
        """How many unsent records and keys this device holds."""
        page = self.context.new_page()
        page.goto(f"{self.scene.network.url}/help/")
        held: dict[str, int] = page.evaluate(HELD)
        page.close()
        return held


class OwnBrowser(Device):
    """A Chromium process of its own, with its profile on disk."""

    def __init__(self, chromium: BrowserType, folder: Path, scene: "Scene") -> None:
        self.folder = folder
        context = chromium.launch_persistent_context(
            folder, executable_path=CHROMIUM, args=QUIET, viewport=PHONE, timezone_id=scene.zone, locale="en-GB"
        )
        super().__init__(context, scene)

    def kill(self) -> None:
        """Send SIGKILL to all of its processes at once."""
        pids = [pid for pid, (_parent, command) in processes().items() if f"--user-data-dir={self.folder}" in command]
        groups = {os.getpgid(pid) for pid in pids} - {os.getpgid(0)}
        assert groups, "there is no such browser"
        for group in groups:
            os.killpg(group, signal.SIGKILL)


@dataclass
class Scene:
    """One run of one fault. `chance` gives the same numbers in the same run of the same fault."""

    site: Site
    server: Server
    network: Network
    chromium: BrowserType
    browser: Browser
    chance: random.Random
    folder: Path
    request: pytest.FixtureRequest
    zone: str = "Europe/Stockholm"
    night_ends_at: int = 4
    shift: float = 0  # how many seconds the server's clock is ahead
    email: str = ""
    author: str = ""
    night: str = ""  # tonight, when the run begins
    before: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def begin(self) -> None:
        """Make a parent for this run."""
        self.email, self.author = self._person()
        self.night = self.night_now()
        self.before = self.journal()

    def _person(self) -> tuple[str, str]:
        email = f"{uuid.uuid4().hex}@example.org"
        fields = {"email": email, "password": PASSWORD, "zone": self.zone, "night_ends_at": self.night_ends_at}
        return email, self.site.steward.ask("person", **fields)

    def make_stranger(self) -> str:
        """Make another parent with the same password, and return the e-mail address."""
        return self._person()[0]

    def set_clock(self, moment: dt.datetime) -> None:
        """Set the clock of the server that travels to this moment, from which it goes on."""
        self.shift = (moment - dt.datetime.now(dt.UTC)).total_seconds()
        self.site.set_clock(self.shift)

    def now(self) -> dt.datetime:
        """The time by the server's clock."""
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self.shift)

    def night_now(self) -> str:
        night: str = self.site.steward.ask("night", author=self.author, shift=self.shift)
        return night

    def journal(self) -> dict[str, list[dict[str, Any]]]:
        journal: dict[str, list[dict[str, Any]]] = self.site.steward.ask("journal", author=self.author)
        return journal

    def version(self) -> int:
        version: int = self.site.steward.ask("version", author=self.author)
        return version

    def device(self, **options: Any) -> Device:
        """A fresh profile in which nobody is signed in."""
        context = self.browser.new_context(viewport=PHONE, timezone_id=self.zone, locale="en-GB", **options)
        self.contexts.append(context)
        return Device(context, self)

    def browser_on_disk(self) -> OwnBrowser:
        """A browser process of its own, on the profile that an earlier one of this run has left."""
        browser = OwnBrowser(self.chromium, self.folder / "profile", self)
        self.contexts.append(browser.context)
        return browser

    def on_server(self, command: str, **arguments: object) -> Accident:
        """A command of the steward on this parent's account, at some moment of the next three seconds."""
        return Accident(lambda: self.site.steward.ask(command, author=self.author, **arguments), after=self.chance.uniform(0, 3))

    def typist(self, page: Page) -> Typist:
        return Typist(page, self.chance)

    def texts(self) -> dict[str, str]:
        """The text of each night whose page was written during this run."""
        old = {entry["id"] for entry in self.before["entries"]}
        return {entry["night"]: entry["text"] for entry in self.journal()["entries"] if entry["id"] not in old}

    def text(self) -> str:
        """The text of this night's page."""
        return self.texts().get(self.night, "")

    def settle(self, page: Page) -> str:
        """Wait until nothing is left to send and the page shows what is stored, and return that."""

        def is_settled() -> bool:
            return not page.evaluate(RELOADS) and page.evaluate(HELD)["unsent"] == 0 and shown_text(page) == self.text()

        wait_until(is_settled, page)
        return self.text()

    def judge(self, losses: Loss, *, texts: dict[str, str], conflict_copies: Sequence[str] = ()) -> None:
        """Check that the journal is as before but for these texts, one for each night, and their conflict copies. Records the run."""
        journal = self.journal()
        old = {entry["id"] for entry in self.before["entries"]}
        assert [entry for entry in journal["entries"] if entry["id"] in old] == self.before["entries"], "other pages were changed"
        new = [entry for entry in journal["entries"] if entry["id"] not in old]
        stored = {entry["night"]: entry["text"] for entry in new}
        assert stored == texts, f"{stored} is stored, not {texts}"
        assert len(new) == len(texts), "more pages than nights"
        assert not any(entry["in_trash"] or entry["kind"] != "night" for entry in new)
        assert all(entry["text"].strip() for entry in new), "a blank page"

        kept = [revision for revision in journal["revisions"] if revision["entry"] not in old]
        assert [revision for revision in journal["revisions"] if revision["entry"] in old] == self.before["revisions"]
        copies = sorted(revision["text"] for revision in kept if revision["kind"] == "conflict")
        assert copies == sorted(conflict_copies), f"{copies} are its conflict copies, not {conflict_copies}"
        final = [*texts.values(), *conflict_copies]
        for revision in kept:
            assert any(text.startswith(revision["text"]) for text in final), f"never typed: {revision['text']!r}"
        for acknowledged in self.acknowledged:
            assert any(text.startswith(acknowledged) for text in final), f"was answered as saved and is gone: {acknowledged!r}"
        assert self.site.steward.ask("damage") == [], "the database is damaged"
        assert losses.seconds <= 1.0, f"{losses.seconds:.2f} s of typing are lost"
        marker = self.request.node.get_closest_marker("faults")
        record(self.request, marker.args[0], losses)

    def end(self) -> None:
        for context in self.contexts:
            with contextlib.suppress(Error):  # a browser that was killed is closed already
                context.close()
