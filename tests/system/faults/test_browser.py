"""The browser is killed, or a tab is closed, at any moment: what was typed until a second before comes back."""

import time

import pytest

from tests.system.faults.scene import SAVED, Scene, expect_line
from tests.system.faults.typist import Accident


@pytest.mark.faults("browser killed (SIGKILL)")
def test_the_browser_is_killed(scene: Scene) -> None:
    scene.begin()
    browser = scene.browser_on_disk().sign_in()
    page = browser.open_tonight()
    typist = scene.typist(page)

    with Accident(browser.kill, after=scene.chance.uniform(1, 5)) as accident:
        typist.type(until=accident.has_happened)

    page = scene.browser_on_disk().open_tonight()
    came_back = scene.settle(page)
    loss = typist.loss(came_back, accident.moment)
    more = scene.typist(page)
    more.type(seconds=1)
    expect_line(page, SAVED)

    scene.judge(loss + more.loss(scene.text(), accident.moment), texts={scene.night: more.text})


@pytest.mark.faults("tab closed while a save is under way")
def test_a_tab_is_closed_while_a_save_is_under_way(scene: Scene) -> None:
    """The save arrives at once, when the page is open again, or only after more was typed."""
    scene.begin()
    device = scene.device().sign_in()
    page = device.open_tonight()
    typist = scene.typist(page)
    typist.type(seconds=scene.chance.choice([0, 3]))
    gate = scene.network.hold_next_save()
    typist.type(until=scene.network.is_holding.is_set)
    typist.type(seconds=scene.chance.uniform(0, 1.5))
    arrives = scene.chance.choice(["at once", "when it is open again", "last"])

    closed = time.monotonic()
    with page.expect_event("close"):
        page.close(run_before_unload=scene.chance.choice([True, False]))
    if arrives == "at once":
        scene.network.release(gate)
    page = device.open_tonight()
    if arrives == "when it is open again":
        scene.network.release(gate)
    came_back = scene.settle(page)
    more = scene.typist(page)
    more.type(seconds=1)
    expect_line(page, SAVED)
    if arrives == "last":
        scene.network.release(gate)
    more.type(seconds=1)
    expect_line(page, SAVED)

    loss = typist.loss(came_back, closed)
    scene.judge(loss + more.loss(scene.text(), closed), texts={scene.night: more.text})
