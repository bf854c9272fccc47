"""Charts of how nights felt: over time, by day of the week, by theme and by child.

Feelings stand in one order, from stormy to bright, and are told apart by pattern and place. None is worth more than another.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Child
from common import dates
from common.places import customs
from journal.finding.insights.charts import Chart, Row, Series
from journal.finding.insights.counting import NOT_SAID, Counts, Night
from journal.finding.insights.periods import Division
from journal.models import Feeling


def _series(*, with_not_said: bool = False) -> tuple[Series, ...]:
    series = tuple(Series(f"felt-{feeling.value}", str(feeling.label)) for feeling in Feeling)
    return (*series, Series("felt-not-said", _("Not said"))) if with_not_said else series


def _counts_of(tally: Mapping[str, int], *, with_not_said: bool = False) -> tuple[int, ...]:
    values = [*Feeling.values, NOT_SAID] if with_not_said else Feeling.values
    return tuple(tally.get(value, 0) for value in values)


def over_time(nights: Mapping[dt.date, Night]) -> Chart:
    division = Division.fitting(nights)
    tallies: dict[dt.date, Counter[str]] = {start: Counter() for start in division.periods(nights)}
    for date, night in nights.items():
        tallies[division.period(date)][night.feeling] += 1
    return Chart(
        slug="felt-over-time",
        title=_("How nights felt, over time"),
        rows_are=division.heading,
        counted=_("Nights"),
        series=_series(with_not_said=True),
        rows=tuple(Row(division.label(start), _counts_of(tally, with_not_said=True)) for start, tally in tallies.items()),
        note=division.note,
    )


def by_weekday(nights: Mapping[dt.date, Night]) -> Chart:
    tallies = [Counter[str]() for _weekday in range(7)]
    for date, night in nights.items():
        tallies[date.weekday()][night.feeling] += 1
    week = [(customs.active().first_weekday + day) % 7 for day in range(7)]
    return Chart(
        slug="felt-by-weekday",
        title=_("How nights felt, by day of the week"),
        rows_are=_("Day"),
        counted=_("Nights"),
        series=_series(with_not_said=True),
        rows=tuple(Row(capfirst(dates.weekday(day)), _counts_of(tallies[day], with_not_said=True)) for day in week),
    )


def by_theme(counts: Counts, themes: Mapping[str, str]) -> Chart:
    rows = _rows(counts.themes, themes)
    return Chart(
        slug="felt-by-theme",
        title=_("How it felt, by theme"),
        rows_are=_("Theme of the question"),
        counted=_("Pages"),
        series=_series(),
        rows=rows,
        note=_("Pages where you chose a feeling, by the theme of their question."),
    )


def by_child(counts: Counts, children: Iterable[Child]) -> Chart:
    rows = _rows(counts.children, {child.id: child.name for child in children}, is_typed=True)
    return Chart(
        slug="felt-by-child",
        title=_("How it felt, by child"),
        rows_are=_("Child"),
        counted=_("Pages"),
        series=_series(),
        rows=rows,
        note=_(
            "Pages about a child where you chose a feeling. A page about two children counts for both. This shows how you felt, not why."
        ),
    )


def _rows(tally: Counter[tuple[str, str]], names: Mapping[str, str], *, is_typed: bool = False) -> tuple[Row, ...]:
    """A row for each name that has a page with a feeling, in the order of the names."""
    by_key: dict[str, dict[str, int]] = {}
    for (key, feeling), value in tally.items():
        by_key.setdefault(key, {})[feeling] = value
    rows = (Row(name, _counts_of(by_key[key]), is_typed) for key, name in names.items() if key in by_key)
    return tuple(row for row in rows if row.total)
