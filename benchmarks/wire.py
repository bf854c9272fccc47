"""What a first visit of Tonight costs on the wire, with nothing cached; by Chromium where it is installed."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from benchmarks import goals, table
from benchmarks.browser import Browser
from benchmarks.journals import Cookies, Journals

# What loads something for the page that it is in. Icons for a home screen and the manifest are fetched by other things.
LOADED = (
    r'<link\b(?=[^>]*\brel="(?:stylesheet|modulepreload|preload|icon)")[^>]*\bhref="([^"]+)"',
    r'<(?:script|img)\b[^>]*\bsrc="([^"]+)"',
)
LOADED_BY_STYLE = (r'@import\s+(?:url\()?["\']?([^"\')]+)', r'url\(["\']?([^"\')]+\.woff2)')
LOADED_BY_SCRIPT = (r'(?:^|\n)\s*(?:import|export)\b[^;"\']*?["\']([^"\']+)["\']',)
SETTLE = 3_000  # milliseconds after the page is loaded, in which it still fetches what it needs for later


def measure(port: int, journals: Journals) -> None:
    by_chromium = _by_chromium(port, journals.untouched)
    how = "by Chromium" if by_chromium else "found by parsing the page: there is no Chromium, so what scripts fetch is left out"
    requests, size = by_chromium or _by_parsing(port, journals.untouched)
    table.header(f"The wire ({how})")
    table.row(goals.VISIT_REQUESTS, requests)
    table.row(goals.VISIT_BYTES, size / 1000)
    with_gzip = Browser(port, journals.untouched)
    for goal, path in ((goals.TONIGHT_BYTES, "/tonight/"), (goals.TIMELINE_BYTES, "/journal/")):
        sizes = sorted(len(with_gzip.get(path).body) for _request in range(9))  # padding against BREACH differs
        table.row(goal, sizes[4] / 1000)


def _by_chromium(port: int, cookies: Cookies) -> tuple[int, int] | None:
    """How many requests, and how many bytes with their heads; None where there is no Chromium.

    Without the service worker, which fetches what pages need offline later on.
    """
    try:
        from playwright.sync_api import sync_playwright

        from tests.chromium import CHROMIUM, PHONE, QUIET
    except ImportError:
        return None
    if CHROMIUM is None:
        return None
    site = f"http://127.0.0.1:{port}"
    sizes: dict[str, float] = {}

    def note(event: dict[str, Any], size: float) -> None:
        sizes[event["requestId"]] = size

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = chromium.new_context(viewport=PHONE, locale="en-GB", service_workers="block")
        context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", lambda event: note(event, 0))
        devtools.on("Network.loadingFinished", lambda event: note(event, event["encodedDataLength"]))
        page.goto(f"{site}/tonight/", wait_until="networkidle")
        page.wait_for_timeout(SETTLE)
        assert urlsplit(page.url).path == "/tonight/", page.url
        chromium.close()
    return len(sizes), int(sum(sizes.values()))


def _by_parsing(port: int, cookies: Cookies) -> tuple[int, int]:
    """The same from the page's text, and that of its style sheets and modules."""
    browser = Browser(port, cookies)
    site = f"http://127.0.0.1:{port}"
    waiting, sizes = ["/tonight/"], {}
    while waiting:
        path = waiting.pop()
        if path in sizes:
            continue
        answer = browser.get(path)
        sizes[path] = answer.size
        kind = "page" if path == "/tonight/" else urlsplit(path).path.rpartition(".")[2]
        patterns = {"page": LOADED, "css": LOADED_BY_STYLE, "js": LOADED_BY_SCRIPT}.get(kind, ())
        text = answer.text if patterns else ""
        for address in (found for pattern in patterns for found in re.findall(pattern, text)):
            whole = urljoin(site + path, address)
            if whole.startswith(site + "/"):
                waiting.append(whole.removeprefix(site))
    return len(sizes), sum(sizes.values())
