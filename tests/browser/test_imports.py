"""`/journal/import/` in a browser: a file is sent in slices, also over a connection that fails, and a second one is told to wait."""

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from journal.exchange.importing import uploads
from journal.models import Job, SealedFile
from tests.browser.axe import be_clean
from tests.browser.conftest import SignIn
from tests.journal.views.test_imports import jrnl

URL = "/journal/import/"


def test_a_file_arrives_in_slices_and_a_second_one_waits(
    page: Page, parent: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SLICE_LIMIT", 100)
    data, sent = jrnl("The heron came.", "It rained."), list[str]()

    def fail_once(route: Route) -> None:
        sent.append(route.request.url)
        route.abort() if len(sent) == 2 else route.continue_()

    sign_in(parent)
    page.route("**/import/slice/", fail_once)
    page.goto(URL)
    page.get_by_role("button", name="Take a look").click()
    expect(page.get_by_role("status").filter(has_text="Choose a file first.")).to_be_visible()
    be_clean(page)
    page.get_by_label("The file of your journal").set_input_files({"name": "a.json", "mimeType": "application/json", "buffer": data})
    page.get_by_role("button", name="Take a look").click()
    expect(page.get_by_text("Waiting to start")).to_be_visible(timeout=15_000)
    assert len(sent) == -(-len(data) // 100) + 1, "the slice that was lost was sent once more"
    file = SealedFile.objects.get(owner=parent)
    assert (file.size, file.is_complete) == (len(data), True)

    page.goto(URL)
    page.get_by_label("The file of your journal").set_input_files({"name": "b.json", "mimeType": "application/json", "buffer": b"{}"})
    page.get_by_role("button", name="Take a look").click()
    expect(page.get_by_text("We’re reading another file. Once that’s done")).to_be_visible()
    assert Job.objects.get(owner=parent).file == file
