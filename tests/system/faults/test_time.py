"""A page stays the page of its night: after a week, when the clocks change, and when the night ends."""

import datetime as dt
import time
from zoneinfo import ZoneInfo

import pytest

from tests.system.faults.scene import BESIDE, KEPT, SAVED, Scene, expect_line, shown_text

SOON = dt.timedelta(seconds=1.5)


@pytest.mark.faults("stale tab after a week", travels=True)
def test_a_tab_is_a_week_old(scene: Scene) -> None:
    scene.begin()
    device = scene.device().sign_in()
    page = device.open_tonight()
    typist = scene.typist(page)
    typist.type(seconds=2)
    expect_line(page, SAVED)
    elsewhere = f"{typist.text}\nWritten on the phone." if scene.chance.random() < 0.5 else ""
    if elsewhere:
        scene.site.steward.ask("write_elsewhere", author=scene.author, night=scene.night, text=elsewhere)

    scene.set_clock(dt.datetime.now(dt.UTC) + dt.timedelta(days=7))
    fresh = device.open_tonight()
    tonight = scene.typist(fresh)
    tonight.type(seconds=1)
    expect_line(fresh, SAVED)
    begun = tonight.keys[0][0]
    typist.type(seconds=2)
    expect_line(page, BESIDE if elsewhere else SAVED)

    assert tonight.initial_text == ""
    nights = {scene.night: elsewhere or typist.text, scene.night_now(): tonight.text}
    texts = scene.texts()
    assert len(nights) == 2
    loss = typist.loss(typist.text if elsewhere else texts[scene.night], begun) + tonight.loss(texts[scene.night_now()], begun)
    scene.judge(loss, texts=nights, conflict_copies=[typist.text] if elsewhere else [])


def last_clock_changes(zone: ZoneInfo) -> list[dt.datetime]:
    """The last two changes of the clocks in this zone: to summer time and from it."""
    moment = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    hour = dt.timedelta(hours=1)
    changes: list[dt.datetime] = []
    while len(changes) < 2:
        if moment.astimezone(zone).utcoffset() != (moment - hour).astimezone(zone).utcoffset():
            changes.append(moment)
        moment -= hour
    return changes


@pytest.mark.faults("clock change at night", travels=True)
def test_the_clock_changes(scene: Scene) -> None:
    """To summer time or from it; the night may end in that very hour."""
    scene.night_ends_at = scene.chance.choice([2, 3, 4])
    change = scene.chance.choice(last_clock_changes(ZoneInfo(scene.zone)))
    scene.set_clock(change - dt.timedelta(minutes=10))
    scene.begin()
    device = scene.device().sign_in()
    page = device.open_tonight()
    typist = scene.typist(page)

    scene.set_clock(change - SOON)
    typist.type(seconds=4, until=lambda: scene.now() > change)
    begun = typist.keys[0][0]
    expect_line(page, SAVED)
    afterwards = device.open_tonight()

    assert shown_text(afterwards) == (typist.text if scene.night_now() == scene.night else "")
    scene.judge(typist.loss(scene.text(), begun), texts={scene.night: typist.text})


@pytest.mark.faults("the night boundary", travels=True)
def test_the_night_ends(scene: Scene) -> None:
    """While the parent writes, or while what was written is only on the device."""
    zone = ZoneInfo(scene.zone)
    tomorrow = dt.datetime.now(zone).date() + dt.timedelta(days=1)
    ends = dt.datetime.combine(tomorrow, dt.time(scene.night_ends_at), tzinfo=zone)
    scene.set_clock(ends - dt.timedelta(minutes=10))
    scene.begin()
    device = scene.device().sign_in()
    page = device.open_tonight()
    typist = scene.typist(page)
    typist.type(seconds=scene.chance.choice([0, 2]))

    scene.set_clock(ends - SOON)
    if is_away := scene.chance.random() < 0.5:
        scene.network.cut()
    typist.type(seconds=3, until=lambda: scene.now() > ends)
    expect_line(page, KEPT if is_away else SAVED)
    closed = time.monotonic()
    if is_away:
        page.close()
        scene.network.mend()

    fresh = device.open_tonight()
    tonight = scene.typist(fresh)
    tonight.type(seconds=1)
    expect_line(fresh, SAVED)
    assert tonight.initial_text == ""
    assert scene.night_now() == tomorrow.isoformat() != scene.night
    arrived = scene.text()
    assert is_away or arrived == typist.text
    scene.judge(
        typist.loss(arrived, closed) + tonight.loss(tonight.text, closed), texts={scene.night: arrived, scene.night_now(): tonight.text}
    )
