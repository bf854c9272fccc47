"""axe-core on a page, in both schemes; and which addresses it was asked about."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLPattern, URLResolver
from playwright.sync_api import Page

EVERY_RULE = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# All that the other scheme changes is colours.
RULES = {"dark": EVERY_RULE, "light": {"type": "rule", "values": ["color-contrast"]}}
RUN = "runOnly => axe.run({ runOnly, resultTypes: ['violations'] }).then(results => results.violations)"
# Colours have gone over to the scheme: nothing has moved for some frames. What inherits a colour begins when its parent has it.
SETTLED = """async () => {
    for (let still = 0, frames = 0; still < 3 && frames < 300; frames++) {
        await new Promise(requestAnimationFrame);
        still = document.getAnimations().some(one => one.playState === "running") ? 0 : still + 1;
    }
}"""
SEND = """fields => {
    const form = document.querySelector("main form");
    for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
    form.submit();
}"""

LOOKED_AT: set[str] = set()


def pages(*paths: str) -> Callable[..., pytest.MarkDecorator]:
    """The test looks at these addresses, which it gets as `paths`."""
    LOOKED_AT.update(paths)
    return pytest.mark.parametrize("paths", [paths], ids=["pages"])


def be_clean(page: Page) -> None:
    """No rule is broken, in either scheme."""
    found = []
    page.locator("h1").locator("visible=true").first.wait_for()  # where scripts draw the page, they are done
    page.evaluate(AXE_SCRIPT)
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        for broken in page.evaluate(RUN, rules):
            places = [node["html"][:120] for node in broken["nodes"][:3]]
            found.append(f"{page.url} {scheme}: {broken['id']}: {broken['help']}: {places}")
    assert not found, "\n".join(found)


def come_to(page: Page, path: str, status: int = HTTPStatus.OK) -> None:
    """Open an address, and be sure to have come there."""
    answer = page.goto(path)
    assert answer
    came_to = urlsplit(page.url)._replace(scheme="", netloc="").geturl()
    assert (came_to, answer.status) == (path, status), f"{came_to} {answer.status} instead of {path} {status}"


def look(page: Page, path: str, status: int = HTTPStatus.OK) -> None:
    """Open an address, and let axe look at it."""
    come_to(page, path, status)
    be_clean(page)


def look_after_sending(page: Page, status: int = HTTPStatus.OK, **fields: str) -> None:
    """Send the form that is open with these fields, past every script, and let axe look at the answer."""
    with page.expect_navigation() as sent:
        page.evaluate(SEND, fields)
    assert sent.value.status == status, f"{page.url} {sent.value.status} instead of {status}"
    be_clean(page)


def names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Of every address that has one."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name:
            yield prefix + pattern.name
