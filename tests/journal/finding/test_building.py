"""`journal.finding.index.building`: what is learnt, in slices, and only where it is still true."""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from accounts.keys import keyring
from accounts.models import User
from journal import content
from journal.entries import trash
from journal.finding import search
from journal.finding.filters import Filters
from journal.finding.index import building, memory
from journal.finding.index.table import Index
from journal.models import Entry, SearchIndex
from tests.factories import make_entry, make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now()
NIGHT = dt.date(2026, 3, 1)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(building, "TAIL", 3)
    monkeypatch.setattr(building, "SLICE", 4)
    monkeypatch.setattr(building, "LARGE_SLICE", 4)
    with keyring.cached():
        yield
    memory.clear()


def make_journal(author: User, count: int, **fields: Any) -> list[Entry]:
    return [
        make_entry(author, text=f"Rain {number}.", kind=Entry.Kind.FREE, night=NIGHT - dt.timedelta(40 * number), **fields)
        for number in range(count)
    ]


def unindexed(author: User) -> int:
    return Entry.objects.by(author).unindexed().count()


def test_a_search_learns_one_slice_and_says_how_far_it_is() -> None:
    author = make_user()
    make_journal(author, 12)

    seen = [search.find(author, "rain", Filters()) for _ in range(3)]

    assert [found.progress and tuple(found.progress) for found in seen] == [(4, 12), (8, 12), None]
    assert seen[-1].total == 12
    assert search.find(author, "rain", Filters()).total == 12


def test_a_short_tail_is_learnt_by_nobody() -> None:
    author = make_user()
    make_journal(author, 3)

    assert search.find(author, "rain", Filters()).total == 3
    assert building.catch_up(NOW) == 0
    assert not SearchIndex.objects.exists()


def test_the_clock_learns_everything_of_everybody_with_a_long_tail() -> None:
    one, other = make_user(), make_user(email="other@example.org")
    make_journal(one, 9)
    make_journal(other, 2)

    assert building.catch_up(NOW) == 1
    assert (unindexed(one), unindexed(other)) == (0, 2)
    assert building.catch_up(NOW) == 0


def test_a_journal_whose_key_is_gone_keeps_nobody_else_waiting(caplog: pytest.LogCaptureFixture) -> None:
    one, other = make_user(), make_user(email="other@example.org")
    make_journal(one, 5)
    make_journal(other, 5)
    one.key_slots.all().delete()
    keyring.evict(one.pk)

    assert building.catch_up(NOW) == 1
    assert unindexed(other) == 0
    assert "Rain" not in caplog.text


def during(act: Any) -> Any:
    """Do this while an index is being made, after its entries were read and before it is stored."""
    image = Index.image

    def late(self: Index) -> bytes:
        made = image(self)
        with mock.patch.object(Index, "image", image):
            act()
        return made

    return mock.patch.object(Index, "image", late)


@pytest.mark.parametrize("what", ["text", "summary", "trash", "night"])
def test_what_changes_while_it_is_learnt_is_still_to_be_learnt(what: str) -> None:
    author = make_user()
    entry, *_others = make_journal(author, 3)

    def change() -> None:
        row = Entry.objects.get(pk=entry.pk)
        if what == "trash":
            trash.delete(author, row, NOW)
        elif what == "night":
            Entry.objects.filter(pk=row.pk).update(night=NIGHT + dt.timedelta(1), is_unindexed=True)
        else:
            row.summary, text = replace(row.summary, feeling="heavy"), row.content
            if what == "text":
                row.version, row.content = row.version + 1, replace(text, text="Snow.")
            row.save(update_fields=["summary", *(["content", "version"] if what == "text" else [])])

    with during(change):
        assert building.advance(author)

    assert list(Entry.objects.by(author).unindexed().values_list("pk", flat=True)) == [entry.pk]


def test_of_two_that_learn_at_the_same_time_one_is_stored() -> None:
    author = make_user()
    make_journal(author, 3)

    with during(lambda: building.advance(author)):
        assert not building.advance(author)

    assert SearchIndex.objects.get().revision == 1
    assert search.find(author, "rain", Filters()).total == 3


def test_a_long_journal_has_an_index_for_each_year(monkeypatch: pytest.MonkeyPatch) -> None:
    author = make_user()
    make_journal(author, 12)
    building.catch_up(NOW)
    assert list(SearchIndex.objects.values_list("year", flat=True)) == [0]
    monkeypatch.setattr(building, "SPLIT_AT", 10)
    make_journal(author, 4)
    while building.advance(author):
        pass

    assert sorted(SearchIndex.objects.values_list("year", flat=True)) == [2024, 2025, 2026]
    assert search.find(author, "rain", Filters()).total == 16


def test_the_indexes_of_a_long_journal_come_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that were edited may have moved from one year to another: that is no reason to make the other years' indexes anew."""
    monkeypatch.setattr(building, "SPLIT_AT", 10)
    author = make_user()
    entries = make_journal(author, 12)
    for entry in entries:
        content.write(entry, content.render_later(f"{entry.content.text} Edited."), "", "")
        content.save_next_version(entry, uuid.uuid4(), 1, NOW)
    building.catch_up(NOW)

    def revisions() -> list[tuple[int, int]]:
        return sorted(SearchIndex.objects.by(author).values_list("year", "revision"))

    before = revisions()
    for _ in range(3):
        building.catch_up(NOW)
    assert revisions() == before
    assert unindexed(author) == 0

    gone = entries[0].pk
    SearchIndex.objects.forget([(author.pk, gone)])
    entries[0].delete()
    building.catch_up(NOW)
    assert search.find(author, "rain", Filters()).total == 11
    for index in SearchIndex.objects.by(author):
        with closing(Index(index.data.data)) as table:
            assert gone.bytes not in bytes(table._entries), "what is no more is in no index"


def test_an_index_of_which_much_is_gone_is_made_anew() -> None:
    author = make_user()
    entries = make_journal(author, 6)
    for _ in range(3):
        while building.advance(author):
            pass
        Entry.objects.filter(pk__in=[entry.pk for entry in entries[:3]]).update(is_unindexed=True)
    while building.advance(author):
        pass

    with closing(Index(SearchIndex.objects.by(author).get().data.data)) as index:
        assert len(index) == 6
        assert len(index.gone) < 6
    assert search.find(author, "rain", Filters()).total == 6


def test_everything_of_a_person_goes_with_them() -> None:
    author = make_user()
    make_journal(author, 5)
    building.catch_up(NOW)

    author.delete()

    assert not SearchIndex.objects.exists()
