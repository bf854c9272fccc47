"""`/prompts/sets/<id>/` in a browser: steps are moved with the mouse, a finger and the keys, and without scripts."""

import pytest
from playwright.sync_api import Locator, Page, expect

from counselor import sets
from prompts.models import PromptSet
from tests.browser.conftest import SignIn, settle
from tests.factories import make_counselor, make_set

LARGE = {"width": 900, "height": 2000}  # so that all steps are in view


@pytest.fixture
def prompt_set(library: None, sign_in: SignIn) -> PromptSet:
    counselor = make_counselor(knows_leave=True)
    sign_in(counselor)
    return make_set(counselor, steps=["One?", "prompt:question-2", "Three?", "Four?"])


def open_set(page: Page, prompt_set: PromptSet) -> None:
    page.goto(f"/prompts/sets/{prompt_set.pk}/")


def step(page: Page, place: int) -> Locator:
    return page.locator("[data-step]").nth(place)


def handle(page: Page, place: int) -> Locator:
    return step(page, place).get_by_role("button", name="Move")


def hold(page: Page, place: int) -> None:
    handle(page, place).hover()
    page.mouse.down()


def move_past(page: Page, place: int, *, down: bool) -> None:
    """Move the mouse past the middle of a step that is in view, a little at a time as a hand does."""
    settle(page)
    box = step(page, place).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 30, box["y"] + box["height"] * (0.8 if down else 0.2), steps=8)


def expect_order(page: Page, *order: int) -> None:
    """The steps are in this order, by the numbers that they had at first, and are numbered anew."""
    keys = [f"{number - 1:032x}" for number in order]
    for place, key in enumerate(keys):
        expect(step(page, place)).to_have_id(f"step-{key}")
        expect(step(page, place).locator("[data-title]")).to_have_text(f"Step {place + 1} of {len(keys)}")


def saved(prompt_set: PromptSet) -> list[int]:
    """The order of the steps in the database."""
    prompt_set.refresh_from_db()
    return [int(step.key, 16) + 1 for step in sets.steps_of(prompt_set.content)]


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The set is saved.")).to_be_visible()


@pytest.mark.browser_context_args(reduced_motion="no-preference")  # its neighbours glide
def test_a_step_is_dragged_with_the_mouse(page: Page, prompt_set: PromptSet) -> None:
    page.set_viewport_size(LARGE)  # type: ignore[arg-type]
    open_set(page, prompt_set)
    hold(page, 0)
    move_past(page, 2, down=True)
    expect_order(page, 2, 3, 1, 4)
    move_past(page, 1, down=False)
    expect_order(page, 2, 1, 3, 4)
    page.mouse.up()

    expect(page.locator("[data-saved-line]")).to_have_text("Not saved yet")
    expect(page.locator("[data-said]")).to_have_text("Step 2 of 4")
    expect(handle(page, 1)).to_be_focused()
    move_past(page, 3, down=True)
    expect_order(page, 2, 1, 3, 4)  # it is no longer held
    assert saved(prompt_set) == [1, 2, 3, 4]
    save(page)
    assert saved(prompt_set) == [2, 1, 3, 4]
    expect_order(page, 2, 1, 3, 4)


def test_at_the_windows_edge_dragging_scrolls(page: Page, prompt_set: PromptSet) -> None:
    open_set(page, prompt_set)  # on a phone: two steps are in view at most
    handle(page, 3).scroll_into_view_if_needed()
    hold(page, 3)
    page.mouse.move(200, 20, steps=8)
    expect_order(page, 4, 1, 2, 3)
    page.mouse.up()
    expect(step(page, 0)).to_be_in_viewport()

    handle(page, 0).scroll_into_view_if_needed()
    hold(page, 0)
    page.mouse.move(200, 730, steps=8)
    expect_order(page, 1, 2, 3, 4)
    page.mouse.up()
    save(page)
    assert saved(prompt_set) == [1, 2, 3, 4]


def test_escape_puts_a_held_step_back(page: Page, prompt_set: PromptSet) -> None:
    page.set_viewport_size(LARGE)  # type: ignore[arg-type]
    open_set(page, prompt_set)
    hold(page, 3)
    move_past(page, 0, down=False)
    expect_order(page, 4, 1, 2, 3)
    page.keyboard.press("Escape")

    expect_order(page, 1, 2, 3, 4)
    expect(handle(page, 3)).to_be_focused()
    expect(page.locator("[data-saved-line]")).to_contain_text("Saved on")
    move_past(page, 1, down=False)
    page.mouse.up()
    expect_order(page, 1, 2, 3, 4)


@pytest.mark.browser_context_args(has_touch=True)
def test_a_step_is_dragged_with_a_finger(page: Page, prompt_set: PromptSet) -> None:
    page.set_viewport_size(LARGE)  # type: ignore[arg-type]
    open_set(page, prompt_set)
    finger = page.context.new_cdp_session(page)
    settle(page)
    start, end = handle(page, 0).bounding_box(), step(page, 1).bounding_box()
    assert start
    assert end
    left, top = start["x"] + 20, start["y"] + 20

    def touch(kind: str, *heights: float) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": left, "y": height} for height in heights]})

    touch("touchStart", top)
    for part in range(1, 9):
        touch("touchMove", top + (end["y"] + end["height"] - top) * part / 8)
    expect_order(page, 2, 1, 3, 4)
    touch("touchEnd")

    assert page.evaluate("scrollY") == 0  # the page did not scroll with it
    save(page)
    assert saved(prompt_set) == [2, 1, 3, 4]


def test_a_step_is_moved_with_the_arrow_keys(page: Page, prompt_set: PromptSet) -> None:
    open_set(page, prompt_set)
    handle(page, 3).focus()
    for place in (2, 1, 0, 0):
        page.keyboard.press("ArrowUp")
        expect(handle(page, place)).to_be_focused()
        expect(handle(page, place)).to_be_in_viewport()
        expect(page.locator("[data-said]")).to_have_text(f"Step {place + 1} of 4")
    page.keyboard.press("ArrowDown")
    expect_order(page, 1, 4, 2, 3)
    expect(page.locator("[data-saved-line]")).to_have_text("Not saved yet")
    expect(step(page, 0).get_by_role("button", name="Up")).to_be_hidden()
    expect(step(page, 3).get_by_role("button", name="Down")).to_be_hidden()

    save(page)
    assert saved(prompt_set) == [1, 4, 2, 3]


def test_what_was_typed_moves_with_its_step(page: Page, prompt_set: PromptSet) -> None:
    open_set(page, prompt_set)
    step(page, 0).get_by_label("Your question").fill("One, and then?")
    expect(page.locator("[data-saved-line]")).to_have_text("Not saved yet")
    handle(page, 0).press("ArrowDown")
    step(page, 1).get_by_role("button", name="Down").click()

    expect_order(page, 2, 3, 1, 4)
    expect(step(page, 2).get_by_label("Your question")).to_have_value("One, and then?")
    assert saved(prompt_set) == [2, 3, 1, 4]


class WithoutScriptsTests:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return {**browser_context_args, "java_script_enabled": False}

    def test_up_and_down_do_the_same(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)
        expect(page.locator("[data-handle]").first).to_be_hidden()
        step(page, 2).get_by_label("Your question").fill("Three, and then?")
        step(page, 2).get_by_role("button", name="Up").click()
        expect_order(page, 1, 3, 2, 4)
        expect(step(page, 1)).to_be_in_viewport()
        step(page, 0).get_by_role("button", name="Down").click()
        expect_order(page, 3, 1, 2, 4)

        expect(step(page, 0).get_by_label("Your question")).to_have_value("Three, and then?")
        assert saved(prompt_set) == [3, 1, 2, 4]

    def test_questions_are_added_and_taken_out(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)
        page.get_by_label("Words").fill("number 5")
        page.get_by_label("Words").press("Enter")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_label("A question of your own").fill("Six?")
        page.get_by_role("button", name="Add it").click()
        step(page, 0).get_by_role("button", name="Take out").click()

        expect(page.locator("[data-step]")).to_have_count(5)
        prompt_set.refresh_from_db()
        asked = [step.prompt or step.question for step in sets.steps_of(prompt_set.content)]
        assert asked == ["question-2", "Three?", "Four?", "question-5", "Six?"]
