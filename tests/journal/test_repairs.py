"""journal.repairs: what becomes of a repair, and what Tonight says of those that are open."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.keys import keyring
from accounts.models import Child, Children, User
from common.ids import new_id
from journal import repairs
from journal.entries import trash
from journal.models import Entry, EntrySummary, Repair, RepairState
from journal.repairs import Reminder
from tests.factories import make_entry, make_user
from tests.helpers import DAY, EVENING, HOUR, TONIGHT, everything_stored
from tests.journal.cases import JournalCase

OPEN, MENDED, PARTLY, RESTING = RepairState
MIKA = Child("0" * 32, "Mika")


def make_repair(author: User, *, now: dt.datetime = EVENING, **fields: Any) -> Entry:
    """An entry that was written on the guide of repairs, on this evening."""
    defaults = {"entry_id": new_id(), "kind": Entry.Kind.FREE, "guide": repairs.GUIDE, "night": author.tonight(now), "text": "I shouted."}
    return make_entry(author, now=now, **{**defaults, **fields})


def state_of(entry: Entry) -> tuple[str, str, str]:
    summary = Entry.objects.get(pk=entry.pk).summary
    return summary.repair, summary.mended, summary.mended_words


class WritingTests(JournalCase):
    def test_a_page_of_the_guide_is_an_open_repair_from_its_first_save_on(self) -> None:
        entry = make_repair(self.author)

        assert state_of(entry) == ("open", "", "")
        assert [row.pk for row in repairs.listed(self.author)] == [entry.pk]
        assert User.objects.get().has_repairs

    def test_a_page_of_another_guide_is_none(self) -> None:
        entry = make_repair(self.author, guide="i-lost-my-temper")

        assert state_of(entry) == ("", "", "")
        assert not Repair.objects.exists()
        assert not User.objects.get().has_repairs

    def test_saving_it_again_changes_nothing_of_it(self) -> None:
        entry = make_repair(self.author)
        repairs.settle(self.author, entry.pk, MENDED, night=TONIGHT, words="Pancakes.")

        make_repair(self.author, entry_id=entry.pk, page=entry.page, seq=2, text="I shouted, and left.")

        assert state_of(entry) == ("mended", "2026-03-01", "Pancakes.")
        assert Entry.objects.get().content.text == "I shouted, and left."

    def test_any_page_can_be_kept_open_and_be_a_page_like_any_other_again(self) -> None:
        entry = self.entry()

        repairs.keep_open(self.author, entry.pk, EVENING)
        assert state_of(entry) == ("open", "", "")
        repairs.remove(self.author, entry.pk)

        assert state_of(entry) == ("", "", "")
        assert not Repair.objects.exists()

    def test_what_was_said_of_mending_is_there_when_it_is_mended_again(self) -> None:
        entry = make_repair(self.author)
        repairs.settle(self.author, entry.pk, MENDED, night=TONIGHT, words="Pancakes.")

        repairs.keep_open(self.author, entry.pk, EVENING)

        assert state_of(entry) == ("open", "", "Pancakes.")

    def test_what_rests_was_mended_on_no_night(self) -> None:
        entry = make_repair(self.author)

        repairs.settle(self.author, entry.pk, RESTING, night=TONIGHT, words="It is all right.")

        assert state_of(entry) == ("resting", "", "It is all right.")

    def test_the_search_index_learns_of_each_change_and_of_no_other(self) -> None:
        entry = make_repair(self.author)
        for is_change in (True, False):
            Entry.objects.update(is_unindexed=False)
            repairs.settle(self.author, entry.pk, MENDED, night=TONIGHT, words="Pancakes.")
            assert Entry.objects.get().is_unindexed is is_change

    def assert_untouchable(self, author: User, entry: Entry) -> None:
        with pytest.raises(Entry.DoesNotExist):
            repairs.keep_open(author, entry.pk, EVENING)
        with pytest.raises(Entry.DoesNotExist):
            repairs.settle(author, entry.pk, MENDED, night=TONIGHT)
        with pytest.raises(Entry.DoesNotExist):
            repairs.remove(author, entry.pk)
        assert state_of(entry) == ("open", "", "")

    def test_nobody_else_can_change_it_and_no_page_in_the_trash_is_changed(self) -> None:
        entry = make_repair(self.author)
        self.assert_untouchable(make_user(email="other@example.org"), entry)

        trash.delete(self.author, entry, EVENING)

        self.assert_untouchable(self.author, entry)

    def test_a_page_that_is_no_repair_cannot_be_settled(self) -> None:
        with pytest.raises(Entry.DoesNotExist):
            repairs.settle(self.author, self.entry().pk, MENDED, night=TONIGHT)

    def test_what_became_of_it_lies_nowhere_in_the_clear(self) -> None:
        entry = make_repair(self.author)

        repairs.settle(self.author, entry.pk, PARTLY, night=TONIGHT - 3 * DAY, words="Pancakes.")

        stored = everything_stored()
        assert not [words for words in (b"Pancakes", b"partly", b"2026-02-26") if words in stored]


class ReminderTests(JournalCase):
    def reminder(self, nights_later: int) -> Reminder | None:
        return repairs.reminder(self.author, TONIGHT + nights_later * DAY)

    def line(self, nights_later: int) -> Reminder:
        line = self.reminder(nights_later)
        assert line is not None
        return line

    def test_costs_no_query_for_those_who_never_wrote_of_one_and_one_query_for_others(self) -> None:
        for count in (0, 1):
            with keyring.cached(), self.assertNumQueries(2 * count):  # with that for the key, which a page has already
                assert (self.reminder(0) is None) is (count == 0)
            for _ in range(12):
                make_repair(self.author)

    def test_comes_back_after_a_day_and_after_a_week_and_then_waits_in_silence(self) -> None:
        entry = make_repair(self.author)

        asks = {night: line.asks for night in (*range(60), 400) if (line := self.reminder(night))}

        assert [night for night in asks if asks[night]] == [1, 7]
        assert list(asks) == [*range(60), 400]
        assert self.reminder(0) == Reminder(asks=False, pk=entry.pk, is_new=True)
        assert self.reminder(1) == Reminder(asks=True, pk=entry.pk, is_of_last_night=True)

    def test_the_days_begin_when_it_is_written_down_however_long_ago_it_was(self) -> None:
        make_repair(self.author, night=TONIGHT - 40 * DAY)

        assert (self.line(1).asks, self.line(1).is_of_last_night, self.line(2).asks) == (True, False, False)

    def test_opened_again_it_comes_back_as_at_first(self) -> None:
        entry = make_repair(self.author)
        repairs.settle(self.author, entry.pk, MENDED, night=TONIGHT)
        assert self.reminder(3) is None

        repairs.keep_open(self.author, entry.pk, EVENING + 3 * DAY)

        assert [night for night in range(3, 13) if self.line(night).asks] == [4, 10]

    def test_not_now_is_for_tonight_alone_and_can_be_said_twice(self) -> None:
        make_repair(self.author)
        for _ in range(2):
            repairs.put_off(self.author, TONIGHT + DAY)

        assert [self.line(night).asks for night in (1, 7)] == [False, True]

    def test_several_are_one_line_unless_it_asks_for_one_of_them(self) -> None:
        make_repair(self.author, now=EVENING - 3 * DAY)
        newer = make_repair(self.author)

        assert self.reminder(1) == Reminder(asks=True, pk=newer.pk, is_of_last_night=True)
        assert self.reminder(2) == Reminder(asks=False, pk=None)

    def test_names_the_children_that_it_is_about(self) -> None:
        self.author.sealed_children = Children((MIKA,))
        make_repair(self.author, children=(MIKA.id, "f" * 32))

        assert self.line(1).children == ("Mika",)

    def test_says_nothing_of_what_is_in_the_trash_or_is_another_persons(self) -> None:
        entry, other = make_repair(self.author), make_user(email="other@example.org")
        make_repair(other)
        trash.delete(self.author, entry, EVENING)
        assert self.reminder(1) is None

        trash.put_back(self.author, entry)

        assert self.line(1).pk == entry.pk


# --- Any order of acts: row, summary and list agree, and each says what was done last.


@dataclass(frozen=True)
class Model:
    """What is to be stored of one entry."""

    state: str = ""
    mended: str = ""
    words: str = ""
    is_deleted: bool = False
    is_gone: bool = False


ACTS = ("edit", "keep open", "mended", "partly", "resting", "remove", "delete", "put back", "delete for good", "put off")
acts = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2)), max_size=14)


class AnyOrderTests(TestCase):
    @settings(max_examples=40)
    @given(acts)
    def test_row_summary_and_lists_agree(self, steps: list[tuple[str, int]]) -> None:
        self.author, now = make_user(), EVENING
        self.entries = [make_entry(self.author, now=now), make_repair(self.author), make_repair(self.author)]
        self.models = [Model(), Model("open"), Model("open")]
        with keyring.cached():
            for number, (act, index) in enumerate(steps):
                now += HOUR
                self.do(act, index, f"Words {number}.", now)
                self.check()

    def do(self, act: str, index: int, words: str, now: dt.datetime) -> None:
        pk, model = self.entries[index].pk, self.models[index]
        match act:
            case "edit" if not model.is_gone:
                make_entry(
                    self.author, entry_id=pk, page=self.entries[index].page, seq=now.toordinal() * 24 + now.hour, text=words, now=now
                )
                model = replace(model, is_deleted=False)  # who goes on writing has it back
            case "keep open" if self.is_allowed(model, lambda: repairs.keep_open(self.author, pk, now)):
                model = replace(model, state="open", mended="")
            case "mended" | "partly" | "resting" if self.is_allowed(
                model, lambda: repairs.settle(self.author, pk, RepairState(act), night=TONIGHT, words=words), needs_state=True
            ):
                model = replace(model, state=act, mended="" if act == "resting" else TONIGHT.isoformat(), words=words)
            case "remove" if self.is_allowed(model, lambda: repairs.remove(self.author, pk)):
                model = Model()
            case "delete" if not model.is_gone:
                trash.delete(self.author, Entry(pk=pk), now)
                model = replace(model, is_deleted=True)
            case "put back" if not model.is_gone:
                trash.put_back(self.author, Entry(pk=pk))
                model = replace(model, is_deleted=False)
            case "delete for good":
                trash.delete_for_good(self.author, pk)
                model = replace(model, is_gone=model.is_gone or model.is_deleted)
            case "put off":
                repairs.put_off(self.author, TONIGHT)
        self.models[index] = model

    def is_allowed(self, model: Model, act: Callable[[], object], *, needs_state: bool = False) -> bool:
        """Do it; whether it was to be done."""
        if model.is_gone or model.is_deleted or (needs_state and not model.state):
            with pytest.raises(Entry.DoesNotExist):
                act()
            return False
        act()
        return True

    def check(self) -> None:
        there = {entry.pk: model for entry, model in zip(self.entries, self.models, strict=True) if not model.is_gone}
        summaries = {entry.pk: entry.summary for entry in Entry.objects.all()}
        assert {pk: (said.repair, said.mended, said.mended_words) for pk, said in summaries.items()} == {
            pk: (model.state, model.mended, model.words) for pk, model in there.items()
        }
        assert dict(Repair.objects.values_list("pk", "is_open")) == {
            pk: model.state == "open" for pk, model in there.items() if model.state
        }
        shown = {pk: model for pk, model in there.items() if not model.is_deleted and model.state}
        listed = list(repairs.listed(self.author))
        assert {entry.pk for entry in listed} == set(shown)
        assert [entry.summary.repair == "open" for entry in listed] == sorted((m.state == "open" for m in shown.values()), reverse=True)
        is_open: list[uuid.UUID] = [pk for pk, model in shown.items() if model.state == "open"]
        line = repairs.reminder(self.author, TONIGHT + 30 * DAY)
        assert (line is not None) is bool(is_open)
        assert line is None or line.pk == (is_open[0] if len(is_open) == 1 else None)


class Row(NamedTuple):
    pk: uuid.UUID
    summary: EntrySummary


def test_a_page_of_the_list_is_read_with_one_query(db: None) -> None:
    author = make_user()
    queries = []
    for count in (1, 12):
        for _ in range(count):
            make_repair(author)
        with CaptureQueriesContext(connection) as captured, keyring.cached():
            list(repairs.listed(author)[:5].opened(Row, "id", "summary", owner=author.pk))
        queries.append(len(captured))
    assert queries[0] == queries[1]
