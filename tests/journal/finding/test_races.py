"""The index of a journal, where an entry changes at the very moment at which it is learnt."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.keys import keyring
from accounts.models import User
from journal.entries import trash
from journal.finding import search
from journal.finding.filters import Filters
from journal.finding.index import building, journals, memory
from journal.models import Entry
from tests.factories import make_entry, make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now()
NIGHT = dt.date(2026, 3, 1)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(building, "TAIL", 3)
    with keyring.cached():
        yield
    memory.clear()


def make_journal(author: User, count: int, **fields: Any) -> list[Entry]:
    return [
        make_entry(author, text=f"Rain {number}.", kind=Entry.Kind.FREE, night=NIGHT - dt.timedelta(40 * number), **fields)
        for number in range(count)
    ]


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let this happen once, after entries were read to be learnt and before that is stored."""
    store = building._store

    def stored(*args: Any) -> Any:
        monkeypatch.setattr(building, "_store", store)
        act()
        return store(*args)

    monkeypatch.setattr(building, "_store", stored)


def delete_for_good(author: User, entry: Entry) -> None:
    trash.delete(author, entry, NOW)
    trash.delete_for_good(author, entry.pk)


def known_rows(author: User) -> int:
    """How many entries the stored indexes know, and may find."""
    opened, forgotten = journals._open(author)
    try:
        return sum(len(each.table.rows.keys() - forgotten[each.pk]) for each in opened)
    finally:
        memory.close(opened)


def test_what_is_deleted_for_good_while_the_first_index_is_made_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    author = make_user()
    entries = make_journal(author, 6)
    meanwhile(monkeypatch, lambda: delete_for_good(author, entries[2]))

    building.advance(author)

    found = search.find(author, "rain", Filters())
    assert (found.total, len(found.hits)) == (5, 5)
    assert known_rows(author) == 5


def test_a_page_that_is_moved_back_while_its_year_is_learnt_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "SPLIT_AT", 4)
    author = make_user()
    page = make_journal(author, 6)[0]
    while building.advance(author):
        pass

    def move(night: dt.date) -> None:
        entry = Entry.objects.get(pk=page.pk)
        entry.night, entry.content, entry.summary, entry.version = night, entry.content, entry.summary, entry.version + 1
        entry.is_unindexed = True
        entry.save()

    move(dt.date(2025, 5, 5))

    def back() -> None:
        move(NIGHT)
        building.advance(author)  # another process is faster

    meanwhile(monkeypatch, back)
    building.advance(author)

    assert search.find(author, "rain", Filters()).total == 6


def test_the_words_of_what_was_deleted_for_good_are_gone_from_the_index() -> None:
    """The privacy page says that such a page "is gone from the site"."""
    author = make_user()
    make_journal(author, 6)
    page = make_entry(author, text="Mistletoe.", kind=Entry.Kind.FREE, night=NIGHT)
    building.catch_up(NOW)

    delete_for_good(author, page)
    building.catch_up(NOW)

    opened, _forgotten = journals._open(author)
    try:
        assert [word for each in opened for word in each.table.begun_with("mistletoe")] == []
    finally:
        memory.close(opened)
    assert search.find(author, "rain", Filters()).total == 6
