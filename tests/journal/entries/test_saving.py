"""`journal.entries.saving`: the protocol by which nothing is lost or overwritten."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.test import TestCase

from accounts.models import User
from common.ids import new_id
from journal.entries import trash
from journal.entries.saving import Conflict, Deleted, Draft, Empty, Outcome, Saved
from journal.entries.submission import Finish, submit
from journal.history import revisions
from journal.models import Entry, Night, Revision
from tests.factories import make_draft, make_entry, make_prompt, make_user
from tests.helpers import EVENING, MINUTE


def later(minutes: float) -> dt.datetime:
    return EVENING + minutes * MINUTE


class SavingCase(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()


class FirstSaveTests(SavingCase):
    def test_keeps_text_feeling_and_question_as_answered(self) -> None:
        prompt = make_prompt()

        entry = make_entry(self.author, text="# Rain\nwe *ran*", feeling="bright", prompt=prompt.slug, mode="question")

        kept = Entry.objects.get(pk=entry.pk)
        assert kept.content.text == "# Rain\nwe *ran*"
        assert "<em>ran</em>" in kept.content.html
        assert (kept.summary.feeling, kept.summary.question, kept.prompt, kept.version) == ("bright", prompt.question, prompt, 1)

    def test_leaves_a_night_with_the_question_on_record(self) -> None:
        prompt = make_prompt()

        make_entry(self.author, prompt=prompt.slug, mode="question")

        night = Night.objects.get()
        assert (night.prompt, night.furthest, night.closed) == (prompt, prompt, "")

    def test_makes_nothing_of_an_empty_page(self) -> None:
        assert isinstance(submit(self.author, make_draft(text=" \n"), None, EVENING), Empty)
        assert not Entry.objects.exists()
        assert not Night.objects.exists()

    def test_takes_a_feeling_without_words_as_an_answer(self) -> None:
        entry = make_entry(self.author, text="", feeling="heavy")

        assert (entry.summary.feeling, entry.size) == ("heavy", 0)

    def test_does_not_touch_a_strangers_entry(self) -> None:
        theirs = make_entry(make_user(email="stranger@example.org"))

        with pytest.raises(Entry.DoesNotExist):
            submit(self.author, make_draft(entry_id=theirs.pk, kind=Entry.Kind.FREE, text="mine now"), None, EVENING)

        assert Entry.objects.get().content.text == "We read two chapters."


class NextSaveTests(SavingCase):
    """What becomes of the second text of a page."""

    draft: Draft
    entry: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.draft = make_draft(text="One.")
        outcome = submit(cls.author, cls.draft, None, EVENING)
        assert isinstance(outcome, Saved)
        cls.entry = outcome.entry

    def send(self, minutes: float = 0, **fields: object) -> Outcome:
        same_page = {"entry_id": self.entry.pk, "page": self.draft.page, "base": 1, "seq": 2, "text": "One. Two."}
        return submit(self.author, make_draft(**{**same_page, **fields}), None, later(minutes))

    def stored(self) -> Entry:
        return Entry.objects.get(pk=self.entry.pk)

    def test_updates_in_place(self) -> None:
        outcome = self.send()

        assert isinstance(outcome, Saved)
        assert (self.stored().content.text, self.stored().version) == ("One. Two.", 2)

    def test_takes_the_same_save_once(self) -> None:
        for _ in range(5):
            self.send()

        assert self.stored().version == 2

    def test_ignores_a_save_that_arrives_late(self) -> None:
        self.send(seq=7, text="One. Two. Three.")

        outcome = self.send(seq=3, text="One. Two. Th")

        assert isinstance(outcome, Saved)
        assert self.stored().content.text == "One. Two. Three."

    def test_goes_on_when_the_answer_to_the_last_save_was_lost(self) -> None:
        self.send(seq=2)

        outcome = self.send(seq=3, base=1, text="One. Two. Three.")

        assert isinstance(outcome, Saved)
        assert self.stored().content.text == "One. Two. Three."

    def test_the_same_text_from_another_page_takes_the_entry_out_of_the_trash(self) -> None:
        trash.delete(self.author, self.stored(), EVENING)

        self.send(page=new_id(), seq=1, base=0, text=self.stored().content.text)

        assert self.stored().deleted_at is None

    def test_another_page_that_knows_the_current_version_goes_on_from_it(self) -> None:
        outcome = self.send(page=new_id(), seq=1, base=1, text="One. From the phone.")

        assert isinstance(outcome, Saved)
        assert self.stored().content.text == "One. From the phone."

    def test_an_older_page_overwrites_nothing_and_loses_nothing(self) -> None:
        self.send(seq=2, text="One. Two.")

        outcome = self.send(page=new_id(), seq=1, base=1, text="One. Elsewhere.")

        assert isinstance(outcome, Conflict)
        assert self.stored().content.text == "One. Two."
        conflict_copy = Revision.objects.get(kind="conflict")
        assert conflict_copy.content.text == "One. Elsewhere."

    def test_the_same_conflict_makes_one_conflict_copy(self) -> None:
        self.send(seq=2)
        old_page = new_id()

        for _ in range(3):
            self.send(page=old_page, seq=1, base=1, text="One. Elsewhere.")

        assert Revision.objects.filter(kind="conflict").count() == 1

    def test_two_pages_that_say_the_same_do_not_disagree(self) -> None:
        self.send(seq=2)

        assert isinstance(self.send(page=new_id(), seq=1, base=1), Saved)
        assert not Revision.objects.filter(kind="conflict").exists()

    def test_a_second_page_of_the_same_night_meets_the_first(self) -> None:
        outcome = submit(self.author, make_draft(text="On the laptop."), None, later(1))

        assert isinstance(outcome, Conflict)
        assert Entry.objects.count() == 1
        assert outcome.copy.content.text == "On the laptop."

    def test_emptying_a_page_is_saved_and_what_was_there_is_kept(self) -> None:
        self.send(seq=2, text="A long evening, told in more than forty characters.")

        self.send(minutes=1, seq=3, text="")

        assert self.stored().content.text == ""
        assert Revision.objects.get().content.text == "A long evening, told in more than forty characters."

    def test_keeps_an_earlier_text_at_most_every_five_minutes(self) -> None:
        for minute in range(1, 13):
            self.send(minutes=minute, seq=minute + 1, text=f"One. {'word ' * minute}")

        kept = [revision.content.text for revision in Revision.objects.order_by("version")]
        assert kept == [f"One. {'word ' * 4}", f"One. {'word ' * 9}"]

    def test_takes_a_page_out_of_the_trash_that_is_written_on(self) -> None:
        Entry.objects.update(deleted_at=EVENING)

        self.send(minutes=1)

        assert self.stored().deleted_at is None
        assert self.stored().content.text == "One. Two."

    def test_brings_back_a_page_that_was_deleted_for_good_meanwhile(self) -> None:
        Entry.objects.all().delete()

        self.send(minutes=1)

        assert self.stored().content.text == "One. Two."


class TwoPagesTests(SavingCase):
    """Two pages are open for one entry: the first wrote it, on the sofa; the second is in the kitchen."""

    sofa: uuid.UUID
    kitchen: uuid.UUID
    entry: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.sofa, cls.kitchen = new_id(), new_id()
        cls.entry = make_entry(cls.author, page=cls.sofa, text="One.", now=EVENING)

    def send(self, page: uuid.UUID, **fields: object) -> Outcome:
        return submit(self.author, make_draft(**{"entry_id": self.entry.pk, "page": page, **fields}), None, later(1))

    def save(self, page: uuid.UUID, **fields: object) -> int:
        """The version with which the save is answered; it has to succeed."""
        outcome = self.send(page, **fields)
        assert isinstance(outcome, Saved)
        return outcome.version

    def send_conflict(self, page: uuid.UUID, **fields: object) -> Revision:
        """The conflict copy that the text is kept as; it has to conflict."""
        outcome = self.send(page, **fields)
        assert isinstance(outcome, Conflict)
        return outcome.copy

    def stored(self) -> Entry:
        return Entry.objects.get(pk=self.entry.pk)

    def kept(self) -> list[tuple[int, str]]:
        """The revisions apart from conflict copies, each with its version."""
        kept = Revision.objects.exclude(kind="conflict").order_by("version")
        return [(revision.version, revision.content.text) for revision in kept]

    def conflict_copies(self) -> list[str]:
        return [revision.content.text for revision in Revision.objects.filter(kind="conflict").order_by("pk")]

    # --- The text that another page goes on from.

    def test_the_text_that_another_page_goes_on_from_is_kept(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="One, in other words.")

        assert self.kept() == [(1, "One.")]
        kept = Revision.objects.get()
        assert (kept.page, kept.seq, kept.kind) == (self.sofa, 1, "earlier")

    def test_it_is_kept_once_while_the_other_page_goes_on(self) -> None:
        for seq in (1, 2, 3):
            self.save(self.kitchen, seq=seq, base=seq, text=f"From the kitchen, {seq}.")

        assert self.kept() == [(1, "One.")]

    def test_each_page_that_takes_over_keeps_what_the_one_before_left(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")
        self.save(self.kitchen, seq=2, base=2, text="Two and a half.")
        self.save(self.sofa, seq=2, base=3, text="Three.")

        assert self.kept() == [(1, "One."), (3, "Two and a half.")]

    def test_it_is_kept_where_the_other_page_begins_with_the_feeling(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="One.", feeling="heavy")

        self.save(self.kitchen, seq=2, base=2, text="Two.", feeling="heavy")

        assert self.kept() == [(1, "One.")]

    def test_a_text_that_two_pages_wrote_is_kept_when_one_of_them_goes_on(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")
        assert self.save(self.sofa, seq=2, base=1, text="Two.") == 2

        self.save(self.kitchen, seq=2, base=2, text="Three.")

        assert self.kept() == [(1, "One."), (2, "Two.")]

    # --- Late and repeated saves of the first page.

    def test_a_save_repeated_after_another_page_went_on_is_answered_with_its_old_version(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")

        for _ in range(3):
            assert self.save(self.sofa, seq=1, base=0, text="One.") == 1

        assert (self.stored().content.text, self.stored().version) == ("Two.", 2)
        assert self.conflict_copies() == []

    def test_the_next_save_of_that_page_conflicts_and_overwrites_nothing(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")
        old = self.save(self.sofa, seq=1, base=0, text="One.")

        conflict_copy = self.send_conflict(self.sofa, seq=2, base=old, text="One and a half.")

        assert conflict_copy.version == 1
        assert self.stored().content.text == "Two."
        assert self.conflict_copies() == ["One and a half."]

    def test_a_late_save_is_known_by_a_later_one_of_its_page(self) -> None:
        self.save(self.sofa, seq=4, base=1, text="One, two, three.")
        self.save(self.kitchen, seq=1, base=2, text="Four.")

        assert self.save(self.sofa, seq=3, base=1, text="One, two.") == 2

        assert self.kept() == [(2, "One, two, three.")]
        assert self.conflict_copies() == []

    def test_a_repeated_save_is_known_after_an_earlier_text_was_restored(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")
        revisions.restore(self.author, Revision.objects.get(), later(1))

        assert self.save(self.kitchen, seq=1, base=1, text="Two.") == 2

        assert self.stored().content.text == "One."

    def test_a_late_save_does_not_take_a_page_out_of_the_trash(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")
        Entry.objects.update(deleted_at=EVENING)

        self.save(self.sofa, seq=1, base=0, text="One.")

        assert self.stored().deleted_at == EVENING

    # --- A page in conflict.

    def test_a_page_that_goes_on_in_a_conflict_has_one_conflict_copy(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")

        conflict_copies = {self.send_conflict(self.sofa, seq=seq, base=1, text=f"From the sofa, {seq}.").pk for seq in range(2, 7)}

        assert len(conflict_copies) == 1
        assert self.conflict_copies() == ["From the sofa, 6."]
        assert self.stored().content.text == "Two."

    def test_of_texts_that_come_out_of_order_the_conflict_copy_is_the_newest(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")

        for seq in (3, 5, 2, 4):
            self.send_conflict(self.sofa, seq=seq, base=1, text=f"From the sofa, {seq}.")

        assert self.conflict_copies() == ["From the sofa, 5."]
        conflict_copy = Revision.objects.get(kind="conflict")
        assert (conflict_copy.seq, conflict_copy.version, conflict_copy.size) == (5, 1, 1)

    def test_each_page_in_a_conflict_has_its_own(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")
        bed = new_id()

        self.send_conflict(self.sofa, seq=2, base=1, text="From the sofa.")
        self.send_conflict(bed, seq=1, base=1, text="From the bed.")
        self.send_conflict(self.sofa, seq=3, base=1, text="From the sofa again.")

        assert sorted(self.conflict_copies()) == ["From the bed.", "From the sofa again."]

    def test_a_conflict_copy_takes_the_page_out_of_the_trash(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")
        Entry.objects.update(deleted_at=EVENING)

        self.send_conflict(self.sofa, seq=2, base=1, text="From the sofa.")

        assert self.stored().deleted_at is None
        assert self.conflict_copies() == ["From the sofa."]

    def test_the_same_conflict_copy_again_leaves_the_trash_alone(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")
        self.send_conflict(self.sofa, seq=2, base=1, text="From the sofa.")
        Entry.objects.update(deleted_at=EVENING)

        self.send_conflict(self.sofa, seq=2, base=1, text="From the sofa.")

        assert self.stored().deleted_at == EVENING

    # --- Pages without scripts, which send every text under the same number.

    def test_another_text_under_the_same_number_is_a_new_save(self) -> None:
        assert self.save(self.sofa, seq=1, base=0, text="One, mended.") == 2

        assert self.stored().content.text == "One, mended."

    def test_another_feeling_under_the_same_number_is_a_new_save(self) -> None:
        self.save(self.sofa, seq=1, base=0, text="One.", feeling="bright")

        assert self.stored().summary.feeling == "bright"

    def test_another_text_under_the_same_number_is_a_conflict_copy_after_another_page_went_on(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")

        self.send_conflict(self.sofa, seq=1, base=0, text="One, mended.")

        assert self.stored().content.text == "Two."
        assert self.kept() == [(1, "One.")]
        assert self.conflict_copies() == ["One, mended."]

    def test_another_text_under_the_same_number_goes_on_in_a_conflict(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")

        for text in ("One, mended.", "One, mended twice."):
            self.send_conflict(self.sofa, seq=1, base=0, text=text)

        assert self.conflict_copies() == ["One, mended twice."]

    # --- What two texts have in common.

    def test_two_texts_go_back_to_the_version_that_both_were_based_on(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="One. From the kitchen.")

        conflict_copy = self.send_conflict(self.sofa, seq=2, base=1, text="One. From the sofa.")

        assert revisions.common_ancestor(self.stored(), conflict_copy.version) == "One."

    def test_where_that_version_was_not_kept_they_go_back_to_the_newest_before_it(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")
        self.save(self.kitchen, seq=2, base=2, text="Three.")
        self.save(self.kitchen, seq=3, base=3, text="Four.")
        self.send_conflict(self.sofa, seq=2, base=1, text="From the sofa.")

        assert revisions.common_ancestor(self.stored(), 3) == "One."

    def test_a_conflict_copy_is_no_common_ancestor(self) -> None:
        self.save(self.kitchen, seq=1, base=1, text="Two.")
        self.send_conflict(self.sofa, seq=2, base=1, text="From the sofa.")
        Revision.objects.exclude(kind="conflict").delete()

        assert revisions.common_ancestor(self.stored(), 2) is None

    def test_two_pages_opened_before_the_first_save_have_nothing_in_common(self) -> None:
        assert revisions.common_ancestor(self.stored(), 0) is None


class AmongTheDeletedTests(SavingCase):
    """A page that was deleted elsewhere is not put back by a tab that knows nothing of that."""

    def setUp(self) -> None:
        self.draft = replace(make_draft(text="One."), puts_back=False)
        submit(self.author, self.draft, None, EVENING)
        self.entry = Entry.objects.get()
        trash.delete(self.author, self.entry, EVENING)

    def test_writing_on_leaves_it_deleted_and_as_it_was(self) -> None:
        written_on = replace(self.draft, seq=2, base=1, text="One. Two.")
        for draft in (
            written_on,
            replace(written_on, page=new_id()),
            replace(written_on, page=new_id(), base=0),
            replace(written_on, page=new_id(), text="One.", base=0),
        ):
            outcome = submit(self.author, draft, Finish(), EVENING)

            assert isinstance(outcome, Deleted)
            entry = Entry.objects.get()
            assert (entry.deleted_at, entry.version, entry.content.text) == (EVENING, 1, "One.")
            assert not entry.revisions.exists()

    def test_a_repeated_save_gets_the_same_answer(self) -> None:
        assert isinstance(submit(self.author, self.draft, None, EVENING), Saved)
        assert Entry.objects.get().deleted_at == EVENING

    def test_nobody_is_done_with_it(self) -> None:
        for draft in (self.draft, replace(self.draft, seq=0, text="Before.")):
            assert isinstance(submit(self.author, draft, Finish(), EVENING), Deleted)

        entry = Entry.objects.get()
        assert (entry.deleted_at, entry.content.text) == (EVENING, "One.")
        assert not entry.revisions.exists()
        assert not Night.objects.filter(closed=Night.Closed.DONE).exists()

    def test_leaving_quickly_puts_it_back_since_nobody_can_be_asked(self) -> None:
        assert isinstance(submit(self.author, replace(self.draft, seq=2, text="Two.", puts_back=True), None, EVENING), Saved)
        assert Entry.objects.get().deleted_at is None
