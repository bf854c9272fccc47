"""journal.models.entry: pages of the timeline, back and forth, and what a database does to find them."""

import datetime as dt
import re
import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from accounts.models import User
from common.ids import new_id
from journal.models import Entry, EntryContent, EntryQuerySet, EntrySummary
from tests.factories import make_entry, make_user

FIRST = dt.date(2026, 1, 1)
MIDDLE = uuid.UUID(int=2**127)


def add(author: User, nights: list[int], *, deleted: set[int] = frozenset()) -> None:  # type: ignore[assignment]
    """An entry for each of these days after the first, those whose positions are in `deleted` in the trash."""
    now = timezone.now()
    Entry.objects.bulk_create(
        Entry(
            author=author,
            night=FIRST + dt.timedelta(days=night),
            kind=Entry.Kind.FREE,
            content=EntryContent(text="."),
            summary=EntrySummary(),
            page=MIDDLE,
            seq=1,
            created_at=now,
            saved_at=now,
            revised_at=now,
            deleted_at=now if position in deleted else None,
        )
        for position, night in enumerate(nights)
    )


def timeline(author: User) -> EntryQuerySet:
    return Entry.objects.by(author).not_deleted().newest_first()


type Place = tuple[dt.date, uuid.UUID]


def walk(entries: EntryQuerySet, size: int) -> list[list[Place]]:
    """The pages from the newest entry to the oldest, each found from the last entry of the one before it."""
    pages = [list(entries.values_list("night", "pk")[:size])]
    while more := list(entries.older_than(*pages[-1][-1]).values_list("night", "pk")[:size]) if pages[-1] else []:
        pages.append(more)
    return pages


def walk_back(entries: EntryQuerySet, start: Place, size: int) -> list[Place]:
    """All entries newer than `start`, read page by page towards the newest, in the order of the timeline."""
    found: list[Place] = []
    while more := list(entries.newer_than(*start).reverse().values_list("night", "pk")[:size]):
        found[:0] = more[::-1]
        start = found[0]
    return found


class PagingTests(PropertyTestCase):
    @given(nights=st.lists(st.integers(0, 5), max_size=25), size=st.integers(1, 7), deleted=st.sets(st.integers(0, 24)))
    def test_back_and_forth_every_entry_comes_once_and_in_order(self, nights: list[int], size: int, deleted: set[int]) -> None:
        author, other = make_user(), make_user(email="other@example.org")
        add(author, nights, deleted=deleted)
        add(other, nights)
        everything = sorted(Entry.objects.filter(author=author, deleted_at=None).values_list("night", "pk"), reverse=True)

        pages = walk(timeline(author), size)

        assert [place for page in pages for place in page] == everything
        if everything:
            assert [*walk_back(timeline(author), everything[-1], size), everything[-1]] == everything

    @given(nights=st.lists(st.integers(0, 3), max_size=12), night=st.integers(-1, 4), pk=st.uuids())
    def test_any_place_parts_what_is_older_from_what_is_newer(self, nights: list[int], night: int, pk: uuid.UUID) -> None:
        author, place = make_user(), (FIRST + dt.timedelta(days=night), pk)
        add(author, nights)
        everything = list(timeline(author).values_list("night", "pk"))

        older, newer = (
            list(entries.values_list("night", "pk"))
            for entries in (timeline(author).older_than(*place), timeline(author).newer_than(*place))
        )

        assert [*newer, *older] == everything
        assert all(entry > place for entry in newer)
        assert all(entry < place for entry in older)


@pytest.mark.django_db
@pytest.mark.parametrize("direction", ["older", "newer"])
def test_a_database_goes_straight_to_a_place_in_the_index(direction: str) -> None:
    """Not through every entry up to it: the night is a bound of the search, in the plan of either database."""
    author = make_user()
    add(author, list(range(200)))
    place = (FIRST + dt.timedelta(days=100), MIDDLE)
    entries = timeline(author).older_than(*place) if direction == "older" else timeline(author).newer_than(*place).reverse()
    page = entries.values_list("pk", "night", "summary")[:31]

    if connection.vendor == "sqlite":
        plan = page.explain()
        assert re.search(r"SEARCH .* USING INDEX journal_entry_timeline \(author_id=\? AND night[<>]\?\)", plan), plan
        assert "TEMP B-TREE" not in plan
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ANALYZE journal_entry")  # otherwise what the table held when it was last looked at would decide
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off"
        )
        plan = page.explain()
    assert re.search(r"Index Scan.* using journal_entry_timeline", plan), plan
    assert re.search(r"Index Cond: \(\(author_id = .*\) AND \(night [<>]= ", plan), plan


@pytest.mark.django_db
def test_a_database_finds_a_trash_without_the_journal_around_it() -> None:
    author = make_user()
    add(author, list(range(200)), deleted={3, 5})
    add(make_user(email="another@example.org"), list(range(200)), deleted=set(range(200)))
    trash = Entry.objects.by(author).in_trash(timezone.now()).order_by("-deleted_at", "-pk").values_list("pk", "summary")

    if connection.vendor == "sqlite":
        plan = trash.explain()
        assert "journal_entry_own_trash (author_id=? AND deleted_at>?)" in plan
        assert "TEMP B-TREE" not in plan
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ANALYZE journal_entry")  # otherwise what the table held when it was last looked at would decide
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off"
        )
        plan = trash.explain()
    assert re.search(r"Index Scan.* using journal_entry_own_trash", plan), plan


# --- The row that every save begins with, and whose it is.


@pytest.mark.django_db
def test_locks_the_whole_row_in_one_statement() -> None:
    author = make_user()
    make_entry(author, text="Another one.", night="2026-02-28")
    entry = make_entry(author, text="We *ran*.", feeling="even")

    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        locked = Entry.objects.lock(author, entry.pk)
        statements = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]

    assert locked is not None
    assert (locked.content, locked.summary) == (entry.content, entry.summary)
    stored, names = Entry.objects.get(pk=entry.pk), [field.attname for field in Entry._meta.concrete_fields]
    sealed = {"content", "summary"}
    assert {name: getattr(locked, name) for name in names if name not in sealed} == {
        name: getattr(stored, name) for name in names if name not in sealed
    }
    assert len(statements) == 1
    assert statements[0].rstrip().endswith("FOR UPDATE") == connection.features.has_select_for_update


@pytest.mark.django_db
def test_locks_nobody_elses() -> None:
    entry = make_entry(make_user())
    stranger = make_user(email="stranger@example.org")

    with transaction.atomic():
        assert Entry.objects.lock(stranger, entry.pk) is None
        assert Entry.objects.lock(entry.author, new_id()) is None
