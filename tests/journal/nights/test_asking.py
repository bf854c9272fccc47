"""`journal.nights.night_pages`: what marks, own questions and preferences change about the question of a night."""

from typing import Any

import time_machine
from django.urls import reverse
from django.utils import timezone

from journal.history import revisions
from journal.models import Entry, Mode, Night
from journal.nights import night_pages, records
from prompts import questions
from prompts.models import Mark, OwnQuestion, Prompt
from prompts.tonight import FIRST_NIGHTS, KEPT_REST_NIGHTS, Asked
from tests.factories import make_entry, make_own_question, make_prompt, page_fields
from tests.helpers import DAY, EVENING, TONIGHT, hidden_fields, main_text, read, signed_in
from tests.journal.asking import AskingCase


class NeverTests(AskingCase):
    def test_what_is_not_for_me_is_asked_on_no_night_and_by_no_swap(self) -> None:
        passed = {"presence-0", "presence-2", "presence-5"}
        for slug in passed:
            self.mark(slug, Mark.Kind.NEVER)

        asked = {self.asked(TONIGHT + n * DAY) for n in range(8)} | set(self.swapped(12))

        assert asked == {"presence-1", "presence-3", "presence-4"}

    def test_with_everything_passed_over_the_night_asks_nothing(self) -> None:
        for number in range(6):
            self.mark(f"presence-{number}", Mark.Kind.NEVER)

        assert self.asked() == ""
        assert self.swapped(2) == ["", ""]

    def test_what_others_pass_over_is_asked_of_me(self) -> None:
        asked = self.asked()

        for number in range(6):
            self.mark(f"presence-{number}", Mark.Kind.NEVER, parent=self.stranger)

        assert self.asked() == asked

    def test_answering_it_all_the_same_does_not_take_the_mark_away(self) -> None:
        self.mark("presence-1", Mark.Kind.NEVER)

        self.write(prompt="presence-1")

        assert self.marked() == {"presence-1"}


class LaterTests(AskingCase):
    """Prompts that were kept for later. None of them suits the themes that were chosen."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        for number in range(3):
            make_prompt(slug=f"repair-{number}", question=f"What is repair number {number}?", theme="repair")

    def setUp(self) -> None:
        self.ask_kept_first(True)

    def ask_kept_first(self, kept_first: bool) -> None:
        self.prefer(themes=("presence",), kept_first=kept_first)

    def test_comes_first_only_where_that_is_chosen(self) -> None:
        self.mark("repair-1")
        assert self.asked() == "repair-1"

        self.ask_kept_first(False)

        assert self.asked().startswith("presence-")

    def test_what_waited_longest_comes_first(self) -> None:
        for slug, days_ago in (("repair-0", 2), ("repair-1", 9), ("repair-2", 5)):
            self.mark(slug, days_ago=days_ago)

        assert self.asked() == "repair-1"

    def test_is_asked_of_nobody_else(self) -> None:
        self.mark("repair-1", parent=self.stranger)

        assert self.asked().startswith("presence-")

    def test_what_is_not_for_me_or_left_the_library_is_not_asked(self) -> None:
        self.mark("repair-0", days_ago=3)
        self.mark("repair-1", Mark.Kind.NEVER, days_ago=2)
        self.mark("repair-2", days_ago=1)
        Prompt.objects.filter(slug="repair-0").update(retired=True)

        assert self.asked() == "repair-2"

    def test_answered_it_leaves_the_list_and_the_swapped_comes(self) -> None:
        self.mark("repair-0", days_ago=2)
        self.mark("repair-1", days_ago=1)

        revisions.keep_done(self.author, self.write(), timezone.now())

        assert self.marked() == {"repair-1"}
        assert (self.asked(), self.asked(TONIGHT + DAY)) == ("repair-0", "repair-1")

    def test_answered_after_a_swap_it_leaves_the_list_too(self) -> None:
        page = self.write()
        self.mark("repair-0")
        fields: dict[str, Any] = {"entry_id": page.pk, "page": page.page, "seq": 2, "base": 1}

        page = self.write(prompt="repair-0", text="Something else.", **fields)
        assert self.marked() == {"repair-0"}  # the parent may still be typing, or go on to another question

        revisions.keep_done(self.author, page, timezone.now())

        assert self.marked() == set()

    def test_written_under_it_without_answering_it_stays_on_the_list(self) -> None:
        self.mark("repair-0")

        self.write(mode=Mode.JUST_WRITE)

        assert self.marked() == {"repair-0"}

    def test_answered_by_somebody_else_it_stays_on_my_list(self) -> None:
        self.mark("repair-0")

        make_entry(self.stranger, prompt="repair-0", mode=Mode.QUESTION)

        assert self.marked() == {"repair-0"}

    def test_shown_and_passed_over_it_lets_others_go_first_for_a_while(self) -> None:
        self.mark("repair-0")
        night_pages.close(self.author, TONIGHT, Night.Closed.NOT_TONIGHT)
        assert self.asked() == "repair-0"

        assert self.asked(TONIGHT + DAY).startswith("presence-")
        assert self.asked(TONIGHT + KEPT_REST_NIGHTS * DAY).startswith("presence-")
        assert self.asked(TONIGHT + (KEPT_REST_NIGHTS + 1) * DAY) == "repair-0"

    def test_a_swap_leads_to_the_nights_own_questions_and_back(self) -> None:
        self.mark("repair-0")

        assert {slug.partition("-")[0] for slug in self.swapped(5)} == {"presence"}

        night_pages.turn_to(self.author, TONIGHT, 0)
        assert self.asked() == "repair-0"

    def test_a_swap_leads_away_from_it_where_it_is_among_the_nights_own_questions(self) -> None:
        (swapped,) = self.swapped(1)
        Night.objects.all().delete()
        self.mark(swapped)
        assert self.asked() == swapped

        assert self.swapped(1) != [swapped]


class OwnQuestionTests(AskingCase):
    def test_is_asked_by_turn_among_the_others(self) -> None:
        own = self.make_own()
        for n in range(1, FIRST_NIGHTS + 1):
            Night.objects.create(author=self.author, night=TONIGHT - n * DAY, closed=Night.Closed.DONE)

        asked = self.swapped(7)

        assert set(asked) == {own, *(f"presence-{n}" for n in range(6))}

    def test_written_in_the_first_nights_it_is_asked_once_before_their_list(self) -> None:
        own = self.make_own()
        assert self.asked() == own
        night_pages.close(self.author, TONIGHT, Night.Closed.NOT_TONIGHT)

        assert self.asked(TONIGHT + DAY).startswith("presence-")

    def test_is_not_asked_by_turn_where_that_is_not_wanted(self) -> None:
        Prompt.objects.update(retired=True)
        self.make_own(by_turn=False)
        assert self.asked() == ""

        own = self.make_own("What was the last thing said?")

        assert self.asked() == own

    def test_is_asked_of_nobody_else(self) -> None:
        Prompt.objects.update(retired=True)

        self.make_own(author=self.stranger)

        assert self.asked() == ""

    def test_suits_whatever_themes_were_chosen(self) -> None:
        self.prefer(themes=("repair",))

        own = self.make_own()

        assert self.asked() == own

    def test_stands_on_record_as_what_the_night_asked(self) -> None:
        Prompt.objects.update(retired=True)
        own = self.make_own()

        self.swapped(1)

        night = Night.objects.get()
        assert (str(night.own_id), night.prompt_id, str(night.furthest_own_id), night.furthest_id) == (own, None, own, None)
        assert records.before(self.author, TONIGHT + DAY).asked == [Asked(TONIGHT, own)]

    def test_answered_it_stands_on_the_entry_by_id_and_in_words(self) -> None:
        own = self.make_own()

        self.write(prompt=own)

        entry = Entry.objects.get()
        assert (str(entry.own_id), entry.prompt_id, entry.summary.question) == (own, None, "Who laughed first?")

    def test_a_swap_takes_what_was_written_from_it_and_to_it(self) -> None:
        own = self.make_own()
        turns = [self.asked(), *self.swapped(7)]
        night_pages.turn_to(self.author, TONIGHT, turns.index(own))
        self.write(prompt=own)

        night_pages.turn_to(self.author, TONIGHT, turns.index("presence-1"))
        entry = Entry.objects.get()
        assert (entry.own_id, entry.prompt_id, entry.summary.question) == (None, "presence-1", "What is question number 1?")

        night_pages.turn_to(self.author, TONIGHT, turns.index(own))
        entry = Entry.objects.get()
        assert (str(entry.own_id), entry.prompt_id, entry.summary.question) == (own, None, "Who laughed first?")

    def test_a_strangers_is_not_taken_up(self) -> None:
        self.write(prompt=self.make_own("What is theirs?", author=self.stranger))

        entry = Entry.objects.get()
        assert (entry.asked, entry.summary.question) == (None, "")

    def test_deleted_before_it_was_answered_it_gives_way_to_another(self) -> None:
        own = self.make_own()
        night_pages.turn_to(self.author, TONIGHT, 0)
        assert self.asked() == own

        OwnQuestion.objects.all().delete()

        assert self.asked().startswith("presence-")


@time_machine.travel(EVENING, tick=False)
class DeletedOwnQuestionTests(AskingCase):
    """An own question that was answered tonight and then deleted."""

    entry: Entry
    fields: dict[str, Any]

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        own = str(make_own_question(cls.author, "Who laughed first?", now=EVENING).pk)
        cls.entry = make_entry(cls.author, now=EVENING, prompt=own, mode=Mode.QUESTION, text="The baby.")
        cls.fields = page_fields(
            cls.author, entry=cls.entry.pk, page=cls.entry.page, seq=2, base=1, prompt=own, mode="question", text="The baby did."
        )
        signed_in(cls.author).post(reverse("prompts:own_delete", args=[own]))
        assert not OwnQuestion.objects.exists()

    def setUp(self) -> None:
        self.client.force_login(self.author)

    def stored(self) -> tuple[str, str | None, str]:
        entry = Entry.objects.get()
        return entry.content.text, entry.asked, entry.summary.question

    def opened(self, url: str) -> dict[str, Any]:
        """What the page at this address would send, with more written on it."""
        return {**hidden_fields(read(self.client, url), "main form#writing"), "text": "The baby did.", "feeling": ""}

    def test_keeps_its_words_on_the_page_that_answered_it(self) -> None:
        assert self.stored() == ("The baby.", None, "Who laughed first?")

    def test_keeps_them_when_the_page_that_was_open_goes_on_saving(self) -> None:
        self.client.post(reverse("journal:tonight"), self.fields)

        assert self.stored() == ("The baby did.", None, "Who laughed first?")

    def test_keeps_them_when_the_page_is_edited(self) -> None:
        url = reverse("journal:entry_edit", args=[self.entry.pk])

        self.client.post(url, self.opened(url))

        assert self.stored() == ("The baby did.", None, "Who laughed first?")

    def test_keeps_them_when_tonights_page_is_opened_and_written_on_again(self) -> None:
        url = reverse("journal:tonight")

        self.client.post(url, self.opened(url))

        assert self.stored() == ("The baby did.", None, "Who laughed first?")


@time_machine.travel(EVENING, tick=False)
class RewordedPromptTests(AskingCase):
    """A question of the library that was answered tonight, and is put in other words or retired by an update."""

    def setUp(self) -> None:
        self.client.force_login(self.author)
        self.entry = make_entry(self.author, now=EVENING, prompt="presence-1", mode=Mode.QUESTION, text="The baby.")
        self.words = self.entry.summary.question

    def test_what_was_answered_keeps_its_words_wherever_it_is_shown(self) -> None:
        assert self.words == "What is question number 1?"
        for change in ({"question": "Which one is the first?"}, {"retired": True}):
            Prompt.objects.filter(slug="presence-1").update(**change)
            questions.forget_library()
            for url in (reverse("journal:tonight"), reverse("journal:timeline"), self.entry.get_absolute_url()):
                text = main_text(self.client.get(url))
                assert self.words in text, url
                assert "Which one is the first?" not in text, url

        assert Entry.objects.get().summary.question == self.words
