"""Spans of nights that have a name."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from journal.finding import spans
from journal.finding.spans import Span

HERE, SOUTH = "Europe/Stockholm", "America/Santiago"


def headings(tonight: dt.date, since: dt.date, zone: str = HERE) -> list[str]:
    return [spans.heading(span, zone) for span in spans.recent(tonight, since)]


def test_a_month_a_season_and_a_year_are_said_by_their_names() -> None:
    assert spans.between(dt.date(2026, 3, 1), dt.date(2026, 3, 31), HERE) == "March 2026"
    assert spans.between(dt.date(2026, 3, 1), dt.date(2026, 5, 31), HERE) == "spring 2026"
    assert spans.between(dt.date(2025, 12, 1), dt.date(2026, 2, 28), HERE) == "winter 2025–26"
    assert spans.between(dt.date(2026, 1, 1), dt.date(2026, 12, 31), HERE) == "2026"


def test_seasons_are_those_of_where_somebody_lives() -> None:
    assert spans.between(dt.date(2026, 3, 1), dt.date(2026, 5, 31), SOUTH) == "autumn 2026"
    assert spans.between(dt.date(2025, 12, 1), dt.date(2026, 2, 28), SOUTH) == "summer 2025–26"


def test_any_other_span_is_said_from_when_until_when() -> None:
    assert spans.between(dt.date(2025, 3, 1), dt.date(2025, 5, 30), HERE) == "from 1 March 2025 to 30 May 2025"
    assert spans.between(dt.date(2025, 4, 1), dt.date(2025, 6, 30), HERE) == "from 1 April 2025 to 30 June 2025"
    assert spans.between(dt.date(2025, 4, 1), None, HERE) == "from 1 April 2025 on"
    assert spans.between(None, dt.date(2025, 4, 1), HERE) == "until 1 April 2025"
    assert spans.between(dt.date(2025, 4, 2), dt.date(2025, 4, 2), HERE) == "2 April 2025"
    assert spans.between(None, None, HERE) == ""


def test_what_is_near_is_offered_but_nothing_from_before_the_first_evening() -> None:
    tonight = dt.date(2026, 1, 5)

    assert headings(tonight, dt.date(2020, 1, 1)) == [
        "January 2026",
        "December 2025",
        "Winter 2025–26",
        "Autumn 2025",
        "2026",
        "2025",
        "2024",
    ]
    assert headings(tonight, dt.date(2026, 1, 2)) == ["January 2026", "Winter 2025–26", "2026"]


@given(st.dates(dt.date(1, 1, 1), dt.date(9990, 12, 31)))
def test_every_span_that_is_offered_is_understood_again(tonight: dt.date) -> None:
    for span in spans.recent(tonight, dt.date.min):
        assert spans.parse(span.key) == span
        assert spans.exactly(span.first, span.last) == span
        assert span.first <= tonight


@given(st.text() | st.sampled_from(["2026-03+2", "2026-02+3", "2026-03+12", "9999-12+1", "2026-13+1", "2026-03", "+3", "٢٠٢٦-03+1"]))
def test_any_other_text_is_no_span(text: str) -> None:
    span = spans.parse(text)

    assert span is None or (isinstance(span, Span) and spans.exactly(span.first, span.last) == span)
    assert spans.parse(None) is None
