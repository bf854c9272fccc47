"""Which night a moment belongs to. A night has the date of its evening and ends at an hour of the next morning."""

import datetime as dt
from zoneinfo import ZoneInfo


def night_of(moment: dt.datetime, zone: ZoneInfo, ends_at: int) -> dt.date:
    """The night that an aware `moment` belongs to, for someone in `zone` whose nights end at `ends_at` o'clock.

    Monotonic: a later moment never belongs to an earlier night, not even while clocks are set back over the
    boundary. Where clocks skip the boundary, the night ends when they are set forward.
    """
    local = moment.astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0)

    def has_begun(night: dt.date) -> bool:
        start = dt.datetime.combine(night, dt.time(ends_at))
        # Where clocks show the start twice, the first time counts.
        first_start = start.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
        # Where clocks skip it, any wall time past it counts.
        return wall >= start or moment >= first_start

    # Tomorrow's night can have begun where clocks are set back over midnight.
    day = dt.timedelta(days=1)
    return next(night for night in (local.date() + day, local.date(), local.date() - day) if has_begun(night))
