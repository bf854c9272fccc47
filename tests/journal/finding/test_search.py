"""`journal.finding.search`: what was saved is found, what was deleted is not, and nothing that is typed is an error."""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.safestring import mark_safe
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from accounts.keys import keyring
from accounts.keys.crypto import KeyringError
from accounts.models import User
from journal.entries import trash
from journal.entries.saving import Saved
from journal.entries.submission import submit
from journal.finding import search
from journal.finding.filters import Filters
from journal.finding.index import building, matching, memory, queries
from journal.finding.index.matching import Wanted
from journal.finding.index.table import FORMAT, Index
from journal.finding.search import Found, Order
from journal.models import Entry, SearchIndex
from tests.factories import make_draft, make_entry, make_prompt, make_user
from tests.journal.finding import naive
from tests.journal.finding.journals import beginnings, phrases, single, texts

NIGHT = dt.date(2026, 3, 1)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    yield
    memory.clear()


@keyring.cached()
def find(author: User, words: str = "", filters: Filters | None = None, **options: Any) -> Found:
    return search.find(author, words, filters or Filters(), **options)


def texts_of(found: Found) -> list[str]:
    return [Entry.objects.get(pk=hit.pk).content.text for hit in found.hits]


def make_free(author: User, text: str, **fields: Any) -> Entry:
    return make_entry(author, text=text, kind=Entry.Kind.FREE, **fields)


@keyring.cached()
def write(entry: Entry, **fields: Any) -> None:
    """Save the entry's next version."""
    entry = Entry.objects.get(pk=entry.pk)
    draft = {
        "entry_id": entry.pk,
        "page": entry.page,
        "seq": entry.seq + 1,
        "base": entry.version,
        "kind": entry.kind,
        "night": entry.night,
    }
    assert isinstance(submit(entry.author, make_draft(**{**draft, **fields}), None, timezone.now()), Saved)


@keyring.cached()
def learn(author: User) -> None:
    while building.advance(author):
        pass


# --- Everything that may happen to a journal, in any order.

nights = st.integers(0, 500).map(lambda days: NIGHT - dt.timedelta(days))
feelings = st.sampled_from(["", "heavy", "light"])
steps = st.one_of(
    st.tuples(st.just("begin"), texts, nights, feelings),
    st.tuples(st.just("write"), texts, nights, feelings),
    st.tuples(st.sampled_from(["delete", "put back", "delete for good", "advance", "search"])),
)
filters = st.builds(
    Filters,
    feelings=st.lists(feelings.filter(bool), max_size=2, unique=True).map(tuple),
    first=st.none() | nights,
    last=st.none() | nights,
    themes=st.sampled_from([(), (), ("presence",), ("unknown",)]),
)
asked = st.builds(
    naive.Asked,
    wanted=st.lists(single, max_size=1),
    phrases=st.lists(phrases, max_size=1),
    beginnings=st.lists(beginnings, max_size=1),
    unwanted=st.lists(single, max_size=1),
    filters=filters,
)


class PropertyTests(PropertyTestCase):
    def setUp(self) -> None:
        make_prompt()
        self.author = make_user()
        self.stranger = make_user(email="other@example.org")
        make_free(self.stranger, "happy walk canciones 怒った")
        for name, value in (("TAIL", 2), ("SLICE", 3)):
            self.enterContext(mock.patch.object(building, name, value))
        self.enterContext(mock.patch.object(search, "PER_PAGE", 2))

    def tearDown(self) -> None:
        memory.clear()

    @settings(max_examples=18, phases=[Phase.explicit, Phase.generate])  # to make what fails shorter takes minutes
    @given(st.lists(steps, min_size=3, max_size=14), st.lists(asked, min_size=3, max_size=4), st.sampled_from([1000, 4]), st.data())
    def test_search_finds_what_a_naive_scan_finds(
        self, steps: list, searches: list[naive.Asked], split_at: int, data: st.DataObject
    ) -> None:
        with mock.patch.object(building, "SPLIT_AT", split_at), keyring.cached():
            for step in steps:
                self.take(step, data)
                if step[0] == "search":
                    self.compare(searches[:1])
            self.compare(searches)
            learn(self.author)
            assert not Entry.objects.by(self.author).unindexed().exists()
            self.compare(searches)

    def take(self, step: tuple, data: st.DataObject) -> None:
        what, *fields = step
        if what == "begin":
            text, night, feeling = fields
            make_free(self.author, text or "rain", night=night, feeling=feeling)
            return
        if what == "advance":
            building.advance(self.author)
            return
        entries = Entry.objects.by(self.author).order_by("pk")
        entries = entries.not_deleted() if what in {"write", "delete"} else entries.exclude(deleted_at=None)
        if what == "search" or not entries:
            return
        entry = data.draw(st.sampled_from(list(entries)))
        match what:
            case "write":
                text, night, feeling = fields
                write(entry, text=text or "rain", night=night, feeling=feeling)
            case "delete":
                trash.delete(self.author, entry, timezone.now())
            case "put back":
                trash.put_back(self.author, entry)
            case "delete for good":
                trash.delete_for_good(self.author, entry.pk)

    def compare(self, searches: list[naive.Asked]) -> None:
        while find(self.author).progress:
            pass
        for each in searches:
            expected = naive.find(self.author, each)
            for order in Order:
                found, page = list[uuid.UUID](), 1
                while True:
                    shown = find(self.author, each.typed, each.filters, order=order, page=page)
                    assert (shown.total, shown.problem) == (len(expected), "")
                    found += [hit.pk for hit in shown.hits]
                    if not shown.has_more:
                        break
                    page += 1
                if order == Order.NEWEST:
                    assert found == expected
                else:
                    assert sorted(found) == sorted(expected)


class FindTests(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()

    def tearDown(self) -> None:
        memory.clear()

    def found(self, words: str, **options: Any) -> list[str]:
        return texts_of(find(self.author, words, **options))

    def test_an_empty_journal_has_no_hits(self) -> None:
        assert find(self.author, "rain") == Found([], 0, 1, has_more=False)

    def test_what_was_saved_this_second_is_found_and_so_is_its_change(self) -> None:
        entry = make_free(self.author, "We walked in the rain.")
        assert self.found("rain") == ["We walked in the rain."]

        write(entry, text="We walked in the snow.")

        assert (self.found("rain"), self.found("snow")) == ([], ["We walked in the snow."])

    def test_what_the_index_knew_is_forgotten_with_the_entry(self) -> None:
        kept, changed, trashed, gone = (make_free(self.author, f"Rain, number {number}.") for number in range(4))
        learn(self.author)
        write(changed, text="Snow.")
        trash.delete(self.author, trashed, timezone.now())
        trash.delete(self.author, gone, timezone.now())
        trash.delete_for_good(self.author, gone.pk)
        assert [hit.pk for hit in find(self.author, "rain").hits] == [kept.pk]
        assert find(self.author, "rain").total == 1

        learn(self.author)
        assert find(self.author, "rain").total == 1
        trash.put_back(self.author, trashed)
        assert find(self.author, "rain").total == 2

    def test_nobody_else_is_found(self) -> None:
        stranger = make_user(email="other@example.org")
        make_free(stranger, "Rain.")
        make_free(self.author, "Snow.")
        for person in (self.author, stranger):
            learn(person)

        assert (self.found("rain"), self.found("snow")) == ([], ["Snow."])

    def test_words_of_every_script_are_found(self) -> None:
        for text in ("父が怒った夜。", "أمي كانت هنا", "Ein Straßenfest ❤️", "Сегодня мама читала", "오늘 학교에서", "Él comió canción"):
            make_free(self.author, text)

        for words, expected in {
            "怒": "父が怒った夜。",
            "怒った": "父が怒った夜。",
            "كانت": "أمي كانت هنا",
            "strassenfest": "Ein Straßenfest ❤️",
            "❤": "Ein Straßenfest ❤️",
            "МАМА": "Сегодня мама читала",
            "학교": "오늘 학교에서",
            "cancion": "Él comió canción",
            "el": "Él comió canción",
        }.items():
            assert self.found(words) == [expected], words

    def test_inflections_fit_the_language_of_the_text(self) -> None:
        make_free(self.author, "She cried, and the night was long.")
        make_free(self.author, "Los niños comían y la noche fue larga.")
        make_free(self.author, "The oven was hot, and it was late.")

        assert self.found("crying") == ["She cried, and the night was long."]
        assert self.found("comer") == ["Los niños comían y la noche fue larga."]
        assert self.found("over") == []  # which only in Spanish has the stem of "oven"

    def test_a_phrase_is_found_as_it_was_written(self) -> None:
        make_free(self.author, "We walked home slowly.")

        assert self.found('"walked home"') == self.found("“Walked  HOME”") == ["We walked home slowly."]
        assert self.found('"walk home"') == self.found('"home walked"') == []
        assert self.found("walk home") != []

    def test_what_is_not_wanted_is_left_out(self) -> None:
        make_free(self.author, "Rain and snow.")
        make_free(self.author, "Rain and sun.")

        assert self.found("rain -snow") == ["Rain and sun."]
        assert self.found('-"rain and snow"') == ["Rain and sun."]

    def test_the_last_word_may_go_on_while_it_is_typed(self) -> None:
        make_free(self.author, "A lantern in the hall.")

        assert self.found("hall lant", is_typing=True) == self.found("lant*") == ["A lantern in the hall."]
        assert self.found("hall lant") == self.found("lant hall", is_typing=True) == self.found("l", is_typing=True) == []

    def test_a_question_is_found_by_its_words(self) -> None:
        prompt = make_prompt(question="What happened at the door tonight?")
        entry = make_free(self.author, "Nothing much.")
        Entry.objects.filter(pk=entry.pk).update(prompt=prompt)
        with keyring.cached():
            row = Entry.objects.get(pk=entry.pk)
            row.summary = replace(row.summary, question=prompt.question)
            row.save(update_fields=["summary"])

        [hit] = find(self.author, '"the door"').hits
        assert (hit.pk, hit.excerpt) == (entry.pk, "Nothing much.")

    def test_no_words_and_filters_show_the_beginnings_newest_first(self) -> None:
        for days in (2, 1, 3):
            make_free(self.author, f"Evening {days}.", night=NIGHT - dt.timedelta(days), feeling="heavy" if days > 1 else "light")

        assert self.found("", filters=Filters(feelings=("heavy",))) == ["Evening 2.", "Evening 3."]
        assert [hit.excerpt for hit in find(self.author, "").hits] == ["Evening 1.", "Evening 2.", "Evening 3."]
        assert self.found("evening", filters=Filters(first=NIGHT - dt.timedelta(1))) == ["Evening 1."]

    def test_best_first_is_where_the_words_weigh_most(self) -> None:
        make_free(self.author, "Rain. " + "Something else happened then. " * 9, night=NIGHT)
        make_free(self.author, "Rain, rain.", night=NIGHT - dt.timedelta(9))
        learn(self.author)
        make_free(self.author, "Rain, rain, rain, and rain.", night=NIGHT - dt.timedelta(10))

        assert [text[:11] for text in self.found("rain", order=Order.BEST)] == ["Rain, rain,", "Rain, rain.", "Rain. Somet"]

    def test_an_index_that_does_not_open_is_made_anew(self) -> None:
        make_free(self.author, "Rain.")
        other = make_user(email="other@example.org")
        stored = SearchIndex.objects.by(self.author)
        for damage in (
            lambda: stored.update(revision=7),  # it is bound to another
            lambda: stored.update(format=99),
            lambda: stored.delete(),
        ):
            learn(self.author)
            learn(other)
            memory.clear()
            damage()

            assert self.found("rain") == ["Rain."]
            assert stored.get().format == FORMAT

    def test_where_the_key_is_gone_the_middleware_says_so(self) -> None:
        make_free(self.author, "Rain.")
        learn(self.author)
        memory.clear()
        self.author.key_slots.all().delete()

        with pytest.raises(KeyringError):
            find(self.author, "rain")

    def test_a_search_takes_as_many_queries_at_any_size(self) -> None:
        counts = []
        for rounds in range(2):
            for number in range(3 + 30 * rounds):
                make_free(self.author, f"Rain {number}.")
            learn(self.author)
            for kept in (False, True):
                if not kept:
                    memory.clear()
                with (
                    keyring.cached(),
                    CaptureQueriesContext(connection) as made,
                ):
                    keyring.data_key(self.author.pk)
                    search.find(self.author, "rain", Filters())
                counts.append(len(made))

        assert counts == [4, 4, 4, 4]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        '"',
        '"unbalanced',
        'un"bal"anced"',
        "AND",
        "rain AND NOT",
        "NEAR(rain snow, 2)",
        "words:rain",
        "{words facets}: rain",
        "^rain",
        "rain + snow",
        "-rain",
        "rain*snow",
        "(rain",
        "a\0b",
        "\0",
        "\ud800",
        "rain\ud800",
        "'; DROP TABLE pages; --",
        "\\",
        "%_",
        "x" * 500,
        "١٢٣",
        "\u200d\u200d",
    ],
)
@pytest.mark.parametrize("is_learnt", [True, False])
def test_no_words_are_an_error(typed: str, is_learnt: bool) -> None:
    author = make_user()
    make_free(author, "Rain AND snow, near the door, not far.")
    if is_learnt:
        learn(author)

    for is_typing in (True, False):
        for order in Order:
            found = find(author, typed, is_typing=is_typing, order=order)
            assert found.total in {0, 1}
            assert bool(found.problem) is (not any(letter.isalnum() for letter in typed))
        search.marked(mark_safe("<p>Rain &amp; snow</p>"), typed)


@pytest.mark.parametrize("typed", ["x" * 10_000, "rain " * 99, '- * " (', "\0", "❤ " * 30])
def test_what_cannot_be_searched_for_gets_a_sentence(typed: str) -> None:
    found = search.find(User(), typed, Filters())

    assert found.problem.endswith(".")
    assert found.hits == []


@given(st.text(max_size=60))
def test_anything_can_be_typed(typed: str) -> None:
    query = queries.read(typed)

    assert query.problem or not typed.strip() or query.wanted or query.unwanted
    with closing(Index()) as index:
        index.learn([])
        if not query.problem:
            assert index.find(matching.expression(Wanted(query), index.begun_with)) == []


@pytest.mark.django_db
def test_filters_that_nothing_has_find_nothing() -> None:
    author = make_user()
    make_free(author, "Rain.", feeling="heavy")
    learn(author)

    for nothing in (
        Filters(themes=("unknown",)),
        Filters(children=('x" OR "heavy', "\0")),
        Filters(feelings=("heavy OR light",)),
        Filters(path="unknown"),
        Filters(assignment=uuid.uuid4()),
        Filters(first=NIGHT, last=NIGHT - dt.timedelta(1)),
        Filters(repairs=("open",)),
    ):
        assert find(author, "", nothing).total == find(author, "rain", nothing).total == 0
