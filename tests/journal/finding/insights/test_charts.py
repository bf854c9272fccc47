"""`journal.finding.insights.charts`: charts as SVG with the numbers in words."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from hypothesis import given
from hypothesis import strategies as st

from journal.finding.insights.charts import Chart, Row, Series
from tests.helpers import element

COUNTS = st.integers(0, 400)
STACKED = (Series("one", "One"), Series("two", "Two"), Series("three", "Three"))


def chart(rows: list[Row], **fields: Any) -> Chart:
    defaults = {"slug": "felt", "title": "How nights felt", "rows_are": "Day", "counted": "Nights", "series": STACKED}
    return Chart(**{**defaults, "rows": tuple(rows), **fields})


def drawn(of: Chart) -> Tag:
    return element(BeautifulSoup(of.svg, "html.parser"), "svg[role=img]")


def percent(mark: Tag, name: str) -> float:
    return float(str(mark[name]).removesuffix("%"))


@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS), min_size=1, max_size=12))
def test_bars_are_as_long_as_what_they_count(counts: list[tuple[int, ...]]) -> None:
    rows = [Row(f"Row {number}", values) for number, values in enumerate(counts)]
    widest = max(row.total for row in rows)
    svg = drawn(chart(rows))

    for number, row in enumerate(rows):
        top = f"{number * 3 + 1.4:.4g}em"
        parts = [part for part in svg.select("rect.part") if part["y"] == top]
        assert len(parts) == sum(1 for value in row.counts if value)
        assert abs(sum(percent(part, "width") for part in parts) - (100 * row.total / widest if widest else 0)) < 0.01
        assert all(percent(part, "x") + percent(part, "width") <= 100.01 for part in parts)
    assert [text.get_text() for text in svg.select(".number")] == [str(row.total) for row in rows]


@given(st.lists(COUNTS, min_size=1, max_size=60).filter(any))
def test_columns_are_as_high_as_what_they_count(counts: list[int]) -> None:
    rows = [Row(f"Week {number}", (value,)) for number, value in enumerate(counts)]
    svg = drawn(chart(rows, series=STACKED[:1], is_columns=True))

    columns = svg.select("rect.column")
    heights = [float(str(column["height"]).removesuffix("em")) for column in columns]
    assert len(columns) == sum(1 for value in counts if value)
    assert max(heights) == 6
    assert all(percent(column, "x") + percent(column, "width") <= 100.01 for column in columns)
    assert str(max(counts)) in [text.get_text() for text in svg.select("text")]


def test_is_named_and_says_its_numbers() -> None:
    svg = drawn(chart([Row("Monday", (0, 2, 1)), Row("Tuesday", (0, 0, 0))]))

    named = [element(svg, f"#{name}").get_text() for name in str(svg["aria-labelledby"]).split()]
    assert named == ["How nights felt", "Monday: Two 2, Three 1. Tuesday: 0."]
    assert element(svg, "title").get_text() == named[0]


def test_columns_say_the_whole() -> None:
    weeks = [Row("1 March", (3,)), Row("8 March", (0,)), Row("15 March", (2,))]

    assert (
        chart(weeks, series=STACKED[:1], is_columns=True, counted="Evenings").description == "Evenings from 1 March to 15 March: 5 in all."
    )


def test_what_was_typed_is_text_and_runs_in_its_own_direction() -> None:
    svg = str(chart([Row('<b onclick="x">"Ada" & Bo</b>', (1, 0, 0), is_typed=True)]).svg)

    assert "<b" not in svg
    assert "\u2068&lt;b onclick=&quot;x&quot;&gt;" in svg


def test_a_long_name_is_cut_above_its_bar_alone() -> None:
    row = Row("A nickname that is much longer than a phone", (1, 0, 0))
    svg = drawn(chart([row]))

    assert element(svg, ".label").get_text() == "A nickname that is much longer …"
    assert row.label in element(svg, "desc").get_text()


def test_has_no_style_of_its_own() -> None:
    for columns in (False, True):
        svg = drawn(chart([Row("Monday", (2,))], series=STACKED[:1], is_columns=columns))
        assert not svg.select("[style], style, script")
        assert all(str(mark.get("fill", "url(#")).startswith("url(#") for mark in svg.select("*"))


def test_numbers_stand_above_columns_where_they_have_room() -> None:
    def numbers(counts: list[int]) -> list[tuple[str, str]]:
        rows = [Row(f"Week {number}", (value,)) for number, value in enumerate(counts)]
        svg = drawn(chart(rows, series=STACKED[:1], is_columns=True))
        return [(str(text["text-anchor"]), text.get_text()) for text in svg.select("text")[:-2]]

    assert numbers([3, 0, 12]) == [("middle", "3"), ("middle", "12")]
    assert numbers([31] * 18)[:2] == [("start", "31"), ("middle", "31")]
    assert numbers([*[30] * 18, 31]) == [("end", "31")]
    assert numbers([365] * 13) == [("start", "365")]
