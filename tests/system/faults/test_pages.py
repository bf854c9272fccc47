"""Two pages of the same night are written at once: the first to be saved stands, the other is kept beside it."""

import pytest

from tests.system.faults.scene import BESIDE, SAVED, Scene, line, wait_until
from tests.system.faults.typist import take_turns


def both_write(scene: Scene, *, one_browser: bool) -> None:
    scene.begins()
    device = scene.device().is_signed_in()
    pages = [device.opens_tonight(), (device if one_browser else scene.device().is_signed_in()).opens_tonight()]
    typists = [scene.typist(page) for page in pages]
    first = scene.chance.randrange(2)
    typists[first].types(seconds=scene.chance.uniform(0.2, 2))
    take_turns(typists, seconds=4)
    begun = typists[0].keys[0][0]

    wait_until(lambda: all(SAVED.search(line(page)) or BESIDE.search(line(page)) for page in pages), pages[0])
    stands = scene.text()
    winner = next(typist for typist in typists if typist.text == stands)
    (loser,) = [typist for typist in typists if typist is not winner]
    scene.judge(winner.loss(stands, begun) + loser.loss(loser.text, begun), stands={scene.night: winner.text}, beside=[loser.text])


@pytest.mark.faults("two tabs typing at once")
def test_two_tabs_type_at_once(scene: Scene) -> None:
    both_write(scene, one_browser=True)


@pytest.mark.faults("two browsers")
def test_two_browsers_type_at_once(scene: Scene) -> None:
    both_write(scene, one_browser=False)
