"""operations.backup.daily: a backup is made when one is due, and old ones are deleted by their rule; no other file is touched."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from operations.backup import creation, daily
from operations.backup.archive import BackupError
from operations.locking import LOCK_FILE
from tests.helpers import DAY, HOUR, MINUTE, refusal

NOW = dt.datetime(2026, 11, 21, 21, 4, 30, tzinfo=dt.UTC)


def names(folder: Path) -> set[str]:
    """What stands in a folder of backups."""
    return {path.name for path in folder.iterdir()} - {LOCK_FILE}


def create_empty(path: Path, now: dt.datetime) -> None:
    """Stands in for the making of a whole archive."""
    path.touch()


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where daily backups go; they are empty files."""
    settings.BACKUPS = tmp_path / "backups"
    monkeypatch.setattr(creation, "create_at", create_empty)
    return tmp_path / "backups"


def dates(moments: list[dt.datetime]) -> set[dt.date]:
    return {moment.date() for moment in moments}


def weeks(moments: list[dt.datetime]) -> set[tuple[int, int]]:
    return {moment.isocalendar()[:2] for moment in moments}


@settings(max_examples=40)
@given(pauses=st.lists(st.integers(1, 24 * 12), min_size=1, max_size=60))  # in hours
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
    now, made = NOW, list[dt.datetime]()
    with mock.patch.object(creation, "create_at", create_empty), override_settings(BACKUPS=folder):
        for pause in pauses:
            now += pause * HOUR
            made += [now.replace(second=0)] if daily.create_if_due(now) else []
            kept = sorted(daily.backups(folder).values())
            assert len(kept) <= daily.DAYS + daily.WEEKS
            assert now - kept[-1] < daily.DUE_AFTER + MINUTE, "the newest is no older than a day"
            assert len(dates(kept)) >= min(daily.DAYS, len(dates(made)))
            assert len(weeks(kept)) >= min(daily.WEEKS, len(weeks(made)))
            assert others <= names(folder)


@given(moments=st.lists(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 31), timezones=st.just(dt.UTC))))  # noqa: DTZ001
def test_keeps_the_newest_of_every_day_and_week_it_keeps(moments: list[dt.datetime]) -> None:
    kept = daily.retained(moments)

    days = sorted(dates(moments))[-daily.DAYS :]
    assert {max(moment for moment in moments if moment.date() == day) for day in days} <= kept
    assert daily.retained(kept) == kept
    assert len(kept) <= daily.DAYS + daily.WEEKS


def test_a_site_that_runs_every_day_keeps_none_longer_than_22_days(folder: Path) -> None:
    oldest = dt.timedelta(0)
    for day in range(90):
        now = (NOW + day * DAY).replace(second=0)
        oldest = max([oldest, *(now - moment for moment in daily.backups(folder).values())])
        daily.create_if_due(now)

    assert oldest == 22 * DAY, "docs/backup.md says so, and the privacy page rounds it up"


def test_a_clock_that_was_wrong_keeps_nothing_from_being_made(folder: Path) -> None:
    folder.mkdir()
    for year in range(2090, 2099):
        (folder / f"nightlight-daily-{year}-01-01T0000Z.tar").touch()

    path = daily.create_if_due(NOW)

    assert path is not None
    assert path.exists()


def test_makes_one_where_several_ask_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started, finish = threading.Event(), threading.Event()

    def slow(path: Path, now: dt.datetime) -> None:
        started.set()
        assert finish.wait(5)
        path.touch()

    monkeypatch.setattr(creation, "create_at", slow)
    with ThreadPoolExecutor(2) as callers:
        first = callers.submit(daily.create_if_due, NOW)
        assert started.wait(5)
        assert callers.submit(daily.create_if_due, NOW).result(5) is None
        finish.set()

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
    assert "NIGHTLIGHT_BACKUPS is `none`" in refusal("backup", "--daily")
