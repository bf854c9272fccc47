"""The network fails and comes back: while the page is open, or only after the browser was closed."""

import time

import pytest

from tests.system.faults.network import State
from tests.system.faults.report import THOROUGH
from tests.system.faults.scene import KEPT, SAVED, Scene, expect, expect_line, shown_text
from tests.system.faults.typist import Accident

MINUTE = 60 if THOROUGH else 8  # at the pace of `make test-all`: four seconds


@pytest.mark.faults("network cut while typing and back after a minute")
def test_the_network_is_cut_while_typing(scene: Scene) -> None:
    scene.begin()
    page = scene.device().sign_in().open_tonight()
    typist = scene.typist(page)
    state = scene.chance.choice([State.REFUSED, State.SILENT])

    with Accident(lambda: scene.network.cut(state), after=scene.chance.uniform(0, 3)) as accident:
        typist.type(until=accident.has_happened)
    typist.type(seconds=MINUTE)
    scene.network.mend()
    typist.type(seconds=scene.chance.choice([0, 1]))
    expect_line(page, SAVED)

    scene.judge(typist.loss(scene.text(), accident.moment), texts={scene.night: typist.text})


@pytest.mark.faults("network back only after the browser was closed and reopened")
def test_the_network_is_back_only_after_the_browser_was_closed(scene: Scene) -> None:
    scene.begin()
    browser = scene.browser_on_disk().sign_in()
    page = browser.open_tonight()
    typist = scene.typist(page)

    with Accident(scene.network.cut, after=scene.chance.uniform(0, 3)) as accident:
        typist.type(until=accident.has_happened)
    typist.type(seconds=2)
    expect_line(page, KEPT)
    closed = time.monotonic()
    browser.context.close()

    browser = scene.browser_on_disk()
    page = browser.context.new_page()
    page.goto(f"{scene.network.url}/tonight/")
    expect(page.get_by_text("You’re offline.")).to_be_visible()
    came_back = shown_text(page)
    loss = typist.loss(came_back, closed)
    more = scene.typist(page)
    more.type(seconds=1)
    scene.network.mend()
    expect_line(page, SAVED)
    page = browser.open_tonight(page)

    assert scene.settle(page) == more.text
    scene.judge(loss + more.loss(more.text, accident.moment), texts={scene.night: more.text})
