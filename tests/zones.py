"""Time zones whose clocks show every kind of clock change."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

from tests.helpers import DAY, MINUTE

ZONES = [
    "UTC",
    "Europe/Stockholm",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",  # until 2011 clocks changed at one minute past midnight
    "America/Sao_Paulo",  # until 2019 clocks skipped midnight itself
    "America/Havana",
    "Africa/Cairo",
    "Africa/Casablanca",  # clocks are set back for Ramadan
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Australia/Lord_Howe",  # clocks change by half an hour
    "Pacific/Apia",  # had no 30 December 2011
    "Pacific/Kiritimati",  # had no 31 December 1994
    "Antarctica/Troll",  # clocks change by two hours
]
BEGIN = dt.datetime(1994, 6, 1, tzinfo=dt.UTC)


@cache
def clock_changes(zone: ZoneInfo) -> list[dt.datetime]:
    """The instants at which the zone's clocks were or will be set, in UTC and to the minute."""

    def offset(moment: dt.datetime) -> dt.timedelta | None:
        return moment.astimezone(zone).utcoffset()

    changes = []
    day = BEGIN
    while day.year < 2030:
        before, after = day, day + 7 * DAY
        if offset(before) != offset(after):
            while after - before > MINUTE:
                middle = before + (after - before) // 2
                before, after = (middle, after) if offset(middle) == offset(before) else (before, middle)
            changes.append(after.replace(second=0, microsecond=0))
        day += 7 * DAY
    return changes
