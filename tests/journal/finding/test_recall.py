"""`journal.finding.recall`: what comes back from the database, and what keeps a page from it."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Preferences, User
from journal.entries import trash
from journal.entries.submission import submit
from journal.finding import recall
from journal.models import Entry
from tests.factories import make_draft, make_entry, make_user
from tests.helpers import EVENING, TONIGHT

pytestmark = pytest.mark.django_db

YEAR_AGO = dt.date(2025, 3, 1)


@pytest.fixture
def author() -> User:
    return make_user(time_zone="Pacific/Auckland")


def written(author: User, night: dt.date = YEAR_AGO, now: dt.datetime | None = None, **fields: Any) -> Entry:
    return make_entry(author, night=night, now=now or dt.datetime.combine(night, dt.time(9), dt.UTC), **fields)


def recalled(author: User, tonight: dt.date = TONIGHT) -> list[Entry]:
    pks = [memory.page.pk for memory in recall.of_tonight(User.objects.get(pk=author.pk), tonight)]
    return sorted(Entry.objects.filter(pk__in=pks), key=lambda entry: pks.index(entry.pk))


def test_finds_the_nights_of_one_author_with_one_query(author: User) -> None:
    week, years = written(author, dt.date(2026, 2, 22)), [written(author, dt.date(year, 3, 1)) for year in range(2025, 2015, -1)]
    written(make_user(email="other@example.org"))
    written(author, dt.date(2025, 3, 2))

    with CaptureQueriesContext(connection) as queries:
        found = recall.of_tonight(author, TONIGHT)

    assert [memory.page.pk for memory in found] == [entry.pk for entry in [*years, week]]
    assert len([query for query in queries if "journal_entry" in query["sql"]]) == 1


@pytest.mark.parametrize("chosen", [Preferences(memories=False), Preferences(hard_dates=("2020-03-05",))])
def test_asks_the_database_nothing_where_nothing_can_come(author: User, chosen: Preferences) -> None:
    written(author)
    author.sealed_preferences = chosen

    with CaptureQueriesContext(connection) as queries:
        assert recall.of_tonight(author, TONIGHT) == []

    assert len(queries) == 0


def test_deleted_pages_do_not_come_back_until_they_are_put_back(author: User) -> None:
    entry = written(author)

    trash.delete(author, entry, EVENING)
    assert recalled(author) == []

    trash.put_back(author, entry)
    assert recalled(author) == [entry]


def test_a_page_is_new_for_the_night_of_its_author_in_which_it_was_made(author: User) -> None:
    evening = dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC)  # 21:00 in Auckland
    entry = written(author, now=evening - dt.timedelta(hours=18))  # before 4 in the morning: the night before

    assert recalled(author) == [entry]

    entry = written(author, dt.date(2024, 3, 1), now=evening - dt.timedelta(hours=16))
    assert entry not in recalled(author)
    assert recalled(author, dt.date(2027, 3, 1))[1:] == [entry]


def test_a_page_is_kept_back_until_it_is_brought_back_again(author: User) -> None:
    entry = written(author, feeling="bright")
    before = Entry.objects.get(pk=entry.pk)
    Entry.objects.update(is_unindexed=False)

    for _ in range(2):
        assert recall.keep_back(author, entry.pk, is_kept_back=True) == entry
        assert recalled(author) == []
    after = Entry.objects.get(pk=entry.pk)
    assert (after.version, after.saved_at, after.content, after.summary.feeling) == (
        before.version,
        before.saved_at,
        before.content,
        "bright",
    )
    assert after.is_unindexed

    recall.keep_back(author, entry.pk, is_kept_back=False)
    assert recalled(author) == [entry]


def test_it_stays_kept_back_when_it_is_written_on(author: User) -> None:
    entry = written(author)
    recall.keep_back(author, entry.pk, is_kept_back=True)

    submit(author, make_draft(entry_id=entry.pk, night=YEAR_AGO, base=1, text="We read three chapters."), None, EVENING)

    assert Entry.objects.get().summary.is_kept_back
    assert recalled(author) == []


def test_what_did_not_change_is_not_written(author: User) -> None:
    entry = written(author)

    with CaptureQueriesContext(connection) as queries:
        recall.keep_back(author, entry.pk, is_kept_back=False)

    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_nobody_keeps_back_the_page_of_somebody_else(author: User) -> None:
    entry = written(author)

    assert recall.keep_back(make_user(email="other@example.org"), entry.pk, is_kept_back=True) is None
    assert recalled(author) == [entry]


@time_machine.travel(EVENING, tick=False)
def test_summaries_from_before_there_was_a_choice_come_back(author: User) -> None:
    entry = written(author)
    assert User.objects.get(pk=author.pk).sealed_preferences is None

    assert recalled(author) == [entry]
