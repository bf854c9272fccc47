"""`journal.finding.memories`: which pages come back, and above all which do not."""

import datetime as dt
import uuid
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Preferences
from journal.finding import memories
from journal.finding.memories import Earlier, Page, Span, earlier_nights, is_near, picks, quiet_until
from journal.models import EntrySummary, Feeling, RepairState
from journal.repairs import GUIDE

TONIGHT = dt.date(2026, 11, 27)
YEAR_AGO, WEEK_AGO = dt.date(2025, 11, 27), dt.date(2026, 11, 20)
ALL = Preferences()


def page(night: dt.date = YEAR_AGO, *, pk: int = 1, is_own: bool = True, is_new: bool = False, **summary: Any) -> Page:
    return Page(uuid.UUID(int=pk), night, is_own, is_new, EntrySummary(**{"excerpt": "We read.", **summary}))


def picked(*pages: Page, tonight: dt.date = TONIGHT, preferences: Preferences = ALL, also: uuid.UUID | None = None) -> list[int]:
    return [memory.page.pk.int for memory in picks(tonight, pages, preferences, also=also)]


# --- Which nights.


def nights(tonight: dt.date, span: Span) -> list[dt.date]:
    return [earlier.night for earlier in earlier_nights(tonight) if earlier.span == span]


@pytest.mark.parametrize(
    ("tonight", "half_year", "month", "week"),
    [
        ("2026-11-27", "2026-05-27", "2026-10-27", "2026-11-20"),
        ("2026-03-31", "2025-09-30", "2026-02-28", "2026-03-24"),
        ("2026-08-31", "2026-02-28", "2026-07-31", "2026-08-24"),
        ("2026-01-01", "2025-07-01", "2025-12-01", "2025-12-25"),
        ("2028-02-29", "2027-08-29", "2028-01-29", "2028-02-22"),
    ],
)
def test_a_month_ends_where_it_ends(tonight: str, half_year: str, month: str, week: str) -> None:
    date = dt.date.fromisoformat(tonight)

    found = [nights(date, span)[0].isoformat() for span in (Span.HALF_YEAR, Span.MONTH, Span.WEEK)]

    assert found == [half_year, month, week]


def test_the_29th_of_february_has_a_place_in_every_year() -> None:
    on_the_29th = [night.isoformat() for night in nights(dt.date(2028, 2, 29), Span.YEARS)[:4]]
    on_the_28th = [night.isoformat() for night in nights(dt.date(2027, 2, 28), Span.YEARS)[:4]]
    of_a_leap_year = [night.isoformat() for night in nights(dt.date(2028, 2, 28), Span.YEARS)[:4]]

    assert on_the_29th == ["2027-02-28", "2026-02-28", "2025-02-28", "2024-02-29"]
    assert on_the_28th == ["2026-02-28", "2025-02-28", "2024-02-28", "2024-02-29"]
    assert of_a_leap_year == ["2027-02-28", "2026-02-28", "2025-02-28", "2024-02-28"]


DATES = st.dates(dt.date(1950, 1, 1), dt.date(2150, 12, 31))


@given(DATES)
def test_every_night_is_looked_back_at_once_and_is_earlier(tonight: dt.date) -> None:
    found = [earlier.night for earlier in earlier_nights(tonight)]

    assert len(set(found)) == len(found)
    assert all(night <= tonight - memories.WEEK for night in found)
    assert len(found) <= memories.YEARS * 2 + 3


@given(DATES)
def test_every_night_comes_back_a_year_later(night: dt.date) -> None:
    """Whatever its date: on the same day, or on 28 February."""
    later = dt.date(night.year + 1, night.month, min(night.day, 28) if night.month == 2 and (night.year + 1) % 4 else night.day)

    assert Earlier(night, Span.YEARS, 1) in earlier_nights(later)


def test_says_how_long_ago() -> None:
    said = [earlier.ago for earlier in earlier_nights(TONIGHT)]

    assert said[:3] == ["A year ago", "Two years ago", "Three years ago"]
    assert said[9] == "10 years ago"
    assert said[-3:] == ["Half a year ago", "A month ago", "A week ago"]


# --- Hard dates.


@pytest.mark.parametrize(
    ("night", "near"),
    [
        ("2024-02-24", False),
        ("2024-02-25", True),
        ("2024-03-10", True),
        ("2024-03-24", True),
        ("2024-03-25", False),
        ("2031-02-24", True),  # two weeks before its anniversary
        ("2031-02-23", False),
        ("2031-03-24", True),
        ("2023-03-10", False),  # before it was
    ],
)
def test_a_hard_date_reaches_two_weeks_both_ways_in_its_year_and_every_later_one(night: str, near: bool) -> None:
    assert is_near(dt.date.fromisoformat(night), ["2024-03-10"]) is near


def test_a_hard_date_reaches_over_new_year_and_has_an_anniversary_also_on_29_february() -> None:
    assert is_near(dt.date(2027, 1, 9), ["2024-12-26"])
    assert is_near(dt.date(2026, 12, 20), ["2025-01-03"])
    assert not is_near(dt.date(2024, 12, 19), ["2025-01-03"])
    assert is_near(dt.date(2027, 3, 14), ["2024-02-29"])
    assert not is_near(dt.date(2027, 3, 15), ["2024-02-29"])


def test_what_is_no_date_is_near_nothing() -> None:
    assert not is_near(TONIGHT, ["", "soon", "2026-02-30", "9" * 500])


def test_says_until_when_it_is_quiet() -> None:
    everywhere = [f"2020-{month:02}-{day:02}" for month in range(1, 13) for day in (1, 20)]

    assert quiet_until(TONIGHT, []) == TONIGHT
    assert quiet_until(TONIGHT, ["2020-11-27"]) == dt.date(2026, 12, 12)
    assert quiet_until(TONIGHT, ["2020-11-27", "2020-12-20"]) == dt.date(2027, 1, 4)
    assert quiet_until(TONIGHT, everywhere) is None


# --- Which pages.


def test_earlier_years_come_first_and_the_nearest_of_them() -> None:
    pages = [page(earlier.night, pk=number) for number, earlier in enumerate(earlier_nights(TONIGHT)[-5:])]

    assert picked(*pages, page(dt.date(2024, 11, 27), pk=20), page(YEAR_AGO, pk=10)) == [10, 20, 0, 1, 2, 3, 4]


def test_of_a_night_comes_its_own_page_or_else_the_first_with_words() -> None:
    free, later, own = page(pk=1, is_own=False), page(pk=2, is_own=False), page(pk=3)

    assert picked(later, own, free) == [3]
    assert picked(later, free, own._replace(summary=EntrySummary(feeling="even"))) == [1]
    assert picked(later) == [2]


@pytest.mark.parametrize("feeling", Feeling)
def test_heavy_and_stormy_nights_come_back_only_where_that_is_asked_for(feeling: Feeling) -> None:
    hard = page(feeling=feeling)

    assert picked(hard) == ([] if feeling in {"heavy", "stormy"} else [1])
    assert picked(hard, preferences=Preferences(hard_nights=True)) == [1]


def test_a_night_is_as_hard_as_the_hardest_of_its_pages() -> None:
    assert picked(page(), page(pk=2, is_own=False, feeling="stormy")) == []
    assert picked(page(), page(pk=2, is_own=False, excerpt="", feeling="heavy")) == []
    assert picked(page(), page(pk=2, is_own=False, repair="open")) == []


def test_a_page_for_a_hard_night_is_hard_whatever_was_felt() -> None:
    assert picked(page(guide="lost-my-temper")) == []
    assert picked(page(guide="lost-my-temper"), preferences=Preferences(hard_nights=True)) == [1]


@pytest.mark.parametrize("state", RepairState)
def test_what_went_wrong_comes_back_once_it_is_mended(state: RepairState) -> None:
    for preferences in (ALL, Preferences(hard_nights=True)):
        assert picked(page(repair=state), preferences=preferences) == ([1] if state == "mended" else [])


def test_a_guide_that_was_mended_is_as_hard_as_it_felt() -> None:
    """What was written on the page for ruptures could never come back otherwise."""
    mended = partial(page, guide=GUIDE, repair="mended")

    assert picked(mended()) == [1]
    assert picked(mended(feeling="even")) == [1]
    assert picked(mended(feeling="heavy")) == []
    assert picked(mended(), page(pk=2, is_own=False, guide="lost-my-temper")) == []


def test_what_is_kept_back_does_not_come_back_and_nothing_in_its_place() -> None:
    kept, other = page(is_kept_back=True), page(pk=2, is_own=False)

    assert picked(kept, other) == []
    assert picked(kept, other, also=kept.pk) == [1]
    assert picked(page(feeling="heavy", is_kept_back=True), also=kept.pk) == []


@pytest.mark.parametrize("left_out", [{"excerpt": ""}, {"excerpt": "", "feeling": "bright"}, {"is_kept_back": True}])
def test_what_has_no_words_or_is_not_wanted_is_left_out(left_out: dict[str, Any]) -> None:
    assert picked(page(**left_out)) == []


def test_what_was_made_tonight_is_nothing_to_look_back_at() -> None:
    assert picked(page(is_new=True)) == []
    assert picked(page(pk=2, is_own=False), page(is_new=True)) == [2]


def test_nothing_comes_back_around_hard_dates_nor_where_it_is_switched_off() -> None:
    pages = page(YEAR_AGO, pk=1), page(WEEK_AGO, pk=2), page(dt.date(2026, 5, 27), pk=3)

    assert picked(*pages) == [1, 3, 2]
    assert picked(*pages, preferences=Preferences(hard_dates=("2026-05-30",))) == [1, 2]
    assert picked(*pages, preferences=Preferences(hard_dates=("2019-11-27",))) == []  # tonight itself is near
    assert picked(*pages, preferences=Preferences(hard_dates=("2026-11-08",))) == [1, 3]  # a week ago was near
    assert picked(*pages, preferences=Preferences(memories=False)) == []


# --- The same all night.

SUMMARIES = st.builds(
    EntrySummary,
    excerpt=st.sampled_from(["", "We read.", "Rain."]),
    feeling=st.sampled_from(["", *Feeling.values]),
    guide=st.sampled_from(["", "", "lost-my-temper", GUIDE]),
    repair=st.sampled_from(["", "", *RepairState.values]),
    is_kept_back=st.booleans(),
)
CHOICES = st.builds(
    Preferences,
    memories=st.sampled_from([True, True, True, False]),
    hard_nights=st.booleans(),
    hard_dates=st.lists(st.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31)).map(dt.date.isoformat), max_size=2).map(tuple),
)
TONIGHTS = st.dates(dt.date(2026, 1, 1), dt.date(2029, 12, 31))


@st.composite
def journals(draw: st.DrawFn) -> tuple[dt.date, list[Page], Preferences]:
    """A night, pages on nights that it looks back at and on others, and choices."""
    tonight = draw(TONIGHTS)
    wanted = [earlier.night for earlier in earlier_nights(tonight) if earlier.years <= 4]
    places = draw(st.lists(st.tuples(st.sampled_from(wanted) | TONIGHTS, st.booleans(), SUMMARIES), max_size=8))
    pages = [Page(uuid.UUID(int=number), night, is_own, False, summary) for number, (night, is_own, summary) in enumerate(places)]
    return tonight, pages, draw(CHOICES)


@given(journals(), st.randoms(use_true_random=False))
def test_the_same_pages_come_back_in_whichever_order_they_are_read(journal: tuple[dt.date, list[Page], Preferences], random: Any) -> None:
    tonight, pages, preferences = journal
    shuffled = random.sample(pages, len(pages))

    assert picks(tonight, shuffled, preferences) == picks(tonight, pages, preferences)


@given(journals(), st.lists(SUMMARIES, max_size=4), st.data())
def test_what_is_written_in_between_brings_nothing_else_back(
    journal: tuple[dt.date, list[Page], Preferences], written: list[EntrySummary], data: st.DataObject
) -> None:
    """It takes a night away where it says that it was a hard one, and changes nothing otherwise."""
    tonight, pages, preferences = journal
    wanted = st.sampled_from([earlier.night for earlier in earlier_nights(tonight) if earlier.years <= 4])
    new = [Page(uuid.UUID(int=100 + n), data.draw(wanted), n % 2 == 0, True, summary) for n, summary in enumerate(written)]
    gentle = [page._replace(summary=replace(page.summary, feeling="light", guide="", repair="")) for page in new]

    before = picks(tonight, pages, preferences)

    assert picks(tonight, [*pages, *gentle], preferences) == before
    assert set(picks(tonight, [*pages, *new], preferences)) <= set(before)


@given(journals())
def test_no_page_comes_back_that_should_not(journal: tuple[dt.date, list[Page], Preferences]) -> None:
    tonight, pages, preferences = journal

    for earlier, page in picks(tonight, pages, preferences):
        summary = page.summary
        assert preferences.memories
        assert page.night == earlier.night
        assert summary.excerpt
        assert not summary.is_kept_back
        assert summary.repair in {"", "mended"}
        assert preferences.hard_nights or summary.feeling not in {"heavy", "stormy"}
        assert preferences.hard_nights or not summary.guide or summary.repair == "mended"
        for hard in map(dt.date.fromisoformat, preferences.hard_dates):
            assert abs((page.night - hard).days) > 14
            assert abs((tonight - hard).days) > 14


@given(journals(), st.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31)))
def test_every_brake_only_takes_away(journal: tuple[dt.date, list[Page], Preferences], hard: dt.date) -> None:
    tonight, pages, preferences = journal
    all_of_them = set(picks(tonight, pages, preferences))

    for braked in (
        replace(preferences, memories=False),
        replace(preferences, hard_nights=False),
        replace(preferences, hard_dates=(*preferences.hard_dates, hard.isoformat())),
    ):
        assert set(picks(tonight, pages, braked)) <= all_of_them
    kept = [page._replace(summary=replace(page.summary, is_kept_back=True)) for page in pages]
    assert picks(tonight, kept, preferences) == []
