"""journal.evening, as far as a parent has a say in it: marks, questions of their own, and pages begun from a question."""

from typing import Any

import time_machine
from django.urls import reverse
from django.utils import timezone

from journal.history import revisions
from journal.models import Entry, Mode, Night
from journal.nights import night_pages
from prompts.models import Mark, OwnQuestion, Prompt
from prompts.tonight import KEPT_REST_NIGHTS, Asked
from tests.factories import make_entry, make_prompt, page_fields
from tests.helpers import DAY, EVENING, TONIGHT, parsed
from tests.journal.asking import AskingCase


class NeverTests(AskingCase):
    def test_what_is_not_for_me_is_asked_on_no_night_and_by_no_swap(self) -> None:
        passed = {"presence-0", "presence-2", "presence-5"}
        for slug in passed:
            self.mark(slug, Mark.Kind.NEVER)

        asked = {self.asked(TONIGHT + n * DAY) for n in range(8)} | set(self.swapped(12))

        assert asked == {"presence-1", "presence-3", "presence-4"}

    def test_with_everything_passed_over_the_night_asks_nothing(self) -> None:
        for n in range(6):
            self.mark(f"presence-{n}", Mark.Kind.NEVER)

        assert self.asked() == ""
        assert self.swapped(2) == ["", ""]

    def test_what_others_pass_over_is_asked_of_me(self) -> None:
        asked = self.asked()

        for n in range(6):
            self.mark(f"presence-{n}", Mark.Kind.NEVER, parent=self.stranger)

        assert self.asked() == asked

    def test_answering_it_all_the_same_does_not_take_the_mark_away(self) -> None:
        self.mark("presence-1", Mark.Kind.NEVER)

        self.write(prompt="presence-1")

        assert self.marked() == {"presence-1"}


class LaterTests(AskingCase):
    """What was kept for later; none of it suits the themes that were chosen."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        for n in range(3):
            make_prompt(slug=f"repair-{n}", question=f"What is repair number {n}?", theme="repair")

    def setUp(self) -> None:
        self.first(yes=True)

    def first(self, *, yes: bool) -> None:
        self.choose(themes=("presence",), kept_first=yes)

    def test_comes_first_only_where_that_is_chosen(self) -> None:
        self.mark("repair-1")
        assert self.asked() == "repair-1"

        self.first(yes=False)

        assert self.asked().startswith("presence-")

    def test_what_waited_longest_comes_first(self) -> None:
        for slug, ago in (("repair-0", 2), ("repair-1", 9), ("repair-2", 5)):
            self.mark(slug, ago=ago)

        assert self.asked() == "repair-1"

    def test_is_asked_of_nobody_else(self) -> None:
        self.mark("repair-1", parent=self.stranger)

        assert self.asked().startswith("presence-")

    def test_what_is_not_for_me_or_left_the_library_is_not_asked(self) -> None:
        self.mark("repair-0", ago=3)
        self.mark("repair-1", Mark.Kind.NEVER, ago=2)
        self.mark("repair-2", ago=1)
        Prompt.objects.filter(slug="repair-0").update(retired=True)

        assert self.asked() == "repair-2"

    def test_answered_it_leaves_the_list_and_the_next_one_comes(self) -> None:
        self.mark("repair-0", ago=2)
        self.mark("repair-1", ago=1)

        revisions.keep_done(self.author, self.write(), timezone.now())

        assert self.marked() == {"repair-1"}
        assert (self.asked(), self.asked(TONIGHT + DAY)) == ("repair-0", "repair-1")

    def test_answered_after_a_swap_it_leaves_the_list_too(self) -> None:
        page = self.write()
        self.mark("repair-0")
        fields: dict[str, Any] = {"entry_id": page.pk, "page": page.page, "seq": 2, "base": 1}

        page = self.write(prompt="repair-0", text="Something else.", **fields)
        assert self.marked() == {"repair-0"}  # somebody may still be typing, and go on to another question

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
        rests = KEPT_REST_NIGHTS
        assert self.asked() == "repair-0"

        assert self.asked(TONIGHT + DAY).startswith("presence-")
        assert self.asked(TONIGHT + rests * DAY).startswith("presence-")
        assert self.asked(TONIGHT + (rests + 1) * DAY) == "repair-0"

    def test_a_swap_leads_to_the_nights_own_questions_and_back(self) -> None:
        self.mark("repair-0")

        assert {slug.partition("-")[0] for slug in self.swapped(5)} == {"presence"}

        night_pages.turn_to(self.author, TONIGHT, 0)
        assert self.asked() == "repair-0"

    def test_a_swap_leads_away_from_it_where_it_is_among_the_nights_own_questions(self) -> None:
        (next_one,) = self.swapped(1)
        Night.objects.all().delete()
        self.mark(next_one)
        assert self.asked() == next_one

        assert self.swapped(1) != [next_one]


class OwnQuestionTests(AskingCase):
    def test_is_asked_by_turn_among_the_others(self) -> None:
        own = self.own()

        asked = self.swapped(7)

        assert set(asked) == {own, *(f"presence-{n}" for n in range(6))}

    def test_is_not_asked_by_turn_where_that_is_not_wanted(self) -> None:
        Prompt.objects.update(retired=True)
        self.own(by_turn=False)
        assert self.asked() == ""

        own = self.own("What was the last thing said?")

        assert self.asked() == own

    def test_is_asked_of_nobody_else(self) -> None:
        Prompt.objects.update(retired=True)

        self.own(author=self.stranger)

        assert self.asked() == ""

    def test_suits_whatever_themes_were_chosen(self) -> None:
        self.choose(themes=("repair",))

        own = self.own()

        assert self.asked() == own

    def test_stands_on_record_as_what_the_night_asked(self) -> None:
        Prompt.objects.update(retired=True)
        own = self.own()

        self.swapped(1)

        night = Night.objects.get()
        assert (str(night.own_id), night.prompt_id, str(night.furthest_own_id), night.furthest_id) == (own, None, own, None)
        assert night_pages.asked_before(self.author, TONIGHT + DAY) == [Asked(TONIGHT, own)] * 2

    def test_answered_it_stands_on_the_entry_by_id_and_in_words(self) -> None:
        own = self.own()

        self.write(prompt=own)

        entry = Entry.objects.get()
        assert (str(entry.own_id), entry.prompt_id, entry.summary.question) == (own, None, "Who laughed first?")

    def test_a_swap_takes_what_was_written_from_it_and_to_it(self) -> None:
        own = self.own()
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
        self.write(prompt=self.own("What is theirs?", author=self.stranger))

        entry = Entry.objects.get()
        assert (entry.asked, entry.summary.question) == (None, "")

    def test_deleted_before_it_was_answered_it_gives_way_to_another(self) -> None:
        own = self.own()
        turns = self.swapped(7)
        night_pages.turn_to(self.author, TONIGHT, 1 + turns.index(own))
        assert self.asked() == own

        OwnQuestion.objects.all().delete()

        assert self.asked().startswith("presence-")


@time_machine.travel(EVENING, tick=False)
class DeletedOwnQuestionTests(AskingCase):
    """A question of one's own that was answered tonight and then deleted."""

    def setUp(self) -> None:
        self.client.force_login(self.author)
        own = self.own()
        self.entry = self.write(prompt=own, text="The baby.")
        self.page = page_fields(
            self.author, entry=self.entry.pk, page=self.entry.page, seq=2, base=1, prompt=own, mode="question", text="The baby did."
        )
        self.client.post(reverse("prompts:own_delete", args=[own]))
        assert not OwnQuestion.objects.exists()

    def words(self) -> tuple[str, str | None, str]:
        entry = Entry.objects.get()
        return entry.content.text, entry.asked, entry.summary.question

    def opened(self, url: str) -> dict[str, Any]:
        """What the page at this address would send, with more written on it."""
        page = parsed(self.client.get(url))
        hidden = {str(tag["name"]): tag.get("value", "") for tag in page.select("main form#writing input[type=hidden]")}
        return {**hidden, "text": "The baby did.", "feeling": ""}

    def test_keeps_its_words_on_the_page_that_answered_it(self) -> None:
        assert self.words() == ("The baby.", None, "Who laughed first?")

    def test_keeps_them_when_the_page_that_was_open_goes_on_saving(self) -> None:
        self.client.post(reverse("journal:tonight"), self.page)

        assert self.words() == ("The baby did.", None, "Who laughed first?")

    def test_keeps_them_when_the_page_is_edited(self) -> None:
        url = reverse("journal:entry_edit", args=[self.entry.pk])

        self.client.post(url, self.opened(url))

        assert self.words() == ("The baby did.", None, "Who laughed first?")

    def test_keeps_them_when_tonights_page_is_opened_and_written_on_again(self) -> None:
        url = reverse("journal:tonight")

        self.client.post(url, self.opened(url))

        assert self.words() == ("The baby did.", None, "Who laughed first?")
