"""`journal.entries.saving` on a database that really crashes, against a model of what must be readable.

Pages open, type, send, repeat themselves, come late and disagree, in any order; the server dies before a commit and
after one, and starts again. An answer of `Saved` or of `Conflict` acknowledges a text. After every step, and once more
after a last restart, all of this holds:

- *Per page, the last acknowledged text can be read*, with its feeling: it is an entry's present text or a revision's.
  An earlier one may have been replaced by a later one of the same page, which is what saving in place means; later is
  a higher number or, under the same number, what arrived later. A text whose save was committed and whose answer was
  lost counts as acknowledged here: it may have replaced one that was.
- *Nothing of another page was overwritten without being kept*: where the present text is another page's than before
  the step, the one before is a revision, and the other page knew the version that it replaced.
- History only grows. A conflict copy changes into a later text of its own page, and each page has one at most.
- A version never goes backwards; one version is one text. A save that became a version is never taken for a new one.
- A night has one page, no blank entry is made, and no text is on another night's page than it was typed on.
- A crash before the commit leaves everything as it was, to the letter; and everything stored opens with its author's key.
- The clock makes the HTML of what was typed, between any two steps, and of what it read some steps before: it changes
  nothing else. HTML that is stored is that of the text beside it.

INTERLEAVINGS says how many are run, and `-s` shows what happened in them.
"""

import contextlib
import datetime as dt
import itertools
import os
import sqlite3
import tempfile
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import Error, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from accounts.keys import key_file, keyring
from accounts.models import User
from common.ids import new_id
from journal import markup
from journal.entries import rendering, saving, trash
from journal.entries.submission import submit
from journal.history import revisions
from journal.models import Entry, Revision
from prompts import questions
from tests.factories import make_draft, make_user

INTERLEAVINGS = int(os.environ.get("INTERLEAVINGS", "30"))
STEPS = 25
NIGHTS = (dt.date(2026, 3, 1), dt.date(2026, 3, 2))

_numbers = itertools.count()
happened: Counter[str] = Counter()


# --- A server that dies.


class Fate(Enum):
    ANSWERED = auto()
    DIES_BEFORE_COMMIT = auto()
    DIES_AFTER_COMMIT = auto()


@cache
def killer() -> BaseDatabaseWrapper:
    """A second connection to PostgreSQL, from which the first is ended."""
    return connections["default"].copy()


def cut() -> None:
    """End the connection as the death of its process does: what it has not committed is gone."""
    if connection.vendor == "sqlite":
        connection.connection.close()
        return
    with killer().cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])


@contextlib.contextmanager
def dying(at: int) -> Iterator[None]:
    """Cut the connection before statement number `at`, or before the commit where there are fewer statements."""
    left = itertools.count(at, -1)

    def execute_or_cut(execute: Callable[..., Any], *statement: Any) -> Any:
        if next(left) == 0:
            cut()
        return execute(*statement)

    wrapper = connections["default"]
    commit = wrapper.commit

    def commit_or_cut() -> None:
        if next(left) >= 0:
            cut()
        commit()

    with wrapper.execute_wrapper(execute_or_cut), mock.patch.object(wrapper, "commit", commit_or_cut):
        yield


def start_anew() -> None:
    """What a new process begins with: no connection, and nothing remembered."""
    connections.close_all()
    key_file.clear_cache()
    questions.forget_library()
    happened["restarts"] += 1


# --- What the database holds.


@cache
def rendered(text: str) -> str:
    return markup.render(text)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    text: str
    feeling: str
    version: int
    page: uuid.UUID
    seq: int
    night: dt.date
    kind: str
    is_deleted: bool
    html: str | None = field(compare=False)  # None where it was left out


@dataclass(frozen=True, slots=True)
class StoredRevision:
    entry: uuid.UUID
    text: str
    feeling: str
    version: int
    page: uuid.UUID
    seq: int
    is_conflict_copy: bool


@dataclass(frozen=True, slots=True)
class Journal:
    """Everything of an author that the database holds, opened."""

    entries: dict[uuid.UUID, StoredEntry] = field(default_factory=dict)
    revisions: dict[uuid.UUID, StoredRevision] = field(default_factory=dict)

    @classmethod
    def read(cls, author: User) -> "Journal":
        with keyring.cached():
            return cls(
                {
                    each.pk: StoredEntry(
                        each.content.text,
                        each.summary.feeling,
                        each.version,
                        each.page,
                        each.seq,
                        each.night,
                        each.kind,
                        each.deleted_at is not None,
                        None if each.unrendered_at else each.content.html,
                    )
                    for each in Entry.objects.by(author)
                },
                {
                    each.pk: StoredRevision(
                        each.entry_id,
                        each.content.text,
                        each.content.feeling,
                        each.version,
                        each.page,
                        each.seq,
                        each.kind == Revision.Kind.CONFLICT,
                    )
                    for each in Revision.objects.filter(author=author)
                },
            )

    def texts(self) -> Iterator[tuple[uuid.UUID, str, str]]:
        for pk, entry in self.entries.items():
            yield pk, entry.text, entry.feeling
        for revision in self.revisions.values():
            yield revision.entry, revision.text, revision.feeling

    def of_night(self, night: dt.date) -> list[uuid.UUID]:
        return [pk for pk, each in self.entries.items() if (each.kind, each.night, each.is_deleted) == (Entry.Kind.NIGHT, night, False)]

    def keeps(self, pk: uuid.UUID, was: StoredEntry) -> bool:
        """Whether this text, which an entry once had, is in that entry's history under its version."""
        return any(
            (kept.entry, kept.version, kept.text, kept.feeling, kept.is_conflict_copy) == (pk, was.version, was.text, was.feeling, False)
            for kept in self.revisions.values()
        )


# --- The pages that are written on.


type Spot = dt.date | uuid.UUID  # a night's page, by its night; any other, by its id


@dataclass
class OpenPage:
    """A tab or a device with a page open. Without scripts it sends its form as it was opened, again and again."""

    entry_id: uuid.UUID
    base: int
    kind: Entry.Kind
    night: dt.date
    spot: Spot
    scripts: bool
    id: uuid.UUID = field(default_factory=new_id)
    seq: int = 1
    sent: list[saving.Draft] = field(default_factory=list)
    arrived: list[saving.Draft] = field(default_factory=list)
    became: list[saving.Draft] = field(default_factory=list)  # those that the entry was made of, for a while
    taken: saving.Draft | None = None  # the last that was acknowledged, or whose acknowledgement was lost

    def draft(self, text: str, feeling: str) -> saving.Draft:
        draft = make_draft(
            entry_id=self.entry_id,
            page=self.id,
            seq=self.seq,
            base=self.base,
            kind=self.kind,
            night=self.night,
            text=text,
            feeling=feeling,
        )
        self.sent.append(draft)
        if self.scripts:
            self.seq += 1
        return draft

    def on_taken(self, draft: saving.Draft) -> None:
        self.arrived.append(draft)
        if self.taken is None or draft.seq >= self.taken.seq:
            self.taken = draft

    def on_answer(self, outcome: saving.Saved | saving.Conflict) -> None:
        if self.scripts and isinstance(outcome, saving.Saved):
            self.base, self.entry_id = outcome.version, outcome.entry.pk


pages = st.integers(0, 5)
writing = st.fixed_dictionaries(
    {
        "what": st.sampled_from(["new", "new", "new", "new", "long", "the same", "nothing"]),
        "feeling": st.sampled_from(["", "", "", "heavy"]),
        "seconds": st.sampled_from([1, 20, 400]),
    }
)
fates = st.tuples(st.sampled_from([*[Fate.ANSWERED] * 5, Fate.DIES_BEFORE_COMMIT, Fate.DIES_AFTER_COMMIT]), st.integers(0, 14))


class OpenPages(RuleBasedStateMachine):
    """A parent who writes on several pages at a time, and a server that may die while it saves."""

    @initialize(scripts=st.booleans())
    def begin(self, scripts: bool) -> None:
        self.author = make_user(email=f"parent-{next(_numbers)}@example.org")
        self.now = dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC)
        self.journal = Journal()
        self.open: list[OpenPage] = []
        self.spots: dict[uuid.UUID, Spot] = {}
        self.typed: defaultdict[str, set[Spot]] = defaultdict(set)
        self.since_restart = 0
        self.clock_has: list[Entry] = []  # as it read them
        for kind in ("tonight", "last night", "tonight"):
            self.open_page(kind=kind, which=0, scripts=scripts)

    # --- The steps.

    @precondition(lambda self: len(self.open) < 6)
    @rule(
        kind=st.sampled_from(["tonight", "tonight", "last night", "free", "edit"]),
        which=pages,
        scripts=st.sampled_from([True, True, False]),
    )
    def open_page(self, kind: str, which: int, scripts: bool) -> None:
        editable = [pk for pk, entry in self.journal.entries.items() if not entry.is_deleted]
        if kind == "free" or (kind == "edit" and not editable):
            new = new_id()
            page = OpenPage(new, 0, Entry.Kind.FREE, NIGHTS[0], new, scripts)
        elif kind == "edit":
            pk = editable[which % len(editable)]
            entry = self.journal.entries[pk]
            page = OpenPage(pk, entry.version, Entry.Kind(entry.kind), entry.night, self.spots[pk], scripts)
        else:
            night = NIGHTS[kind == "tonight"]
            existing = self.journal.of_night(night)
            base = self.journal.entries[existing[0]].version if existing else 0
            page = OpenPage(existing[0] if existing else new_id(), base, Entry.Kind.NIGHT, night, night, scripts)
        self.open.append(page)
        self.last = page

    @rule(which=pages, words=writing, fate=fates)
    def write(self, which: int, words: dict[str, Any], fate: tuple[Fate, int]) -> None:
        page = self.open[which % len(self.open)]
        self.arrive(page, self.type(page, **words), *fate)

    @rule(words=writing, texts=st.integers(1, 3), fate=fates)
    def write_on(self, words: dict[str, Any], texts: int, fate: tuple[Fate, int]) -> None:
        for left in reversed(range(texts)):
            draft = self.type(self.last, **words)
            self.arrive(self.last, draft, *((Fate.ANSWERED, 0) if left else fate))

    @rule(which=pages, words=writing)
    def send_what_is_long_on_its_way(self, which: int, words: dict[str, Any]) -> None:
        self.type(self.open[which % len(self.open)], **words)

    @precondition(lambda self: any(page.sent for page in self.open))
    @rule(which=pages, back=st.integers(0, 5), fate=fates)
    def a_save_arrives_at_last_or_again(self, which: int, back: int, fate: tuple[Fate, int]) -> None:
        sent = [page for page in self.open if page.sent]
        page = sent[which % len(sent)]
        self.arrive(page, page.sent[max(0, len(page.sent) - 1 - back)], *fate, is_typing=False)

    @precondition(lambda self: self.journal.entries)
    @rule(which=pages, fate=fates)
    def be_done(self, which: int, fate: tuple[Fate, int]) -> None:
        entry = self.entry(which)
        self.request(lambda: revisions.keep_done(self.author, entry, self.now), *fate)

    @precondition(lambda self: self.journal.revisions)
    @rule(which=st.integers(0, 9), fate=fates)
    def bring_one_back(self, which: int, fate: tuple[Fate, int]) -> None:
        kept = list(Revision.objects.filter(author=self.author).newest_first())
        revision = kept[which % len(kept)]
        self.request(lambda: revisions.restore(self.author, revision, self.now), *fate)

    @precondition(lambda self: self.journal.entries)
    @rule(which=pages, fate=fates)
    def use_the_trash(self, which: int, fate: tuple[Fate, int]) -> None:
        entry = self.entry(which)
        if entry.deleted_at is None:
            self.request(lambda: trash.delete(self.author, entry, self.now), *fate)
        else:
            self.request(lambda: trash.put_back(self.author, entry), *fate)

    @precondition(lambda self: self.journal.entries)
    @rule(which=pages)
    def the_clock_reads_a_page(self, which: int) -> None:
        self.clock_has.append(self.entry(which))

    @precondition(lambda self: self.clock_has)
    @rule(which=pages, fate=fates)
    def the_clock_makes_its_html(self, which: int, fate: tuple[Fate, int]) -> None:
        before, columns = self.journal, self.columns()
        entry = self.clock_has.pop(which % len(self.clock_has))

        stored, _answered = self.request(lambda: rendering.store_html(entry), *fate)

        happened["rendered"] += bool(stored)
        assert (self.journal, self.columns()) == (before, columns)
        if stored:
            assert self.journal.entries[entry.pk].version == entry.version
            assert self.journal.entries[entry.pk].html is not None

    @precondition(lambda self: self.since_restart > 4)
    @rule()
    def restart(self) -> None:
        self.start_anew()

    # --- What the steps are made of.

    def entry(self, which: int) -> Entry:
        entries = list(Entry.objects.by(self.author).order_by("pk"))
        return entries[which % len(entries)]

    def type(self, page: OpenPage, what: str, feeling: str, seconds: int) -> saving.Draft:
        self.now += dt.timedelta(seconds=seconds)
        self.last = page
        stored = self.journal.entries.get(page.entry_id)
        if stored is None and page.kind == Entry.Kind.NIGHT:
            stored = next((self.journal.entries[pk] for pk in self.journal.of_night(page.night)), None)
        if what == "the same" and stored:
            text, feeling = stored.text, stored.feeling
        else:
            text = "" if what == "nothing" else f"Text {next(_numbers)}.{' And so on.' * (6 if what == 'long' else 0)}"
        self.typed[text].add(page.spot)
        return page.draft(text, feeling)

    def columns(self) -> list[dict[str, Any]]:
        """What is stored of the entries, but for what a rendering changes."""
        names = [column.attname for column in Entry._meta.concrete_fields if column.name not in {"content", "unrendered_at"}]
        rows = list(Entry.objects.by(self.author).order_by("pk").values(*names))
        return [{**row, "summary": row["summary"].raw} for row in rows]

    def arrive(self, page: OpenPage, draft: saving.Draft, fate: Fate, at: int, *, is_typing: bool = True) -> None:
        before = self.journal
        happened["came late"] += any(other.seq > draft.seq for other in page.arrived)
        happened["came again"] += draft in page.arrived

        outcome, answered = self.request(lambda: submit(self.author, draft, None, self.now, is_typing=is_typing and page.scripts), fate, at)

        self.assert_nothing_was_overwritten_unknowingly(before, draft)
        if isinstance(outcome, saving.Saved | saving.Conflict):
            self.assert_the_answer_is_true(before, page, draft, outcome)
            page.on_taken(draft)
            if answered:
                happened["acknowledged"] += 1
                happened["conflicts"] += isinstance(outcome, saving.Conflict)
                page.on_answer(outcome)
        elif outcome:
            assert draft.is_empty
            assert self.journal == before
        page.became += [
            draft for entry in self.journal.entries.values() if (entry.page, entry.seq, entry.text) == (page.id, draft.seq, draft.text)
        ]

    def request[T](self, act: Callable[[], T], fate: Fate, at: int) -> tuple[T | None, bool]:
        """What came of it, None where the server died before the commit; and whether the answer reached the page."""
        before = self.journal
        self.since_restart += 1
        outcome, committed = None, True
        try:
            with keyring.cached(), dying(at) if fate == Fate.DIES_BEFORE_COMMIT else contextlib.nullcontext():
                outcome = act()
        except (Error, sqlite3.Error):  # SQLite's own, too: Django closes cursors outside of what it translates
            if fate != Fate.DIES_BEFORE_COMMIT:
                raise
            committed = False
        if fate == Fate.ANSWERED:
            self.journal = Journal.read(self.author)
        else:
            happened["died after a commit" if committed else "died before a commit"] += 1
            if committed:
                cut()
            self.start_anew()
        if not committed:
            assert self.journal == before, "a crash before the commit changed something"
        self.assert_history_only_grew(before)
        return outcome, fate == Fate.ANSWERED

    def start_anew(self) -> None:
        start_anew()
        self.since_restart = 0
        self.author = User.objects.get(pk=self.author.pk)
        self.journal = Journal.read(self.author)

    # --- What has to hold of a step.

    def assert_history_only_grew(self, before: Journal) -> None:
        for pk, was in before.entries.items():
            now = self.journal.entries[pk]
            assert now.version >= was.version
            if now.version == was.version:
                assert (now.text, now.feeling, now.page, now.seq) == (was.text, was.feeling, was.page, was.seq)
            elif now.page != was.page:
                assert self.journal.keeps(pk, was), "another page's text was overwritten without being kept"
        for pk, kept in before.revisions.items():
            now_kept = self.journal.revisions[pk]
            if kept.is_conflict_copy:
                assert (now_kept.page, now_kept.is_conflict_copy) == (kept.page, True)
                assert now_kept.seq >= kept.seq
            else:
                assert now_kept == kept
        for pk in self.journal.entries.keys() - before.entries.keys():
            new = self.journal.entries[pk]
            assert new.text.strip() or new.feeling, "a blank entry was made"
            self.spots[pk] = new.night if new.kind == Entry.Kind.NIGHT else pk

    def assert_nothing_was_overwritten_unknowingly(self, before: Journal, draft: saving.Draft) -> None:
        for pk, was in before.entries.items():
            now = self.journal.entries[pk]
            if now.version != was.version and was.page != draft.page:
                assert draft.base == was.version

    def assert_the_answer_is_true(
        self, before: Journal, page: OpenPage, draft: saving.Draft, outcome: saving.Saved | saving.Conflict
    ) -> None:
        now = self.journal.entries[outcome.entry.pk]
        if isinstance(outcome, saving.Conflict):
            assert not (page.scripts and draft in page.became), "a repeated save was taken for a new one"
            for pk, was in before.entries.items():
                assert self.journal.entries[pk].version == was.version
            conflict_copy = self.journal.revisions[outcome.copy.pk]
            assert (conflict_copy.page, conflict_copy.is_conflict_copy) == (page.id, True)
            assert conflict_copy.seq > draft.seq or (conflict_copy.text, conflict_copy.feeling) == (draft.text, draft.feeling)
            if conflict_copy not in before.revisions.values():
                assert not now.is_deleted, "a new text was put into the trash"
        elif outcome.version == now.version:
            assert now.page == page.id or (now.text, now.feeling) == (draft.text, draft.feeling)
        else:
            happened["superseded"] += 1
            assert outcome.version < now.version
            assert self.journal == before
            assert any(
                (kept.entry, kept.version, kept.page, kept.is_conflict_copy) == (outcome.entry.pk, outcome.version, page.id, False)
                for kept in self.journal.revisions.values()
            )

    # --- What has to hold at any time.

    @invariant()
    def the_last_acknowledged_text_of_every_page_is_readable(self) -> None:
        readable = {(self.spots[pk], text, feeling) for pk, text, feeling in self.journal.texts()}
        for page in self.open:
            if last := page.taken:
                happened["checked"] += 1
                assert (page.spot, last.text, last.feeling) in readable

    @invariant()
    def every_text_is_where_it_was_typed(self) -> None:
        for pk, text, _feeling in self.journal.texts():
            assert self.spots[pk] in self.typed[text]

    @invariant()
    def stored_html_is_that_of_its_text(self) -> None:
        for entry in self.journal.entries.values():
            assert entry.html is None or entry.html == rendered(entry.text)

    @invariant()
    def a_night_has_one_page(self) -> None:
        for night in NIGHTS:
            assert len(self.journal.of_night(night)) <= 1

    @invariant()
    def a_page_has_one_conflict_copy(self) -> None:
        conflict_copies = [(kept.entry, kept.page) for kept in self.journal.revisions.values() if kept.is_conflict_copy]
        assert len(conflict_copies) == len(set(conflict_copies))

    def teardown(self) -> None:
        before = self.journal
        self.start_anew()
        assert self.journal == before
        self.the_last_acknowledged_text_of_every_page_is_readable()
        happened["interleavings"] += 1
        happened["sent"] += sum(len(page.sent) for page in self.open)
        happened["lost"] += sum(draft not in page.arrived for page in self.open for draft in page.sent)


# --- The database.


@pytest.fixture
def durable(transactional_db: None) -> Iterator[None]:
    """The test database, in a place where it outlives its connections.

    SQLite's is in memory and ends with its last connection: a copy of it in a file takes its place.
    """
    memory: BaseDatabaseWrapper = connections["default"]
    if memory.vendor != "sqlite":
        yield
        killer().close()
        killer.cache_clear()
        return
    with tempfile.TemporaryDirectory() as folder:
        file = memory.copy()
        file.settings_dict["NAME"] = str(Path(folder, "journal.sqlite3"))
        for each in (memory, file):
            each.ensure_connection()
        memory.connection.backup(file.connection)
        connections["default"] = file
        try:
            yield
        finally:
            file.close()
            connections["default"] = memory


def summary() -> str:
    count = {name: f"{number:,}" for name, number in happened.items()}
    named = defaultdict(lambda: "0", count)
    return (
        f"\n{connection.vendor}: {named['interleavings']} interleavings; {named['sent']} texts sent, {named['lost']} lost on the way or in a crash, "
        f"{named['came late']} late, {named['came again']} sent again; {named['acknowledged']} saves acknowledged, {named['conflicts']} as conflicts, "
        f"{named['superseded']} of texts that another page had gone on from; {named['died before a commit']} crashes before the commit, "
        f"{named['died after a commit']} after it and before the answer, {named['restarts']} restarts; {named['rendered']} texts rendered by the clock; "
        f"{named['checked']} times a page's last acknowledged text was looked for, 0 times it was missing."
    )


@pytest.mark.usefixtures("durable")
def test_every_acknowledged_text_is_readable_whatever_happens() -> None:
    happened.clear()
    run_state_machine_as_test(OpenPages, settings=settings(max_examples=INTERLEAVINGS, stateful_step_count=STEPS))
    print(summary())
    assert happened["interleavings"] >= INTERLEAVINGS
