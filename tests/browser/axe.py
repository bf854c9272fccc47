"""Checking pages with axe-core in both colour schemes, and the addresses that tests check."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLPattern, URLResolver
from playwright.sync_api import Page

EVERY_RULE = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# The other scheme changes nothing but colours.
RULES = {"dark": EVERY_RULE, "light": {"type": "rule", "values": ["color-contrast"]}}
RUN = "runOnly => axe.run({ runOnly, resultTypes: ['violations'] }).then(results => results.violations)"
# Waits until the colours are the scheme's: no animation for three frames, since one element's can begin when its parent's ends.
SETTLED = """async () => {
    for (let still = 0, frames = 0; still < 3 && frames < 300; frames++) {
        await new Promise(requestAnimationFrame);
        still = document.getAnimations().some(animation => animation.playState === "running") ? 0 : still + 1;
    }
}"""
SEND = """fields => {
    const form = document.querySelector("main form");
    for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
    form.submit();
}"""

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
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        for broken in page.evaluate(RUN, rules):
            places = [node["html"][:120] for node in broken["nodes"][:3]]
            violations.append(f"{page.url} {scheme}: {broken['id']}: {broken['help']}: {places}")
    assert not violations, "\n".join(violations)


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
