"""Nothing that somebody wrote or searched for reaches a file in the clear while it is indexed and searched."""

import datetime as dt
import resource
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from django.utils import timezone

from accounts.keys import keyring
from common.ids import new_id
from journal.entries import trash
from journal.finding import search
from journal.finding.filters import Filters
from journal.finding.index import building, matching, memory, queries
from journal.finding.index.documents import EVERY, Document
from journal.finding.index.matching import Wanted
from journal.finding.index.table import Index
from journal.models import Entry, SearchIndex
from tests.factories import make_entry, make_user
from tests.helpers import everything_stored

WORD = "heliotrope"


@contextmanager
def no_file_can_be_written() -> Iterator[None]:
    """The kernel refuses each byte that this process would write to a file, whoever writes it: Python, or SQLite by itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_an_index_writes_no_file() -> None:
    documents = [
        Document(new_id(), dt.date(2026, 3, 1), " ".join(f"{WORD}{number * 7919 % 5000 + place}" for place in range(300)), (EVERY,))
        for number in range(400)
    ]
    with tempfile.TemporaryFile(buffering=0) as file, no_file_can_be_written():
        with pytest.raises(OSError, match="File too large"):
            file.write(b"what would be noticed")
        with closing(Index()) as index:
            index.learn(documents)
            image = index.image()
        with closing(Index(image)) as index:
            expression = matching.expression(Wanted(queries.read(f"{WORD}*")), index.begun_with)
            assert len(index.find(expression)) == len(index.rank(expression)) == 400

    assert len(image) > 500_000


@pytest.mark.django_db
def test_the_database_holds_no_word() -> None:
    author = make_user()
    entries = [
        make_entry(author, text=f"The {WORD} by the window, {number}.", kind=Entry.Kind.FREE, feeling="heavy") for number in range(3)
    ]
    with keyring.cached():
        building.advance(author)
        trash.delete(author, entries[0], timezone.now())
        assert search.find(author, WORD, Filters(feelings=("heavy",))).total == 2
        building.advance(author)
        memory.clear()
        assert search.find(author, f'"the {WORD}"', Filters()).total == 2
    memory.clear()

    stored = everything_stored()
    assert SearchIndex.objects.by(author).exists()
    assert WORD.encode() not in stored
    assert b"fts5" not in stored
