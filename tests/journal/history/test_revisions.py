"""`journal.history.revisions`: what a large cut takes out of a text can be had again, however soon it came and however old it is."""

import datetime as dt

import pytest
import time_machine
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyCase

from accounts.keys import keyring
from accounts.models import User
from common.ids import new_id
from common.text import common_length
from journal.entries import saving
from journal.entries.submission import submit
from journal.history import retention, revisions
from journal.models import Entry, Revision
from tests.factories import make_draft, make_entry, make_user
from tests.helpers import DAY, EVENING

SECOND = dt.timedelta(seconds=1)
LONG = "We read two chapters. " * 140
# Texts as a person makes them: words typed, a part taken out or replaced, all of it replaced.
steps = st.one_of(
    st.tuples(st.just("type"), st.text("abc \n", min_size=1, max_size=60)),
    st.tuples(st.just("paste"), st.text("defg \n", min_size=150, max_size=1500)),
    st.tuples(st.just("replace"), st.text("xyz", max_size=400)),
    st.tuples(st.just("cut"), st.floats(0, 1)),
)


def after_step(text: str, step: tuple[str, str | float]) -> str:
    match step:
        case "cut", float(share):
            return text[: int(len(text) * share)]
        case "replace", str(new):
            return new
        case "paste", str(new):
            return text[: len(text) // 2] + new + text[len(text) // 2 :]
        case _, new:
            return f"{text}{new}"


def kept_texts(entry: Entry) -> set[str]:
    return {Entry.objects.get(pk=entry.pk).content.text, *(row.content.text for row in Revision.objects.filter(entry=entry))}


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_what_two_texts_begin_with(start: str, one: str, other: str) -> None:
    length = common_length(start + one, start + other)

    assert (start + one)[:length] == (start + other)[:length]
    assert length >= len(start)
    assert (start + one)[length : length + 1] != (start + other)[length : length + 1] or length == min(len(start + one), len(start + other))


@pytest.mark.parametrize(
    ("old", "new", "is_large"),
    [
        (LONG, "x", True),
        (LONG, "", True),
        (LONG, "y" * len(LONG), True),  # as long as before, and another text
        (LONG, f"{LONG}More.", False),
        (LONG, f"Before. {LONG}", False),
        (LONG, LONG[:100] + LONG[1200:], True),
        (LONG, LONG[:100] + LONG[400:], False),
        ("a" * 150, "", False),
        ("a" * 250, "", True),
        ("a" * 250 + "b" * 300, "b" * 300, False),
        ("", LONG, False),
    ],
)
def test_what_counts_as_a_large_cut(old: str, new: str, is_large: bool) -> None:
    assert revisions.is_large_cut(old, new) == is_large


class CutTests(PropertyCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.author = make_user()

    @settings(max_examples=20)
    @given(st.lists(st.tuples(steps, st.integers(0, 400)), min_size=2, max_size=8), st.integers(0, 40))
    @example([(("paste", LONG), 3), (("replace", "x"), 3)], 40)
    @example([(("paste", LONG), 3), (("replace", "x"), 3), (("paste", LONG), 1), (("cut", 0.0), 1), (("type", "More."), 400)], 9)
    @keyring.cached()
    def test_the_text_before_a_large_cut_is_in_the_history_through_thinning(
        self, written: list[tuple[tuple[str, str | float], int]], days: int
    ) -> None:
        entry, text, now = make_entry(self.author, now=EVENING, text="Begun."), "Begun.", EVENING
        page, must_stay = entry.page, set()
        for seq, (step, seconds) in enumerate(written, start=2):
            new, now = after_step(text, step), now + seconds * SECOND
            if revisions.is_large_cut(text, new):
                must_stay.add(text)
            submit(self.author, make_draft(entry_id=entry.pk, page=page, seq=seq, base=1, text=new), None, now)
            text = new

        retention.prune(now + days * DAY)

        assert must_stay <= kept_texts(entry)

    @keyring.cached()
    def test_what_many_small_deletions_take_out_stays(self) -> None:
        entry = make_entry(self.author, now=EVENING, text="B")
        now = EVENING
        for seq, length in enumerate((3_000, *range(2_850, -1, -150)), start=2):
            now += 5 * SECOND
            submit(self.author, make_draft(entry_id=entry.pk, page=entry.page, seq=seq, base=1, text=LONG[:length]), None, now)

        retention.prune(now + 9 * DAY)

        assert LONG[:3_000] in kept_texts(entry)
        assert Revision.objects.filter(entry=entry, kind=Revision.Kind.CUT).count() == 1

    @keyring.cached()
    def test_the_long_text_that_a_short_one_replaces_by_being_restored_stays(self) -> None:
        entry = make_entry(self.author, now=EVENING, text="Short.")
        submit(self.author, make_draft(entry_id=entry.pk, page=new_id(), seq=1, base=1, text=LONG), None, EVENING + SECOND)
        revisions.restore(self.author, Revision.objects.get(), EVENING + 9 * SECOND)
        submit(self.author, make_draft(entry_id=entry.pk, page=new_id(), seq=1, base=3, text="Short. More."), None, EVENING + DAY)

        retention.prune(EVENING + 9 * DAY)

        assert LONG in kept_texts(entry)

    @keyring.cached()
    def test_a_slip_in_the_first_seconds_takes_nothing(self) -> None:
        entry = make_entry(self.author, now=EVENING, text="B")
        for seq, text in enumerate((LONG, "x"), start=2):
            submit(self.author, make_draft(entry_id=entry.pk, page=entry.page, seq=seq, base=1, text=text), None, EVENING + seq * SECOND)

        assert LONG in kept_texts(entry)
        assert [str(Revision.Kind(row.kind).label) for row in Revision.objects.filter(entry=entry)] == ["Before a big cut"]

    @keyring.cached()
    def test_a_slip_on_a_page_in_conflict_takes_nothing(self) -> None:
        entry = make_entry(self.author, now=EVENING, text="From one tab.")
        page = new_id()
        for seq, text in enumerate(("From the other.", LONG, "x"), start=1):
            outcome = submit(self.author, make_draft(entry_id=entry.pk, page=page, seq=seq, text=text), None, EVENING + seq * SECOND)
            assert isinstance(outcome, saving.Conflict)

        assert {LONG, "x"} <= kept_texts(entry)
        with time_machine.travel(EVENING, tick=False):
            pending = revisions.pending_conflict_copy(Entry.objects.get(pk=entry.pk))
        assert pending is not None
        assert pending.content.text == "x"

    @keyring.cached()
    def test_done_stays_done(self) -> None:
        entry = make_entry(self.author, now=EVENING, text=LONG)
        revisions.keep_done(self.author, entry, EVENING)

        submit(self.author, make_draft(entry_id=entry.pk, page=entry.page, seq=2, base=1, text="x"), None, EVENING + SECOND)

        assert Revision.objects.get(entry=entry).kind == Revision.Kind.DONE
