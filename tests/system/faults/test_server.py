"""The server, its database or its disk fails while a parent writes. The page stays open, so nothing at all is lost."""

import time

import pytest

from tests.system.faults.report import THOROUGH
from tests.system.faults.scene import SAVED, Scene, expect_line
from tests.system.faults.typist import Accident


@pytest.mark.faults("server killed (SIGKILL) while saving")
def test_the_server_is_killed_while_saving(scene: Scene) -> None:
    scene.begin()
    page = scene.device().sign_in().open_tonight()
    typist = scene.typist(page)

    with Accident(scene.server.kill, when=scene.network.wait_for_a_save, after=scene.chance.uniform(0, 0.05)) as accident:
        typist.type(seconds=2, until=accident.has_happened)
    typist.type(seconds=scene.chance.uniform(0, 3))
    scene.server.start()
    typist.type(seconds=scene.chance.choice([0, 1]))
    expect_line(page, SAVED)

    scene.judge(typist.loss(scene.text(), accident.moment), texts={scene.night: typist.text})


@pytest.mark.faults("server killed between write and answer")
def test_the_server_is_killed_between_write_and_answer(scene: Scene) -> None:
    scene.begin()
    page = scene.device().sign_in().open_tonight()
    typist = scene.typist(page)
    typist.type(seconds=scene.chance.uniform(0.5, 2))

    def kill_once_it_is_written() -> None:
        scene.network.drop_responses()
        written = scene.version()
        while scene.version() == written:
            time.sleep(0.005)
        scene.server.kill()
        scene.network.mend()

    with Accident(kill_once_it_is_written) as accident:
        typist.type(until=accident.has_happened)
    typist.type(seconds=scene.chance.uniform(0, 2))
    scene.server.start()
    expect_line(page, SAVED)

    scene.judge(typist.loss(scene.text(), accident.moment), texts={scene.night: typist.text})


@pytest.mark.faults("database locked for 10 s")
def test_the_database_is_locked(scene: Scene) -> None:
    scene.begin()
    page = scene.device().sign_in().open_tonight()
    typist = scene.typist(page)

    def lock() -> None:
        with scene.site.locked_database():
            time.sleep(10 if THOROUGH else 6)  # the server waits five seconds for a lock

    with Accident(lock, after=scene.chance.uniform(0, 1.5)) as accident:
        typist.type(until=accident.has_happened)
    typist.type(seconds=scene.chance.choice([0, 1]))
    expect_line(page, SAVED)

    scene.judge(typist.loss(scene.text(), accident.moment), texts={scene.night: typist.text})


@pytest.mark.faults("disk full")
def test_the_disk_is_full(scene: Scene) -> None:
    scene.begin()
    page = scene.device().sign_in().open_tonight()
    typist = scene.typist(page)
    written_ahead = scene.site.database.with_name(scene.site.database.name + "-wal")

    def fill() -> None:
        """At once, or in the middle of a save a little later."""
        size = written_ahead.stat().st_size if written_ahead.exists() else 0
        scene.server.fill_disk(scene.chance.choice([0, size + scene.chance.randint(0, 20_000)]))

    with Accident(fill, after=scene.chance.uniform(0, 1.5)) as accident:
        typist.type(seconds=4, until=accident.has_happened)
    typist.type(seconds=scene.chance.uniform(0, 3))
    scene.server.clear_disk()
    typist.type(seconds=scene.chance.choice([0, 1]))
    expect_line(page, SAVED)

    scene.judge(typist.loss(scene.text(), accident.moment), texts={scene.night: typist.text})
