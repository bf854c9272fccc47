"""`journal.sharing`: what either side can open, after any acts in any order."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts import connections
from accounts.keys import keyring
from accounts.keys.crypto import NoSuchKey
from accounts.models import Connection, User
from common import dates
from common.ids import new_id
from journal.entries import saving, trash
from journal.entries.submission import submit
from journal.models import Entry, Mode, Reading, Reply, Share
from journal.nights import night_pages
from journal.sharing import notices, readings, replies, shares
from journal.sharing.shares import NotShareable
from prompts import received
from prompts.models import AssignedStep
from tests.factories import make_assignment, make_connection, make_counselor, make_draft, make_entry, make_set, make_user
from tests.helpers import DAY, EVENING, MINUTE

pytestmark = pytest.mark.django_db


@pytest.fixture
def counselor() -> User:
    return make_counselor()


@pytest.fixture
def parent() -> User:
    return make_user()


@pytest.fixture
def connection(counselor: User, parent: User) -> Connection:
    return make_connection(counselor, parent)


@pytest.fixture
def entry(parent: User) -> Entry:
    return make_entry(parent, text="We read *two* chapters.", feeling="heavy")


def edit(entry: Entry, text: str) -> Entry:
    """Save this text on the entry; returns the entry as it is then."""
    stored = Entry.objects.get(pk=entry.pk)
    draft = make_draft(entry_id=entry.pk, page=new_id(), base=stored.version, kind=Entry.Kind(stored.kind), night=stored.night, text=text)
    outcome = submit(User.objects.get(pk=entry.author_id), draft, None, EVENING)
    assert isinstance(outcome, saving.Saved)
    return outcome.entry


class SharingTests:
    def test_copies_the_text_and_its_question_and_nothing_else(self, parent: User, connection: Connection, entry: Entry) -> None:
        share = shares.share(parent, connection, entry, EVENING)

        content = Share.objects.get(pk=share.pk).content
        assert content is not None
        assert (content.text, content.question, content.assignment) == ("We read *two* chapters.", "", "")
        assert "<em>two</em>" in replies.html(content)
        assert (share.night, share.entry_version, share.text_number) == (entry.night, entry.version, 1)

    def test_the_same_again_changes_nothing(self, counselor: User, parent: User, connection: Connection, entry: Entry) -> None:
        first = shares.share(parent, connection, entry, EVENING)
        readings.open_share(counselor, first.pk, EVENING)

        again = shares.share(parent, connection, entry, EVENING + MINUTE)

        assert (again.pk, again.shared_at, again.read_at, Share.objects.count()) == (first.pk, EVENING, EVENING, 1)

    def test_an_edit_is_shared_only_when_it_is_shared(self, counselor: User, parent: User, connection: Connection, entry: Entry) -> None:
        share = shares.share(parent, connection, entry, EVENING)
        readings.open_share(counselor, share.pk, EVENING)
        changed = edit(entry, "Three chapters.")
        stored = Share.objects.get()
        assert stored.content
        assert stored.content.text == "We read *two* chapters."
        assert shares.is_outdated(stored, changed)

        again = shares.share(parent, connection, changed, EVENING + MINUTE)

        assert again.content
        assert (again.pk, again.text_number, again.read_at, again.content.text) == (share.pk, 2, None, "Three chapters.")
        assert not shares.is_outdated(again, changed)
        assert not readings.is_open(counselor, again, EVENING + MINUTE)
        assert Reading.objects.get().text_number == 1

    def test_a_feeling_alone_makes_no_copy_old(self, parent: User, connection: Connection, entry: Entry) -> None:
        share = shares.share(parent, connection, entry, EVENING)

        assert not shares.is_outdated(share, edit(entry, "We read *two* chapters."))

    def test_refuses_a_text_that_the_parent_did_not_see(self, parent: User, connection: Connection, entry: Entry) -> None:
        edit(entry, "Not meant for anybody.")

        with pytest.raises(NotShareable):
            shares.share(parent, connection, entry, EVENING)

    def test_refuses_entries_that_are_deleted_empty_or_another_persons(self, parent: User, connection: Connection, entry: Entry) -> None:
        empty = make_entry(parent, text=" ", feeling="heavy", night=dt.date(2026, 2, 27))
        other = make_entry(make_user(email="other@example.org"))
        trash.delete(parent, entry, EVENING)
        deleted = make_entry(parent, night=dt.date(2026, 2, 26))
        trash.delete(parent, deleted, EVENING)
        trash.delete_for_good(parent, deleted.pk)

        for page in (entry, empty, other, deleted):
            with pytest.raises(NotShareable):
                shares.share(parent, connection, page, EVENING)
        assert not Share.objects.exists()

    def test_refuses_connections_that_ended_or_are_not_theirs(
        self, counselor: User, parent: User, connection: Connection, entry: Entry
    ) -> None:
        theirs = make_connection(counselor, make_user(email="other@example.org"))
        connections.end(parent, connection.pk, EVENING)

        for wrong in (connection, theirs):
            with pytest.raises(NotShareable):
                shares.share(parent, wrong, entry, EVENING)

    def test_what_was_taken_back_can_be_shared_anew(self, counselor: User, parent: User, connection: Connection, entry: Entry) -> None:
        first = shares.share(parent, connection, entry, EVENING)
        readings.open_share(counselor, first.pk, EVENING)
        shares.take_back(parent, first.pk, EVENING)
        shares.take_back(parent, first.pk, EVENING + MINUTE)

        second = shares.share(parent, connection, entry, EVENING + MINUTE)

        assert second.pk != first.pk
        taken_back = Share.objects.get(pk=first.pk)
        assert (taken_back.taken_back_at, taken_back.content, taken_back.readings.count()) == (EVENING, None, 1)

    def test_nobody_else_takes_back(self, counselor: User, parent: User, connection: Connection, entry: Entry) -> None:
        share = shares.share(parent, connection, entry, EVENING)

        for person in (counselor, make_user(email="other@example.org")):
            shares.take_back(person, share.pk, EVENING)

        assert Share.objects.active().exists()

    @pytest.mark.parametrize("by_the_clock", [False, True])
    def test_deleting_for_good_takes_back(
        self, by_the_clock: bool, counselor: User, parent: User, connection: Connection, entry: Entry
    ) -> None:
        share = shares.share(parent, connection, entry, EVENING)
        readings.open_share(counselor, share.pk, EVENING)
        trash.delete(parent, entry, EVENING)
        assert Share.objects.for_counselor(counselor).exists()  # the trash is not deletion

        if by_the_clock:
            assert trash.empty(EVENING + trash.KEEP_FOR) == 1
        else:
            trash.delete_for_good(parent, entry.pk)

        kept = Share.objects.of_parent(parent).get()
        assert (kept.entry, kept.content, kept.readings.count()) == (None, None, 1)
        assert kept.taken_back_at
        assert not Share.objects.for_counselor(counselor).exists()

    def test_without_the_connections_key_nothing_opens(self, parent: User, connection: Connection, entry: Entry) -> None:
        shares.share(parent, connection, entry, EVENING)
        keyring.destroy_connection_keys([connection.pk])

        with pytest.raises(NoSuchKey):
            Share.objects.get().content  # noqa: B018  opening it is what fails


class ReadingTests:
    def test_is_recorded_once_a_night_of_the_counselor(self, counselor: User, parent: User, connection: Connection, entry: Entry) -> None:
        share = shares.share(parent, connection, entry, EVENING)
        evening = EVENING.astimezone(counselor.zone)
        end = dt.datetime.combine(evening.date() + DAY, dt.time(counselor.night_ends_at), counselor.zone)

        for moment in (EVENING, EVENING + MINUTE, end - MINUTE, end, end + MINUTE):
            readings.open_share(counselor, share.pk, moment)

        assert [row.read_at for row in Reading.objects.all()] == [EVENING, end]
        assert Share.objects.get().read_at == EVENING

    def test_is_open_until_that_night_ends(self, counselor: User, parent: User, connection: Connection, entry: Entry) -> None:
        share = shares.share(parent, connection, entry, EVENING)
        evening = EVENING.astimezone(counselor.zone)
        end = dt.datetime.combine(evening.date() + DAY, dt.time(counselor.night_ends_at), counselor.zone)
        assert not readings.is_open(counselor, share, EVENING)
        readings.open_share(counselor, share.pk, EVENING)

        assert readings.is_open(counselor, share, end - MINUTE)
        assert not readings.is_open(counselor, share, end)

    def test_of_many_is_one_of_each_in_as_many_queries_as_of_one(
        self, counselor: User, parent: User, connection: Connection, entry: Entry
    ) -> None:
        def costs(of: list[Share], now: dt.datetime) -> int:
            with CaptureQueriesContext(database) as queries:
                opened = readings.open_shares(counselor, connection.pk, [share.pk for share in of], now)
            assert {share.pk for share in opened} == {share.pk for share in of}
            return len(queries)

        one = [shares.share(parent, connection, entry, EVENING)]
        more = [shares.share(parent, connection, make_entry(parent, kind=Entry.Kind.FREE), EVENING) for _ in range(7)]
        few = costs(one, EVENING)

        assert costs(more, EVENING) == few
        assert Reading.objects.count() == 8
        costs([*one, *more], EVENING + MINUTE)
        assert Reading.objects.count() == 8
        other = make_counselor(email="other@example.org")
        assert readings.open_shares(other, connection.pk, [one[0].pk], EVENING) == []
        assert readings.open_shares(counselor, make_connection(other, parent).pk, [one[0].pk], EVENING) == []

    def test_of_what_is_not_for_them_records_nothing(self, counselor: User, parent: User, connection: Connection, entry: Entry) -> None:
        share = shares.share(parent, connection, entry, EVENING)
        other = make_counselor(email="other@example.org")
        make_connection(other, parent)

        assert readings.open_share(other, share.pk, EVENING) is None
        assert readings.open_share(parent, share.pk, EVENING) is None
        shares.take_back(parent, share.pk, EVENING)
        assert readings.open_share(counselor, share.pk, EVENING) is None
        assert not Reading.objects.exists()


class RepliesTests:
    @pytest.fixture
    def share(self, parent: User, connection: Connection, entry: Entry) -> Share:
        return shares.share(parent, connection, entry, EVENING)

    def test_the_same_sent_twice_is_written_once(self, counselor: User, share: Share) -> None:
        pk = new_id()

        first = replies.reply(counselor, share, pk, "Thank you.", EVENING)
        again = replies.reply(counselor, share, pk, "Thank you.", EVENING + MINUTE)

        assert first
        assert again
        assert first.pk == again.pk == Reply.objects.get().pk == pk

    def test_another_text_of_the_same_page_is_kept_beside_the_first(self, counselor: User, share: Share) -> None:
        pk = new_id()
        for text in ("Thank you.", "Thank you, Mara.", "Thank you, Mara."):
            replies.reply(counselor, share, pk, text, EVENING)

        assert [row.content.text for row in Reply.objects.all() if row.content] == ["Thank you.", "Thank you, Mara."]

    def test_an_id_of_the_other_side_is_not_taken_over(self, counselor: User, parent: User, share: Share) -> None:
        first = replies.reply(counselor, share, new_id(), "Thank you.", EVENING)
        assert first is not None

        second = replies.reply(parent, share, first.pk, "Mine now.", EVENING)

        assert second is not None
        assert second.pk != first.pk
        first.refresh_from_db()
        assert first.content is not None
        assert first.content.text == "Thank you."

    def test_strangers_write_nothing(self, share: Share) -> None:
        assert replies.reply(make_user(email="other@example.org"), share, new_id(), "Hello.", EVENING) is None

    @pytest.mark.parametrize("end", ["take back", "end"])
    def test_nothing_is_written_under_what_is_gone(
        self, end: str, counselor: User, parent: User, connection: Connection, share: Share
    ) -> None:
        if end == "end":
            connections.end(counselor, connection.pk, EVENING)
        else:
            shares.take_back(parent, share.pk, EVENING)

        for person in (counselor, parent):
            assert replies.reply(person, share, new_id(), "Too late.", EVENING) is None
        assert not Reply.objects.exists()

    def test_the_parent_keeps_what_they_read_and_wrote(self, counselor: User, parent: User, connection: Connection, share: Share) -> None:
        replies.reply(counselor, share, new_id(), "Read.", EVENING)
        replies.see_replies(parent, share, EVENING)
        replies.see_replies(parent, share, EVENING + MINUTE)
        replies.reply(parent, share, new_id(), "Mine.", EVENING + MINUTE)
        replies.reply(counselor, share, new_id(), "Never read.", EVENING + 2 * MINUTE)

        connections.end(parent, connection.pk, EVENING)

        rows = list(Reply.objects.all())
        assert [row.content for row in rows] == [None] * 3
        assert [row.kept and row.kept.text for row in rows] == ["Read.", "Mine.", None]
        assert rows[0].seen_at == EVENING

    def test_wait_for_the_parent_until_they_are_seen(self, counselor: User, parent: User, connection: Connection, share: Share) -> None:
        replies.reply(counselor, share, new_id(), "One.", EVENING)
        replies.reply(parent, share, new_id(), "Mine.", EVENING)

        with CaptureQueriesContext(database) as queries:
            (notice,) = notices.for_parent(parent, EVENING.date()).replies

        assert len(queries) == 1
        assert (notice.share, notice.counselor_name, notice.when) == (share.pk, "Ines Holm", dates.evening(share.night))
        assert not notices.for_parent(make_user(email="other@example.org"), EVENING.date())
        replies.see_replies(parent, share, EVENING)
        assert not notices.for_parent(parent, EVENING.date())

    def test_none_waits_of_a_connection_that_ended(self, counselor: User, parent: User, connection: Connection, share: Share) -> None:
        replies.reply(counselor, share, new_id(), "One.", EVENING)
        connections.end(parent, connection.pk, EVENING)

        assert not notices.for_parent(parent, EVENING.date())

    def test_each_marks_the_other_side_as_having_something_unread(self, counselor: User, parent: User, share: Share) -> None:
        User.objects.update(unread_since=None)

        replies.reply(counselor, share, new_id(), "One.", EVENING)

        assert list(User.objects.filter(unread_since=EVENING)) == [parent]


class FinishTests:
    @pytest.fixture
    def step(self, counselor: User, connection: Connection) -> AssignedStep:
        Connection.objects.update(informed_at=EVENING)
        return AssignedStep.objects.filter(assignment=make_assignment(connection, make_set(counselor), shares=True))[0]

    def answer(self, parent: User, step: AssignedStep, **fields: Any) -> Entry:
        return make_entry(parent, mode="question", prompt=f"step-{step.pk}", **fields)

    def test_shares_an_answer_that_is_done(self, parent: User, step: AssignedStep) -> None:
        entry = self.answer(parent, step)

        shares.finish(parent, entry, EVENING, may_share=True)
        shares.finish(parent, entry, EVENING + MINUTE, may_share=True)

        content = Share.objects.get().content
        assert content
        assert (content.question, content.assignment) == ("What was said at the door?", "First weeks")
        step.refresh_from_db()
        assert step.done_at == EVENING

    def test_shares_nothing_where_it_was_not_promised(self, parent: User, connection: Connection, step: AssignedStep) -> None:
        entry = self.answer(parent, step)
        shares.finish(parent, entry, EVENING, may_share=False)
        Connection.objects.update(informed_at=None)
        shares.finish(parent, entry, EVENING, may_share=True)
        Connection.objects.update(informed_at=EVENING)
        assert step.assignment_id is not None
        received.share_when_done(parent, step.assignment_id, shares=False)
        shares.finish(parent, entry, EVENING, may_share=True)
        received.share_when_done(parent, step.assignment_id, shares=True)
        shares.finish(parent, make_entry(parent, night=dt.date(2026, 2, 20)), EVENING, may_share=True)
        assert not Share.objects.exists()
        connections.end(parent, connection.pk, EVENING)
        shares.finish(parent, entry, EVENING, may_share=True)

        assert not Share.objects.exists()

    def test_a_feeling_alone_answers_nothing(self, parent: User, step: AssignedStep) -> None:
        shares.finish(parent, self.answer(parent, step, text="", feeling="even"), EVENING, may_share=True)

        step.refresh_from_db()
        assert step.done_at is None
        assert not Share.objects.exists()

    def test_what_was_taken_back_is_not_shared_by_itself_again(self, parent: User, step: AssignedStep) -> None:
        entry = self.answer(parent, step)
        shares.finish(parent, entry, EVENING, may_share=True)
        shares.take_back(parent, Share.objects.get().pk, EVENING)

        shares.finish(parent, entry, EVENING, may_share=True)

        assert not Share.objects.active().exists()
        assert shares.promised_connection(parent, step.pk, entry) is None

    def test_a_night_done_again_shares_its_new_text_and_a_page_of_its_own_does_not(self, parent: User, step: AssignedStep) -> None:
        for kind, text in ((Entry.Kind.NIGHT, "Second."), (Entry.Kind.FREE, "First.")):
            Share.objects.all().delete()
            entry = self.answer(parent, step, kind=kind, text="First.")
            shares.finish(parent, entry, EVENING, may_share=True)
            draft = make_draft(
                entry_id=entry.pk, page=new_id(), base=entry.version, kind=kind, text="Second.", prompt=f"step-{step.pk}", mode="question"
            )
            outcome = submit(parent, draft, None, EVENING)
            assert isinstance(outcome, saving.Saved)

            shares.finish(parent, outcome.entry, EVENING + MINUTE, may_share=True)

            content = Share.objects.get().content
            assert content
            assert content.text == text

    def test_a_question_that_was_swapped_above_the_same_text_is_shared_with_it(
        self, parent: User, connection: Connection, step: AssignedStep
    ) -> None:
        entry = self.answer(parent, step)
        share = shares.share(parent, connection, entry, EVENING)
        night_pages.set_mode(parent, entry.night, Mode.JUST_WRITE)

        again = shares.share(parent, connection, Entry.objects.get(), EVENING)

        assert again.pk == share.pk
        assert again.content
        assert (again.content.question, again.assigned_id) == ("", None)


# --- Acts in any order.


@dataclass
class Model:
    """The state that is expected: the texts that each counselor can open, and how many rows there are."""

    texts: list[str]
    copies: dict[tuple[int, int], str] = field(default_factory=dict)  # by counselor and entry
    deleted: set[int] = field(default_factory=set)  # by entry
    ended: set[int] = field(default_factory=set)  # by counselor
    shares: int = 0
    readings: int = 0
    kept: set[uuid.UUID] = field(default_factory=set)  # the replies that the parent keeps


ACTS = ("share", "share", "edit", "take back", "open", "open", "end", "invite", "delete", "counselor writes", "parent writes", "see")
acts = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 1)), max_size=25)


class AnyOrderTests(TestCase):
    @settings(max_examples=40)
    @given(acts)
    def test_each_side_opens_what_it_may_and_nothing_else(self, steps: list[tuple[str, int, int]]) -> None:
        self.parent = make_user()
        self.counselors = [make_counselor(email=f"counselor{n}@example.org") for n in (0, 1)]
        self.stranger = make_counselor(email="stranger@example.org")
        self.connections = [make_connection(counselor, self.parent) for counselor in self.counselors]
        self.entries = [make_entry(self.parent, night=dt.date(2026, 3, 1 + n), text=f"Text {n}.") for n in (0, 1)]
        self.model = Model(texts=["Text 0.", "Text 1."])
        now = timezone.now()
        for number, (act, counselor_index, entry_index) in enumerate(steps):
            now += DAY
            self.do(act, counselor_index, entry_index, number, now)
            self.check()

    def active_share(self, counselor_index: int, entry_index: int) -> Share | None:
        return Share.objects.active().filter(connection=self.connections[counselor_index], entry=self.entries[entry_index].pk).first()

    def do(self, act: str, counselor_index: int, entry_index: int, number: int, now: dt.datetime) -> None:
        """Act on a connection and an entry, by their indexes, in the database and in the model."""
        model = self.model
        share = self.active_share(counselor_index, entry_index) if entry_index not in model.deleted else None
        if share:
            self.do_with_share(act, share, counselor_index, entry_index, number, now)
        match act:
            case "share":
                self.share(counselor_index, entry_index, now)
            case "edit" if entry_index not in model.deleted:
                model.texts[entry_index] = f"Text {entry_index}, {number}."
                self.entries[entry_index] = edit(self.entries[entry_index], model.texts[entry_index])
            case "delete" if entry_index not in model.deleted:
                trash.delete(self.parent, self.entries[entry_index], now)
                trash.delete_for_good(self.parent, self.entries[entry_index].pk)
                model.deleted.add(entry_index)
                model.copies = {key: text for key, text in model.copies.items() if key[1] != entry_index}
            case "end":
                connections.end(self.counselors[counselor_index] if entry_index else self.parent, self.connections[counselor_index].pk, now)
                model.ended.add(counselor_index)
                model.copies = {key: text for key, text in model.copies.items() if key[0] != counselor_index}
            case "invite" if counselor_index in model.ended:
                self.connections[counselor_index] = make_connection(self.counselors[counselor_index], self.parent)
                model.ended.discard(counselor_index)

    def do_with_share(self, act: str, share: Share, counselor_index: int, entry_index: int, number: int, now: dt.datetime) -> None:
        model = self.model
        match act:
            case "take back":
                shares.take_back(self.parent, share.pk, now)
                model.copies.pop((counselor_index, entry_index))
            case "open":
                assert readings.open_share(self.counselors[counselor_index], share.pk, now)
                model.readings += 1
            case "counselor writes":
                assert replies.reply(self.counselors[counselor_index], share, new_id(), f"To you {number}.", now)
            case "parent writes":
                reply = replies.reply(self.parent, share, new_id(), f"From me {number}.", now)
                assert reply
                model.kept.add(reply.pk)
            case "see":
                unseen = {row.pk for row in share.replies.filter(from_counselor=True)}
                replies.see_replies(self.parent, share, now)
                model.kept |= unseen

    def share(self, counselor_index: int, entry_index: int, now: dt.datetime) -> None:
        model = self.model
        is_new = (counselor_index, entry_index) not in model.copies
        try:
            shares.share(self.parent, self.connections[counselor_index], self.entries[entry_index], now)
        except NotShareable:
            assert counselor_index in model.ended or entry_index in model.deleted
        else:
            assert counselor_index not in model.ended
            assert entry_index not in model.deleted
            model.shares += is_new
            model.copies[counselor_index, entry_index] = model.texts[entry_index]

    def check(self) -> None:
        model = self.model
        for index, counselor in enumerate(self.counselors):
            readable = Share.objects.for_counselor(counselor)
            texts = {self.entries.index(share.entry): share.content.text for share in readable if share.entry and share.content}
            assert len(texts) == readable.count()
            assert texts == {entry: text for (counselor_index, entry), text in model.copies.items() if counselor_index == index}
        assert not Share.objects.for_counselor(self.stranger).exists()
        assert not Share.objects.for_counselor(self.parent).exists()
        shared = Share.objects.of_parent(self.parent)
        assert shared.count() == model.shares
        assert all((share.content is None) == (share.taken_back_at is not None) for share in shared)
        assert Reading.objects.filter(share__parent=self.parent).count() == model.readings
        kept = Reply.objects.filter(parent=self.parent, kept__isnull=False)
        assert {row.pk for row in kept} == model.kept
        assert all(row.kept and row.kept.text for row in kept)
        assert not Reply.objects.filter(connection__ended_at__isnull=False, content__isnull=False).exists()
