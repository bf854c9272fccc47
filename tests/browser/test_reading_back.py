"""Reading back: from a page of the journal to its neighbours by links, keys and swipes, and back to its place in the timeline."""

from playwright.sync_api import Page, expect

from accounts.models import User
from journal.models import Entry
from tests.browser.axe import be_clean
from tests.browser.conftest import SignIn
from tests.chromium import DESKTOP, PHONE
from tests.factories import make_entry
from tests.helpers import DAY, EVENING, TONIGHT

WIDE = "|".join(f"Heading{n}" for n in range(20)) + "\n" + "|".join(["---"] * 20) + "\n" + "|".join(f"cell{n}" for n in range(20))
WORD = "Donaudampfschifffahrtsgesellschaft" * 4
MIDDLE = 45  # of this journal: on no first page


class Finger:
    """One finger on the screen."""

    def __init__(self, page: Page) -> None:
        self.page, self.screen = page, page.context.new_cdp_session(page)

    def send(self, kind: str, *points: tuple[float, float]) -> None:
        self.screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    def swipe(self, start: tuple[float, float], by: tuple[float, float], *, hold: int = 0) -> None:
        (x, y), (right, down) = start, by
        self.send("touchStart", start)
        for step in (0.3, 0.6, 1.0):
            self.send("touchMove", (x + step * right, y + step * down))
        self.page.wait_for_timeout(hold)
        self.send("touchEnd")


def test_from_page_to_page_and_back_to_the_place(page: Page, parent: User, sign_in: SignIn) -> None:
    entries = [
        make_entry(parent, night=TONIGHT - days * DAY, now=EVENING, text=f"Evening {days}. {WORD}\n\n{WIDE}") for days in range(MIDDLE + 20)
    ]
    sign_in(parent)
    middle = entries[MIDDLE]

    def is_at(entry: Entry) -> None:
        page.wait_for_url(f"**{entry.get_absolute_url()}")
        page.wait_for_load_state()

    # By keys, unless they mean something else.
    page.goto(middle.get_absolute_url())
    page.keyboard.press("ArrowLeft")
    is_at(entries[MIDDLE - 1])
    page.keyboard.press("ArrowRight")
    is_at(middle)
    page.evaluate("window.stayed = true")  # until another page is opened
    for keys in ("Shift+ArrowRight", "Control+ArrowRight", "Meta+ArrowRight"):
        page.keyboard.press(keys)
    page.locator(".reading table").evaluate("table => { table.tabIndex = 0; table.focus() }")
    page.keyboard.press("ArrowRight")
    page.evaluate("document.querySelector('article').append(document.createElement('input'))")
    page.locator("article > input").press("ArrowRight")
    page.locator("article > input").blur()

    # By swipes, unless they scroll, select or belong to the browser.
    finger = Finger(page)
    page.evaluate("scrollTo(0, 0)")  # the focus was further down
    text = page.locator(".reading p").first.bounding_box()
    table = page.locator(".reading table").bounding_box()
    assert text
    assert table
    x, y = 180.0, text["y"] + 10
    for start, by in (
        ((x, y), (40.0, 0.0)),  # too short
        ((x, y), (-90.0, 60.0)),  # aslant
        ((x, y), (0.0, -90.0)),  # scrolling
        ((10.0, y), (150.0, 0.0)),  # from an edge
        ((350.0, y), (-150.0, 0.0)),
        ((x, table["y"] + 15), (-120.0, 0.0)),  # over what scrolls sideways
    ):
        finger.swipe(start, by)
        page.evaluate("scrollTo(0, 0)")
    finger.swipe((x, y), (-120.0, 0.0), hold=600)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.reading p'))")
    finger.swipe((x, y), (-120.0, 0.0))
    page.evaluate("getSelection().removeAllRanges()")
    page.wait_for_timeout(100)
    assert page.evaluate("window.stayed")
    finger.swipe((x, y), (-120.0, 0.0))
    is_at(entries[MIDDLE + 1])
    finger.swipe((x, y), (120.0, 0.0))
    is_at(middle)

    # Back to where it stands, in sight and not at the top; browser's own way back as well.
    page.locator(".crumbs").get_by_role("link", name="Journal").click()
    place = page.locator(f"[id='{middle.pk}']")
    expect(place).to_be_in_viewport()
    place.get_by_role("link").click()
    page.go_back()
    expect(place).to_be_in_viewport()
    page.locator(".jump summary").click()
    page.locator(".jump a").last.click()
    expect(page.locator(".jump a").last).to_be_visible()
    for size in (PHONE, DESKTOP, {"width": 320, "height": 640}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    be_clean(page)

    # At either end there is nothing further.
    page.goto(entries[0].get_absolute_url())
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    is_at(entries[1])
