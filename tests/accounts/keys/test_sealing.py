"""accounts.keys.sealing: what a person writes is stored sealed, and opens in its own place only."""

import dataclasses
import json
import uuid
from io import StringIO
from unittest import mock

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from django.test import SimpleTestCase, TestCase
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from accounts import leaving
from accounts.keys import keyring
from accounts.keys.crypto import Binding, Key, NoSuchKey, SealBroken
from accounts.keys.padding import pad
from accounts.keys.sealing import FromTheFuture, SealedField, SealedTypeError
from accounts.models import Child, Children, KeySlot, Preferences, User
from common.ids import new_id
from journal.models import Entry, EntryContent, EntrySummary, Revision, RevisionContent
from prompts.models import Prompt
from tests.factories import make_entry, make_prompt, make_user, page_fields
from tests.helpers import everything_stored, run, sealed_bytes


def overwrite(row: models.Model, raw: bytes, column: str = "content") -> None:
    """Write bytes into the row's column, as whoever holds the database file could."""
    quote = connection.ops.quote_name
    statement = f"UPDATE {quote(row._meta.db_table)} SET {quote(column)} = %s WHERE id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [raw, row._meta.pk.get_db_prep_value(row.pk, connection)])
        assert cursor.rowcount == 1


def stored(entry: Entry) -> Entry:
    """The entry as it is in the database, not opened yet."""
    return Entry.objects.get(pk=entry.pk)


class PlaceTests(TestCase):
    """Sealed bytes that are moved elsewhere in the database do not open there."""

    author: User
    entry: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.entry = make_entry(cls.author, text="We read two chapters.")

    def assert_broken(self, row: models.Model, column: str = "content") -> None:
        with pytest.raises(SealBroken) as broken:
            getattr(type(row)._default_manager.get(pk=row.pk), column)
        assert "chapters" not in str(broken.value)

    def test_opens_where_it_was_sealed(self) -> None:
        overwrite(self.entry, sealed_bytes(self.entry))

        assert stored(self.entry).content.text == "We read two chapters."

    def test_does_not_open_in_another_row(self) -> None:
        other = make_entry(self.author, kind=Entry.Kind.FREE)

        overwrite(other, sealed_bytes(self.entry))

        self.assert_broken(other)

    def test_does_not_open_in_another_column(self) -> None:
        content, summary = sealed_bytes(self.entry, "content"), sealed_bytes(self.entry, "summary")

        overwrite(self.entry, content, "summary")
        overwrite(self.entry, summary, "content")

        self.assert_broken(self.entry, "summary")
        self.assert_broken(self.entry, "content")

    def test_does_not_open_in_another_table(self) -> None:
        ids = {"pk": self.entry.pk, "entry": self.entry, "author": self.author, "page": new_id()}
        content = RevisionContent(text="Earlier.")
        revision = Revision.objects.create(**ids, version=1, seq=1, saved_at=timezone.now(), content=content)

        overwrite(revision, sealed_bytes(self.entry))

        self.assert_broken(revision)

    def test_does_not_open_as_another_persons(self) -> None:
        Entry.objects.filter(pk=self.entry.pk).update(author=make_user(email="other@example.org"))

        self.assert_broken(self.entry)

    def test_does_not_open_on_another_person(self) -> None:
        other = make_user(email="other@example.org")
        for person in (self.author, other):
            person.sealed_preferences = Preferences(themes=(person.email,))
            person.save()

        overwrite(other, sealed_bytes(self.author, "sealed_preferences"), "sealed_preferences")

        self.assert_broken(other, "sealed_preferences")

    def test_does_not_open_after_a_bit_was_flipped(self) -> None:
        whole = sealed_bytes(self.entry)
        for position in range(0, len(whole), 7):
            flipped = bytearray(whole)
            flipped[position] ^= 1

            overwrite(self.entry, bytes(flipped))

            self.assert_broken(self.entry)

    def test_does_not_open_after_it_was_cut_short_or_emptied(self) -> None:
        whole = sealed_bytes(self.entry)
        for length in (0, 1, 12, len(whole) - 1):
            overwrite(self.entry, whole[:length])

            self.assert_broken(self.entry)

    def test_does_not_open_as_a_newer_version_of_itself(self) -> None:
        older = sealed_bytes(self.entry), sealed_bytes(self.entry, "summary")
        make_entry(self.author, entry_id=self.entry.pk, page=self.entry.page, seq=2, text="We read three chapters.")

        overwrite(self.entry, older[0])
        overwrite(self.entry, older[1], "summary")

        self.assert_broken(self.entry)
        self.assert_broken(self.entry, "summary")

    def test_does_not_open_with_a_version_that_was_counted_back(self) -> None:
        make_entry(self.author, entry_id=self.entry.pk, page=self.entry.page, seq=2, text="We read three chapters.")

        Entry.objects.filter(pk=self.entry.pk).update(version=1)

        self.assert_broken(self.entry)

    def test_does_not_open_in_the_clear(self) -> None:
        overwrite(self.entry, json.dumps({"schema": 1, "text": "chapters, forged"}).encode())

        self.assert_broken(self.entry)


class OpeningTests(TestCase):
    author: User
    entry: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.entry = make_entry(cls.author)

    def test_waits_until_it_is_read(self) -> None:
        overwrite(self.entry, b"broken")

        with mock.patch.object(Key, "open") as opened:
            [entry] = list(Entry.objects.by(self.author))

        opened.assert_not_called()
        with pytest.raises(SealBroken):
            assert entry.content

    def test_of_one_column_leaves_the_others_closed(self) -> None:
        overwrite(self.entry, b"broken")

        assert stored(self.entry).summary.excerpt == "We read two chapters."

    def test_happens_once_an_instance(self) -> None:
        entry = stored(self.entry)

        with self.assertNumQueries(1):  # for the slot
            assert entry.content is entry.content
            assert entry.content.text == "We read two chapters."

    def test_of_many_fetches_the_key_once_while_it_is_held(self) -> None:
        for _ in range(5):
            make_entry(self.author, kind=Entry.Kind.FREE)

        with keyring.cached(), self.assertNumQueries(2):
            assert {entry.content.text for entry in Entry.objects.all()} == {"We read two chapters."}

    def test_works_for_a_deferred_column(self) -> None:
        entry = Entry.objects.defer("content").get()
        only = Entry.objects.only("night").get()

        assert "content" not in entry.__dict__
        assert entry.content.text == only.content.text == "We read two chapters."

    def test_works_for_deferred_columns_fetched_together(self) -> None:
        make_entry(self.author, kind=Entry.Kind.FREE, text="Another.")
        entries = list(Entry.objects.defer("content").fetch_mode(models.FETCH_PEERS).order_by("pk"))

        with keyring.cached(), self.assertNumQueries(2):
            assert [entry.content.text for entry in entries] == ["We read two chapters.", "Another."]

    def test_works_after_a_refresh(self) -> None:
        entry = stored(self.entry)
        assert entry.content.text == "We read two chapters."
        elsewhere = stored(self.entry)
        elsewhere.content = EntryContent(text="Elsewhere.")
        elsewhere.save()

        entry.refresh_from_db()

        assert entry.content.text == "Elsewhere."
        entry.save()
        assert stored(entry).content.text == "Elsewhere."

    def test_gives_none_where_nothing_was_sealed(self) -> None:
        assert User.objects.get().sealed_preferences is None

    def test_needs_the_persons_key(self) -> None:
        KeySlot.objects.filter(owner=self.author).delete()

        with pytest.raises(NoSuchKey):
            assert stored(self.entry).content


class RoundTripTests(PropertyTestCase):
    @given(text=st.text(), question=st.text(max_size=20))
    def test_a_text_comes_back_to_the_letter(self, text: str, question: str) -> None:
        entry = make_entry(make_user())
        entry.content = EntryContent(text=text, html=text[::-1], renderer=7)
        entry.summary = EntrySummary(question=question)
        entry.save()

        saved = stored(entry)

        assert saved.content == EntryContent(text=text, html=text[::-1], renderer=7)
        assert saved.summary == EntrySummary(question=question)

    @given(themes=st.lists(st.text()), ages=st.lists(st.text()))
    def test_tuples_come_back_as_tuples(self, themes: list[str], ages: list[str]) -> None:
        person = make_user()
        person.sealed_preferences = Preferences(themes=tuple(themes), ages=tuple(ages))
        person.save()

        assert User.objects.get().sealed_preferences == Preferences(themes=tuple(themes), ages=tuple(ages))


class SavingTests(TestCase):
    author: User
    entry: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.entry = make_entry(cls.author)

    def test_keeps_what_people_type(self) -> None:
        for text in ("👩‍👧 \U0001f319 žluťoučký", "مرحبا ‏ \u202e", "\x00 \ufffd \u2028", "e\u0301 ≠ é", '"}\\u0041', "long " * 200_000):
            self.entry.content = EntryContent(text=text)
            self.entry.save()

            assert stored(self.entry).content.text == text

    def test_without_opening_keeps_the_very_bytes(self) -> None:
        before = sealed_bytes(self.entry)

        stored(self.entry).save()

        assert sealed_bytes(self.entry) == before

    def test_what_was_opened_and_not_changed_keeps_the_very_bytes(self) -> None:
        before, entry = sealed_bytes(self.entry), stored(self.entry)

        assert entry.content.text
        entry.save()
        entry.save()

        assert sealed_bytes(self.entry) == before

    def test_a_new_payload_is_sealed_once_and_anew(self) -> None:
        before, entry = sealed_bytes(self.entry), stored(self.entry)

        entry.content = dataclasses.replace(entry.content)
        entry.save()
        after = sealed_bytes(self.entry)
        entry.save()

        assert before != after == sealed_bytes(self.entry)
        assert before[1:13] != after[1:13]

    def test_a_version_that_goes_on_without_its_text_is_refused(self) -> None:
        entry = stored(self.entry)
        entry.version += 1

        with pytest.raises(SealedTypeError, match="open it before"), transaction.atomic():
            entry.save()

        assert stored(self.entry).content.text == "We read two chapters."

    def test_a_version_that_goes_on_after_its_text_was_opened_seals_that_anew(self) -> None:
        entry = stored(self.entry)
        assert entry.content
        assert entry.summary
        entry.version += 1

        entry.save()

        assert stored(self.entry).content.text == "We read two chapters."

    def test_of_a_deferred_column_leaves_it_alone(self) -> None:
        before = sealed_bytes(self.entry)

        Entry.objects.defer("content").get().save()

        assert sealed_bytes(self.entry) == before

    def test_in_bulk_seals_each_for_its_own_row(self) -> None:
        blank = {"author": self.author, "night": "2026-03-02", "kind": "free", "page": new_id(), "seq": 1, "summary": EntrySummary()}
        times = dict.fromkeys(["created_at", "saved_at", "revised_at"], timezone.now())

        Entry.objects.bulk_create(Entry(**blank, **times, content=EntryContent(text=str(number))) for number in range(3))

        assert [entry.content.text for entry in Entry.objects.filter(night="2026-03-02").order_by("pk")] == ["0", "1", "2"]

    def test_as_another_row_is_refused_while_unopened(self) -> None:
        copy = stored(self.entry)
        copy.pk, copy.kind, copy._state.adding = new_id(), Entry.Kind.FREE, True

        with pytest.raises(SealedTypeError, match="open it before"):
            copy.save()

    def test_as_another_row_is_refused_while_unopened_even_as_an_update(self) -> None:
        copy = stored(self.entry)
        copy.pk, copy.kind = new_id(), Entry.Kind.FREE

        with pytest.raises(SealedTypeError, match="open it before"):
            copy.save()

    def test_as_another_row_seals_what_was_opened_for_its_new_place(self) -> None:
        copy = stored(self.entry)
        assert copy.content
        assert copy.summary
        copy.pk, copy.kind, copy._state.adding = new_id(), Entry.Kind.FREE, True

        copy.save()

        assert stored(copy).content == stored(self.entry).content
        assert sealed_bytes(copy) != sealed_bytes(self.entry)

    def test_refuses_what_is_no_payload_of_the_column(self) -> None:
        for value in ("plain words", b"bytes", EntrySummary(excerpt="plain words"), {"text": "plain words"}, 7):
            setattr(self.entry, "content", value)  # noqa: B010  not of its type

            with pytest.raises(SealedTypeError, match="takes EntryContent") as refused:
                self.entry.save()
            assert "plain words" not in str(refused.value)

    def test_needs_an_owner(self) -> None:
        with pytest.raises(SealedTypeError, match="owner"):
            Entry(content=EntryContent(text="Whose?")).save()

    def test_keeps_nothing_as_nothing(self) -> None:
        self.author.sealed_preferences = Preferences(themes=("calm",))
        self.author.save()
        self.author.sealed_preferences = None
        self.author.save()

        assert User.objects.get(sealed_preferences__isnull=True).sealed_preferences is None


class QueryTests(TestCase):
    author: User
    entry: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.entry = make_entry(cls.author)

    def test_that_updates_rows_without_opening_them_is_refused(self) -> None:
        for value in (EntryContent(text="Everyone's."), "plain words", b"bytes"):
            with pytest.raises(SealedTypeError, match="save the instance"), transaction.atomic():
                Entry.objects.update(content=value)

        assert stored(self.entry).content.text == "We read two chapters."

    def test_that_updates_in_bulk_is_refused(self) -> None:
        entry = stored(self.entry)
        entry.content = EntryContent(text="In bulk.")

        with pytest.raises(SealedTypeError, match="save the instance"):
            Entry.objects.bulk_update([entry], ["content"])

    def test_that_filters_on_what_is_sealed_is_refused(self) -> None:
        for lookup in ("content", "content__contains", "content__startswith", "summary__in", "revisions__content__gt"):
            with pytest.raises(FieldError, match="nothing sealed can be filtered on"):
                Entry.objects.filter(**{lookup: b"chapters"})

    def test_may_ask_whether_anything_is_sealed(self) -> None:
        assert User.objects.filter(sealed_preferences__isnull=True).count() == 1
        assert Entry.objects.filter(content__isnull=True).count() == 0

    def test_for_values_gives_sealed_ones(self) -> None:
        [(content,)] = Entry.objects.values_list("content")

        assert repr(content) == f"<sealed, {len(sealed_bytes(self.entry))} bytes>"


class ShowingTests(TestCase):
    author: User
    entry: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.entry = make_entry(cls.author, text="We read two chapters.", feeling="bright")

    def test_a_row_shows_no_word_in_its_repr(self) -> None:
        entry = stored(self.entry)
        closed = f"{entry!r} {entry} {entry.__dict__}"
        assert entry.content
        opened = f"{entry!r} {entry}"

        assert "chapters" not in closed + opened
        assert "bright" not in closed + opened

    def test_dumpdata_shows_no_word(self) -> None:
        dump = run("dumpdata", "accounts", "journal")

        assert str(self.entry.pk) in dump
        assert "chapters" not in dump
        assert "bright" not in dump

    def test_what_dumpdata_wrote_is_loaded_and_opens(self) -> None:
        dump, before = run("dumpdata", "accounts", "journal"), sealed_bytes(self.entry)
        self.author.sealed_preferences = Preferences(themes=("calm",))
        self.author.save()
        User.objects.all().delete()
        KeySlot.objects.all().delete()

        with mock.patch("sys.stdin", StringIO(dump)):
            run("loaddata", "-", format="json", verbosity=0)

        assert sealed_bytes(self.entry) == before
        assert stored(self.entry).content.text == "We read two chapters."
        assert User.objects.get().sealed_preferences is None


class SchemaTests(TestCase):
    author: User
    entry: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.entry = make_entry(cls.author)

    def seal_json(self, values: dict[str, object]) -> None:
        place = Binding("journal.entry.content", self.entry.pk, self.author.pk, self.entry.version)
        overwrite(self.entry, keyring.data_key(self.author.pk).seal(pad(json.dumps(values).encode()), place))

    def test_of_a_newer_nightlight_is_not_misread(self) -> None:
        self.seal_json({"schema": EntryContent.SCHEMA + 1, "text": "From later."})

        with pytest.raises(FromTheFuture) as refused:
            assert stored(self.entry).content

        assert "at least as new" in str(refused.value)
        assert "From later" not in str(refused.value)

    def test_leaves_out_fields_it_does_not_know(self) -> None:
        self.seal_json({"schema": EntryContent.SCHEMA, "text": "Known.", "weather": "rain"})

        assert stored(self.entry).content == EntryContent(text="Known.")

    def test_fills_in_fields_that_were_not_there_yet(self) -> None:
        self.seal_json({"schema": EntryContent.SCHEMA, "text": "Short."})

        assert (stored(self.entry).content.html, stored(self.entry).content.renderer) == ("", 0)


class FieldTests(SimpleTestCase):
    def test_takes_a_dataclass_with_a_schema_only(self) -> None:
        @dataclasses.dataclass(frozen=True)
        class Shapeless:
            text: str

        for payload in (str, Shapeless):
            with pytest.raises(SealedTypeError, match="SCHEMA"):
                SealedField(payload=payload, owner="author", label="tests.entry.content")  # type: ignore[type-var]

    def test_needs_a_label(self) -> None:
        with pytest.raises(SealedTypeError, match="label"):
            SealedField(payload=EntryContent, owner="author")  # type: ignore[call-overload]

    def test_is_the_same_in_a_migration_without_its_payload(self) -> None:
        _name, path, args, kwargs = Entry._meta.get_field("content").deconstruct()

        assert (path, args, kwargs) == ("accounts.keys.sealing.SealedField", [], {})


WRITTEN = {
    "text": "Quixotic walrus under the *marmalade* sky",
    "elsewhere": "Zeppelin, told on the telephone",
    "feeling": "stormy",
    "question": "Which xylophone sang?",
    "theme": "candlewick",
    "age": "school",
    "nickname": "Wombat",
}
CHILD = Child("c0ffee" * 5 + "00", WRITTEN["nickname"], 2019)
WORDS = [
    CHILD.id.encode(),
    bytes.fromhex(CHILD.id),
    b"wombat",
    b"quixotic",
    b"walrus",
    b"marmalade",
    b"zeppelin",
    b"telephone",
    b"stormy",
    b"xylophone",
    b"sang?",
    b"candlewick",
    b"school",
]


def whole_database() -> bytes:
    """Every value of every table, in lower case; on SQLite also each page of the file, with what deleted rows left behind."""
    content = everything_stored()
    if connection.vendor == "sqlite":
        content += bytes(connection.connection.serialize())
    return content.lower()


class WholeDatabaseTests(TestCase):
    author: User
    prompt: Prompt

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.author.sealed_preferences = Preferences(themes=(WRITTEN["theme"],), ages=(WRITTEN["age"],))
        cls.author.sealed_children = Children((CHILD,))
        cls.author.save()
        cls.prompt = make_prompt(question=WRITTEN["question"])

    def write(self) -> None:
        """Write, write on, make a conflict with another device and close the night, all on the pages themselves."""
        self.client.force_login(self.author)
        tonight = self.author.tonight(timezone.now())
        page = page_fields(
            self.author, night=tonight, prompt=self.prompt.slug, mode="question", feeling=WRITTEN["feeling"], children=CHILD.id
        )
        other = page_fields(self.author, night=tonight, text=WRITTEN["elsewhere"])
        for fields in (page | {"text": WRITTEN["text"]}, page | {"text": "Another.", "seq": 2, "action": "close:done"}, other):
            assert self.client.post(reverse("journal:tonight"), fields).status_code in {302, 409}

    def test_holds_no_word_that_anybody_wrote_or_chose(self) -> None:
        self.write()
        Prompt.objects.update(question="Another question, as the library words it by now")

        dump = whole_database()

        written = EntrySummary(excerpt="Another.", question=WRITTEN["question"], feeling="stormy", children=(CHILD.id,), words=1)
        assert Entry.objects.get().summary == written
        assert WRITTEN["elsewhere"] in {revision.content.text for revision in Revision.objects.all()}
        assert [word for word in WORDS if word in dump] == []

    def test_would_show_what_is_not_sealed(self) -> None:
        self.write()

        dump = whole_database()

        assert b"xylophone" in dump  # the library's own wording
        assert self.author.email.encode() in dump


class DeletedPersonTests(TestCase):
    def test_leaves_sealed_bytes_that_nobody_can_open(self) -> None:
        author = make_user()
        entry = stored(make_entry(author))
        raw, place = sealed_bytes(entry), Binding("journal.entry.content", entry.pk, author.pk, entry.version)

        leaving.delete(User.objects.get(pk=author.pk))

        assert not KeySlot.objects.exclude(owner=None).exists()
        assert place.owner
        with pytest.raises(NoSuchKey):
            assert entry.content
        with pytest.raises(NoSuchKey):
            keyring.data_key(place.owner).open(raw, place)

    def test_is_forgotten_while_a_request_still_runs(self) -> None:
        author = make_user()
        entry = stored(make_entry(author))

        with keyring.cached():
            assert stored(entry).content
            leaving.delete(author)

            with pytest.raises(NoSuchKey):
                assert entry.content

    def test_cannot_be_brought_back_by_signing_up_again(self) -> None:
        author = make_user()
        entry, raw = make_entry(author), sealed_bytes(make_entry(author))
        author_id: uuid.UUID = author.pk
        leaving.delete(author)
        make_user(id=author_id)

        place = Binding("journal.entry.content", entry.pk, author_id, entry.version)
        with pytest.raises(SealBroken):
            keyring.data_key(author_id).open(raw, place)
