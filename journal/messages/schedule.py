"""When a message is due: at a time of day on chosen weekdays, where its reader lives, also while clocks change and on travels.

A message belongs to a night: one at half past midnight to the evening before it, where the night ends at four.
"""

import datetime as dt
from collections.abc import Set
from zoneinfo import ZoneInfo

from common.nights import night_of

DAY = dt.timedelta(days=1)
NIGHTS_AHEAD = 15  # two weeks: a place that changes its side of the date line leaves out a day


def moment_of(night: dt.date, time: dt.time, zone: ZoneInfo, ends_at: int) -> dt.datetime | None:
    """The moment, in UTC, at which clocks in `zone` show `time` within this night, which ends at `ends_at` o'clock.

    Where they show it twice, the first counts. Where they skip it, it is as much later as they are set forward, or as much
    earlier where the night would be over. None where the calendar of the place leaves the night out.
    """
    date = night if time >= dt.time(ends_at) else night + DAY
    for fold in (0, 1):  # a skipped time is later with the offset before the change, and earlier with the one after it
        moment = dt.datetime.combine(date, time, zone).replace(fold=fold).astimezone(dt.UTC)
        if night_of(moment, zone, ends_at) == night:
            return moment
    return None


def next_moment(
    after: dt.datetime, time: dt.time, weekdays: Set[int], zone: ZoneInfo, ends_at: int, *, last: dt.date | None = None
) -> dt.datetime | None:
    """The first moment later than the aware `after` at which a message is due, in UTC. None where no weekday is chosen.

    `weekdays` are those of the evenings; Monday is 0. `last` is the night of the last message: only a later one is due, so that nobody
    who travels west over midnight gets a second.
    """
    tonight = night_of(after, zone, ends_at)
    for days in range(NIGHTS_AHEAD):
        night = tonight + days * DAY
        if night.weekday() not in weekdays or (last is not None and night <= last):
            continue
        moment = moment_of(night, time, zone, ends_at)
        if moment is not None and moment > after:
            return moment
    return None
