"""journal.chronology: pages of the timeline, neighbours, and the months and years with entries, and how a database finds them."""

import datetime as dt
import re
import uuid
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from accounts.models import User
from journal import chronology
from journal.chronology import Place
from journal.models import Entry
from tests.factories import make_user
from tests.journal.models.test_entry import FIRST, MIDDLE, add


def places(author: User) -> list[Place]:
    """Of all entries that are not deleted, the newest first."""
    rows = Entry.objects.filter(author=author, deleted_at=None).values_list("night", "pk")
    return [Place(*row) for row in sorted(rows, reverse=True)]


PAGES: list[Callable[[User, Place], chronology.Page]] = [chronology.older_than, chronology.newer_than, chronology.around]


class ChronologyTests(PropertyTestCase):
    # Nights of several years, some of them several times.
    nights = st.lists(st.integers(-3, 3) | st.integers(-1500, 1500), max_size=45)

    @given(nights=nights, deleted=st.sets(st.integers(0, 44)))
    def test_agrees_with_the_order_of_all_entries(self, nights: list[int], deleted: set[int]) -> None:
        author, other = make_user(), make_user(email="other@example.org")
        add(author, nights, deleted=deleted)
        add(other, nights)
        everything = places(author)

        for newer, place, older in zip([None, *everything], everything, [*everything[1:], None], strict=False):
            assert chronology.neighbours(author, place) == (newer, older)
        assert chronology.years(author) == sorted({place.night.year for place in everything}, reverse=True)
        for year in {2024, *chronology.years(author)}:
            assert chronology.months(author, year) == sorted({place.night.month for place in everything if place.night.year == year})

    @settings(max_examples=40)
    @given(nights=nights, day=st.integers(-5, 5), pk=st.uuids(), page_of=st.sampled_from(PAGES))
    def test_a_page_says_truly_what_is_on_either_side_of_it(
        self, nights: list[int], day: int, pk: uuid.UUID, page_of: Callable[[User, Place], chronology.Page]
    ) -> None:
        author, place = make_user(), Place(FIRST + dt.timedelta(days=day), pk)
        add(author, nights)
        everything = places(author)

        page = page_of(author, place)

        listed = [entry.place for entry in page.entries]
        start = everything.index(listed[0]) if listed else 0
        assert listed == everything[start : start + len(listed)]
        if listed:
            assert (page.has_newer, page.has_older) == (start > 0, start + len(listed) < len(everything))

    @settings(max_examples=30)
    @given(nights=nights, data=st.data())
    def test_an_entry_is_on_the_page_around_its_place_and_a_night_begins_its_page(self, nights: list[int], data: st.DataObject) -> None:
        author = make_user()
        add(author, [0, *nights])
        everything = places(author)
        place = data.draw(st.sampled_from(everything))

        around, until = (
            [entry.place for entry in page.entries] for page in (chronology.around(author, place), chronology.until(author, place.night))
        )

        assert place in around[: chronology.ABOVE + 1]
        assert until == [other for other in everything if other.night <= place.night][: chronology.PER_PAGE]


@pytest.mark.parametrize("cursor", ["", "yesterday", "2026-13-01_" + "0" * 32, "2026-01-01_x", "\0", "2026-01-01"])
def test_other_texts_are_no_cursors(cursor: str) -> None:
    assert Place.parse(cursor) is None


def test_a_cursor_is_read_as_the_place_that_it_was_made_of() -> None:
    place = Place(FIRST, MIDDLE)

    assert Place.parse(place.cursor) == place


@pytest.mark.django_db
@pytest.mark.parametrize(
    "ask",
    [
        lambda author: chronology.newer(author, Place(FIRST + dt.timedelta(days=100), MIDDLE)),
        lambda author: chronology.older(author, Place(FIRST + dt.timedelta(days=100), MIDDLE)),
        lambda author: chronology.years(author),
        lambda author: chronology.months(author, 2026),
    ],
    ids=["newer", "older", "years", "months"],
)
def test_a_database_goes_straight_to_each_place_in_the_index(ask: Callable[[User], object]) -> None:
    author = make_user()
    add(author, list(range(200)))
    ask(author)  # compiles what is prepared
    with CaptureQueriesContext(connection) as queries:
        ask(author)
    [query] = queries

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = "\n".join(row[3] for row in cursor.fetchall())
            searches = re.findall(r"SEARCH \w+ USING INDEX journal_entry_timeline \(author_id=\? AND night[<>]\?\)", plan)
            assert len(searches) == plan.count("SEARCH") > 0, plan
            assert plan.count("SCAN") == plan.count("SCAN latest"), plan
            assert "TEMP B-TREE" not in plan
            return
        cursor.execute("ANALYZE journal_entry")  # otherwise what the table held when it was last looked at would decide
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off"
        )
        cursor.execute(f"EXPLAIN {query['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert re.search(r"Index (Only )?Scan.* using journal_entry_timeline", plan), plan
    assert re.search(r"Index Cond: \(\(author_id = .*\) AND .*\(night [<>]=? ", plan), plan
