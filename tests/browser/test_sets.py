"""`/prompts/sets/<id>/` in a browser: a set is saved as it is written, its questions are moved, taken out, put back and added, and all of it
works without scripts, too.
"""

import dataclasses
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from counselor import sets
from prompts.models import PromptSet
from tests.browser.conftest import SignIn, eventually, settle
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
    """The steps are in this order, by the numbers that they had at first."""
    keys = [f"{number - 1:032x}" for number in order]
    for place, key in enumerate(keys):
        expect(step(page, place)).to_have_id(f"step-{key}")


def saved(prompt_set: PromptSet) -> list[int]:
    """The order of the steps in the database."""
    prompt_set.refresh_from_db()
    return [int(step.key, 16) + 1 for step in sets.steps_of(prompt_set.content)]


def expect_saved(page: Page, prompt_set: PromptSet, *order: int) -> None:
    """Without anything being pressed."""
    eventually(page, lambda: saved(prompt_set) == [*order])
    expect(page.locator("[data-saved-line]")).to_contain_text("Saved")


def open_step(page: Page, place: int) -> Locator:
    step(page, place).locator("summary").click()
    return step(page, place)


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

    expect(page.locator("[data-said]")).to_have_text("Question 2 of 4")
    expect(handle(page, 1)).to_be_focused()
    move_past(page, 3, down=True)
    expect_order(page, 2, 1, 3, 4)  # it is no longer held
    expect_saved(page, prompt_set, 2, 1, 3, 4)


def test_at_the_windows_edge_dragging_scrolls(page: Page, prompt_set: PromptSet) -> None:
    page.set_viewport_size({"width": 390, "height": 340})  # two steps are in view at most
    open_set(page, prompt_set)
    handle(page, 3).scroll_into_view_if_needed()
    hold(page, 3)
    page.mouse.move(200, 20, steps=8)
    expect_order(page, 4, 1, 2, 3)
    page.mouse.up()
    expect(step(page, 0)).to_be_in_viewport()

    handle(page, 0).scroll_into_view_if_needed()
    hold(page, 0)
    page.mouse.move(200, 330, steps=8)
    expect_order(page, 1, 2, 3, 4)
    page.mouse.up()
    expect_saved(page, prompt_set, 1, 2, 3, 4)


def test_escape_puts_a_held_step_back(page: Page, prompt_set: PromptSet) -> None:
    page.set_viewport_size(LARGE)  # type: ignore[arg-type]
    open_set(page, prompt_set)
    hold(page, 3)
    move_past(page, 0, down=False)
    expect_order(page, 4, 1, 2, 3)
    page.keyboard.press("Escape")

    expect_order(page, 1, 2, 3, 4)
    expect(handle(page, 3)).to_be_focused()
    expect(page.locator("[data-saved-line]")).to_contain_text("Saved")
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
    expect_saved(page, prompt_set, 2, 1, 3, 4)


def test_a_step_is_moved_with_the_arrow_keys(page: Page, prompt_set: PromptSet) -> None:
    open_set(page, prompt_set)
    handle(page, 3).focus()
    for place in (2, 1, 0, 0):
        page.keyboard.press("ArrowUp")
        expect(handle(page, place)).to_be_focused()
        expect(handle(page, place)).to_be_in_viewport()
        expect(page.locator("[data-said]")).to_have_text(f"Question {place + 1} of 4")
    page.keyboard.press("ArrowDown")
    expect_order(page, 1, 4, 2, 3)
    expect_saved(page, prompt_set, 1, 4, 2, 3)

    page.keyboard.press("Shift+Tab")
    expect(step(page, 1).locator("summary")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(step(page, 2).locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(step(page, 2).get_by_label("Your question")).to_be_visible()
    expect_saved(page, prompt_set, 1, 2, 4, 3)


def test_what_was_typed_moves_with_its_step_and_the_buttons_keep_the_focus(page: Page, prompt_set: PromptSet) -> None:
    open_set(page, prompt_set)
    opened = open_step(page, 0)
    expect(opened.get_by_role("button", name="Up")).to_be_hidden()
    opened.get_by_label("Your question").fill("One, and then?")
    opened.get_by_role("button", name="Down").click()
    expect(step(page, 1).locator("summary")).to_contain_text("One, and then?")
    expect(step(page, 1).get_by_role("button", name="Down")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(step(page, 3).get_by_role("button", name="Up")).to_be_focused()  # it is the last

    expect_saved(page, prompt_set, 2, 3, 4, 1)
    assert prompt_set.content.steps[3][2] == "One, and then?"


class SavedTests:
    """Nothing is pressed to save."""

    def test_it_is_saved_as_it_is_written_and_the_line_says_when(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)
        open_step(page, 1).get_by_label("Note").fill("Slowly")
        expect(page.locator("[data-saved-line]")).to_have_text("Not saved yet")
        eventually(page, lambda: saved(prompt_set) and prompt_set.content.steps[1][3] == "Slowly")
        expect(page.locator("[data-saved-line]")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
        expect(step(page, 1).locator("[data-has-note]")).to_be_visible()

    def test_what_is_typed_last_is_saved_when_the_page_is_left(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)
        page.get_by_label("one per line").fill("Five?")
        open_step(page, 0).get_by_label("Your question").fill("One, and then?")
        page.goto("/help/")

        eventually(page, lambda: len(saved(prompt_set)) == 5)
        assert [step[2] for step in prompt_set.content.steps][::4] == ["One, and then?", "Five?"]

    def test_a_link_waits_until_all_is_saved(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)
        page.get_by_text("Name, introduction and a word of caution").click()
        page.get_by_label("Name").fill("Two homes")
        page.get_by_role("link", name="Preview").click()

        expect(page.get_by_role("heading", name="Two homes")).to_be_visible()

    def test_without_a_network_it_says_so_and_goes_on_trying(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)
        page.context.set_offline(True)
        open_step(page, 0).get_by_label("Your question").fill("One, and then?")
        expect(page.locator("[data-saved-line]")).to_contain_text("We can’t reach Nightlight")
        page.context.set_offline(False)

        eventually(page, lambda: saved(prompt_set) and prompt_set.content.steps[0][2] == "One, and then?")
        expect(page.locator("[data-saved-line]")).to_contain_text("Saved")

    def test_an_answer_that_is_lost_makes_no_conflict_with_oneself(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)

        def lose(route: Route) -> None:
            route.fetch()
            route.abort()

        page.route(f"**/prompts/sets/{prompt_set.pk}/", lose, times=1)
        field = open_step(page, 0).get_by_label("Your question")
        field.fill("One, and?")
        expect(page.locator("[data-saved-line]")).to_contain_text("We can’t reach Nightlight")
        field.fill("One, and then?")

        eventually(page, lambda: saved(prompt_set) and prompt_set.content.steps[0][2] == "One, and then?")
        expect(page.locator(".stored")).to_have_count(0)

    def test_what_is_wrong_stands_beside_its_field_until_it_is_right(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)
        field = open_step(page, 0).get_by_label("Your question")
        field.fill("")
        expect(page.locator("[data-saved-line]")).to_contain_text("1 thing needs another look")
        expect(field).to_have_accessible_description(re.compile("Write the question, or take it out"))
        page.wait_for_timeout(2500)
        prompt_set.refresh_from_db()
        assert prompt_set.version == 1
        field.fill("One, and then?")
        expect(page.locator(".errorlist li")).to_have_count(0)
        expect(page.locator("[data-saved-line]")).to_contain_text("Saved")


class ConflictTests:
    @pytest.fixture
    def changed(self, page: Page, prompt_set: PromptSet) -> Page:
        """The page, with something written on it that was changed elsewhere."""
        open_set(page, prompt_set)
        content = dataclasses.replace(prompt_set.content, name="There")
        sets.save(prompt_set.author, prompt_set.pk, content, based_on=1, now=timezone.now())
        open_step(page, 0).get_by_label("Your question").fill("Here?")
        expect(page.get_by_role("heading", name="There")).to_be_visible()
        expect(page.locator("[data-saved-line]")).to_contain_text("this set somewhere else")
        prompt_set.refresh_from_db()
        assert (prompt_set.content.name, prompt_set.content.steps[0][2]) == ("There", "One?")
        return page

    def test_this_page_is_put_in_its_place(self, changed: Page, prompt_set: PromptSet) -> None:
        changed.get_by_role("button", name="Save the version on this page").click()
        expect(changed.locator(".stored")).to_have_count(0)
        eventually(changed, lambda: saved(prompt_set) and prompt_set.content.steps[0][2] == "Here?")
        assert prompt_set.content.name == "First weeks"

    def test_the_other_is_taken(self, changed: Page, prompt_set: PromptSet) -> None:
        changed.get_by_role("link", name="Use the other version").click()
        expect(step(changed, 0).locator("summary")).to_contain_text("One?")

    def test_both_are_kept(self, changed: Page, prompt_set: PromptSet) -> None:
        changed.get_by_role("button", name="Keep both, as two sets").click()
        expect(changed.get_by_role("heading", name="Copy of First weeks")).to_be_visible()
        expect(step(changed, 0).locator("summary")).to_contain_text("Here?")
        prompt_set.refresh_from_db()
        assert prompt_set.content.name == "There"


class AddedTests:
    @pytest.mark.browser_context_args(viewport={"width": 1280, "height": 800})
    def test_from_the_library_without_a_reload_or_the_loss_of_focus_and_place(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)
        page.evaluate("document.body.dataset.same = 'yes'")
        page.get_by_label("Words").press_sequentially("number")
        hit = page.locator(".found li", has_text="number 5")
        expect(hit.locator("mark")).to_have_text("number")
        expect(page.locator(".found li", has_text="number 2").get_by_text("in the set")).to_be_visible()
        hit.scroll_into_view_if_needed()
        top = page.evaluate("[scrollY, document.querySelector('[data-found]').scrollTop]")
        hit.get_by_role("button", name="Add").click()

        expect(step(page, 4).locator("summary")).to_contain_text("number 5")
        expect(hit.get_by_text("in the set")).to_be_visible()
        expect(hit).to_be_focused()
        expect(page.locator("[data-said]")).to_have_text("Added to the set. Question 5 of 5")
        assert page.evaluate("[scrollY, document.querySelector('[data-found]').scrollTop]") == top
        assert page.evaluate("document.body.dataset.same") == "yes"
        eventually(page, lambda: len(saved(prompt_set)) == 5)
        handle(page, 4).press("ArrowUp")  # it is one of them
        eventually(page, lambda: prompt_set.content.steps[3][1] == "question-5" if saved(prompt_set) else False)

    def test_several_that_are_pasted(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)
        page.get_by_label("one per line").fill(f"1. Five?\n\n2. Six?\n{'x' * 400}")
        page.get_by_role("button", name="Add", exact=True).click()

        expect(page.locator("[data-step]")).to_have_count(6)
        expect(step(page, 5).locator("summary")).to_contain_text("Six?")
        expect(page.get_by_label("one per line")).to_have_value("x" * 400)
        expect(page.get_by_text("Line 4 is too long")).to_be_visible()
        open_step(page, 5).get_by_label("Your question").fill("Six, and then?")
        eventually(page, lambda: saved(prompt_set) and prompt_set.content.steps[5][2] == "Six, and then?")


def test_what_was_taken_out_is_put_back_with_the_keyboard_alone(page: Page, prompt_set: PromptSet) -> None:
    open_set(page, prompt_set)
    step(page, 1).locator("summary").focus()
    page.keyboard.press("Enter")
    for _ in range(3):  # the note, Up, Down
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(step(page, 1).get_by_role("button", name="Take out")).to_be_focused()
    page.keyboard.press("Enter")
    expect(step(page, 1).get_by_role("button", name="Put back")).to_be_focused()
    expect_saved(page, prompt_set, 1, 3, 4)
    page.keyboard.press("Enter")
    expect(step(page, 1).locator("summary")).to_be_focused()
    expect(page.locator("[data-said]")).to_have_text("Put back. Question 2 of 4")
    expect_saved(page, prompt_set, 1, 2, 3, 4)


class WithoutScriptsTests:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return {**browser_context_args, "java_script_enabled": False}

    def test_up_and_down_do_the_same(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)
        expect(page.locator("[data-handle]").first).to_be_hidden()
        open_step(page, 2).get_by_label("Your question").fill("Three, and then?")
        step(page, 2).get_by_role("button", name="Up").click()
        expect_order(page, 1, 3, 2, 4)
        expect(step(page, 1)).to_be_in_viewport()
        open_step(page, 0).get_by_role("button", name="Down").click()
        expect_order(page, 3, 1, 2, 4)

        expect(step(page, 0).get_by_label("Your question")).to_have_value("Three, and then?")
        assert saved(prompt_set) == [3, 1, 2, 4]

    def test_questions_are_added_and_taken_out(self, page: Page, prompt_set: PromptSet) -> None:
        open_set(page, prompt_set)
        page.get_by_label("Words").fill("number 5")
        page.get_by_label("Words").press("Enter")
        page.locator(".found").get_by_role("button", name="Add").click()
        page.get_by_label("one per line").fill("Six?\n- Seven?")
        page.get_by_role("button", name="Add", exact=True).first.click()
        open_step(page, 0).get_by_role("button", name="Take out").click()
        expect(step(page, 0)).to_be_in_viewport()
        open_step(page, 1).get_by_role("button", name="Take out").click()
        step(page, 0).get_by_role("button", name="Put back").click()

        expect(page.locator("[data-step]:not([data-out])")).to_have_count(6)
        prompt_set.refresh_from_db()
        asked = [step.prompt or step.question for step in sets.steps_of(prompt_set.content)]
        assert asked == ["One?", "Three?", "Four?", "question-5", "Six?", "Seven?"]


@pytest.mark.browser_context_args(viewport={"width": 1280, "height": 800})
def test_fourteen_questions_fit_two_screens(page: Page, prompt_set: PromptSet) -> None:
    row = make_set(
        prompt_set.author,
        name="Two homes",
        steps=[f"{number}. What was it like, and what would you have liked? " * 2 for number in range(14)],
    )
    open_set(page, row)

    assert page.evaluate("document.documentElement.scrollHeight") <= 2 * 800
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.querySelector('[data-steps]').getBoundingClientRect().height") <= 2 * 800
    assert page.evaluate("document.documentElement.scrollWidth") == 360
