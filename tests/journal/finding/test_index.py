"""The index of a journal finds what a naive scan of its texts finds, and so does the comparison with an entry outside of it."""

import datetime as dt
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from common.ids import new_id
from journal.finding.index import matching, queries
from journal.finding.index.documents import Document, Source, document
from journal.finding.index.matching import Wanted
from journal.finding.index.table import Index
from journal.models import EntryContent, EntrySummary
from tests.journal.finding import naive
from tests.journal.finding.journals import beginnings, phrases, single, texts

NIGHT = dt.date(2026, 3, 1)
asked = st.builds(
    naive.Asked,
    wanted=st.lists(single, max_size=2),
    phrases=st.lists(phrases, max_size=1),
    beginnings=st.lists(beginnings, max_size=1),
    unwanted=st.lists(single, max_size=1),
).filter(lambda asked: asked.typed)


def make_document(text: str, question: str = "") -> Document:
    return document(Source(new_id(), NIGHT, EntryContent(text), EntrySummary(question=question), None, None, None, 1, "night"))


@given(st.lists(st.tuples(texts, texts), max_size=8), st.lists(asked, min_size=1, max_size=6))
def test_it_finds_what_a_naive_scan_finds(written: list[tuple[str, str]], searches: list[naive.Asked]) -> None:
    documents = [make_document(text, question) for question, text in written]
    with closing(Index()) as made:
        made.learn(documents)
        image = made.image()
    with closing(Index(image)) as index:
        for each in searches:
            wanted = Wanted(queries.read(each.typed))
            expected = [row for row, parts in enumerate(written) if naive.matches(parts, each)]

            assert sorted(index.find(matching.expression(wanted, index.begun_with))) == expected
            assert [row for row, known in enumerate(documents) if matching.matches(wanted, known)] == expected
            assert sorted(row for _rank, row in index.rank(matching.expression(wanted, index.begun_with))) == expected
