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

    def begun(night: dt.date) -> bool:
        boundary = dt.datetime.combine(night, dt.time(ends_at))
        # Clocks going back show an hour twice: what began at its first showing has begun for good.
        first_showing = boundary.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
        # Clocks going forward may skip the boundary: whatever the wall shows past it is past it.
        return wall >= boundary or moment >= first_showing

    # Tomorrow can have begun where clocks are set back over midnight itself.
    day = dt.timedelta(days=1)
    return next(night for night in (local.date() + day, local.date(), local.date() - day) if begun(night))
