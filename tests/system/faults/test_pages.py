"""Two pages of the same night are written at once: the first to be saved stays, the other becomes a conflict copy."""

import pytest

from tests.system.faults.scene import BESIDE, SAVED, Scene, line_of, wait_until
from tests.system.faults.typist import take_turns


def both_write(scene: Scene, *, one_browser: bool) -> None:
    scene.begin()
    device = scene.device().sign_in()
    pages = [device.open_tonight(), (device if one_browser else scene.device().sign_in()).open_tonight()]
    typists = [scene.typist(page) for page in pages]
    first = scene.chance.randrange(2)
    typists[first].type(seconds=scene.chance.uniform(0.2, 2))
    take_turns(typists, seconds=4)
    begun = typists[0].keys[0][0]

    wait_until(lambda: all(SAVED.search(line_of(page)) or BESIDE.search(line_of(page)) for page in pages), pages[0])
    text = scene.text()
    winner = next(typist for typist in typists if typist.text == text)
    (loser,) = [typist for typist in typists if typist is not winner]
    scene.judge(winner.loss(text, begun) + loser.loss(loser.text, begun), texts={scene.night: winner.text}, conflict_copies=[loser.text])


@pytest.mark.faults("two tabs typing at once")
def test_two_tabs_type_at_once(scene: Scene) -> None:
    both_write(scene, one_browser=True)


@pytest.mark.faults("two browsers")
def test_two_browsers_type_at_once(scene: Scene) -> None:
    both_write(scene, one_browser=False)
