"""A page stays the page of its night: after a week, while clocks are set, and when the night ends."""

import datetime as dt
import time
from zoneinfo import ZoneInfo

import pytest

from tests.system.faults.scene import BESIDE, KEPT, SAVED, Scene, says, writes_on

SOON = dt.timedelta(seconds=1.5)


@pytest.mark.faults("stale tab after a week", travels=True)
def test_a_tab_is_a_week_old(scene: Scene) -> None:
    scene.begins()
    device = scene.device().is_signed_in()
    page = device.opens_tonight()
    typist = scene.typist(page)
    typist.types(seconds=2)
    says(page, SAVED)
    elsewhere = f"{typist.text}\nWritten on the phone." if scene.chance.random() < 0.5 else ""
    if elsewhere:
        scene.site.steward.ask("write_elsewhere", author=scene.author, night=scene.night, text=elsewhere)

    scene.clock_stands_at(dt.datetime.now(dt.UTC) + dt.timedelta(days=7))
    fresh = device.opens_tonight()
    tonight = scene.typist(fresh)
    tonight.types(seconds=1)
    says(fresh, SAVED)
    begun = tonight.keys[0][0]
    typist.types(seconds=2)
    says(page, BESIDE if elsewhere else SAVED)

    assert tonight.there == ""
    nights = {scene.night: elsewhere or typist.text, scene.night_now(): tonight.text}
    texts = scene.texts()
    assert len(nights) == 2
    loss = typist.loss(typist.text if elsewhere else texts[scene.night], begun) + tonight.loss(texts[scene.night_now()], begun)
    scene.judge(loss, stands=nights, beside=[typist.text] if elsewhere else [])


def last_clock_changes(zone: ZoneInfo) -> list[dt.datetime]:
    """The last two moments at which clocks were set there: to summer time and from it."""
    moment = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    hour = dt.timedelta(hours=1)
    found: list[dt.datetime] = []
    while len(found) < 2:
        if moment.astimezone(zone).utcoffset() != (moment - hour).astimezone(zone).utcoffset():
            found.append(moment)
        moment -= hour
    return found


@pytest.mark.faults("clock change at night", travels=True)
def test_the_clock_changes(scene: Scene) -> None:
    """To summer time or from it; the night may end at that very hour."""
    scene.night_ends_at = scene.chance.choice([2, 3, 4])
    change = scene.chance.choice(last_clock_changes(ZoneInfo(scene.zone)))
    scene.clock_stands_at(change - dt.timedelta(minutes=10))
    scene.begins()
    device = scene.device().is_signed_in()
    page = device.opens_tonight()
    typist = scene.typist(page)

    scene.clock_stands_at(change - SOON)
    typist.types(seconds=4, until=lambda: scene.now() > change)
    begun = typist.keys[0][0]
    says(page, SAVED)
    afterwards = device.opens_tonight()

    assert writes_on(afterwards) == (typist.text if scene.night_now() == scene.night else "")
    scene.judge(typist.loss(scene.text(), begun), stands={scene.night: typist.text})


@pytest.mark.faults("the night boundary", travels=True)
def test_the_night_ends(scene: Scene) -> None:
    """While somebody writes, or while what they wrote is only on their device."""
    zone = ZoneInfo(scene.zone)
    tomorrow = dt.datetime.now(zone).date() + dt.timedelta(days=1)
    ends = dt.datetime.combine(tomorrow, dt.time(scene.night_ends_at), tzinfo=zone)
    scene.clock_stands_at(ends - dt.timedelta(minutes=10))
    scene.begins()
    device = scene.device().is_signed_in()
    page = device.opens_tonight()
    typist = scene.typist(page)
    typist.types(seconds=scene.chance.choice([0, 2]))

    scene.clock_stands_at(ends - SOON)
    if is_away := scene.chance.random() < 0.5:
        scene.network.cut()
    typist.types(seconds=3, until=lambda: scene.now() > ends)
    says(page, KEPT if is_away else SAVED)
    closed = time.monotonic()
    if is_away:
        page.close()
        scene.network.mend()

    fresh = device.opens_tonight()
    tonight = scene.typist(fresh)
    tonight.types(seconds=1)
    says(fresh, SAVED)
    assert tonight.there == ""
    assert scene.night_now() == tomorrow.isoformat() != scene.night
    arrived = scene.text()
    assert is_away or arrived == typist.text
    scene.judge(
        typist.loss(arrived, closed) + tonight.loss(tonight.text, closed), stands={scene.night: arrived, scene.night_now(): tonight.text}
    )
