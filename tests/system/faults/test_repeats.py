"""Saves that are sent twice or arrive late leave one page with the newest text."""

import pytest

from tests.system.faults.scene import SAVED, Scene, expect, expect_line, wait_until


@pytest.mark.faults("double click on *done*")
def test_done_is_clicked_twice(scene: Scene) -> None:
    scene.begin()
    page = scene.device().sign_in().open_tonight()
    typist = scene.typist(page)
    typist.type(seconds=scene.chance.uniform(0.2, 4))
    ended = typist.keys[-1][0]

    page.get_by_role("button", name="Done").dblclick(delay=scene.chance.uniform(0, 120))
    expect(page.get_by_role("heading", name="That was today. Good night.")).to_be_visible()
    loss = typist.loss(scene.text(), ended)
    page.get_by_role("button", name="Write more").click()
    more = scene.typist(page)
    more.type(seconds=1)
    expect_line(page, SAVED)

    assert more.initial_text == typist.text
    scene.judge(loss + more.loss(scene.text(), ended), texts={scene.night: more.text})


@pytest.mark.faults("the same save sent five times")
def test_the_same_save_is_sent_five_times(scene: Scene) -> None:
    """The first save, which makes the page, or a later one; and the last one at the end."""
    scene.begin()
    page = scene.device().sign_in().open_tonight()
    typist = scene.typist(page)
    typist.type(seconds=scene.chance.choice([0, 3]))
    gate = scene.network.hold_next_save()
    typist.type(until=scene.network.is_holding.is_set)
    fault = typist.keys[-1][0]

    assert scene.network.send_again([scene.network.saves[-1]] * 5) == [200] * 5
    typist.type(seconds=scene.chance.uniform(0, 1))
    scene.network.release(gate)
    typist.type(seconds=1)
    expect_line(page, SAVED)
    version = scene.version()
    assert scene.network.send_again([scene.network.saves[-1]] * 5) == [200] * 5

    assert scene.version() == version
    scene.judge(typist.loss(scene.text(), fault), texts={scene.night: typist.text})


@pytest.mark.faults("saves arriving out of order")
def test_saves_arrive_out_of_order(scene: Scene) -> None:
    scene.begin()
    device = scene.device().sign_in()
    page = device.open_tonight()
    typist = scene.typist(page)
    typist.type(seconds=scene.chance.choice([0, 3]))
    gate = scene.network.hold_next_save()
    typist.type(until=scene.network.is_holding.is_set)
    typist.type(seconds=scene.chance.uniform(0.2, 2))
    fault = typist.keys[-1][0]

    # Leaving the page sends the newest text, which overtakes the save that is held.
    page.goto(f"{scene.network.url}/journal/")
    wait_until(lambda: scene.text() == typist.text, page)
    page = device.open_tonight(page)
    assert scene.settle(page) == typist.text
    scene.network.release(gate)
    more = scene.typist(page)
    more.type(seconds=2)
    expect_line(page, SAVED)
    again = list(scene.network.saves)
    scene.chance.shuffle(again)
    assert set(scene.network.send_again(again)) == {200}

    scene.judge(typist.loss(typist.text, fault) + more.loss(scene.text(), fault), texts={scene.night: more.text})
