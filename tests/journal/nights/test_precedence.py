"""`journal.nights.precedence`: two things that want the same night come one after another, and say so."""

from itertools import product

import time_machine
from django.test import TestCase
from django.urls import reverse

from accounts.models import Connection, Preferences, User
from journal import content
from journal.models import Entry, Mode, Night
from journal.nights import night_pages, walks
from journal.nights.precedence import Precedence
from prompts import received
from prompts.library import paths
from prompts.models import AssignedStep, Assignment, Mark, Walk
from tests.factories import (
    make_assignment,
    make_connection,
    make_counselor,
    make_entry,
    make_path_prompts,
    make_prompt,
    make_set,
    make_user,
)
from tests.helpers import DAY, EVENING, TONIGHT, element, main_text, read, signed_in

FIRST_SET, SECOND_SET = "First weeks", "Evenings"
PATH, KEPT = "Mending, step by step", "Kept for later"


@time_machine.travel(EVENING, tick=False)
class PrecedenceCase(TestCase):
    """A parent whom two counselors gave a set, who walks a path, and who wants what they kept for later first."""

    parent: User
    connections: list[Connection]
    sets: list[Assignment]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.parent = make_user(knows_leave=True)
        make_path_prompts("mending")
        for number in range(6):
            make_prompt(slug=f"home-{number}", question=f"What is question number {number}?", theme="home")
        make_prompt(slug="kept", question="What was kept?", theme="repair")
        Mark.objects.create(parent=cls.parent, prompt_id="kept", kind=Mark.Kind.LATER, marked_at=EVENING)
        counselors = [make_counselor(), make_counselor(email="second@example.org", name="Olu Okafor")]
        cls.connections = [make_connection(counselor, cls.parent) for counselor in counselors]
        cls.sets = [
            make_assignment(connection, make_set(counselor, name=name, steps=[f"{name} {n}?" for n in (1, 2)]))
            for connection, counselor, name in zip(cls.connections, counselors, (FIRST_SET, SECOND_SET), strict=True)
        ]
        cls.parent.refresh_from_db()
        walks.begin(cls.parent, "mending", TONIGHT)
        cls.prefer(cls.parent, kept_first=True)

    @staticmethod
    def prefer(parent: User, *, kept_first: bool) -> None:
        parent.sealed_preferences = Preferences(kept_first=kept_first, themes=("home",))
        parent.save(update_fields=["sealed_preferences"])

    def want(self, *, first_set: bool, second_set: bool, path: bool, kept: bool) -> None:
        """Let these want the night, and no others."""
        for assignment, is_wanted in zip(self.sets, (first_set, second_set), strict=True):
            Assignment.objects.filter(pk=assignment.pk).update(paused=not is_wanted)
        Walk.objects.update(paused=not path)
        self.prefer(self.parent, kept_first=kept)

    def asked(self) -> str:
        question = night_pages.load(self.parent, TONIGHT).question
        return question.text if question else ""

    def turn(self, turn: int) -> str:
        night_pages.turn_to(self.parent, TONIGHT, turn)
        return self.asked()

    def waiting(self) -> list[str]:
        precedence = Precedence(self.parent, TONIGHT)
        page = night_pages.load(self.parent, TONIGHT, precedence)
        return [claim.name for claim in night_pages.waiting(page, precedence)]

    def write(self) -> Entry:
        """Answer what tonight's page asks."""
        return make_entry(self.parent, prompt=night_pages.load(self.parent, TONIGHT).slug, mode=Mode.QUESTION)


class OrderTests(PrecedenceCase):
    def test_whatever_wants_the_night_it_comes_in_its_turn_and_then_the_nights_own_questions(self) -> None:
        texts = ("First weeks 1?", "Evenings 1?", self.turn(2), "What was kept?")
        assert Night.objects.get().prompt_id == paths.read()["mending"].prompts[0]
        for wanted in product((False, True), repeat=4):
            Night.objects.all().delete()
            self.want(**dict(zip(("first_set", "second_set", "path", "kept"), wanted, strict=True)))
            expected = [text for text, is_wanted in zip(texts, wanted, strict=True) if is_wanted]

            asked = [self.asked(), *(self.turn(turn) for turn in range(1, len(expected) + 2))]

            assert asked[: len(expected)] == expected
            assert len(set(asked)) == len(asked)
            assert {text.partition(" number")[0] for text in asked[len(expected) :]} == {"What is question"}
            assert [self.turn(turn) for turn in (1, 0)] == asked[1::-1]

    def test_an_answer_changes_nothing_about_the_turns_of_its_own_night(self) -> None:
        turns = [self.turn(turn) for turn in range(6)]
        self.turn(0)
        entry = self.write()

        for turn in (1, 2, 0, 3, 1, 5, 0):
            assert self.turn(turn) == turns[turn]
            assert Entry.objects.get().summary.question == turns[turn]
            assert Entry.objects.get().content.text == entry.content.text

    def test_nor_does_an_answer_to_the_last_step_of_a_set(self) -> None:
        AssignedStep.objects.filter(assignment=self.sets[0], position=0).update(answered_on=TONIGHT - DAY)
        Assignment.objects.filter(pk=self.sets[1].pk).update(paused=True)
        turns = [self.turn(turn) for turn in range(4)]
        self.turn(0)
        content.move_answer(self.write(), None)
        assert Assignment.objects.get(pk=self.sets[0].pk).finished_at is not None

        assert self.waiting() == [PATH, KEPT]
        assert [self.turn(turn) for turn in (1, 2, 3, 0)] == [*turns[1:], turns[0]]

    def test_a_set_that_is_paused_or_ended_while_its_step_is_answered_keeps_its_place_on_that_page(self) -> None:
        Assignment.objects.filter(pk=self.sets[1].pk).update(paused=True)
        path_question = self.turn(1)
        self.turn(0)
        content.move_answer(self.write(), None)
        for change in ({"paused": True}, {"paused": False, "ended_at": EVENING}):
            Assignment.objects.filter(pk=self.sets[0].pk).update(**change)
            assert self.waiting() == [PATH, KEPT]

        assert self.turn(1) == path_question

    def test_pressed_twice_it_swaps_once_also_after_an_answer_was_finished(self) -> None:
        entry = self.write()
        assert entry.assigned_id is not None
        received.mark_done(entry.assigned_id, EVENING)  # it counts as answered from now on, whatever the page asks next

        assert [self.turn(1), self.turn(1)] == ["Evenings 1?", "Evenings 1?"]

    def test_of_sets_that_wait_the_one_that_has_waited_longest_comes_first(self) -> None:
        Assignment.objects.filter(pk=self.sets[0].pk).update(starts_on=TONIGHT)

        assert [self.asked(), self.turn(1)] == ["Evenings 1?", "First weeks 1?"]

    def test_a_question_that_two_of_them_ask_comes_once(self) -> None:
        step = paths.read()["mending"].prompts[0]
        Mark.objects.filter(parent=self.parent).update(prompt_id=step)

        assert self.waiting() == [SECOND_SET, PATH]
        assert self.turn(3).startswith("What is question number")


class WaitingTests(PrecedenceCase):
    def test_is_what_comes_after_the_step_that_the_page_asks(self) -> None:
        assert self.waiting() == [SECOND_SET, PATH, KEPT]
        assert [(self.turn(turn), self.waiting())[1] for turn in (1, 2, 3, 4)] == [[PATH, KEPT], [KEPT], [], []]

    def test_stays_on_the_page_while_it_is_written_and_not_once_it_is_closed(self) -> None:
        self.write()
        assert self.waiting() == [SECOND_SET, PATH, KEPT]

        night_pages.close(self.parent, TONIGHT, Night.Closed.DONE)
        assert self.waiting() == []

    def test_is_nothing_where_nothing_else_wants_the_night(self) -> None:
        self.want(first_set=True, second_set=False, path=False, kept=False)

        assert self.waiting() == []


class PageTests(PrecedenceCase):
    def setUp(self) -> None:
        Assignment.objects.update(acknowledged_at=EVENING)  # else it would be announced
        self.browser = signed_in(self.parent)
        self.given = [reverse("journal:given", args=[assignment.pk]) for assignment in self.sets]
        self.path = reverse("journal:path", args=["mending"])

    def text(self, url: str) -> str:
        return main_text(self.browser.get(url))

    def test_tonight_names_what_comes_after_and_leads_there(self) -> None:
        waiting = element(read(self.browser, "/tonight/"), ".waiting")

        assert waiting.get_text().strip() == "Evenings, Mending, step by step and Kept for later come after these."
        assert [link["href"] for link in waiting.select("a")] == [self.given[1], self.path, reverse("prompts:marked", args=["later"])]

    def test_tonight_says_so_of_one_and_of_a_path(self) -> None:
        self.want(first_set=True, second_set=False, path=True, kept=False)
        assert "Mending, step by step comes after these." in self.text("/tonight/")

        self.want(first_set=False, second_set=False, path=True, kept=True)
        assert "Kept for later comes after this path." in self.text("/tonight/")

    def test_a_path_and_a_set_say_what_comes_before_them_until_tonights_page_asks_them(self) -> None:
        words = "on tonight’s page. “Another question” there leads here."
        assert words not in self.text(self.given[0])
        assert f"First weeks comes first {words}" in self.text(self.given[1])
        assert f"First weeks and Evenings come first {words}" in self.text(self.path)

        self.turn(2)
        assert words not in self.text(self.path)

        self.turn(1)
        assert words not in self.text(self.given[1])

        self.turn(0)
        self.write()
        assert words in self.text(self.path)
        night_pages.close(self.parent, TONIGHT, Night.Closed.DONE)  # then nothing is swapped any more
        assert words not in self.text(self.path)
        assert words not in self.text(self.given[1])

    def test_beginning_a_path_says_what_comes_first(self) -> None:
        self.want(first_set=True, second_set=False, path=False, kept=False)

        response = self.browser.post(reverse("journal:path_walk", args=["mending"]), {"action": "begin"}, follow=True)

        assert "Started. It comes after what your counselor sent you." in response.content.decode()

    def test_a_name_is_never_markup(self) -> None:
        content = self.sets[1].content
        self.sets[1].sealed_content = type(content)(name="<b>Evenings</b>")
        self.sets[1].save()

        assert "&lt;b&gt;Evenings&lt;/b&gt;" in self.browser.get("/tonight/").content.decode()
