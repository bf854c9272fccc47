"""The daily backup: made when one is due, and the older ones thinned out to seven days and four weeks."""

import datetime as dt
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from django.conf import settings

from operations.backup import creation

PREFIX = "nightlight-daily-"
NAME = re.compile(re.escape(PREFIX) + r"(\d{4}-\d\d-\d\dT\d{4}Z)\.tar")
DUE_AFTER = dt.timedelta(hours=20)
DAYS, WEEKS = 7, 4


def kept(moments: Iterable[dt.datetime]) -> set[dt.datetime]:
    """Of these moments (aware, in UTC) the newest of each of the last seven days and four ISO weeks that have one."""
    days: dict[dt.date, dt.datetime] = {}
    weeks: dict[tuple[int, int], dt.datetime] = {}
    for moment in sorted(moments, reverse=True):
        days.setdefault(moment.date(), moment)
        weeks.setdefault(moment.isocalendar()[:2], moment)
    return {*islice(days.values(), DAYS), *islice(weeks.values(), WEEKS)}


def _moment(path: Path) -> dt.datetime | None:
    """When a rolling backup was made; None for any other file."""
    named = NAME.fullmatch(path.name)
    try:
        return dt.datetime.strptime(named[1], "%Y-%m-%dT%H%MZ").replace(tzinfo=dt.UTC) if named and path.is_file() else None
    except ValueError:  # digits that are no date
        return None


def made(folder: Path) -> dict[Path, dt.datetime]:
    """The rolling backups in a folder."""
    found = {path: _moment(path) for path in folder.iterdir()} if folder.is_dir() else {}
    return {path: moment for path, moment in found.items() if moment is not None}


def is_due(folder: Path, now: dt.datetime) -> bool:
    """Whether none was made in the last twenty hours. One from the future, of a clock that went wrong, does not count."""
    return not any(now - DUE_AFTER < moment <= now for moment in made(folder).values())


def prune(folder: Path, newest: Path) -> None:
    """Delete the rolling backups that are kept no longer. `newest` stays, and so does every other file."""
    moments = made(folder)
    staying = kept(moments.values())
    for path, moment in moments.items():
        if path != newest and moment not in staying:
            path.unlink(missing_ok=True)


def daily(now: dt.datetime) -> Path | None:
    """Make today's backup where it is due, then thin out the older ones. None where there was nothing to do.

    Safe to call at any time and from several processes at once: one makes it, the others get None. Nothing is
    deleted unless a new one was made and verified. Raises `BackupError`, OSError or a DatabaseError where it
    could not be made.
    """
    folder: Path | None = settings.BACKUPS
    if folder is None or not is_due(folder, now):
        return None
    with creation.alone_in(folder, wait=False) as alone:
        if not alone or not is_due(folder, now):
            return None
        path = folder / f"{PREFIX}{now.astimezone(dt.UTC):%Y-%m-%dT%H%MZ}.tar"
        creation.make(path, now)
        prune(folder, path)
    return path
