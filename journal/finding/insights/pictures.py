"""What insights show: the charts of each part, and the sentence above them.

Worded without judgement: nothing is compared, averaged or aimed at. A part without anything to show is left out.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Child
from journal.finding.insights import feelings
from journal.finding.insights.charts import Chart, Row, Series
from journal.finding.insights.counting import Counts, Night, Origin
from journal.finding.insights.periods import Division, Unit
from journal.models import RepairState, Size
from journal.nights import walks
from prompts import questions
from prompts.library import guides
from prompts.models import Theme

FEWEST = 5  # nights: fewer make no picture
MOST_WEEKS, MOST_MONTHS = 60, 130  # columns beside each other
# The longest time, in days, that each way of saying how long it took stands for.
SAME_EVENING, NEXT_DAY, WEEK, MONTH = 0, 1, 7, 31


@dataclass(frozen=True, slots=True)
class Part:
    """`is_folded`: shown only to those who open it."""

    slug: str
    title: str
    line: str
    charts: tuple[Chart, ...]
    is_folded: bool = False


def theme_names() -> dict[str, str]:
    """The names of all themes in the visitor's language, in the order of the library. One query."""
    return {theme.slug: questions.translated_theme(theme)[0] for theme in Theme.objects.all()}


def parts(counts: Counts, children: Iterable[Child], themes: Mapping[str, str]) -> list[Part]:
    """What there is to show of these counts, in order. Empty where there are fewer than `FEWEST` nights.

    `children` and `themes` (names by slug) are shown in their order.
    """
    if len(counts.nights) < FEWEST:
        return []
    every = [_feelings(counts, children, themes), _subjects(counts, themes), _words(counts), _evenings(counts), _repairs(counts)]
    return [part for part in every if part.charts]


def _charts(*charts: Chart | None) -> tuple[Chart, ...]:
    """Those that have something to show."""
    return tuple(chart for chart in charts if chart is not None and chart.rows)


# --- How nights felt.


def _feelings(counts: Counts, children: Iterable[Child], themes: Mapping[str, str]) -> Part:
    felt = sum(1 for night in counts.nights.values() if night.feeling)
    line = ngettext("You chose a feeling on %(count)d night.", "You chose a feeling on %(count)d nights.", felt) % {"count": felt}
    nights = (feelings.over_time(counts.nights), feelings.by_weekday(counts.nights)) if felt else ()
    charts = _charts(*nights, feelings.by_theme(counts, themes), feelings.by_child(counts, children))
    return Part("feelings", _("How nights felt"), line, charts)


# --- What was written about.


def _subjects(counts: Counts, themes: Mapping[str, str]) -> Part:
    charts = _charts(_themes(counts, themes), _origins(counts))
    pages = counts.origins.total()
    line = ngettext("%(count)d page.", "%(count)d pages.", pages) % {"count": pages}
    return Part("subjects", _("What you wrote about"), line, charts)


def _plain(slug: str, title: str, rows_are: str, rows: Iterable[Row], note: str = "") -> Chart:
    """A chart of pages with one series."""
    return Chart(slug, title, rows_are, _("Pages"), (Series("plain", _("Pages")),), tuple(rows), note)


def _themes(counts: Counts, themes: Mapping[str, str]) -> Chart:
    by_theme: Counter[str] = Counter()
    for (theme, _feeling), value in counts.themes.items():
        by_theme[theme] += value
    rows = [Row(name, (by_theme[slug],)) for slug, name in themes.items() if by_theme[slug]]
    return _plain("themes", _("Themes of the questions"), _("Theme"), rows, _("Pages that answer a question from the library."))


def _origins(counts: Counts) -> Chart:
    names: dict[tuple[Origin, str], str] = {(Origin.PROMPT, ""): _("A question for the night")}
    names |= {(Origin.PATH, slug): path.name for slug, path in walks.all_paths().items()}
    names |= {(Origin.OWN, ""): _("A question of your own"), (Origin.ASSIGNED, ""): _("A counselor’s question")}
    names |= {(Origin.GUIDE, slug): guide.name for slug, guide in guides.read(questions.reading_language()).items()}
    names[Origin.NOTHING, ""] = _("No question")
    known = [Row(name, (counts.origins[key],)) for key, name in names.items() if counts.origins[key]]
    others = counts.origins.total() - sum(row.total for row in known)  # of guides that this release no longer has
    rows = [*known, Row(_("Something else"), (others,))] if others else known
    return _plain("origins", _("What started a page"), _("What started it"), rows)


# --- Over time.


SIZES = (Size.NOTHING, Size.LINE, Size.PAGE, Size.LONG)


def _words(counts: Counts) -> Part:
    counted = {date: night for date, night in counts.nights.items() if night.words is not None}
    left_out = len(counts.nights) - len(counted)
    line = ngettext("%(count)d night.", "%(count)d nights.", len(counted)) % {"count": len(counted)}
    if left_out:
        line += " " + ngettext(
            "%(count)d older night has no word count.",
            "%(count)d older nights have no word count.",
            left_out,
        ) % {"count": left_out}
    return Part("words", _("Words a night"), line, _charts(_sizes(counted)) if counted else ())


def _sizes(nights: Mapping[dt.date, Night]) -> Chart:
    division = Division.fitting(nights)
    tallies: dict[dt.date, Counter[Size]] = {start: Counter() for start in division.periods(nights)}
    for date, night in nights.items():
        tallies[division.period(date)][Size.of_words(night.words or 0)] += 1
    names = (_("No words"), _("Up to 25 words"), _("26 to 150"), _("More than 150"))
    used = [number for number, size in enumerate(SIZES) if size or any(tally[size] for tally in tallies.values())]
    return Chart(
        slug="words-over-time",
        title=_("Words a night, over time"),
        rows_are=division.heading,
        counted=_("Nights"),
        series=tuple(Series(f"size-{SIZES[number].value}", names[number]) for number in used),
        rows=tuple(Row(division.label(start), tuple(tally[SIZES[number]] for number in used)) for start, tally in tallies.items()),
        note=" ".join(filter(None, (_("A line is as good an answer as a page."), division.note))),
    )


# --- Evenings.


def _evenings(counts: Counts) -> Part:
    charts = [_evenings_by(counts.nights, Unit.WEEK, MOST_WEEKS), _evenings_by(counts.nights, Unit.MONTH, MOST_MONTHS)]
    line = _("The evenings you wrote. A week without any is fine, too.")
    return Part("evenings", _("Evenings by week and month"), line, _charts(*charts), is_folded=True)


def _evenings_by(nights: Mapping[dt.date, Night], unit: Unit, most: int) -> Chart | None:
    division = Division.into(unit)
    if division.count(nights) > most:
        return None if unit == Unit.WEEK else _evenings_by(nights, Unit.YEAR, most)
    tally: Counter[dt.date] = Counter(map(division.period, nights))
    titles = {Unit.WEEK: _("Evenings by week"), Unit.MONTH: _("Evenings by month"), Unit.YEAR: _("Evenings by year")}
    rows = tuple(Row(division.label(start), (tally[start],)) for start in division.periods(nights))
    heading = _("Evenings")
    series = (Series("plain", heading),)
    return Chart(f"evenings-by-{unit.value}", titles[unit], division.heading, heading, series, rows, is_columns=True)


# --- Repairs: ruptures, and the way back from them.


def _repairs(counts: Counts) -> Part:
    """Left out where all are still open: those are on a page of their own, and nobody is pressed on them here."""
    written = len(counts.repairs)
    mended = sum(1 for repair in counts.repairs if repair.state == RepairState.MENDED.value)
    line = ngettext("%(count)d repair written down.", "%(count)d repairs written down.", written) % {"count": written}
    if mended:
        line += " " + ngettext("%(count)d came back together.", "%(count)d came back together.", mended) % {"count": mended}
    charts = _charts(_states(counts), _durations(counts))
    return Part(
        "repairs",
        _("Coming back together"),
        line,
        charts if any(repair.state != RepairState.OPEN.value for repair in counts.repairs) else (),
    )


def _repair_chart(slug: str, title: str, rows_are: str, rows: Iterable[Row]) -> Chart:
    counted = _("Repairs")
    return Chart(slug, title, rows_are, counted, (Series("plain", counted),), tuple(row for row in rows if row.total))


def _states(counts: Counts) -> Chart:
    tally = Counter(repair.state for repair in counts.repairs)
    order = (RepairState.MENDED, RepairState.PARTLY, RepairState.RESTING, RepairState.OPEN)
    rows = (Row(str(state.label), (tally[state.value],)) for state in order)
    return _repair_chart("repairs", _("How they turned out"), _("How it turned out"), rows)


def _durations(counts: Counts) -> Chart:
    tally: Counter[str] = Counter(how_long(repair.days) for repair in counts.repairs if repair.days is not None)
    rows = (Row(words, (tally[words],)) for words in map(how_long, (SAME_EVENING, NEXT_DAY, WEEK, MONTH, MONTH + 1)))
    return _repair_chart("mending", _("How long it took"), _("How long it took"), rows)


def how_long(days: int) -> str:
    """In words: a number of days would soon be one to get down."""
    if days <= SAME_EVENING:
        return _("The same evening")
    if days <= NEXT_DAY:
        return _("Until the next day")
    if days <= WEEK:
        return _("Some days")
    return _("Some weeks") if days <= MONTH else _("Longer")
