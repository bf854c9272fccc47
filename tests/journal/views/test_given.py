"""/prompts/given/<id>/: what a counselor assigned, on its own page, on /tonight/, and while it is answered."""

import datetime as dt
from http import HTTPStatus
from typing import Any
from unittest import mock

from django.db import OperationalError
from django.db import connection as database
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import connections
from accounts.models import Connection, User
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
from tests.helpers import DAY, JSON, main_text, read, signed_in

FIRST, SECOND = "What was said at the door?", "What was left unsaid?"


class GivenTests(TestCase):
    counselor: User
    parent: User
    connection: Connection
    tonight: dt.date

    @classmethod
    def setUpTestData(cls) -> None:
        make_prompt()
        cls.counselor, cls.parent = make_counselor(), make_user(knows_leave=True)
        cls.connection = make_connection(cls.counselor, cls.parent)
        cls.tonight = cls.parent.tonight(timezone.now())

    def setUp(self) -> None:
        self.client.force_login(self.parent)

    def assign(self, **fields: Any) -> Assignment:
        return make_assignment(self.connection, make_set(self.counselor), **{"starts_on": self.tonight, **fields})

    def write(self, text: str = "A long look.", **fields: object) -> None:
        """Answer what tonight's page asks, and be done."""
        asked = self.client.get("/tonight/").context["page"].question.slug
        sent = page_fields(self.parent, night=self.tonight, prompt=asked, mode="question", text=text, action="close:done")
        assert self.client.post("/tonight/", {**sent, **fields}).status_code == HTTPStatus.FOUND

    def test_comes_before_everything_else_with_its_counselors_name(self) -> None:
        make_path_prompts("mending")
        walks.begin(self.parent, "mending", self.tonight)
        self.assign()

        page = self.client.get("/tonight/")

        self.assertContains(page, f'<h1 dir="auto">{FIRST}</h1>', html=True)
        self.assertContains(page, "From <bdi>Ines Holm</bdi>")
        self.assertContains(page, "question 1 of 2")
        self.assertContains(page, "This isn’t shared. <bdi>Ines Holm</bdi> sees it only if you share it yourself.")

    def test_says_while_writing_that_the_answer_will_be_shared(self) -> None:
        self.assign(shares=True)
        connections.mark_informed(self.parent, self.connection.pk, timezone.now())

        self.assertContains(self.client.get("/tonight/"), "When you press Done, a copy of this answer goes to <bdi>Ines Holm</bdi>.")

    def test_a_step_of_the_library_is_asked_in_its_words(self) -> None:
        make_assignment(self.connection, make_set(self.counselor, steps=["prompt:at-the-door"]), starts_on=self.tonight)

        self.assertContains(self.client.get("/tonight/"), "What happened at the door tonight?")
        self.write()

        entry = Entry.objects.get()
        assert (entry.prompt_id, entry.assigned_id) == ("at-the-door", AssignedStep.objects.get().pk)

    def test_an_answer_belongs_to_its_step_and_stays_on_its_page(self) -> None:
        assignment = self.assign()
        self.write()

        entry, step = Entry.objects.get(), assignment.steps.get(position=0)
        assert (entry.assigned_id, entry.summary.question) == (step.pk, FIRST)
        assert step.answered_on == self.tonight
        assert night_pages.load(self.parent, self.tonight).question.text == FIRST  # type: ignore[union-attr]
        tomorrow = night_pages.load(self.parent, self.tonight + DAY)
        assert tomorrow.question is not None
        assert (tomorrow.question.text, tomorrow.received and tomorrow.received.number) == (SECOND, 2)

    def test_a_feeling_alone_answers_nothing(self) -> None:
        assignment = self.assign()
        self.write(text="", feeling="heavy")

        assert not assignment.steps.filter(answered_on__isnull=False).exists()

    def test_swapped_for_another_question_it_waits(self) -> None:
        assignment = self.assign()
        self.write(action="turn:1")

        assert not assignment.steps.filter(answered_on__isnull=False).exists()
        assert Entry.objects.get().assigned_id is None
        self.assertContains(self.client.get("/tonight/"), "What happened at the door tonight?")
        night_pages.turn_to(self.parent, self.tonight, 0)
        assert assignment.steps.get(position=0).answered_on == self.tonight

    def test_paused_not_begun_or_ended_it_is_not_asked(self) -> None:
        assignment = self.assign()
        for change in (
            {"paused": True},
            {"starts_on": None},
            {"ended_at": timezone.now()},
            {"starts_on": self.tonight + DAY},
        ):
            Assignment.objects.filter(pk=assignment.pk).update(**{"paused": False, "starts_on": self.tonight, "ended_at": None, **change})
            self.assertContains(self.client.get("/tonight/"), "What happened at the door tonight?")

    def test_what_waits_longest_comes_first(self) -> None:
        other = make_connection(make_counselor(email="second@example.org", name="Second"), self.parent)
        self.assign()
        make_assignment(other, make_set(other.counselor, steps=["An older one?"]), starts_on=self.tonight - 3 * DAY)  # type: ignore[arg-type]

        self.assertContains(self.client.get("/tonight/"), "From <bdi>Second")

    def test_a_page_that_goes_on_to_answer_something_else_leaves_the_step_to_be_asked(self) -> None:
        assignment = self.assign()
        fields = page_fields(self.parent, night=self.tonight, prompt=f"step-{assignment.steps.all()[0].pk}", mode="question")
        self.client.post("/tonight/", fields, headers=JSON)
        assert assignment.steps.get(position=0).answered_on == self.tonight

        self.client.post("/tonight/", {**fields, "seq": 2, "prompt": "at-the-door", "text": "Of the door."}, headers=JSON)

        assert Entry.objects.get().assigned_id is None
        assert assignment.steps.get(position=0).answered_on is None

    def test_what_failed_half_way_is_begun_by_sending_it_again(self) -> None:
        assignment = self.assign(starts_on=None)
        night_pages.close(self.parent, self.tonight, Night.Closed.OPEN)  # tonight's page asks another question by now
        address = f"/prompts/given/{assignment.pk}/"
        self.client.raise_request_exception = False
        with mock.patch.object(night_pages, "reset_question", side_effect=OperationalError):
            assert self.client.post(address, {"action": "begin"}).status_code == HTTPStatus.SERVICE_UNAVAILABLE

        self.client.post(address, {"action": "begin"})

        self.assertContains(self.client.get("/tonight/"), "From <bdi>Ines Holm</bdi>")

    def test_begun_again_it_leaves_a_night_that_was_closed_since(self) -> None:
        assignment = self.assign(starts_on=None)
        address = f"/prompts/given/{assignment.pk}/"
        self.client.post(address, {"action": "begin"})
        night_pages.close(self.parent, self.tonight, Night.Closed.NOT_TONIGHT)

        self.client.post(address, {"action": "begin"})

        assert Night.objects.get().closed == Night.Closed.NOT_TONIGHT

    def test_the_latest_is_listed_first(self) -> None:
        for name, days in {"Second": 2, "First": 1, "Third": 3}.items():
            assignment = make_assignment(self.connection, make_set(self.counselor, name=name))
            Assignment.objects.filter(pk=assignment.pk).update(assigned_at=timezone.now() - days * DAY)

        page = read(self.client, f"/accounts/care/{self.connection.pk}/")
        assert [link.get_text() for link in page.select("a[href^='/prompts/given/']")] == ["First", "Second", "Third"]

    def test_a_page_of_the_journal_says_who_asked_also_after_the_end(self) -> None:
        self.assign()
        self.write()
        page = f"/journal/{Entry.objects.get().pk}/"
        assert "Question from Ines Holm" in main_text(self.client.get(page))

        connections.end(self.parent, self.connection.pk, timezone.now())

        assert "Question from Ines Holm" in main_text(self.client.get(page))

    def test_when_the_connection_ends_the_question_stays_above_what_answered_it(self) -> None:
        self.assign()
        self.write()
        connections.end(self.counselor, self.connection.pk, timezone.now())
        self.client.post("/tonight/", {"action": "reopen", "night": self.tonight})

        page = self.client.get("/tonight/")
        self.assertContains(page, f'<h1 dir="auto">{FIRST}</h1>', html=True)
        self.assertNotContains(page, "From <bdi>Ines Holm</bdi>")
        entry = Entry.objects.get()
        changed = {"text": "A longer look.", "entry": entry.pk, "base": entry.version, "prompt": page.context["form"]["prompt"].value()}
        self.client.post("/tonight/", page_fields(self.parent, night=self.tonight, mode="question", **changed))
        entry.refresh_from_db()
        assert (entry.content.text, entry.summary.question) == ("A longer look.", FIRST)

    def test_a_step_of_another_parent_is_not_found(self) -> None:
        assignment = self.assign()
        step = assignment.steps.get(position=0)
        stranger = make_user(email="stranger@example.org")
        client = signed_in(stranger)

        assert questions.find(stranger, f"step-{step.pk}") is None
        assert client.get(f"/journal/new/?prompt=step-{step.pk}").status_code == HTTPStatus.NOT_FOUND
        client.post(
            "/journal/new/", page_fields(stranger, night=stranger.tonight(timezone.now()), prompt=f"step-{step.pk}", mode="question")
        )
        step.refresh_from_db()
        assert (step.answered_on, Entry.objects.get().assigned_id) == (None, None)

    def test_who_never_had_a_counselor_pays_no_query(self) -> None:
        client = signed_in(make_user(email="other@example.org"))
        with CaptureQueriesContext(database) as queries:
            client.get("/tonight/")

        statements = " ".join(query["sql"] for query in queries)
        for table in ("accounts_connection", "prompts_assignedstep", "journal_reply"):
            assert f'"{table}"' not in statements

    def test_its_page_shows_what_has_come_and_not_what_is_to_come(self) -> None:
        assignment = self.assign(note="Slowly.")

        page = self.client.get(f"/prompts/given/{assignment.pk}/")

        for text in (FIRST, "Slowly.", "Question 2 comes later", "First weeks"):
            self.assertContains(page, text)
        self.assertNotContains(page, SECOND)
        self.write()
        self.assertContains(self.client.get(f"/prompts/given/{assignment.pk}/"), f'href="/journal/{Entry.objects.get().pk}/"')
        self.assertContains(self.client.get(f"/prompts/given/{assignment.pk}/"), "The next question comes on")

    def test_its_caution_stands_on_its_page_and_above_the_first_question_until_that_is_answered(self) -> None:
        assignment = self.assign(caution="Not <alone>.", cadence=Assignment.Cadence.AT_ONCE)
        steps = list(assignment.steps.order_by("position"))
        address = f"/prompts/given/{assignment.pk}/"
        first, second = (f"/journal/new/?prompt=step-{step.pk}" for step in steps)

        for url, cautioned in ((address, True), ("/tonight/", True), (first, True), (second, False)):
            shown = read(self.client, url).select(".caution")
            assert bool(shown) == cautioned, url
            for caution in shown:
                assert "Not <alone>." in caution.get_text()
                assert [link["href"] for link in caution.select("a")] == ["/help/"]
        self.write()
        assert not read(self.client, "/tonight/").select(".caution")

    def test_marks_the_questions_that_can_hurt(self) -> None:
        make_prompt(slug="a-sore-one", question="What hurt?", depth="deep", tender=True)
        prompt_set = make_set(self.counselor, steps=(FIRST, "prompt:a-sore-one"))
        assignment = make_assignment(self.connection, prompt_set, starts_on=self.tonight, cadence=Assignment.Cadence.AT_ONCE)

        page = read(self.client, f"/prompts/given/{assignment.pk}/")

        assert [[badge.get_text() for badge in step.select(".badge")] for step in page.select(".steps li")] == [
            [],
            ["may touch something sore", "goes deep"],
        ]

    def test_all_at_once_can_be_written_to_in_any_order(self) -> None:
        assignment = self.assign(cadence=Assignment.Cadence.AT_ONCE)
        step = assignment.steps.get(position=1)
        page = self.client.get(f"/journal/new/?prompt=step-{step.pk}")
        self.assertContains(page, SECOND)
        self.assertContains(page, "<bdi>Ines Holm</bdi> sees it only if you share it yourself")

        sent = page_fields(self.parent, night=self.tonight, prompt=f"step-{step.pk}", mode="question")
        self.client.post("/journal/new/", sent)

        step.refresh_from_db()
        assert step.answered_on == self.tonight
        self.assertContains(self.client.get("/tonight/"), FIRST)

    def test_begins_when_the_parent_says_so(self) -> None:
        assignment = self.assign(starts_on=None)
        self.assertContains(self.client.get(f"/prompts/given/{assignment.pk}/"), "Begin")

        for _ in range(2):
            response = self.client.post(f"/prompts/given/{assignment.pk}/", {"action": "begin"}, follow=True)

        self.assertContains(response, "The first question is on tonight’s page")
        self.assertContains(self.client.get("/tonight/"), FIRST)

    def test_begun_on_a_written_night_it_leaves_the_page_alone(self) -> None:
        assignment = self.assign(starts_on=None)
        self.write()
        response = self.client.post(f"/prompts/given/{assignment.pk}/", {"action": "begin"}, follow=True)

        self.assertContains(response, "Its first question is open now")
        self.assertContains(response, f"/journal/new/?prompt=step-{assignment.steps.earliest('position').pk}")
        assert Night.objects.get().prompt_id == "at-the-door"
        assert received.steps_on(self.parent, self.tonight) != []

    def test_says_what_automatic_sharing_means_before_it_begins(self) -> None:
        assignment = self.assign()
        address = f"/prompts/given/{assignment.pk}/"
        for text in ("The law may require", "No one watches"):
            self.assertContains(self.client.get(address), text)

        response = self.client.post(address, {"action": "share"})
        self.assertContains(response, "Nothing has been shared", status_code=422)
        assignment.refresh_from_db()
        assert not assignment.shares

        self.client.post(address, {"action": "share", "understood": "on"})
        assignment.refresh_from_db()
        self.connection.refresh_from_db()
        assert assignment.shares
        assert self.connection.informed_at is not None
        self.client.post(address, {"action": "keep"})
        assignment.refresh_from_db()
        assert not assignment.shares
        self.client.post(address, {"action": "share"})  # once informed, the parent need not confirm it again
        assignment.refresh_from_db()
        assert assignment.shares

    def test_says_no_more_that_answers_are_shared_once_all_are_finished(self) -> None:
        given = self.assign(shares=True)
        first, last = given.steps.order_by("position")
        address, said = f"/prompts/given/{given.pk}/", "is shared with Ines Holm when you press Done"
        received.mark_done(first.pk, timezone.now())
        received.mark_answered(first.pk, self.tonight)
        received.mark_answered(last.pk, self.tonight)
        assert said in main_text(self.client.get(address))  # the last one is still a draft
        assert "shared as you finish" in main_text(self.client.get("/accounts/care/"))

        received.mark_done(last.pk, timezone.now())

        page = main_text(self.client.get(address))
        assert said not in page
        assert "nothing more of it is shared with Ines Holm, unless a page says so" in page
        assert "shared as you finish" not in main_text(self.client.get("/accounts/care/"))

    def test_knows_no_other_acts(self) -> None:
        assignment = self.assign()
        assert self.client.post(f"/prompts/given/{assignment.pk}/", {"action": "nonsense"}).status_code == HTTPStatus.NOT_FOUND

    def test_support_shows_what_was_assigned_and_how_much_is_answered(self) -> None:
        self.assign()
        self.write()

        page = self.client.get("/accounts/care/")
        for text in ("Ines Holm", "Lindgatan", "First weeks", "1 of 2 answered"):
            self.assertContains(page, text)
        self.assertContains(self.client.get(f"/accounts/care/{self.connection.pk}/"), "First weeks")

    def test_others_find_nothing(self) -> None:
        assignment = self.assign()
        for other in (self.counselor, make_user(email="stranger@example.org"), make_counselor(email="second@example.org")):
            for response in (
                signed_in(other).get(f"/prompts/given/{assignment.pk}/"),
                signed_in(other).post(f"/prompts/given/{assignment.pk}/", {"action": "share"}),
            ):
                assert response.status_code == HTTPStatus.NOT_FOUND
        assert not Share.objects.exists()
