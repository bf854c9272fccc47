"""The page that is written on, on a phone: what is in sight while its keyboard is up, and what Enter does in a list."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from accounts.models import User
from journal.models import Entry
from tests.browser.axe import be_clean
from tests.browser.conftest import SignIn, eventually
from tests.chromium import DESKTOP, PHONE
from tests.factories import make_entry

pytestmark = pytest.mark.usefixtures("library")

KEYBOARD_UP: ViewportSize = {"width": 360, "height": 420}
LINES = [f"Line {number} of what was" for number in range(1000)]  # five words each, and none is broken
GUIDE = "/prompts/hard-nights/work-ate-the-day/"

# Chromium's lines are as high as a whole number of 64ths of a pixel.
#
# The numbers of the lines that are wholly in sight, with nothing over them at either end or in the middle.
IN_SIGHT = """field => {
  const { left, right, top } = field.getBoundingClientRect();
  const { lineHeight, paddingTop } = getComputedStyle(field);
  const height = Math.floor(parseFloat(lineHeight) * 64) / 64;
  const start = top - field.scrollTop + parseFloat(paddingTop);
  const isFree = (x, y) => document.elementFromPoint(x, y) === field;
  return field.value.split("\\n").map((_, number) => number).filter(number => {
    const [above, below] = [start + number * height + 2, start + (number + 1) * height - 2];
    return above > 0 && below < innerHeight && [left + 18, (left + right) / 2, right - 18].every(x => isFree(x, above) && isFree(x, below));
  });
}"""
# Where the line of the caret begins on the screen.
CARET = """field => {
  const { lineHeight, paddingTop } = getComputedStyle(field);
  const line = field.value.slice(0, field.selectionEnd).split("\\n").length - 1;
  return field.getBoundingClientRect().top - field.scrollTop + parseFloat(paddingTop) + line * Math.floor(parseFloat(lineHeight) * 64) / 64;
}"""
CARET_IN_SIGHT = f"field => ({IN_SIGHT})(field).includes(field.value.slice(0, field.selectionEnd).split('\\n').length - 1)"
IS_ON_TOP = """element => {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return top >= 0 && bottom <= innerHeight && Boolean(found) && element.contains(found);
}"""
SAY = """async words => {
  document.querySelector("[data-saved-line]").textContent = words;
  for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
}"""
# A keyboard that lies over the page and leaves it as high as it is, as on an iPhone: the browser tells it only so. This stands in for it.
COVER = """height => {
  Object.defineProperty(visualViewport, "height", { get: () => innerHeight - height, configurable: true });
  visualViewport.dispatchEvent(new Event("resize"));
}"""


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "has_touch": True, "is_mobile": True, "viewport": KEYBOARD_UP}


@pytest.fixture
def text(page: Page, parent: User, sign_in: SignIn) -> Locator:
    sign_in(parent)
    return page.get_by_label("Your page")


def is_state(page: Page, state: str) -> None:
    expect(page.locator("html")).to_have_attribute("data-writing", state)


def is_in_reach(page: Page) -> None:
    """*Done*, and what is saved."""
    for part in ("[data-finish]", "[data-saved-line]"):
        assert page.locator(part).evaluate(IS_ON_TOP), part


def test_the_keyboard_leaves_seven_lines_and_all_that_is_needed(page: Page, text: Locator) -> None:
    page.goto("/tonight/")
    asked, header = page.locator(".asked h1"), page.locator("header nav a").first
    assert header.evaluate(IS_ON_TOP)
    text.tap()
    is_state(page, "tight")

    page.keyboard.type("\n".join(LINES[:12]))
    assert len(text.evaluate(IN_SIGHT)) >= 7
    assert text.evaluate(IN_SIGHT)[-1] == 11
    is_in_reach(page)
    assert page.locator("[data-leave-button]").evaluate(IS_ON_TOP)
    assert not header.evaluate(IS_ON_TOP)
    assert asked.evaluate("element => element.offsetHeight / parseFloat(getComputedStyle(element).lineHeight)") <= 2

    whole = page.get_by_role("button", name="The whole question")
    expect(whole).to_have_attribute("aria-expanded", "false")
    whole.tap()
    expect(whole).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text("If you’re stuck")).to_be_visible()
    is_in_reach(page)
    page.keyboard.press("Escape")
    expect(whole).to_have_attribute("aria-expanded", "false")

    page.emulate_media(media="print")
    assert text.evaluate("field => field.scrollHeight - field.clientHeight") <= 0  # all of it is on the paper
    page.emulate_media(media="screen")

    formatting, bold = page.get_by_role("button", name="Formatting"), page.get_by_role("button", name="Bold")
    expect(bold).to_be_hidden()
    formatting.tap()
    expect(bold).to_be_visible()
    expect(text).to_be_focused()
    assert len(text.evaluate(IN_SIGHT)) >= 7
    assert text.evaluate(CARET_IN_SIGHT)
    is_in_reach(page)
    be_clean(page)
    page.keyboard.press("Control+Shift+ArrowLeft")
    bold.tap()
    expect(text).to_be_focused()
    expect(text).to_have_value("\n".join([*LINES[:11], "Line 11 of what **was**"]))

    page.set_viewport_size(PHONE)  # the keyboard is put away, and the text keeps the focus
    is_state(page, "wide")
    page.get_by_text("Light", exact=True).tap()
    expect(page.locator("html")).not_to_have_attribute("data-writing", "wide")
    expect(page.get_by_label("Light")).to_be_checked()
    eventually(page, lambda: Entry.objects.filter(version__gt=0).exists() and "Saved" in page.locator("[data-saved-line]").inner_text())

    page.reload()
    expect(bold).to_be_visible()  # the buttons were wanted
    formatting.tap()
    page.set_viewport_size(KEYBOARD_UP)
    text.tap()
    is_state(page, "tight")
    page.locator("[data-finish]").tap()
    expect(page.get_by_role("heading", name="That was today. Good night.")).to_be_visible()


def test_a_long_text_is_never_covered_and_stays_where_it_was_touched(page: Page, parent: User, text: Locator) -> None:
    entry = make_entry(parent, text="\n".join(LINES))
    page.goto(f"{entry.get_absolute_url()}edit/")
    page.evaluate("document.fonts.ready.then(() => null)")
    page.emulate_media(forced_colors="active")
    edge = page.locator(".writing").evaluate(
        "element => `${getComputedStyle(element).outlineStyle} ${getComputedStyle(element).outlineColor}`"
    )
    assert edge.startswith("solid rgb("), edge  # where the reader's own colours leave no surface
    page.emulate_media(forced_colors="none")
    for size in (PHONE, DESKTOP, KEYBOARD_UP):
        page.set_viewport_size(size)
        for share in (0.1, 0.4, 0.7):
            page.evaluate("share => scrollTo(0, document.documentElement.scrollHeight * share)", share)
            is_in_reach(page)

    page.evaluate("scrollTo(0, 9000)")
    page.touchscreen.tap(150, 150)
    is_state(page, "tight")
    assert abs(text.evaluate(CARET) + 15 - 150) < 31
    is_in_reach(page)

    for size, state in ((KEYBOARD_UP, "tight"), (DESKTOP, "wide")):
        page.set_viewport_size(size)
        is_state(page, state)
        for keys in (("Control+Home",), ("ArrowDown",) * 25, ("Control+End", "x"), ("ArrowUp",) * 3, ("Enter",) * 4):
            for key in keys:
                page.keyboard.press(key)
                assert text.evaluate(CARET_IN_SIGHT), (size, key)
        is_in_reach(page)

    # There is more to say than before.
    page.set_viewport_size(KEYBOARD_UP)
    is_state(page, "tight")
    assert text.evaluate(CARET_IN_SIGHT)
    page.evaluate(SAY, ("We can’t reach Nightlight. Your text is on this device, and we’ll send it when you’re back online."))
    assert text.evaluate(CARET_IN_SIGHT)
    is_in_reach(page)

    # By keyboard alone: nothing is out of reach, and what has the focus is in sight.
    for name in ("Formatting", "Done"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name)).to_be_focused()
        is_state(page, "tight")
    page.keyboard.press("Tab")
    expect(page.get_by_label("None")).to_be_focused()
    expect(page.locator("html")).not_to_have_attribute("data-writing", "tight")
    expect(page.get_by_label("None")).to_be_in_viewport()


def test_a_keyboard_that_lies_over_the_page_leaves_the_same(page: Page, text: Locator) -> None:
    page.set_viewport_size({"width": 820, "height": 1000})
    page.goto(GUIDE)
    field = page.locator(".part textarea").last
    field.tap()
    is_state(page, "wide")
    page.evaluate(COVER, 560)
    is_state(page, "tight")
    for line in range(15):
        page.keyboard.type(f"Line {line}\n")
    for part in (page.locator("[data-finish]"), field):
        box = part.bounding_box()
        assert box
        assert box["y"] < 440
    box = page.locator("[data-finish]").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 440
    page.evaluate(COVER, 0)
    is_state(page, "wide")

    page.set_viewport_size({"width": 740, "height": 160})  # a phone that lies on its side
    is_state(page, "tight")
    is_in_reach(page)
    page.evaluate("localStorage.setItem('nightlight-formatting', 'open')")
    page.goto("/journal/new/")
    text.tap()
    is_state(page, "tight")
    page.keyboard.type("\n".join(LINES[:4]))
    assert len(text.evaluate(IN_SIGHT)) >= 2
    page.locator("#id_night").evaluate("field => field.value = ''")
    page.locator("[data-finish]").tap()
    expect(page.locator("#id_night")).to_be_focused()  # it is asked for, so it is in sight
    assert page.locator("#id_night").evaluate(IS_ON_TOP)
    page.locator("#id_night").evaluate("field => field.value = field.defaultValue")
    text.tap()

    page.set_viewport_size({"width": 412, "height": 900})
    is_state(page, "wide")
    page.set_viewport_size({"width": 412, "height": 600})  # of a large phone a keyboard leaves as much
    is_state(page, "tight")


ENTER = [
    ("words", "words\n|"),
    ("- milk", "- milk\n- |"),
    ("- milk\n- ", "- milk\n\n|"),
    ("- ", "|"),
    ("* a\n  * b", "* a\n  * b\n  * |"),
    ("- one|two", "- one\n- |two"),
    ("-|- a", "-\n|- a"),
    ("1. up\n2. out", "1. up\n2. out\n3. |"),
    ("9) nine", "9) nine\n|"),  # no list: nothing comes before it
    ("8) eight\n9) nine", "8) eight\n9) nine\n10) |"),
    ("1. a\n1. b", "1. a\n1. b\n1. |"),
    ("1. a\n2. ", "1. a\n\n|"),
    ("14. May was cold.", "14. May was cold.\n|"),
    ("2026. A year.", "2026. A year.\n|"),
    ("> she said", "> she said\n> |"),
    ("> she said\n> ", "> she said\n\n|"),
    ("> - a\n> - ", "> - a\n>\n> |"),
    ("- - -", "- - -\n|"),
    ("*She* said", "*She* said\n|"),
    ("-5 degrees", "-5 degrees\n|"),
    ("\n- a", "\n- a\n- |"),
]


def test_enter_goes_on_with_a_list_that_was_typed_and_ends_it(page: Page, text: Locator) -> None:
    page.goto("/journal/new/")
    put = """(field, typed) => {
      const caret = typed.includes("|") ? typed.indexOf("|") : typed.length;
      field.value = typed.replace("|", "");
      field.setSelectionRange(caret, caret);
    }"""
    read = "field => field.value.slice(0, field.selectionEnd) + '|' + field.value.slice(field.selectionEnd)"
    text.focus()
    for typed, wanted in ENTER:
        text.evaluate(put, typed)
        page.keyboard.press("Enter")
        got = text.evaluate(read)
        assert got == wanted if "|" in typed else got in (wanted, f"{wanted.removesuffix('|')}|"), typed

    text.fill("")
    page.keyboard.type("- milk\nbread")
    expect(text).to_have_value("- milk\n- bread")
    page.keyboard.press("Control+z")
    expect(text).to_have_value("- milk")
    text.fill("- milk")
    page.keyboard.press("End")
    page.keyboard.press("Shift+Enter")
    expect(text).to_have_value("- milk\n")
    page.keyboard.type("Plain.")
    eventually(page, lambda: [entry.content.text for entry in Entry.objects.all()] == ["- milk\nPlain."])
