"""`journal.nights.records`: what is stored of a night's page, and of the pages before it."""

import datetime as dt

from django.test import TestCase

from accounts.models import User
from common.ids import new_id
from journal.entries import trash
from journal.models import Entry, Mode, Night
from journal.nights import night_pages, records
from prompts.tonight import Asked
from tests.factories import make_entry, make_own_question, make_prompt, make_user
from tests.helpers import DAY, EVENING, TONIGHT

LAST_NIGHT = TONIGHT - DAY


class OnNightTests(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        make_prompt(slug="repair-1")

    def test_finds_the_nights_row_and_the_entry_on_its_page_in_one_query(self) -> None:
        entry = make_entry(self.author, now=EVENING, text="Rain.", feeling="even", prompt="repair-1", mode=Mode.QUESTION)

        with self.assertNumQueries(1):
            row, found = records.on_night(self.author, TONIGHT)

        assert row is not None
        assert found is not None
        # Every column, as the ORM reads it.
        assert Night.objects.filter(pk=row.pk).values().get() == {
            field.attname: getattr(row, field.attname) for field in Night._meta.fields
        }
        stored = Entry.objects.get()
        assert (found, found.content, found.summary) == (entry, stored.content, stored.summary)
        plain = [field.attname for field in Entry._meta.fields if field.name not in {"content", "summary"}]
        assert [getattr(found, name) for name in plain] == [getattr(stored, name) for name in plain]

    def test_an_entry_it_found_can_be_saved(self) -> None:
        make_entry(self.author, now=EVENING, text="Rain.")
        entry = records.on_night(self.author, TONIGHT)[1]
        assert entry is not None

        entry.save()

        assert Entry.objects.get().content.text == "Rain."

    def test_finds_nothing_of_a_night_that_was_only_looked_at(self) -> None:
        assert records.on_night(self.author, TONIGHT) == (None, None)

    def test_finds_either_without_the_other(self) -> None:
        night_pages.close(self.author, LAST_NIGHT, Night.Closed.DONE)
        make_entry(self.author, now=EVENING)
        Night.objects.filter(night=TONIGHT).delete()

        assert [bool(part) for part in records.on_night(self.author, LAST_NIGHT)] == [True, False]
        assert [bool(part) for part in records.on_night(self.author, TONIGHT)] == [False, True]

    def test_leaves_out_the_trash_pages_of_their_own_other_nights_and_other_people(self) -> None:
        trash.delete(self.author, make_entry(self.author, now=EVENING), EVENING)
        make_entry(self.author, now=EVENING, kind=Entry.Kind.FREE)
        make_entry(self.author, now=EVENING, night=LAST_NIGHT)
        make_entry(make_user(email="other@example.org"), now=EVENING)
        Night.objects.filter(author=self.author, night=TONIGHT).delete()

        assert records.on_night(self.author, TONIGHT) == (None, None)


class AskedBeforeTests(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        for number in range(6):
            make_prompt(slug=f"repair-{number}", question=f"What is repair number {number}?", theme="repair")

    def asked(self) -> str:
        question = night_pages.load(self.author, TONIGHT).question
        assert question is not None
        return question.slug

    def make_night(self, days_ago: int, prompt: str | None, furthest: str | None, author: User | None = None) -> dt.date:
        """Record what a night asked; returns its date."""
        night = TONIGHT - days_ago * DAY
        Night.objects.create(author=author or self.author, night=night, prompt_id=prompt, furthest_id=furthest)
        return night

    def test_lists_nights_in_order_and_of_each_the_furthest_question_last_if_it_is_another(self) -> None:
        later, earlier = self.make_night(1, "repair-1", "repair-2"), self.make_night(9, "repair-3", "repair-3")

        assert records.before(self.author, TONIGHT).asked == [
            Asked(earlier, "repair-3"),
            Asked(later, "repair-1"),
            Asked(later, "repair-2"),
        ]

    def test_leaves_out_tonight_later_nights_other_people_and_nights_without_a_question(self) -> None:
        self.make_night(0, "repair-1", "repair-1")
        self.make_night(-1, "repair-1", "repair-1")
        self.make_night(1, None, None)
        self.make_night(2, "repair-1", "repair-1", author=make_user(email="other@example.org"))

        assert records.before(self.author, TONIGHT).asked == []

    def test_looks_back_as_far_as_it_says(self) -> None:
        oldest = self.make_night(records.LOOK_BACK.days, "repair-1", "repair-1")
        self.make_night(records.LOOK_BACK.days + 1, "repair-2", "repair-2")

        assert {record.night for record in records.before(self.author, TONIGHT).asked} == {oldest}

    def test_is_one_query_and_makes_tonight_ask_something_else(self) -> None:
        asked = self.asked()
        self.make_night(1, asked, asked)

        with self.assertNumQueries(1):
            records.before(self.author, TONIGHT)

        assert self.asked() != asked

    def test_names_own_questions_by_their_ids(self) -> None:
        own = make_own_question(self.author, now=EVENING)
        Night.objects.create(author=self.author, night=LAST_NIGHT, own=own, furthest_id="repair-1")
        Night.objects.create(author=self.author, night=LAST_NIGHT - DAY, prompt_id="repair-2", furthest_own=own)

        assert records.before(self.author, TONIGHT).asked == [
            Asked(LAST_NIGHT - DAY, "repair-2"),
            Asked(LAST_NIGHT - DAY, str(own.pk)),
            Asked(LAST_NIGHT, str(own.pk)),
            Asked(LAST_NIGHT, "repair-1"),
        ]


class OnRecordTests(TestCase):
    """How many nights before this one were written or closed."""

    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.author.date_joined = EVENING - 1000 * DAY

    def count(self) -> int:
        with self.assertNumQueries(1):
            return records.before(self.author, TONIGHT).on_record

    def close(self, days_ago: int, closed: Night.Closed = Night.Closed.NOT_TONIGHT) -> None:
        Night.objects.create(author=self.author, night=TONIGHT - days_ago * DAY, closed=closed)

    def test_counts_a_night_once_whether_written_closed_or_both_and_pages_of_their_own(self) -> None:
        make_entry(self.author, now=EVENING, night=TONIGHT - 2 * DAY)
        make_entry(self.author, now=EVENING, night=TONIGHT - 2 * DAY, kind=Entry.Kind.FREE, entry_id=new_id())
        make_entry(self.author, now=EVENING, night=TONIGHT - 900 * DAY, kind=Entry.Kind.FREE, entry_id=new_id())
        Night.objects.filter(author=self.author).update(closed=Night.Closed.DONE)
        self.close(3)
        make_entry(self.author, now=EVENING, night=TONIGHT - 4 * DAY, text="", feeling="even", entry_id=new_id())

        assert self.count() == 4

    def test_leaves_out_tonight_later_nights_what_was_only_looked_at_or_swapped_or_deleted_and_other_people(self) -> None:
        make_entry(self.author, now=EVENING)
        Night.objects.filter(author=self.author).update(closed=Night.Closed.DONE)
        self.close(-1)
        self.close(4, Night.Closed.OPEN)
        trash.delete(self.author, make_entry(self.author, now=EVENING, night=LAST_NIGHT, entry_id=new_id()), EVENING)
        make_entry(make_user(email="other@example.org"), now=EVENING, night=LAST_NIGHT, entry_id=new_id())

        assert self.count() == 0

    def test_counts_to_fourteen_and_reads_no_more_of_a_long_journal(self) -> None:
        for days_ago in range(1, 31):
            make_entry(self.author, now=EVENING, night=TONIGHT - days_ago * DAY, kind=Entry.Kind.FREE, entry_id=new_id())

        assert self.count() == 14
        assert (
            len(records._BEFORE.rows(author=self.author.pk, night=TONIGHT, first=TONIGHT - records.LOOK_BACK, came=TONIGHT - 1000 * DAY))
            == 14
        )

    def test_nights_before_somebody_came_make_nobody_know_this_place(self) -> None:
        self.author.date_joined = EVENING - 3 * DAY
        for days_ago in (1, 3, 4, 5, 900):
            make_entry(self.author, now=EVENING, night=TONIGHT - days_ago * DAY, kind=Entry.Kind.FREE, entry_id=new_id())

        assert self.count() == 3, "with the night before the first evening, which can be written on the morning after"
