"""accounts.keys.rows: many rows are read and opened, or sealed and stored, without instances, and no less carefully than one by one."""

import datetime as dt
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from accounts.keys import keyring
from accounts.keys.crypto import Key, NoSuchKey, SealBroken
from accounts.keys.sealing import Sealed, SealedTypeError
from accounts.models import KeySlot, User
from common.ids import new_id
from journal.models import Entry, EntryContent, EntrySummary
from tests.accounts.keys.test_sealing import overwrite
from tests.factories import make_entry, make_user
from tests.helpers import sealed_bytes


def row(*values: Any) -> tuple[Any, ...]:
    return values


class OpenedRowsTests(TestCase):
    author: User
    entries: list[Entry]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.entries = [make_entry(cls.author, kind=Entry.Kind.FREE, text=f"Text {number}.", feeling="even") for number in range(5)]
        make_entry(
            cls.author, entry_id=cls.entries[2].pk, kind=Entry.Kind.FREE, page=cls.entries[2].page, seq=2, base=1, text="Written again."
        )

    def test_are_what_their_instances_say(self) -> None:
        rows = Entry.objects.order_by("pk")
        expected = [(entry.night, entry.content, entry.pk, entry.summary) for entry in rows]

        with keyring.cached():
            assert list(rows.opened(row, "night", "content", "id", "summary")) == expected
            assert list(rows.opened(row, "night", "content", "id", "summary", chunk_size=2)) == expected

    def test_take_one_query_for_all_and_one_for_the_key(self) -> None:
        with keyring.cached(), self.assertNumQueries(2):
            assert len(list(Entry.objects.opened(row, "id", "night", "content"))) == 5

    def test_read_no_column_that_was_not_named_or_needed(self) -> None:
        with keyring.cached(), self.assertNumQueries(2) as queries:
            list(Entry.objects.opened(row, "night", "summary"))

        assert "content" not in queries.captured_queries[0]["sql"]

    def test_open_nothing_before_a_row_is_reached(self) -> None:
        with keyring.cached(), mock.patch.object(Key, "open", autospec=True, side_effect=Key.open) as opened:
            rows = Entry.objects.order_by("pk").opened(row, "content")
            assert opened.call_count == 0
            next(rows)
            assert opened.call_count == 2  # the slot, and one value

    def test_of_several_people_open_with_the_key_of_each(self) -> None:
        make_entry(make_user(email="other@example.org"), text="Theirs.")

        with keyring.cached():
            texts = {content.text for (content,) in Entry.objects.opened(row, "content")}

        assert texts == {"Text 0.", "Text 1.", "Written again.", "Text 3.", "Text 4.", "Theirs."}

    def test_of_one_owner_are_opened_for_them_and_for_nobody_else(self) -> None:
        other = make_user(email="other@example.org")
        rows = Entry.objects.order_by("pk")

        with keyring.cached():
            expected = list(rows.opened(row, "id", "content", "summary"))
            with self.assertNumQueries(1) as queries:
                assert list(rows.opened(row, "id", "content", "summary", owner=self.author.pk)) == expected
            with pytest.raises(SealBroken):
                next(rows.opened(row, "content", owner=other.pk))

        assert "author_id" not in queries.captured_queries[0]["sql"]

    def test_leave_no_key_behind(self) -> None:
        list(Entry.objects.opened(row, "content"))

        with self.assertNumQueries(1):  # for the slot: nothing was kept outside `cached`
            keyring.data_key(self.author.pk)

    def test_do_not_open_where_a_value_was_moved(self) -> None:
        for other, column in ((self.entries[1], "content"), (self.entries[1], "summary")):
            overwrite(self.entries[0], sealed_bytes(other, column), column)
            with keyring.cached(), pytest.raises(SealBroken):
                list(Entry.objects.opened(row, column))

    def test_do_not_open_with_a_version_that_was_counted_back_or_for_another_owner(self) -> None:
        Entry.objects.filter(pk=self.entries[2].pk).update(version=1)
        with keyring.cached(), pytest.raises(SealBroken):
            list(Entry.objects.filter(pk=self.entries[2].pk).opened(row, "content"))

        Entry.objects.filter(pk=self.entries[0].pk).update(author=make_user(email="other@example.org"))
        with keyring.cached(), pytest.raises(SealBroken):
            list(Entry.objects.filter(pk=self.entries[0].pk).opened(row, "content"))

    def test_need_the_persons_key(self) -> None:
        KeySlot.objects.filter(owner=self.author).delete()

        with keyring.cached(), pytest.raises(NoSuchKey):
            list(Entry.objects.opened(row, "content"))


class PropertyTests(PropertyTestCase):
    @given(texts=st.lists(st.text(), min_size=1, max_size=6), size=st.integers(1, 3))
    def test_texts_come_back_to_the_letter(self, texts: list[str], size: int) -> None:
        author = make_user()
        made = {make_entry(author, kind=Entry.Kind.FREE, text=text, feeling="even").pk: text for text in texts}

        with keyring.cached():
            opened = {pk: content.text for pk, content in Entry.objects.by(author).opened(row, "id", "content", chunk_size=size)}

        assert opened == made


NAMES = ("id", "night", "page", "content", "summary")
NOW = dt.datetime(2026, 11, 27, 21, tzinfo=dt.UTC)
MOMENTS = {"created_at": NOW, "saved_at": NOW, "revised_at": NOW}


class InsertedRowsTests(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()

    def insert(self, *rows: tuple[Any, ...], **same: Any) -> None:
        with keyring.cached():
            Entry.objects.insert(NAMES, rows, **({"author": self.author.pk, "seq": 0, **MOMENTS} | same))

    def some(self, night: dt.date, text: str) -> tuple[Any, ...]:
        return new_id(), night, new_id(), EntryContent(text), EntrySummary(excerpt=text)

    def test_are_what_saved_instances_are(self) -> None:
        rows = [self.some(dt.date(2019, 5, day), f"Text {day}.") for day in (1, 2, 3)]
        self.insert(*rows, version=4)

        for pk, night, page, content, summary in rows:
            saved = Entry.objects.get(pk=pk)
            made = Entry(pk=pk, author=self.author, night=night, page=page, content=content, summary=summary, seq=0, version=4, **MOMENTS)
            assert all(getattr(saved, field.attname) == getattr(made, field.attname) for field in Entry._meta.concrete_fields)

    def test_can_be_made_as_instances(self) -> None:
        own = {"author": self.author, "seq": 0, **MOMENTS}
        made = [Entry(**dict(zip(NAMES, self.some(dt.date(2019, 5, day), f"Text {day}."), strict=True)), **own) for day in (1, 2, 3)]
        with keyring.cached():
            Entry.objects.insert_made(made)

        saved = list(Entry.objects.order_by("night"))
        assert [entry.content.text for entry in saved] == ["Text 1.", "Text 2.", "Text 3."]
        assert all(
            getattr(one, field.attname) == getattr(other, field.attname)
            for one, other in zip(made, saved, strict=True)
            for field in Entry._meta.concrete_fields
        )

    def test_take_one_statement_for_all(self) -> None:
        rows = [self.some(dt.date(2019, 5, day), "A text.") for day in range(1, 20)]
        with CaptureQueriesContext(connection) as queries:
            self.insert(*rows)

        assert sum("INSERT" in query["sql"] for query in queries) == 1

    def test_are_stored_all_or_none(self) -> None:
        first, second = (self.some(dt.date(2019, 5, 1), "A text.") for _ in range(2))
        with pytest.raises(IntegrityError):
            self.insert(first, second)

        assert not Entry.objects.exists()

    def test_none_at_all_are_fine(self) -> None:
        self.insert()

        assert not Entry.objects.exists()

    def test_hold_nothing_plain(self) -> None:
        self.insert(self.some(dt.date(2019, 5, 1), "The heron stood still."))

        assert b"heron" not in sealed_bytes(Entry.objects.get(), "content")

    def test_take_payloads_alone(self) -> None:
        for content in ("A text.", EntrySummary(), Sealed(b"sealed elsewhere")):
            with pytest.raises(SealedTypeError):
                self.insert((new_id(), dt.date(2019, 5, 1), new_id(), content, EntrySummary()))

    def test_need_an_id_an_owner_and_a_version(self) -> None:
        row = self.some(dt.date(2019, 5, 1), "A text.")
        for same in ({"author": None}, {"version": None}):
            with pytest.raises(SealedTypeError):
                self.insert(row, **same)
        with pytest.raises(SealedTypeError):
            self.insert((None, *row[1:]))

    def test_name_each_field_once_and_their_ids(self) -> None:
        odd: list[tuple[tuple[str, ...], dict[str, int]]] = [
            (("night",), {}),
            (("id", "id"), {}),
            (("id", "nights"), {}),
            (("id",), {"nights": 1}),
            (("id",), {"id": 1}),
        ]
        for names, same in odd:
            with pytest.raises(FieldError):
                Entry.objects.insert(names, [], **same)
