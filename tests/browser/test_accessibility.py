"""Every page against axe-core's rules, in both schemes."""

import datetime as dt
from collections.abc import Callable
from itertools import batched

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from journal import drawer, history
from journal.models import Revision
from tests.browser.axe import be_clean, look
from tests.factories import make_entry, make_user

pytestmark = pytest.mark.usefixtures("library")

AT_ONCE = 5  # pages that share a browser's window, which takes longer to open than they do

PUBLIC = [
    "/",
    "/privacy/",
    "/help/",
    "/offline/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/nothing/",
    "/accounts/inactive/",
    "/accounts/gone/",
]
SIGNED_IN = [
    "/tonight/",
    "/journal/",
    "/journal/new/",
    "/journal/drawer/",
    "/journal/{entry}/",
    "/journal/{entry}/edit/",
    "/journal/{entry}/history/",
    "/journal/{entry}/history/{revision}/",
    "/journal/{entry}/delete/",
    "/journal/{away}/",
    "/journal/{away}/delete-for-good/",
    "/prompts/choices/",
    "/accounts/settings/",
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
]


@pytest.mark.parametrize("paths", [*batched(PUBLIC, AT_ONCE, strict=False)])
def test_public_pages_break_no_rule(page: Page, paths: tuple[str, ...]) -> None:
    for path in paths:
        look(page, path)


@pytest.fixture
def places() -> dict[str, object]:
    """A person with a page, its history, and a page in the drawer."""
    author = make_user()
    now = timezone.now()
    night = author.tonight(now) - dt.timedelta(days=1)
    text = "# Rain\n\n> she said\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[a link](https://example.org) and `code`"
    entry = make_entry(author, night=night, text=text, feeling="bright")
    history.keep_done(author, entry, now)
    away = make_entry(author, night=night - dt.timedelta(days=1), text="Away.", feeling="heavy")
    drawer.put_in(author, away, now)
    return {"author": author, "entry": entry.pk, "away": away.pk, "revision": Revision.objects.get().pk}


@pytest.mark.parametrize("paths", [*batched(SIGNED_IN, AT_ONCE, strict=False)])
def test_private_pages_break_no_rule(
    page: Page, sign_in: Callable[[User], None], places: dict[str, object], paths: tuple[str, ...]
) -> None:
    sign_in(places["author"])  # type: ignore[arg-type]
    for path in paths:
        look(page, path.format(**places))


def test_a_closed_night_breaks_no_rule(page: Page, sign_in: Callable[[User], None]) -> None:
    sign_in(make_user())
    page.goto("/tonight/")
    page.get_by_label("Your page").fill("Good night.")
    page.get_by_role("button", name="Done").click()
    page.get_by_role("heading", name="That was today").wait_for()

    be_clean(page)
