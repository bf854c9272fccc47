"""The network goes and comes back: while the page is open, and only after its browser was closed."""

import time

import pytest

from tests.system.faults.network import Way
from tests.system.faults.report import THOROUGH
from tests.system.faults.scene import KEPT, SAVED, Scene, expect, says, writes_on
from tests.system.faults.typist import Accident

MINUTE = 60 if THOROUGH else 8  # at the pace of `make test-all`: four seconds


@pytest.mark.faults("network cut while typing and back after a minute")
def test_the_network_is_cut_while_typing(scene: Scene) -> None:
    scene.begins()
    page = scene.device().is_signed_in().opens_tonight()
    typist = scene.typist(page)
    way = scene.chance.choice([Way.REFUSED, Way.SILENT])

    with Accident(lambda: scene.network.cut(way), after=scene.chance.uniform(0, 3)) as accident:
        typist.types(until=accident.has_happened)
    typist.types(seconds=MINUTE)
    scene.network.mend()
    typist.types(seconds=scene.chance.choice([0, 1]))
    says(page, SAVED)

    scene.judge(typist.loss(scene.text(), accident.moment), stands={scene.night: typist.text})


@pytest.mark.faults("network back only after the browser was closed and reopened")
def test_the_network_is_back_only_after_the_browser_was_closed(scene: Scene) -> None:
    scene.begins()
    browser = scene.browser_on_disk().is_signed_in()
    page = browser.opens_tonight()
    typist = scene.typist(page)

    with Accident(scene.network.cut, after=scene.chance.uniform(0, 3)) as accident:
        typist.types(until=accident.has_happened)
    typist.types(seconds=2)
    says(page, KEPT)
    closed = time.monotonic()
    browser.context.close()

    browser = scene.browser_on_disk()
    page = browser.context.new_page()
    page.goto(f"{scene.network.url}/tonight/")
    expect(page.get_by_text("There is no connection just now.")).to_be_visible()
    came_back = writes_on(page)
    loss = typist.loss(came_back, closed)
    more = scene.typist(page)
    more.types(seconds=1)
    scene.network.mend()
    says(page, SAVED)
    page = browser.opens_tonight(page)

    assert scene.settles(page) == more.text
    scene.judge(loss + more.loss(more.text, accident.moment), stands={scene.night: more.text})
