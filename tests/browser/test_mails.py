"""Mails in a browser: in both schemes, on the narrowest phone, and without a request to anywhere."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from common.rendering import mails
from counselor.models import Workspace
from journal.messages import letter
from prompts.library import letters
from tests.browser.axe import BEYOND, NARROW, RUN
from tests.helpers import DAY, TONIGHT

WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
EVENINGS = letter.week(TONIGHT, {TONIGHT - 2 * DAY, TONIGHT}, TONIGHT - 1000 * DAY)
LINKS = letter.Links(
    "https://example.org/tonight/", "https://example.org/accounts/reminders/", "https://example.org/stop/", "https://example.org/help/"
)
INVITATION = {
    "workspace": Workspace(name="lamp" * 30, practice="Lindgatan"),
    "line": "night" * 60,
    "url": f"https://example.org/{'a' * 60}/",
}
MAILS = {
    "letter": letter.compose(letters.read("es")[36], EVENINGS, LINKS, "es").html,
    "invitation": mails.compose("counselor/invitations/mail", INVITATION, "en").html,
    "code": mails.html_of(
        "Your code", f"Hello,\n\nABCD-EFGH\n\n- {'long' * 20}\n\n{INVITATION['url']}\n\nNightlight\nexample.org", "ABCD-EFGH"
    ),
}


@pytest.mark.parametrize("name", MAILS)
def test_is_legible_in_both_schemes_and_on_the_narrowest_phone(page: Page, name: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_content(MAILS[name])
    page.evaluate(AXE_SCRIPT)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert not [broken["help"] for broken in page.evaluate(RUN, WCAG)], scheme
    page.set_viewport_size(NARROW)
    assert page.evaluate(BEYOND, "") == ""
    assert requests == []
