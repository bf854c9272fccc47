"""The Chromium that tests use, how it is started, and the sizes of its windows."""

import contextlib
import functools
import os
import shutil
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Locator, Page, ViewportSize

# The headless shell is Chromium without windows and toolbars: opening a page takes it a third of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
MISSING = "no Chromium was found: install it (Debian: apt install chromium-headless-shell), or name it with CHROMIUM="

# Without these Chromium sends requests to its maker's servers.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 860}


def go_where_pages_go() -> None:
    """Let `goto` and `reload` follow a page that reloads itself before it has loaded, and a click wait for the page it leads to.

    A night's page reloads when it has sent what the device still held. To the driver it is an error that another navigation
    has interrupted the one it asked for. And a click returns as soon as the next page begins to arrive: what is typed or sent
    from then on might be sooner than its script.
    """

    def following(navigate: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(navigate)
        def navigates(page: Page, *args: Any, **kwargs: Any) -> Any:
            try:
                return navigate(page, *args, **kwargs)
            except Error as error:
                if "is interrupted by another navigation" not in error.message and "ERR_ABORTED" not in error.message:
                    raise
                page.wait_for_load_state()
                return None

        return navigates

    def arriving(click: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(click)
        def clicks(locator: Locator, *args: Any, **kwargs: Any) -> None:
            click(locator, *args, **kwargs)
            with contextlib.suppress(Error):  # the click may have closed the page
                locator.page.wait_for_load_state()

        return clicks

    Locator.click = arriving(Locator.click)  # type: ignore[method-assign]
    Page.goto = following(Page.goto)  # type: ignore[method-assign]
    Page.reload = following(Page.reload)  # type: ignore[method-assign]


def wait_for_half(page: Page) -> None:
    """Wait until the device holds the server's half of the key that seals what waits: `wait_for_function` awaits no promise."""
    for _ in range(600):
        with contextlib.suppress(Error):  # the page may load anew meanwhile, with what waited
            if page.evaluate("caches.match('/journal/signed-in/', { cacheName: 'signed-in' }).then(Boolean)"):
                return
        page.wait_for_timeout(50)
    raise AssertionError("the server's half has not come")
