"""The daily backups: made where one is due, thinned out by their rule, and nothing else touched."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from operations.backup import creation, daily
from operations.backup.archive import BackupError

NOW = dt.datetime(2026, 11, 21, 21, 4, 30, tzinfo=dt.UTC)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {creation.LOCK_FILE}


def touched(path: Path, now: dt.datetime) -> None:
    path.touch()


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where daily backups go; they are made of nothing."""
    settings.BACKUPS = tmp_path / "backups"
    monkeypatch.setattr(creation, "create_at", touched)
    return tmp_path / "backups"


hours = st.lists(st.integers(1, 24 * 12), min_size=1, max_size=60)


@settings(max_examples=40)
@given(pauses=hours)
def test_any_sequence_keeps_the_last_days_and_weeks_and_touches_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, pauses: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("rolling")
    others = {
        "nightlight-2020-01-01T0000Z.tar",
        "nightlight-daily-2020-01-01T0000Z.tar.part",
        "nightlight-daily-2020-13-41T0000Z.tar",
        "notes",
    }
    for name in others:
        (folder / name).touch()
    now, every = NOW, []
    with mock.patch.object(creation, "create_at", touched), override_settings(BACKUPS=folder):
        for pause in pauses:
            now += dt.timedelta(hours=pause)
            made = daily.create_if_due(now)
            every += [now.replace(second=0)] if made else []
            left = sorted(daily.backups(folder).values())
            assert len(left) <= daily.DAYS + daily.WEEKS
            assert now - left[-1] < daily.DUE_AFTER + dt.timedelta(minutes=1), "the newest is there and is no older than a day"
            assert len({moment.date() for moment in left}) >= min(daily.DAYS, len({moment.date() for moment in every}))
            assert len({moment.isocalendar()[:2] for moment in left}) >= min(daily.WEEKS, len({m.isocalendar()[:2] for m in every}))
            assert others <= names(folder)


@given(moments=st.lists(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 31), timezones=st.just(dt.UTC))))  # noqa: DTZ001
def test_keeps_the_newest_of_every_day_and_week_it_keeps(moments: list[dt.datetime]) -> None:
    kept = daily.retained(moments)

    days = sorted({moment.date() for moment in moments})[-daily.DAYS :]
    assert {max(moment for moment in moments if moment.date() == day) for day in days} <= kept
    assert daily.retained(kept) == kept
    assert len(kept) <= daily.DAYS + daily.WEEKS


def test_a_site_that_runs_every_day_keeps_none_longer_than_22_days(folder: Path) -> None:
    oldest = dt.timedelta(0)
    for day in range(90):
        now = (NOW + dt.timedelta(days=day)).replace(second=0)
        oldest = max([oldest, *(now - moment for moment in daily.backups(folder).values())])
        daily.create_if_due(now)

    assert oldest == dt.timedelta(days=22), "docs/backup.md tells it, and the privacy page rounds it up"


def test_a_clock_that_was_wrong_keeps_nothing_from_being_made(folder: Path) -> None:
    folder.mkdir()
    for year in range(2090, 2099):
        (folder / f"nightlight-daily-{year}-01-01T0000Z.tar").touch()

    made = daily.create_if_due(NOW)

    assert made is not None
    assert made.exists()


def test_makes_one_where_several_ask_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(path: Path, now: dt.datetime) -> None:
        begun.set()
        assert go_on.wait(5)
        path.touch()

    monkeypatch.setattr(creation, "create_at", slow)
    with ThreadPoolExecutor(2) as callers:
        first = callers.submit(daily.create_if_due, NOW)
        assert begun.wait(5)
        assert callers.submit(daily.create_if_due, NOW).result(5) is None
        go_on.set()

    assert first.result() is not None
    assert len(daily.backups(folder)) == 1


def test_deletes_nothing_where_none_could_be_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    for day in range(1, 21):
        (folder / f"nightlight-daily-2026-11-{day:02}T0000Z.tar").touch()
    monkeypatch.setattr(creation, "create_at", mock.Mock(side_effect=BackupError("no")))

    with pytest.raises(BackupError):
        daily.create_if_due(NOW)

    assert len(names(folder)) == 20


def test_makes_none_where_they_are_switched_off(settings: Settings) -> None:
    settings.BACKUPS = None

    assert daily.create_if_due(NOW) is None
    with pytest.raises(CommandError, match="NIGHTLIGHT_BACKUPS is `none`"):
        call_command("backup", "--daily")
