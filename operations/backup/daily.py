"""The daily backup: made when it is due, and older ones thinned out to seven days and four weeks."""

import datetime as dt
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from django.conf import settings

from operations.backup import creation

PREFIX = "nightlight-daily-"
NAME_PATTERN = re.compile(re.escape(PREFIX) + r"(\d{4}-\d\d-\d\dT\d{4}Z)\.tar")
DUE_AFTER = dt.timedelta(hours=20)
DAYS, WEEKS = 7, 4  # how many of each keep their newest backup


def retained(moments: Iterable[dt.datetime]) -> set[dt.datetime]:
    """The newest of each of the last seven days and four ISO weeks that have one. `moments` are aware, in UTC."""
    days: dict[dt.date, dt.datetime] = {}
    weeks: dict[tuple[int, int], dt.datetime] = {}
    for moment in sorted(moments, reverse=True):
        days.setdefault(moment.date(), moment)
        weeks.setdefault(moment.isocalendar()[:2], moment)
    return {*islice(days.values(), DAYS), *islice(weeks.values(), WEEKS)}


def _made_at(path: Path) -> dt.datetime | None:
    """When a daily backup was made, by its name; None for any other file."""
    match = NAME_PATTERN.fullmatch(path.name)
    try:
        return dt.datetime.strptime(match[1], "%Y-%m-%dT%H%MZ").replace(tzinfo=dt.UTC) if match and path.is_file() else None
    except ValueError:  # digits that are no date
        return None


def backups(folder: Path) -> dict[Path, dt.datetime]:
    """The daily backups in a folder, each with when it was made; empty where the folder does not exist."""
    files = {path: _made_at(path) for path in folder.iterdir()} if folder.is_dir() else {}
    return {path: made_at for path, made_at in files.items() if made_at is not None}


def is_due(folder: Path, now: dt.datetime) -> bool:
    """Whether none was made in the last twenty hours. One dated in the future, by a wrong clock, does not count."""
    return not any(now - DUE_AFTER < made_at <= now for made_at in backups(folder).values())


def prune(folder: Path, newest: Path) -> None:
    """Delete the daily backups that are not retained. Never deletes `newest`, nor any other file. Idempotent."""
    existing = backups(folder)
    keep = retained(existing.values())
    for path, made_at in existing.items():
        if path != newest and made_at not in keep:
            path.unlink(missing_ok=True)


def create_if_due(now: dt.datetime) -> Path | None:
    """Make today's backup and thin out older ones. None where it is not due, is being made elsewhere, or they are switched off.

    May be called at any time and by several processes at once: one of them makes it. Nothing is deleted unless a new backup
    was made and verified. Raises `BackupError`, OSError or a DatabaseError where it could not be made.
    """
    folder: Path | None = settings.BACKUPS
    if folder is None or not is_due(folder, now):
        return None
    with creation.folder_lock(folder, wait=False) as locked:
        if not locked or not is_due(folder, now):
            return None
        path = folder / f"{PREFIX}{now.astimezone(dt.UTC):%Y-%m-%dT%H%MZ}.tar"
        creation.create_at(path, now)
        prune(folder, path)
    return path
