"""`journal.entries.trash` where the night's page is begun anew at the same moment, on a database that really commits."""

import threading
from unittest import mock

import pytest
from django.db import connection, connections
from django.utils import timezone

from journal import content
from journal.entries import trash
from journal.models import Entry
from tests.factories import make_entry, make_user


@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite one transaction writes at a time: make test-postgres")
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
