"""What is sent twice, or late, is one page with the newest text."""

import pytest

from tests.system.faults.scene import SAVED, Scene, expect, says, wait_until


@pytest.mark.faults("double click on *done*")
def test_done_is_clicked_twice(scene: Scene) -> None:
    scene.begins()
    page = scene.device().is_signed_in().opens_tonight()
    typist = scene.typist(page)
    typist.types(seconds=scene.chance.uniform(0.2, 4))
    ended = typist.keys[-1][0]

    page.get_by_role("button", name="Done").dblclick(delay=scene.chance.uniform(0, 120))
    expect(page.get_by_role("heading", name="That was today. Good night.")).to_be_visible()
    loss = typist.loss(scene.text(), ended)
    page.get_by_role("button", name="Write more").click()
    more = scene.typist(page)
    more.types(seconds=1)
    says(page, SAVED)

    assert more.there == typist.text
    scene.judge(loss + more.loss(scene.text(), ended), stands={scene.night: more.text})


@pytest.mark.faults("the same save sent five times")
def test_the_same_save_is_sent_five_times(scene: Scene) -> None:
    """The first one, of which the page is made, or a later one; and its own at last."""
    scene.begins()
    page = scene.device().is_signed_in().opens_tonight()
    typist = scene.typist(page)
    typist.types(seconds=scene.chance.choice([0, 3]))
    gate = scene.network.hold_next_save()
    typist.types(until=scene.network.is_holding.is_set)
    fault = typist.keys[-1][0]

    assert scene.network.sends_again([scene.network.saves[-1]] * 5) == [200] * 5
    typist.types(seconds=scene.chance.uniform(0, 1))
    scene.network.release(gate)
    typist.types(seconds=1)
    says(page, SAVED)
    version = scene.version()
    assert scene.network.sends_again([scene.network.saves[-1]] * 5) == [200] * 5

    assert scene.version() == version
    scene.judge(typist.loss(scene.text(), fault), stands={scene.night: typist.text})


@pytest.mark.faults("saves arriving out of order")
def test_saves_arrive_out_of_order(scene: Scene) -> None:
    scene.begins()
    device = scene.device().is_signed_in()
    page = device.opens_tonight()
    typist = scene.typist(page)
    typist.types(seconds=scene.chance.choice([0, 3]))
    gate = scene.network.hold_next_save()
    typist.types(until=scene.network.is_holding.is_set)
    typist.types(seconds=scene.chance.uniform(0.2, 2))
    fault = typist.keys[-1][0]

    # Leaving sends the newest text past the one that is on its way.
    page.goto(f"{scene.network.url}/journal/")
    wait_until(lambda: scene.text() == typist.text, page)
    page = device.opens_tonight(page)
    assert scene.settles(page) == typist.text
    scene.network.release(gate)
    more = scene.typist(page)
    more.types(seconds=2)
    says(page, SAVED)
    again = list(scene.network.saves)
    scene.chance.shuffle(again)
    assert set(scene.network.sends_again(again)) == {200}

    scene.judge(typist.loss(typist.text, fault) + more.loss(scene.text(), fault), stands={scene.night: more.text})
