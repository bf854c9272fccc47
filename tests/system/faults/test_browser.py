"""The browser is killed, or a tab is closed, at any moment: what was typed a second before is there again."""

import time

import pytest

from tests.system.faults.scene import SAVED, Scene, says
from tests.system.faults.typist import Accident


@pytest.mark.faults("browser killed (SIGKILL)")
def test_the_browser_is_killed(scene: Scene) -> None:
    scene.begins()
    browser = scene.browser_on_disk().is_signed_in()
    page = browser.opens_tonight()
    typist = scene.typist(page)

    with Accident(browser.kill, after=scene.chance.uniform(1, 5)) as accident:
        typist.types(until=accident.has_happened)

    page = scene.browser_on_disk().opens_tonight()
    came_back = scene.settles(page)
    loss = typist.loss(came_back, accident.moment)
    more = scene.typist(page)
    more.types(seconds=1)
    says(page, SAVED)

    scene.judge(loss + more.loss(scene.text(), accident.moment), stands={scene.night: more.text})


@pytest.mark.faults("tab closed while a save is under way")
def test_a_tab_is_closed_while_a_save_is_under_way(scene: Scene) -> None:
    """The save arrives late: at once, when the page is open again, or only when writing has gone on."""
    scene.begins()
    device = scene.device().is_signed_in()
    page = device.opens_tonight()
    typist = scene.typist(page)
    typist.types(seconds=scene.chance.choice([0, 3]))
    gate = scene.network.hold_next_save()
    typist.types(until=scene.network.is_holding.is_set)
    typist.types(seconds=scene.chance.uniform(0, 1.5))
    arrives = scene.chance.choice(["at once", "when it is open again", "last"])

    closed = time.monotonic()
    with page.expect_event("close"):
        page.close(run_before_unload=scene.chance.choice([True, False]))
    if arrives == "at once":
        scene.network.release(gate)
    page = device.opens_tonight()
    if arrives == "when it is open again":
        scene.network.release(gate)
    came_back = scene.settles(page)
    more = scene.typist(page)
    more.types(seconds=1)
    says(page, SAVED)
    if arrives == "last":
        scene.network.release(gate)
    more.types(seconds=1)
    says(page, SAVED)

    loss = typist.loss(came_back, closed)
    scene.judge(loss + more.loss(scene.text(), closed), stands={scene.night: more.text})
