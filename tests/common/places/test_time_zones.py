"""common.places.time_zones: every name of a time zone leads to one city, whose clock is the same."""

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

import pytest

from common.places import time_zones

NAMES = sorted(available_timezones() - {"localtime", "Factory"})
CITIES = [name for _region, cities in time_zones.by_region("en") for name, _label in cities]
MOMENTS = [dt.datetime(2026, month, 1, 12, tzinfo=dt.UTC) for month in (1, 7)]


def offsets(name: str) -> list[dt.timedelta | None]:
    return [moment.astimezone(ZoneInfo(name)).utcoffset() for moment in MOMENTS]


def test_every_name_leads_to_a_city_with_the_same_clock() -> None:
    for name in NAMES:
        city = time_zones.canonical(name)
        assert city is not None
        assert offsets(city) == offsets(name), name
        assert time_zones.canonical(city) == city
        assert city in CITIES or city == "UTC" or city.startswith(("Etc/GMT", "CST6", "EST5", "MST7", "PST8")), name


@pytest.mark.parametrize(
    ("name", "city", "country"),
    [
        ("Asia/Calcutta", "Asia/Kolkata", "IN"),
        ("Europe/Kiev", "Europe/Kyiv", "UA"),
        ("US/Pacific", "America/Los_Angeles", "US"),
        ("Europe/Stockholm", "Europe/Stockholm", "SE"),  # the database links it to Berlin, but a Swede looks for it
        ("Africa/Asmera", "Africa/Asmara", "ER"),
        ("GB", "Europe/London", "GB"),
        ("Etc/UTC", "UTC", ""),
        ("GMT", "UTC", ""),
        ("Etc/GMT+5", "Etc/GMT+5", ""),
    ],
)
def test_a_name_has_a_city_and_a_country(name: str, city: str, country: str) -> None:
    assert (time_zones.canonical(name), time_zones.country(name)) == (city, country)


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "Undefined", "Europe", "Europe/", "europe/berlin\x00", "é", "Factory", "localtime"]
)
def test_what_is_no_time_zone_has_none(name: str) -> None:
    assert time_zones.canonical(name) is None
    assert time_zones.country(name) == ""


def test_no_city_is_offered_twice_nor_called_like_another() -> None:
    assert len(CITIES) == len(set(CITIES))
    for language in ("en", "es"):
        for _region, cities in time_zones.by_region(language):
            labels = [label for _name, label in cities]
            assert len(labels) == len(set(labels))
            assert not any("_" in label or "/" in label for label in labels)


def test_cities_are_called_as_the_reader_calls_them() -> None:
    for name, english, spanish in (
        ("America/Mexico_City", "Mexico City", "Ciudad de México"),
        ("America/Sao_Paulo", "São Paulo", "São Paulo"),
        ("America/North_Dakota/Center", "Center, North Dakota", "Center, Dakota del Norte"),
        ("America/Argentina/Tucuman", "Tucumán, Argentina", "Tucumán, Argentina"),
    ):
        assert (time_zones.label(name, "en"), time_zones.label(name, "es")) == (english, spanish)
    assert time_zones.label("Europe/Kyiv", "fr") == "Kyiv"  # no names in this language yet


def test_every_name_in_the_file_is_that_of_a_city() -> None:
    for language, names in time_zones._city_names().items():
        assert not set(names) - set(CITIES) - {"North_Dakota"}, language
