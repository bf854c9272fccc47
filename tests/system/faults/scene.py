"""One parent, one evening, one fault: the devices they write on, and the judgement of what is there afterwards."""

import contextlib
import datetime as dt
import os
import random
import re
import signal
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Error, Expect, Page, Response

from tests.chromium import CHROMIUM, PHONE, QUIET
from tests.factories import PASSWORD
from tests.installation import processes
from tests.system.faults.network import Network
from tests.system.faults.report import Loss, record
from tests.system.faults.typist import Accident, Typist
from tests.system.faults.world import Server, Site

SAVED = re.compile(r"Saved \d\d:\d\d")
KEPT = re.compile("kept on this device")
BESIDE = re.compile("Both texts are safe")
MONTH = 30 * 24 * 3600
PATIENCE = 90.0  # seconds; attempts to send are up to thirty apart, and the machine may be busy

# Playwright's own waits five seconds, which may be short.
expect = Expect()
expect.set_options(timeout=PATIENCE * 1000)

# What the page holds that is not sent: the number of records, and of people whose key is there.
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

# Whether the page has sent something that waited, and will show itself anew.
RELOADS = """async () => {
  const { drained } = await import(document.querySelector("script[src*='js/device']").src);
  return (await drained).some(({ state }) => state === "sent");
}"""


def wait_until(what: Callable[[], object], page: Page) -> None:
    """The page goes on living meanwhile; while it is between two documents, nothing is so."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if what():
                return
        except Error as error:
            if "closed" in str(error):
                raise
        assert time.monotonic() < deadline, f"it has not come about: {page.url} says {line(page)!r}"
        page.wait_for_timeout(50)


def line(page: Page) -> str:
    return page.locator("[data-saved-line]").inner_text() if page.locator("[data-saved-line]").count() else ""


def says(page: Page, words: re.Pattern[str]) -> None:
    expect(page.locator("[data-saved-line]")).to_have_text(words)


def writes_on(page: Page) -> str:
    return page.locator("#text").input_value(timeout=5000)


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """By the form, where the page has been sent to it."""
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("main form button").first.click()
    page.wait_for_url("**/tonight/**")


class Device:
    """A browser, or a profile of the one that all tests share."""

    def __init__(self, context: BrowserContext, scene: "Scene") -> None:
        self.context, self.scene = context, scene
        context.on("response", self._notes)
        context.set_default_timeout(PATIENCE * 1000)

    def _notes(self, response: Response) -> None:
        """What the server has told this device that it has."""
        request = response.request
        if request.method == "POST" and response.status in {200, 302, 409} and request.url.endswith("/tonight/") and request.post_data:
            (text,) = parse_qs(request.post_data, keep_blank_values=True).get("text", [""])
            self.scene.acknowledged.append(text.replace("\r\n", "\n"))

    def is_signed_in(self) -> Self:
        cookie = self.scene.site.steward.ask("session", author=self.scene.author)
        lasts = time.time() + MONTH
        self.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": self.scene.network.url, "expires": lasts}])
        return self

    def opens_tonight(self, page: Page | None = None) -> Page:
        """The night's page, signed in by hand where the device has forgotten it; with the worker in place."""
        page = page or self.context.new_page()
        page.goto(f"{self.scene.network.url}/tonight/")
        if "/login/" in page.url:
            sign_in(page, self.scene.email)
        wait_until(lambda: page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.active.state)"), page)
        expect(page.locator("#text")).to_be_visible()
        return page

    def held(self) -> dict[str, int]:
        """Records and keys in this device's database."""
        page = self.context.new_page()
        page.goto(f"{self.scene.network.url}/help/")
        held: dict[str, int] = page.evaluate(HELD)
        page.close()
        return held


class OwnBrowser(Device):
    """A Chromium of its own, with a profile on the disk."""

    def __init__(self, chromium: BrowserType, folder: Path, scene: "Scene") -> None:
        self.folder = folder
        context = chromium.launch_persistent_context(
            folder, executable_path=CHROMIUM, args=QUIET, viewport=PHONE, timezone_id=scene.zone, locale="en-GB"
        )
        super().__init__(context, scene)

    def kill(self) -> None:
        """SIGKILL for all of its processes at once."""
        mine = [pid for pid, (_parent, command) in processes().items() if f"--user-data-dir={self.folder}" in command]
        groups = {os.getpgid(pid) for pid in mine} - {os.getpgid(0)}
        assert groups, "there is no such browser"
        for group in groups:
            os.killpg(group, signal.SIGKILL)


@dataclass
class Scene:
    """Everything of one run. `chance` is the same for the same run of the same fault."""

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
    shift: float = 0  # seconds that the server's clock is ahead
    email: str = ""
    author: str = ""
    night: str = ""  # that it is at the beginning
    before: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def begins(self) -> None:
        """With a parent whom no other test knows."""
        self.email, self.author = self._person()
        self.night = self.night_now()
        self.before = self.journal()

    def _person(self) -> tuple[str, str]:
        email = f"{uuid.uuid4().hex}@example.org"
        fields = {"email": email, "password": PASSWORD, "zone": self.zone, "night_ends_at": self.night_ends_at}
        return email, self.site.steward.ask("person", **fields)

    def somebody_else(self) -> str:
        """The address of another parent, with the same password."""
        return self._person()[0]

    def clock_stands_at(self, moment: dt.datetime) -> None:
        """On the server that travels."""
        self.shift = (moment - dt.datetime.now(dt.UTC)).total_seconds()
        self.site.set_clock(self.shift)

    def now(self) -> dt.datetime:
        """By the server's clock."""
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

    def device(self, **how: Any) -> Device:
        """A fresh profile; nobody is signed in."""
        context = self.browser.new_context(viewport=PHONE, timezone_id=self.zone, locale="en-GB", **how)
        self.contexts.append(context)
        return Device(context, self)

    def browser_on_disk(self) -> OwnBrowser:
        """A browser of its own, on the profile that an earlier one of this scene has left."""
        browser = OwnBrowser(self.chromium, self.folder / "profile", self)
        self.contexts.append(browser.context)
        return browser

    def on_server(self, what: str, **arguments: object) -> Accident:
        """What the steward does to this parent's account, at some moment of the next seconds."""
        return Accident(lambda: self.site.steward.ask(what, author=self.author, **arguments), after=self.chance.uniform(0, 3))

    def typist(self, page: Page) -> Typist:
        return Typist(page, self.chance)

    def texts(self) -> dict[str, str]:
        """What stands on each night that was written since the beginning."""
        old = {entry["id"] for entry in self.before["entries"]}
        return {entry["night"]: entry["text"] for entry in self.journal()["entries"] if entry["id"] not in old}

    def text(self) -> str:
        """What stands on this night's page."""
        return self.texts().get(self.night, "")

    def settles(self, page: Page) -> str:
        """Waits until nothing is left to send and the page shows what the database has. Gives that."""

        def is_settled() -> bool:
            return not page.evaluate(RELOADS) and page.evaluate(HELD)["unsent"] == 0 and writes_on(page) == self.text()

        wait_until(is_settled, page)
        return self.text()

    def judge(self, losses: Loss, *, stands: dict[str, str], beside: list[str] | None = None) -> None:
        """The journal is what it was and `stands`, a text for each night, and `beside`, kept with them. Records the run."""
        conflict_copies = beside or []
        journal = self.journal()
        old = {entry["id"] for entry in self.before["entries"]}
        assert [entry for entry in journal["entries"] if entry["id"] in old] == self.before["entries"], "other pages were changed"
        fresh = [entry for entry in journal["entries"] if entry["id"] not in old]
        found = {entry["night"]: entry["text"] for entry in fresh}
        assert found == stands, f"{found} stands there, not {stands}"
        assert len(fresh) == len(stands), "more pages than nights"
        assert not any(entry["in_trash"] or entry["kind"] != "night" for entry in fresh)
        assert all(entry["text"].strip() for entry in fresh), "a blank page"

        kept = [revision for revision in journal["revisions"] if revision["entry"] not in old]
        assert [revision for revision in journal["revisions"] if revision["entry"] in old] == self.before["revisions"]
        copies = sorted(revision["text"] for revision in kept if revision["kind"] == "conflict")
        assert copies == sorted(conflict_copies), f"{copies} is beside it, not {conflict_copies}"
        whole = [*stands.values(), *conflict_copies]
        for revision in kept:
            assert any(text.startswith(revision["text"]) for text in whole), f"never typed: {revision['text']!r}"
        for text in self.acknowledged:
            assert any(found.startswith(text) for found in whole), f"was answered as saved and is gone: {text!r}"
        assert self.site.steward.ask("damage") == [], "the database is damaged"
        assert losses.seconds <= 1.0, f"{losses.seconds:.2f} s of typing are lost"
        marker = self.request.node.get_closest_marker("faults")
        record(self.request, marker.args[0], losses)

    def ends(self) -> None:
        for context in self.contexts:
            with contextlib.suppress(Error):  # one that was killed is closed
                context.close()
