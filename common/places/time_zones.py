"""Time zones as cities: one name for each, the country it lies in, and what it is called.

The list is that of the tz database (zone.tab, in the package tzdata): each country has the cities whose clocks differ, and no
other. Every further name of the database, such as a former spelling that a browser may still send, leads to one of them.
"""

import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _

UTC = "UTC"

# In this order, by the first part of a name.
REGIONS = {
    "Europe": _("Europe"),
    "America": _("The Americas"),
    "Asia": _("Asia"),
    "Africa": _("Africa"),
    "Australia": _("Australia"),
    "Pacific": _("Pacific"),
    "Atlantic": _("Atlantic"),
    "Indian": _("Indian Ocean"),
    "Antarctica": _("Antarctica"),
}
_REGION_OF = {"Arctic": "Europe"}  # a region of one island, Svalbard

# Former names of places that the database only says to have another's clock; as in the comments of its file "backward".
_SAME_PLACE = {
    "Africa/Asmera": "Africa/Asmara",
    "Africa/Timbuktu": "Africa/Bamako",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Virgin": "America/St_Thomas",
    "Atlantic/Jan_Mayen": "Arctic/Longyearbyen",
    "Iceland": "Atlantic/Reykjavik",
    "Pacific/Johnston": "Pacific/Honolulu",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Samoa": "Pacific/Pago_Pago",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Yap": "Pacific/Chuuk",
    "US/Samoa": "Pacific/Pago_Pago",
}


def canonical(name: str) -> str | None:
    """The city for any name of a time zone. Names that no city has ("Etc/GMT+5") stay; None for what is no time zone."""
    name = _SAME_PLACE.get(name, name)
    if name in _countries() or name == UTC:
        return name
    target = _links().get(name, name)
    if target in {"Etc/UTC", "Etc/GMT"}:
        return UTC
    if target in _countries():
        return target
    return name if name in _names() else None


def zone(name: str) -> ZoneInfo:
    """The clock of a stored time zone. UTC where this machine does not know it (any more): a page is shown all the same."""
    for known in (name, canonical(name), UTC):
        try:
            return ZoneInfo(known or UTC)
        except (LookupError, ValueError, OSError):
            continue
    raise LookupError(UTC)


def country(name: str) -> str:
    """The ISO 3166 code of the country that a time zone's city lies in; "" where it names no city."""
    return _countries().get(name) or _countries().get(canonical(name) or "", "")


def label(name: str, language: str) -> str:
    """As "Berlin", or "Knox, Indiana"."""
    names, (_region, *parts) = _city_names(), name.split("/")
    if not parts:
        return name

    def called(identifier: str, usual: str) -> str:
        return names.get(language, {}).get(identifier) or names["en"].get(identifier) or usual.replace("_", " ")

    return ", ".join([called(name, parts[-1]), *(called(part, part) for part in parts[:-1])])


@cache
def by_region(language: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Pairs of a region, as `REGIONS` names it, and its cities: pairs of a time zone's name and its label, sorted by that."""
    found: dict[str, list[tuple[str, str]]] = {region: [] for region in REGIONS}
    for name in _countries():
        region = name.partition("/")[0]
        found[_REGION_OF.get(region, region)].append((name, label(name, language)))
    return tuple((region, tuple(sorted(cities, key=lambda city: _plain(city[1])))) for region, cities in found.items())


def _plain(text: str) -> str:
    """A text to sort by, in which Ürümqi does not come after Zagreb."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)).casefold()


def _lines(name: str) -> Iterator[str]:
    text = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if not line.startswith("#"))


@cache
def _names() -> frozenset[str]:
    """Every name that this machine knows, except those that stand for no clock, or for another one on each machine. Looks into 600 files."""
    return frozenset(available_timezones() - {"Factory", "localtime"})


@cache
def _countries() -> dict[str, str]:
    """The country of each time zone's city."""
    rows = (line.split("\t") for line in _lines("zone.tab"))
    return {row[2]: row[0] for row in rows}


@cache
def _links() -> dict[str, str]:
    """For each further name in the database, the time zone that it stands for."""
    links = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    targets = {name: target for _link, target, name in links}
    return {name: targets.get(target, target) for name, target in targets.items()}


@cache
def _city_names() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("cities.toml").read_text(encoding="utf-8"))
