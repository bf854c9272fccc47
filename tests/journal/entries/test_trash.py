"""`journal.entries.trash` beside what happens at the same moment, and what it tells the index of the search."""

import datetime as dt
import threading
from typing import Any
from unittest import mock

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.keys import keyring
from journal import content
from journal.entries import trash
from journal.finding.index import building, memory
from journal.models import Entry, SearchIndex
from tests.factories import make_entry, make_user

needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="on SQLite one transaction writes at a time: make test-postgres"
)


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_put_back_while_its_night_gets_another_becomes_one_of_its_own() -> None:
    author = make_user()
    entry = make_entry(author)
    trash.delete(author, entry, timezone.now())
    put_back = content.put_back

    def begin_anew() -> None:
        try:
            make_entry(author, text="Begun anew.")
        finally:
            connections.close_all()

    def put_back_while_another_tab_writes(locked: Entry) -> None:
        put_back(locked)
        if Entry.objects.count() == 1:
            other = threading.Thread(target=begin_anew)
            other.start()
            other.join(30)

    with mock.patch.object(content, "put_back", put_back_while_another_tab_writes):
        trash.put_back(author, entry)

    kinds = {page.content.text: (page.kind, page.deleted_at) for page in Entry.objects.all()}
    assert kinds == {entry.content.text: (Entry.Kind.FREE, None), "Begun anew.": (Entry.Kind.NIGHT, None)}


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_page_is_deleted_for_good_while_its_index_is_being_stored() -> None:
    author = make_user()
    entry = make_entry(author)
    with keyring.cached():
        building.advance(author)
    trash.delete(author, entry, timezone.now())
    note, failed = building._note, list[Exception]()

    def delete_for_good() -> None:
        try:
            trash.delete_for_good(author, entry.pk)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    other = threading.Thread(target=delete_for_good)

    def note_while_it_is_deleted(*args: Any) -> Any:
        other.start()
        other.join(0.3)  # by now it waits for the index, which is locked, and has to hold nothing that is needed here
        return note(*args)

    with mock.patch.object(building, "_note", note_while_it_is_deleted), keyring.cached():
        building.advance(author)
    other.join(30)
    memory.clear()

    assert failed == []
    assert not Entry.objects.exists()
    assert str(entry.pk) in SearchIndex.objects.get().forgotten


@pytest.mark.django_db
def test_an_index_is_told_of_its_own_persons_pages_alone() -> None:
    now = timezone.now()
    for author in (make_user(), make_user(email="other@example.org")):
        entry = make_entry(author)
        with keyring.cached():
            building.advance(author)
        trash.delete(author, entry, now - dt.timedelta(days=90))
    memory.clear()

    assert trash.empty(now) == 2

    assert [len(index.forgotten) for index in SearchIndex.objects.all()] == [1, 1]
