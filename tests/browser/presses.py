"""Counting what somebody has to press, as the browser itself sees it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

# In the tab's own storage, which outlives the pages that a press leads to.
COUNTING = """
if (!globalThis.areCounted && location.protocol.startsWith("http")) {
  globalThis.areCounted = true;
  const count = () => { sessionStorage.presses = Number(sessionStorage.presses ?? 0) + 1 };
  addEventListener("pointerdown", count, true);
  addEventListener("keydown", (event) => event.key === "Enter" && count(), true);
  addEventListener("change", (event) => event.target instanceof HTMLSelectElement && count(), true);
}
"""


@contextmanager
def presses(page: Page, number: int) -> Iterator[None]:
    """What is done meanwhile takes exactly this many presses, on however many pages. Choosing from a list is one; typing is none."""
    page.add_init_script(COUNTING)
    page.evaluate(COUNTING)
    page.evaluate("sessionStorage.presses = 0")
    yield
    assert page.evaluate("Number(sessionStorage.presses)") == number
