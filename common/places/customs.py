"""How times and dates are written where a person lives: with hours up to 12 or 24, in English with the month or the day first,
and in weeks that begin on Monday, Friday, Saturday or Sunday.

The place is that of the person's time zone. It is known without a browser, so a mail says the time as a page does, and it changes
where a person moves; what a browser asks for says which language somebody reads, but seldom where.
"""

import calendar
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.places import time_zones

# Where the Unicode CLDR prefers hours up to 12: <timeData> in common/supplemental/supplementalData.xml, November 2026.
TWELVE_HOURS = frozenset(
    "AE AG AL AS AU BB BD BH BM BN BO BS BT CA CO CR CU CY DJ DM DO DZ EC EG EH ER ET FJ FM GD GH GM GR GT GU GY HK HN IN IQ JM JO KH "
    "KI KN KP KR KW KY LB LC LR LS LY MH MO MP MR MW MX MY NA NI NZ OM PA PE PG PH PK PR PS PW QA SA SB SD SG SL SO SS SV SY SZ TC TD "
    "TN TO TT TW UM US VC VE VG VI VU WS YE".split()
)
# Where its English locales put the month before the day.
MONTH_FIRST = frozenset("AS CA GU MH MP PH PR UM US VI".split())
# Where its weeks begin on another day than Monday: <weekData> there, CLDR 48.
_WEEKS_BEGIN = {
    calendar.FRIDAY: "MV",
    calendar.SATURDAY: "AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY",
    calendar.SUNDAY: "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN IS JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH "
    "PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW",
}
FIRST_WEEKDAY = {country: int(weekday) for weekday, countries in _WEEKS_BEGIN.items() for country in countries.split()}


class Clock(models.TextChoices):
    """How a person wants to read the time."""

    AS_HERE = "", _("As usual in my time zone’s country")
    TWELVE = "12", _("9:04 PM")
    TWENTY_FOUR = "24", _("21:04")


@dataclass(frozen=True, slots=True)
class Customs:
    """`first_weekday` counts from Monday, which is 0, as `date.weekday` does."""

    twelve_hours: bool = False
    month_first: bool = False
    first_weekday: int = int(calendar.MONDAY)

    @classmethod
    def of(cls, time_zone: str, clock: str = "") -> "Customs":
        """Those of the country of a time zone, with the clock that a person chose (a value of `Clock`)."""
        country = time_zones.country(time_zone)
        return cls(
            twelve_hours=country in TWELVE_HOURS if not clock else clock == Clock.TWELVE,
            month_first=country in MONTH_FIRST,
            first_weekday=FIRST_WEEKDAY.get(country, calendar.MONDAY),
        )


NOBODYS = Customs()
_active = ContextVar("customs", default=NOBODYS)


def active() -> Customs:
    """The customs of whom the present text is for; hours up to 24, the day first, and weeks from Monday on, where nobody is known."""
    return _active.get()


@contextmanager
def override(customs: Customs) -> Iterator[None]:
    """Within this context dates and times are written so."""
    token = _active.set(customs)
    try:
        yield
    finally:
        _active.reset(token)
