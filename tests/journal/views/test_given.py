"""What a counselor gave: on Tonight, on its own page, and while it is answered."""

import datetime as dt
from http import HTTPStatus
from typing import Any

from django.db import connection as database
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import connections
from journal.models import Entry, Night, Share
from journal.nights import night_pages, walks
from prompts import questions, received
from prompts.models import AssignedStep, Assignment
from tests.factories import (
    make_assignment,
    make_connection,
    make_counselor,
    make_path_prompts,
    make_prompt,
    make_set,
    make_user,
    page_fields,
)
from tests.helpers import signed_in

FIRST, SECOND = "What was said at the door?", "What was left unsaid?"


class GivenTests(TestCase):
    def setUp(self) -> None:
        make_prompt()
        self.counselor, self.parent = make_counselor(), make_user(knows_leave=True)
        self.connection = make_connection(self.counselor, self.parent)
        self.tonight = self.parent.tonight(timezone.now())
        self.client.force_login(self.parent)

    def give(self, **fields: Any) -> Assignment:
        return make_assignment(self.connection, make_set(self.counselor), **{"starts_on": self.tonight, **fields})

    def write(self, text: str = "A long look.", **fields: object) -> None:
        page = self.client.get("/tonight/").context
        asked = page["page"].question.slug
        sent = page_fields(self.parent, night=self.tonight, prompt=asked, mode="question", text=text, action="close:done")
        assert self.client.post("/tonight/", {**sent, **fields}).status_code == HTTPStatus.FOUND

    def test_comes_before_everything_else_with_its_counselors_name(self) -> None:
        make_path_prompts("mending")
        walks.begin(self.parent, "mending", self.tonight)
        self.give()

        page = self.client.get("/tonight/")

        self.assertContains(page, f"<h1>{FIRST}</h1>", html=True)
        self.assertContains(page, "From Ines Holm")
        self.assertContains(page, "step 1 of 2")
        self.assertContains(page, "Only you can read this. It reaches Ines Holm only if you share it yourself.")

    def test_says_while_writing_that_the_answer_will_be_shared(self) -> None:
        self.give(shares=True)
        connections.mark_informed(self.parent, self.connection.pk, timezone.now())

        self.assertContains(self.client.get("/tonight/"), "When you press Done, a copy of this answer goes to Ines Holm.")

    def test_a_step_of_the_library_is_asked_in_its_words(self) -> None:
        make_assignment(self.connection, make_set(self.counselor, steps=["prompt:at-the-door"]), starts_on=self.tonight)

        self.assertContains(self.client.get("/tonight/"), "What happened at the door tonight?")
        self.write()

        entry = Entry.objects.get()
        assert (entry.prompt_id, entry.assigned_id) == ("at-the-door", AssignedStep.objects.get().pk)

    def test_an_answer_is_the_steps_and_stays_on_its_page(self) -> None:
        given = self.give()
        self.write()

        entry, step = Entry.objects.get(), given.steps.get(position=0)
        assert (entry.assigned_id, entry.summary.question) == (step.pk, FIRST)
        assert step.answered_on == self.tonight
        assert night_pages.load(self.parent, self.tonight).question.text == FIRST  # type: ignore[union-attr]
        tomorrow = night_pages.load(self.parent, self.tonight + dt.timedelta(days=1))
        assert tomorrow.question is not None
        assert (tomorrow.question.text, tomorrow.received and tomorrow.received.number) == (SECOND, 2)

    def test_a_feeling_alone_answers_nothing(self) -> None:
        given = self.give()
        self.write(text="", feeling="heavy")

        assert not given.steps.filter(answered_on__isnull=False).exists()

    def test_swapped_for_another_question_it_waits(self) -> None:
        given = self.give()
        self.write(action="turn:1")

        assert not given.steps.filter(answered_on__isnull=False).exists()
        assert Entry.objects.get().assigned_id is None
        self.assertContains(self.client.get("/tonight/"), "What happened at the door tonight?")
        night_pages.turn_to(self.parent, self.tonight, 0)
        assert given.steps.get(position=0).answered_on == self.tonight

    def test_paused_not_begun_or_ended_it_is_not_asked(self) -> None:
        given = self.give()
        for change in (
            {"paused": True},
            {"starts_on": None},
            {"ended_at": timezone.now()},
            {"starts_on": self.tonight + dt.timedelta(days=1)},
        ):
            Assignment.objects.filter(pk=given.pk).update(**{"paused": False, "starts_on": self.tonight, "ended_at": None, **change})
            self.assertContains(self.client.get("/tonight/"), "What happened at the door tonight?")

    def test_what_waits_longest_comes_first(self) -> None:
        other = make_connection(make_counselor(email="second@example.org", name="Second"), self.parent)
        self.give()
        make_assignment(other, make_set(other.counselor, steps=["An older one?"]), starts_on=self.tonight - dt.timedelta(days=3))  # type: ignore[arg-type]

        self.assertContains(self.client.get("/tonight/"), "From Second")

    def test_when_the_connection_ends_the_question_stays_above_what_answered_it(self) -> None:
        self.give()
        self.write()
        connections.end(self.counselor, self.connection.pk, timezone.now())
        self.client.post("/tonight/", {"action": "reopen", "night": self.tonight})

        page = self.client.get("/tonight/")
        self.assertContains(page, f"<h1>{FIRST}</h1>", html=True)
        self.assertNotContains(page, "From Ines Holm")
        entry = Entry.objects.get()
        again = {"text": "A longer look.", "entry": entry.pk, "base": entry.version, "prompt": page.context["form"]["prompt"].value()}
        self.client.post("/tonight/", page_fields(self.parent, night=self.tonight, mode="question", **again))
        entry.refresh_from_db()
        assert (entry.content.text, entry.summary.question) == ("A longer look.", FIRST)

    def test_somebody_elses_step_is_nothing(self) -> None:
        given = self.give()
        step = given.steps.get(position=0)
        stranger = make_user(email="stranger@example.org")
        client = signed_in(stranger)

        assert questions.find(stranger, f"step-{step.pk}") is None
        assert client.get(f"/journal/new/?prompt=step-{step.pk}").status_code == HTTPStatus.NOT_FOUND
        client.post(
            "/journal/new/", page_fields(stranger, night=stranger.tonight(timezone.now()), prompt=f"step-{step.pk}", mode="question")
        )
        step.refresh_from_db()
        assert (step.answered_on, Entry.objects.get().assigned_id) == (None, None)

    def test_nothing_is_asked_of_the_database_for_who_never_had_a_counselor(self) -> None:
        other = signed_in(make_user(email="other@example.org"))
        with CaptureQueriesContext(database) as queries:
            other.get("/tonight/")

        asked = " ".join(query["sql"] for query in queries)
        for table in ("accounts_connection", "prompts_assignedstep", "journal_reply"):
            assert f'"{table}"' not in asked

    def test_its_page_shows_what_has_come_and_not_what_is_to_come(self) -> None:
        given = self.give(note="Slowly.")

        page = self.client.get(f"/prompts/given/{given.pk}/")

        for said in (FIRST, "Slowly.", "Question 2 comes later", "First weeks"):
            self.assertContains(page, said)
        self.assertNotContains(page, SECOND)
        self.write()
        self.assertContains(self.client.get(f"/prompts/given/{given.pk}/"), f'href="/journal/{Entry.objects.get().pk}/"')
        self.assertContains(self.client.get(f"/prompts/given/{given.pk}/"), "The next question comes on")

    def test_all_at_once_can_be_written_to_in_any_order(self) -> None:
        given = self.give(cadence=Assignment.Cadence.AT_ONCE)
        step = given.steps.get(position=1)
        page = self.client.get(f"/journal/new/?prompt=step-{step.pk}")
        self.assertContains(page, SECOND)
        self.assertContains(page, "It reaches Ines Holm only if you share it yourself")

        sent = page_fields(self.parent, night=self.tonight, prompt=f"step-{step.pk}", mode="question")
        self.client.post("/journal/new/", sent)

        step.refresh_from_db()
        assert step.answered_on == self.tonight
        self.assertContains(self.client.get("/tonight/"), FIRST)

    def test_begins_when_the_parent_says_so(self) -> None:
        given = self.give(starts_on=None)
        self.assertContains(self.client.get(f"/prompts/given/{given.pk}/"), "Begin")

        for _twice in range(2):
            response = self.client.post(f"/prompts/given/{given.pk}/", {"action": "begin"}, follow=True)

        self.assertContains(response, "The first question is on tonight’s page")
        self.assertContains(self.client.get("/tonight/"), FIRST)

    def test_begun_on_a_written_night_it_leaves_the_page_alone(self) -> None:
        given = self.give(starts_on=None)
        self.write()
        self.client.post(f"/prompts/given/{given.pk}/", {"action": "begin"})

        assert Night.objects.get().prompt_id == "at-the-door"
        assert received.step_on(self.parent, self.tonight) is not None

    def test_sharing_by_itself_is_told_of_before_it_begins(self) -> None:
        given = self.give()
        address = f"/prompts/given/{given.pk}/"
        for said in ("obliged by law", "Nobody watches"):
            self.assertContains(self.client.get(address), said)

        response = self.client.post(address, {"action": "share"})
        self.assertContains(response, "Nothing is shared", status_code=422)
        given.refresh_from_db()
        assert not given.shares

        self.client.post(address, {"action": "share", "understood": "on"})
        given.refresh_from_db()
        self.connection.refresh_from_db()
        assert given.shares
        assert self.connection.informed_at is not None
        self.client.post(address, {"action": "keep"})
        given.refresh_from_db()
        assert not given.shares
        self.client.post(address, {"action": "share"})  # told once is enough
        given.refresh_from_db()
        assert given.shares

    def test_what_it_does_not_know_it_does_not_do(self) -> None:
        given = self.give()
        assert self.client.post(f"/prompts/given/{given.pk}/", {"action": "nonsense"}).status_code == HTTPStatus.NOT_FOUND

    def test_who_supports_me_shows_what_was_given_and_how_far(self) -> None:
        self.give()
        self.write()

        page = self.client.get("/accounts/care/")
        for said in ("Ines Holm", "Lindgatan", "First weeks", "1 of 2 answered"):
            self.assertContains(page, said)
        self.assertContains(self.client.get(f"/accounts/care/{self.connection.pk}/"), "First weeks")

    def test_others_find_nothing(self) -> None:
        given = self.give()
        for other in (self.counselor, make_user(email="stranger@example.org"), make_counselor(email="second@example.org")):
            for response in (
                signed_in(other).get(f"/prompts/given/{given.pk}/"),
                signed_in(other).post(f"/prompts/given/{given.pk}/", {"action": "share"}),
            ):
                assert response.status_code == HTTPStatus.NOT_FOUND
        assert not Share.objects.exists()
