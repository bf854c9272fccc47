"""`journal.nights.night_pages`: what a night's page asks, and what a parent does with it besides writing."""

import datetime as dt

from django.test import TestCase

from accounts.models import Preferences, User
from journal.entries import trash
from journal.models import Entry, Mode, Night, Revision
from journal.nights import night_pages
from journal.nights.precedence import Precedence
from prompts import questions, tonight
from prompts.models import Mark, Prompt
from tests.factories import make_entry, make_prompt, make_user
from tests.helpers import DAY, EVENING, TONIGHT

LAST_NIGHT = TONIGHT - DAY


class NightPageCase(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        for number in range(6):
            make_prompt(slug=f"presence-{number}", question=f"What is question number {number}?")
            make_prompt(slug=f"repair-{number}", question=f"What is repair number {number}?", theme="repair")

    def asked(self, night: dt.date = TONIGHT) -> str | None:
        question = night_pages.load(self.author, night).question
        return question.slug if question else None

    def turn(self, *turns: int, night: dt.date = TONIGHT) -> list[str | None]:
        """What the page asks after turning to each of these."""
        asked = []
        for turn in turns:
            night_pages.turn_to(self.author, night, turn)
            asked.append(self.asked(night))
        return asked

    def choose_themes(self, *themes: str) -> None:
        self.author.sealed_preferences = Preferences(themes=themes)
        self.author.save()

    def row(self) -> Night:
        return Night.objects.get(night=TONIGHT)


class FollowUpTests(NightPageCase):
    """Some weeks after a question, another one builds on it."""

    def setUp(self) -> None:
        self.second = make_prompt(slug="since-then", question="What is it like now?", daily=False, follows="presence-0")
        nights = [TONIGHT - number * DAY for number in range(15, 15 + tonight.FIRST_NIGHTS)]
        for night in nights:
            Night.objects.create(author=self.author, night=night, prompt_id="presence-0", closed=Night.Closed.NOT_TONIGHT)

    def coming(self) -> list[dt.date]:
        """The nights on which it would be asked if nothing were done until then."""
        return [night for night in (TONIGHT + number * DAY for number in range(20)) if self.asked(night) == "since-then"]

    def test_comes_once_or_twice_and_another_question_leads_on(self) -> None:
        first, *others = self.coming()

        assert len(others) <= 1
        assert first <= TONIGHT + 13 * DAY
        turned = self.turn(1, 0, night=first)
        assert turned[0] in {f"{theme}-{number}" for theme in ("presence", "repair") for number in range(6)}
        assert turned[1] == "since-then"

    def test_is_not_asked_again_once_it_is_on_record(self) -> None:
        first = self.coming()[0]

        night_pages.close(self.author, first, Night.Closed.NOT_TONIGHT)

        assert self.coming() == [first]

    def test_can_be_switched_off(self) -> None:
        self.author.sealed_preferences = Preferences(follow_ups=False)

        assert self.coming() == []

    def test_does_not_come_on_the_first_nights(self) -> None:
        Night.objects.filter(night__lt=TONIGHT - 16 * DAY).delete()

        assert self.coming() == []

    def test_waits_behind_what_takes_precedence(self) -> None:
        self.author.sealed_preferences = Preferences(kept_first=True)
        Mark.objects.create(parent=self.author, prompt_id="repair-1", kind=Mark.Kind.LATER, marked_at=EVENING)

        assert self.coming() == []


class LoadTests(NightPageCase):
    def test_writes_nothing(self) -> None:
        for night in (TONIGHT, LAST_NIGHT):
            night_pages.load(self.author, night)
            assert night_pages.entry_of(self.author, night) is None

        assert not Night.objects.exists()
        assert not Entry.objects.exists()

    def test_opens_with_the_nights_first_question(self) -> None:
        page = night_pages.load(self.author, TONIGHT)

        assert page.question == night_pages.choose(self.author, TONIGHT, 0, Precedence(self.author, TONIGHT))
        assert (page.turn, page.mode, page.closed) == (0, Mode.QUESTION, "")

    def test_asks_the_same_all_night(self) -> None:
        assert len({self.asked() for _ in range(5)}) == 1

    def test_asks_nothing_where_nothing_suits(self) -> None:
        Prompt.objects.update(retired=True)

        assert self.asked() is None

    def test_follows_a_change_of_themes_until_something_is_done_with_the_page(self) -> None:
        for theme in ("repair", "presence"):
            self.choose_themes(theme)
            assert (self.asked() or "").startswith(theme)

    def test_keeps_its_question_when_themes_change_after_that(self) -> None:
        for act in (
            lambda: night_pages.close(self.author, TONIGHT, Night.Closed.NOT_TONIGHT),
            lambda: night_pages.set_mode(self.author, TONIGHT, Mode.JUST_FACTS),
            lambda: night_pages.turn_to(self.author, TONIGHT, 1),
            lambda: make_entry(self.author, night=TONIGHT, prompt=self.asked(), mode=Mode.QUESTION),
        ):
            Night.objects.all().delete()
            self.choose_themes("repair")
            act()
            asked = self.asked()

            self.choose_themes("presence")

            assert self.asked() == asked

    def test_keeps_a_question_that_left_the_library_meanwhile(self) -> None:
        (asked,) = self.turn(1)

        Prompt.objects.update(retired=True)
        questions.forget_library()

        assert self.asked() == asked


class TurnTests(NightPageCase):
    def test_leads_to_others_and_back_and_to_the_same_again(self) -> None:
        first = self.asked()

        forward, back, again = self.turn(1, 2, 3), self.turn(2, 1, 0), self.turn(1, 2, 3)

        assert len({first, *forward}) == 4
        assert back == [forward[1], forward[0], first]
        assert again == forward

    def test_remembers_how_far_it_went_when_going_back(self) -> None:
        first_swap, second_swap, _ = self.turn(1, 2, 1)

        row = self.row()
        assert (row.turn, row.furthest_turn, row.furthest_id) == (1, 2, second_swap)
        assert row.prompt_id == first_swap

    def test_goes_further_from_there(self) -> None:
        asked = self.turn(2, 0, 3)

        assert (self.row().furthest_turn, self.row().furthest_id) == (3, asked[-1])

    def test_twice_to_the_same_is_once(self) -> None:
        self.turn(1)
        before = Night.objects.values().get()

        self.turn(1)

        assert Night.objects.values().get() == before

    def test_starts_over_after_so_many(self) -> None:
        first = self.asked()

        assert self.turn(night_pages.TURNS) == [first]
        assert self.row().turn == 0

    def test_opens_a_closed_night_and_asks_again_where_nothing_was_asked(self) -> None:
        night_pages.set_mode(self.author, TONIGHT, Mode.JUST_WRITE)
        night_pages.close(self.author, TONIGHT, Night.Closed.DONE)

        self.turn(1)

        page = night_pages.load(self.author, TONIGHT)
        assert (page.mode, page.closed, page.turn) == (Mode.QUESTION, "", 1)

    def test_leaves_the_page_empty_where_nothing_suits(self) -> None:
        Prompt.objects.update(retired=True)

        assert self.turn(1) == [None]

    def test_does_not_touch_other_peoples_nights(self) -> None:
        other = make_user(email="other@example.org")
        night_pages.close(other, TONIGHT, Night.Closed.DONE)
        before = Night.objects.by(other).values().get()

        self.turn(1)

        assert Night.objects.by(other).values().get() == before


class ModeAndCloseTests(NightPageCase):
    def test_leaving_the_question_out_keeps_it_for_later(self) -> None:
        asked = self.asked()

        for mode in (Mode.JUST_WRITE, Mode.JUST_FACTS, Mode.QUESTION):
            night_pages.set_mode(self.author, TONIGHT, mode)
            page = night_pages.load(self.author, TONIGHT)
            assert (page.mode, page.slug, self.asked()) == (mode, asked, asked if mode == Mode.QUESTION else None)

    def test_closes_kindly_and_opens_again(self) -> None:
        for closed in (Night.Closed.NOT_TONIGHT, Night.Closed.OPEN, Night.Closed.DONE):
            night_pages.close(self.author, TONIGHT, closed)
            assert night_pages.load(self.author, TONIGHT).closed == closed

    def test_a_mode_opens_a_closed_night(self) -> None:
        night_pages.close(self.author, TONIGHT, Night.Closed.DONE)

        night_pages.set_mode(self.author, TONIGHT, Mode.JUST_WRITE)

        assert night_pages.load(self.author, TONIGHT).closed == ""

    def test_twice_is_once(self) -> None:
        night_pages.set_mode(self.author, TONIGHT, Mode.JUST_FACTS)
        night_pages.close(self.author, TONIGHT, Night.Closed.DONE)
        before = Night.objects.values().get()

        night_pages.close(self.author, TONIGHT, Night.Closed.DONE)

        assert Night.objects.values().get() == before

    def test_leaves_the_question_on_record(self) -> None:
        asked = self.asked()

        night_pages.close(self.author, TONIGHT, Night.Closed.NOT_TONIGHT)

        assert (self.row().prompt_id, self.row().furthest_id) == (asked, asked)


class WrittenTests(NightPageCase):
    """What a page asks and what was already written on it stay together."""

    entry: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        slug = night_pages.load(cls.author, TONIGHT).slug
        cls.entry = make_entry(cls.author, now=EVENING, night=TONIGHT, prompt=slug, mode=Mode.QUESTION)

    def stored(self) -> Entry:
        return Entry.objects.get(pk=self.entry.pk)

    def test_a_swap_takes_the_text_along_without_a_new_version(self) -> None:
        (asked,) = self.turn(1)

        entry = self.stored()
        question = questions.prompt(asked)
        assert question is not None
        assert (entry.prompt_id, entry.summary.question) == (asked, question.text)
        assert (entry.content, entry.summary.excerpt) == (self.entry.content, self.entry.summary.excerpt)
        assert (entry.version, entry.page, entry.seq, entry.saved_at) == (1, self.entry.page, self.entry.seq, EVENING)
        assert not Revision.objects.exists()

    def test_just_write_takes_the_question_off_and_asking_puts_it_back(self) -> None:
        asked, question = self.entry.prompt_id, self.entry.summary.question

        night_pages.set_mode(self.author, TONIGHT, Mode.JUST_WRITE)
        assert (self.stored().prompt_id, self.stored().summary.question, self.stored().mode) == (None, "", Mode.JUST_WRITE)

        night_pages.set_mode(self.author, TONIGHT, Mode.QUESTION)
        assert (self.stored().prompt_id, self.stored().summary.question) == (asked, question)

    def test_the_feeling_stays(self) -> None:
        Entry.objects.all().delete()
        self.entry = make_entry(self.author, night=TONIGHT, text="", feeling="heavy")

        self.turn(1)

        assert self.stored().summary.feeling == "heavy"

    def test_closing_leaves_the_text_as_it_is(self) -> None:
        before = Entry.objects.values().get()

        night_pages.close(self.author, TONIGHT, Night.Closed.DONE)

        assert {**Entry.objects.values().get(), "content": "", "summary": ""} == {**before, "content": "", "summary": ""}

    def test_leaves_free_pages_other_nights_and_the_trash_alone(self) -> None:
        trash.delete(self.author, self.entry, EVENING)
        make_entry(self.author, night=TONIGHT, kind=Entry.Kind.FREE)
        make_entry(self.author, night=LAST_NIGHT, prompt="repair-1", mode=Mode.QUESTION)
        before = list(Entry.objects.order_by("pk").values_list("pk", "prompt", "mode", "version"))

        self.turn(1)

        assert list(Entry.objects.order_by("pk").values_list("pk", "prompt", "mode", "version")) == before
        assert night_pages.entry_of(self.author, TONIGHT) is None


class LastNightTests(NightPageCase):
    def test_is_a_page_of_its_own(self) -> None:
        asked = self.asked()
        night_pages.close(self.author, TONIGHT, Night.Closed.NOT_TONIGHT)

        self.turn(1, 2, night=LAST_NIGHT)
        make_entry(self.author, night=LAST_NIGHT)

        page = night_pages.load(self.author, TONIGHT)
        assert (self.asked(), page.turn, page.closed) == (asked, 0, "not_tonight")
        assert night_pages.entry_of(self.author, TONIGHT) is None

    def test_asks_in_the_morning_what_it_asked_in_the_evening(self) -> None:
        asked = self.asked(LAST_NIGHT)

        self.turn(1, 2, 3)

        assert self.asked(LAST_NIGHT) == asked
