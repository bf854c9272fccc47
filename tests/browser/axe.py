"""Checking pages with axe-core in both colour schemes, and the addresses that tests check."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLPattern, URLResolver
from playwright.sync_api import Page, ViewportSize

EVERY_RULE = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# The other scheme changes nothing but colours.
RULES = {"dark": EVERY_RULE, "light": {"type": "rule", "values": ["color-contrast"]}}
RUN = "runOnly => axe.run({ runOnly, resultTypes: ['violations'] }).then(results => results.violations)"
# Brings every colour to what the scheme makes of it. One element's transition can begin when its parent's ends, so this is repeated.
# `getAnimations` brings styles up to date by itself: no frame has to be drawn, which takes longer than all else here.
SETTLED = """() => {
    const running = () => document.getAnimations().filter(animation => animation.playState === "running");
    for (let moving = running(), left = 100; moving.length && left; moving = running(), left--) {
        for (const animation of moving) {
            if (animation.effect.getComputedTiming().endTime === Infinity) animation.cancel();
            else animation.finish();
        }
    }
}"""
SEND = """fields => {
    const form = document.querySelector("main form");
    for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
    form.submit();
}"""

# What reaches beyond the window, innermost first; with letters of another size where one is given. "" where nothing does.
BEYOND = """size => {
    const root = document.documentElement;
    root.style.fontSize = size;
    const width = root.clientWidth;
    const reaches = element => element.getBoundingClientRect().right > width + 0.5;
    const beyond = root.scrollWidth > width ? [...document.querySelectorAll("body *")].filter(reaches).reverse() : [];
    const named = beyond.slice(0, 5).map(element => element.outerHTML.slice(0, 120));
    const said = root.scrollWidth > width ? `${root.scrollWidth - width} px: ${named.join(" | ")}` : "";
    root.style.fontSize = "";
    return said;
}"""
NARROW: ViewportSize = {"width": 320, "height": 640}
# A word and an address that are wider than any phone.
LONG = f"{'lamp' * 50} https://example.org/{'a-long-way/' * 20}"

LOOKED_AT: set[str] = set()


def pages(*paths: str) -> Callable[..., pytest.MarkDecorator]:
    """The test checks the pages at these addresses, which it gets as `paths`."""
    LOOKED_AT.update(paths)
    return pytest.mark.parametrize("paths", [paths], ids=["pages"])


def be_clean(page: Page) -> None:
    """No rule is broken, in either scheme."""
    violations = []
    page.locator("h1").locator("visible=true").first.wait_for()  # where scripts draw the page, they are done
    page.evaluate(AXE_SCRIPT)
    page.evaluate("scrollTo(0, 0)")  # what a sticky header covers meanwhile can be scrolled out from under it
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        for broken in page.evaluate(RUN, rules):
            places = [node["html"][:120] for node in broken["nodes"][:3]]
            violations.append(f"{page.url} {scheme}: {broken['id']}: {broken['help']}: {places}")
    assert not violations, "\n".join(violations)
    if "/admin/" not in page.url:
        never_scrolls_sideways(page)


def never_scrolls_sideways(page: Page) -> None:
    """Neither with letters of twice the size nor on the narrowest phone."""
    size = page.viewport_size
    assert size
    large = page.evaluate(BEYOND, "200%")
    page.set_viewport_size(NARROW)
    narrow, both = page.evaluate(BEYOND, ""), page.evaluate(BEYOND, "200%")
    page.set_viewport_size(size)
    wider = f"{large} with large letters, {narrow} on a narrow phone, {both} with large letters there"
    assert (large, narrow, both) == ("", "", ""), f"{page.url} is wider: {wider}"


def open_page(page: Page, path: str, status: int = HTTPStatus.OK) -> None:
    """Open an address, which must answer with this status and not redirect."""
    response = page.goto(path)
    assert response
    opened = urlsplit(page.url)._replace(scheme="", netloc="").geturl()
    assert (opened, response.status) == (path, status), f"{opened} {response.status} instead of {path} {status}"


def look(page: Page, path: str, status: int = HTTPStatus.OK) -> None:
    """Open an address, and check its page."""
    open_page(page, path, status)
    be_clean(page)


def look_after_sending(page: Page, status: int = HTTPStatus.OK, **fields: str) -> None:
    """Send the form of the open page with these fields, past every script, and check the page that answers."""
    with page.expect_navigation() as sent:
        page.evaluate(SEND, fields)
    assert sent.value.status == status, f"{page.url} {sent.value.status} instead of {status}"
    be_clean(page)


def names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """The names of all addresses that have one."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name:
            yield prefix + pattern.name
