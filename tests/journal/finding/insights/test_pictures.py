"""`journal.finding.insights.pictures`: what is shown of the counts, in words."""

import datetime as dt

import time_machine
from django.test import SimpleTestCase, TestCase
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Child
from common.places import customs
from common.places.customs import Customs
from journal.finding.insights import pictures
from journal.finding.insights.charts import Chart
from journal.finding.insights.counting import Counts, Night, Origin, Rupture
from journal.models import Feeling, RepairState
from tests.factories import make_theme
from tests.helpers import DAY, EVENING, TONIGHT

ADA = Child("a" * 32, "Ada")
BO = Child("b" * 32, "Bo", is_former=True)
THEMES = {"calm": "Calm words", "presence": "Presence over perfection"}
NIGHTS = st.dictionaries(
    st.dates(dt.date(2016, 1, 1), TONIGHT),
    st.builds(Night, st.sampled_from(["", *Feeling.values]), st.none() | st.integers(0, 400)),
    min_size=5,
    max_size=40,
)
STATES = st.sampled_from(RepairState.values)


def nights(number: int, feeling: str = "even", words: int | None = 30) -> dict[dt.date, Night]:
    return {TONIGHT - days * DAY: Night(feeling, words) for days in range(number)}


@time_machine.travel(EVENING, tick=False)
class PartsTests(SimpleTestCase):
    def parts(self, counts: Counts) -> dict[str, pictures.Part]:
        return {part.slug: part for part in pictures.parts(counts, [ADA, BO], THEMES)}

    def charts(self, counts: Counts) -> dict[str, Chart]:
        return {chart.slug: chart for part in pictures.parts(counts, [ADA, BO], THEMES) for chart in part.charts}

    @given(NIGHTS, st.integers(0, 6))
    def test_every_night_is_in_each_picture_of_nights_once(self, of: dict[dt.date, Night], first_weekday: int) -> None:
        with customs.override(Customs(first_weekday=first_weekday)):
            charts = self.charts(Counts(nights=of))

        felt = sum(bool(night.feeling) for night in of.values())
        for slug in ("felt-over-time", "felt-by-weekday"):
            if felt:
                assert sum(row.total for row in charts[slug].rows) == len(of), slug
                assert sum(row.counts[-1] for row in charts[slug].rows) == len(of) - felt, slug
            else:
                assert slug not in charts
        counted = sum(night.words is not None for night in of.values())
        assert sum(row.total for row in charts["words-over-time"].rows) == counted if counted else "words-over-time" not in charts
        evenings = [chart for slug, chart in charts.items() if slug.startswith("evenings")]
        assert evenings
        assert {sum(row.total for row in chart.rows) for chart in evenings} == {len(of)}
        assert all(len(chart.rows) <= pictures.MOST_MONTHS for chart in evenings)

    @given(st.lists(st.tuples(STATES, st.none() | st.integers(0, 400)), min_size=1, max_size=20))
    def test_every_repair_is_in_the_picture_of_repairs_once(self, repairs: list[tuple[str, int | None]]) -> None:
        counts = Counts(nights=nights(5), repairs=[Rupture(TONIGHT, state, days) for state, days in repairs])
        charts = self.charts(counts)

        if all(state == RepairState.OPEN for state, _days in repairs):  # nobody is pressed on them
            assert "repairs" not in charts
            return
        assert sum(row.total for row in charts["repairs"].rows) == len(repairs)
        known = sum(days is not None for _state, days in repairs)
        assert sum(row.total for row in charts["mending"].rows) == known if known else "mending" not in charts

    def test_fewer_than_five_nights_make_no_picture(self) -> None:
        assert pictures.parts(Counts(nights=nights(4)), [], {}) == []
        assert pictures.parts(Counts(), [], {}) == []

    def test_a_part_without_anything_to_show_is_left_out(self) -> None:
        assert [*self.parts(Counts(nights=nights(5, feeling="", words=None)))] == ["evenings"]

    def test_only_evenings_are_folded(self) -> None:
        parts = self.parts(Counts(nights=nights(5), repairs=[Rupture(TONIGHT, "resting", None)]))

        assert {slug: part.is_folded for slug, part in parts.items()} == {
            "feelings": False,
            "words": False,
            "evenings": True,
            "repairs": False,
        }

    def test_the_week_begins_as_it_does_where_somebody_lives(self) -> None:
        with customs.override(Customs.of("America/New_York")):
            charts = self.charts(Counts(nights=nights(8)))

        assert [row.label for row in charts["felt-by-weekday"].rows][:2] == ["Sunday", "Monday"]
        assert [(row.label, row.total) for row in charts["felt-over-time"].rows] == [("February 22", 7), ("March 1", 1)]

    def test_children_stand_in_their_order_former_ones_too_and_unknown_ones_do_not(self) -> None:
        counts = Counts(nights=nights(5))
        counts.children.update({(BO.id, "heavy"): 9, (ADA.id, "light"): 1, (ADA.id, ""): 4, ("c" * 32, "even"): 2})

        rows = self.charts(counts)["felt-by-child"].rows

        assert [(row.label, row.counts, row.is_typed) for row in rows] == [("Ada", (0, 0, 0, 1, 0), True), ("Bo", (0, 9, 0, 0, 0), True)]

    def test_themes_stand_in_the_librarys_order_with_their_names(self) -> None:
        counts = Counts(nights=nights(5))
        counts.themes.update({("presence", "light"): 3, ("presence", ""): 2, ("calm", ""): 1})

        charts = self.charts(counts)

        assert [(row.label, row.total) for row in charts["themes"].rows] == [("Calm words", 1), ("Presence over perfection", 5)]
        assert [(row.label, row.total) for row in charts["felt-by-theme"].rows] == [("Presence over perfection", 3)]

    def test_what_led_to_pages_is_named_and_what_a_release_no_longer_has_is_not_lost(self) -> None:
        counts = Counts(nights=nights(5))
        counts.origins.update({(Origin.GUIDE, "work-ate-the-day"): 2, (Origin.PATH, "mending"): 3, (Origin.GUIDE, "of-before"): 1})

        rows = self.charts(counts)["origins"].rows

        assert [(row.label, row.total) for row in rows] == [("Mending, step by step", 3), ("Work ate the day", 2), ("Something else", 1)]

    def test_nights_from_before_words_were_counted_are_left_out_and_mentioned(self) -> None:
        of = nights(6) | {TONIGHT - 9 * DAY: Night("even", None)}

        assert self.parts(Counts(nights=of))["words"].line == "6 nights. 1 older night has no word count."

    def test_lengths_are_coarse(self) -> None:
        of = {TONIGHT - days * DAY: Night("", words) for days, words in enumerate((1, 25, 26, 150, 151))}
        chart = self.charts(Counts(nights=of))["words-over-time"]

        assert [series.name for series in chart.series] == ["Up to 25 words", "26 to 150", "More than 150"]
        assert [sum(column) for column in zip(*(row.counts for row in chart.rows), strict=True)] == [2, 2, 1]

    def test_how_long_mending_took_is_said_in_words(self) -> None:
        assert [*map(pictures.how_long, (0, 1, 2, 7, 8, 31, 32, 4000))] == [
            "The same evening",
            "Until the next day",
            "Some days",
            "Some days",
            "Some weeks",
            "Some weeks",
            "Longer",
            "Longer",
        ]

    def test_says_how_many_came_back_together_and_nothing_of_the_others(self) -> None:
        repairs = [Rupture(TONIGHT, state, None) for state in ("open", "mended", "open")]

        assert self.parts(Counts(nights=nights(5), repairs=repairs))["repairs"].line == "3 repairs written down. 1 came back together."


class ThemeNamesTests(TestCase):
    def test_are_translated_and_in_the_order_of_the_library(self) -> None:
        make_theme(slug="presence", position=1)
        make_theme(slug="calm", position=0)

        with self.assertNumQueries(1), translation.override("es"):
            assert pictures.theme_names() == {"calm": "Palabras en calma", "presence": "Presencia, no perfección"}
