"""counselor.clients.examples: the practice client, on whom everything can be tried and who is nobody."""

import datetime as dt
import io
import zipfile
from http import HTTPStatus
from typing import Any

import time_machine
from django.contrib.auth import authenticate
from django.core import mail
from django.test import TestCase

from accounts import leaving
from accounts.keys.slots import KeySlot
from accounts.models import Connection, User
from common.ids import new_id
from counselor import assigning, groups, labels
from counselor.assigning import Plan, Recipient
from counselor.clients import examples
from counselor.models import ClientGroup
from counselor.workspace import close_workspace
from journal.messages import sending
from journal.models import Entry, Reading, Reply, Share
from journal.sharing import readings, replies
from operations import people
from prompts.models import AssignedStep, Assignment, PromptSet
from tests.factories import make_connection, make_counselor, make_set, make_user
from tests.helpers import element, main_text, parsed, refusal, run, signed_in, take_second_step
from tests.journal.exchange.journals import exported

NOW = dt.datetime(2026, 3, 10, 21, 4, tzinfo=dt.UTC)
CLIENTS = "/accounts/clients/"
PRACTICE = f"{CLIENTS}practice/"


@time_machine.travel(NOW, tick=False)
class ExampleCase(TestCase):
    counselor: User
    connection: Connection
    example: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor = make_counselor()
        User.objects.filter(pk=cls.counselor.pk).update(unread_since=None)
        with time_machine.travel(NOW, tick=False):
            cls.connection = examples.make(cls.counselor, NOW)
        cls.example = cls.connection.parent

    def setUp(self) -> None:
        self.client.force_login(self.counselor)
        self.address = f"{CLIENTS}{self.connection.pk}/"

    def press(self, selector: str) -> Any:
        """Send a form of the client's page, and return the page that follows."""
        form = element(parsed(self.client.get(self.address)), selector)
        sent = {str(field["name"]): str(field.get("value", "")) for field in form.select("input")}
        return self.client.post(str(form["action"]), sent, follow=True)


class MadeTests(ExampleCase):
    def test_has_answered_a_part_of_a_set_and_written_a_reply(self) -> None:
        given = Assignment.objects.get()
        shared = Share.objects.for_counselor(self.counselor).order_by("night")
        assert [share.entry_id for share in shared] == [None] * 3
        assert [step.answered_on for step in given.steps.order_by("position")] == [*(share.night for share in shared), None, None]
        assert all(share.content and share.content.question and "Made up" in share.content.text for share in shared)
        assert [reply.share_id for reply in Reply.objects.filter(from_counselor=False, seen_at=None)] == [shared[0].pk]
        assert not Entry.objects.exists()
        assert self.connection.sees_answered

    def test_is_one_however_often_it_is_made(self) -> None:
        for _ in range(2):
            self.assertRedirects(self.client.post(PRACTICE), self.address, fetch_redirect_response=False)
        assert User.objects.filter(example_of=self.counselor).count() == Connection.objects.count() == 1
        assert self.client.get(PRACTICE).status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_speaks_its_counselors_language(self) -> None:
        User.objects.filter(pk=self.counselor.pk).update(language="es")
        examples_of = self.client
        examples_of.post(f"{PRACTICE}remove/")
        examples_of.post(PRACTICE)
        share = Share.objects.order_by("night")[0]
        assert share.content is not None
        assert "What was" not in share.content.question
        assert "Alex" in Connection.objects.get().parent_name
        assert "practice client" not in Connection.objects.get().parent_name

    def test_is_marked_wherever_its_name_stands(self) -> None:
        labels.save(self.counselor, self.connection.pk, "to try things", NOW)
        group = groups.create(self.counselor, new_id(), "Monday")
        given, share = Assignment.objects.get(), Share.objects.all()[0]
        make_set(self.counselor)
        for url in (
            "/today/",
            CLIENTS,
            self.address,
            "/journal/shared/",
            f"/journal/shared/{share.pk}/",
            f"/accounts/groups/{group.pk}/",
            "/prompts/assignments/",
            f"/prompts/assignments/{given.pk}/",
            "/prompts/assignments/new/",
        ):
            assert "Alex, practice client (to try things)" in main_text(self.client.get(url)), url

    def test_one_whose_connection_was_ended_is_made_anew(self) -> None:
        self.client.post(f"/accounts/care/{self.connection.pk}/end/")
        assert examples.of(self.counselor) is None
        assert examples.make(self.counselor, NOW).pk != self.connection.pk
        assert User.objects.filter(example_of=self.counselor).count() == 1

    def test_another_counselor_has_one_of_their_own(self) -> None:
        other = make_counselor(email="other@example.org")
        self.client.force_login(other)
        assert self.client.get(self.address).status_code == HTTPStatus.NOT_FOUND
        self.client.post(f"{PRACTICE}remove/")
        assert examples.of(self.counselor) == self.connection
        step = examples.next_step(self.connection)
        assert step is not None
        self.client.post(PRACTICE)
        self.client.post(f"{PRACTICE}answer/", {"step": step.pk})
        assert Share.objects.filter(connection=self.connection).count() == 3


class TriedTests(ExampleCase):
    def test_answers_the_next_question_when_asked_to_and_shares_it(self) -> None:
        step = examples.next_step(self.connection)
        assert step is not None
        assert "They answered" in main_text(self.press("form[action$='/answer/']"))
        share = Share.objects.get(assigned=step)
        assert share.content is not None
        assert share.content.question == step.content.question
        step.refresh_from_db()
        assert step.done_at == NOW

    def test_a_press_that_is_sent_twice_answers_once(self) -> None:
        step = examples.next_step(self.connection)
        assert step is not None
        for _ in range(2):
            assert self.client.post(f"{PRACTICE}answer/", {"step": step.pk}).status_code == HTTPStatus.FOUND
        for damaged in ("", "x", new_id()):
            self.client.post(f"{PRACTICE}answer/", {"step": damaged})
        assert Share.objects.count() == 4

    def test_when_all_is_answered_it_says_what_to_do(self) -> None:
        for _ in range(2):
            page = self.press("form[action$='/answer/']")
        assert "Assign another set" in main_text(page)
        assert not parsed(page).select("form[action$='/answer/']")

    def test_is_given_sets_and_begins_one_that_waits_to_be_begun(self) -> None:
        prompt_set = make_set(self.counselor, steps=["What else?"])
        Assignment.objects.update(ended_at=NOW)
        (pk,) = assigning.assign(
            self.counselor,
            prompt_set,
            Plan(cadence=Assignment.Cadence.WHEN_DONE),
            [Recipient(self.connection.pk, None, "A note.")],
            batch=new_id(),
            now=NOW,
        )
        self.press("form[action$='/answer/']")
        assert Assignment.objects.get(pk=pk).starts_on == self.counselor.tonight(NOW)
        [share] = Share.objects.filter(assigned__assignment=pk)
        assert share.content is not None
        assert share.content.question == "What else?"

    def test_is_read_replied_to_and_put_in_groups(self) -> None:
        share = Share.objects.all()[0]
        self.client.post(f"/journal/shared/{share.pk}/open/")
        self.client.post(f"/journal/shared/{share.pk}/reply/", {"id": new_id(), "text": "Thank you.", "author": self.counselor.pk})
        assert Reading.objects.filter(share=share).exists()
        assert "Thank you." in main_text(self.client.get(f"/journal/shared/{share.pk}/"))
        group = groups.create(self.counselor, new_id(), "Monday")
        groups.change(group, "Monday", [self.connection.pk])
        assert list(group.members.all()) == [self.connection]


class NobodyTests(ExampleCase):
    def test_cannot_sign_in(self) -> None:
        assert not self.example.is_active
        assert not self.example.has_usable_password()
        assert authenticate(None, email=self.example.email, password="") is None
        browser = signed_in(None)
        browser.post("/accounts/login/code/", {"email": self.example.email})
        browser.post("/accounts/password/reset/", {"email": self.example.email})
        assert not [message for message in mail.outbox if "code" in message.subject.lower()]
        browser.post("/accounts/login/", {"login": self.example.email, "password": "a lamp, a page, a pen"})
        assert "_auth_user_id" not in browser.session

    def test_neither_is_sent_a_message_nor_causes_one(self) -> None:
        self.counselor.refresh_from_db()
        assert self.counselor.unread_since is None
        step = examples.next_step(self.connection)
        assert step is not None
        examples.answer(self.counselor, step.pk, NOW)
        share = Share.objects.all()[0]
        replies.reply(self.counselor, share, new_id(), "Thank you.", NOW)
        sending.send_due(NOW + dt.timedelta(hours=1))
        assert not mail.outbox
        leaving.delete_example(self.counselor)
        self.counselor.refresh_from_db()
        assert self.counselor.unread_since is None

    def test_the_operator_is_shown_nobody(self) -> None:
        operator = User.objects.create_superuser("operator@example.org", "a lamp, a page, a pen")
        browser = signed_in(operator)
        take_second_step(browser, operator)
        assert self.example.email not in browser.get("/admin/accounts/user/").content.decode()
        assert self.counselor.email in browser.get("/admin/accounts/user/").content.decode()
        change = browser.get(f"/admin/accounts/user/{self.example.pk}/change/")
        assert change.status_code == HTTPStatus.FOUND
        assert self.example.email not in {size.address for size in people.sizes()}
        for command in ("enable", "disable", "resend"):
            assert "No one has the address" in refusal("people", command, self.example.email)
        assert "No one has this address" in refusal("changepassword", self.example.email)
        assert "practice" not in run("people", "sizes").lower()

    def test_is_in_no_export(self) -> None:
        parent = make_user()
        make_connection(self.counselor, parent)
        for person in (self.counselor, parent):
            with zipfile.ZipFile(io.BytesIO(exported(person))) as archive:
                texts = b"".join(archive.read(name) for name in archive.namelist())
            assert self.connection.parent_name.encode() not in texts
            assert b"Made up" not in texts


class GoneTests(ExampleCase):
    def assert_gone(self) -> None:
        assert not User.objects.filter(pk=self.example.pk).exists()
        assert not Connection.objects.filter(pk=self.connection.pk).exists()
        for model in (Share, Reply, Assignment, AssignedStep):
            assert not model.objects.exists(), model
        assert not PromptSet.objects.filter(source=examples.SOURCE).exists()
        assert not KeySlot.objects.filter(owner=self.example.pk).exists()

    def test_goes_at_a_press_with_all_that_was_tried(self) -> None:
        group = groups.create(self.counselor, new_id(), "Monday")
        groups.change(group, "Monday", [self.connection.pk])
        readings.open_share(self.counselor, Share.objects.all()[0].pk, NOW)
        assert "client removed" in main_text(self.press("form[action$='/remove/']"))
        self.assert_gone()
        assert ClientGroup.objects.count() == 1
        self.assertRedirects(self.client.post(f"{PRACTICE}remove/"), "/today/")
        assert not parsed(self.client.get("/today/")).select(".notice.ended")

    def test_goes_when_the_counselor_closes_the_workspace(self) -> None:
        close_workspace(self.counselor, NOW)
        self.assert_gone()

    def test_goes_with_the_counselor(self) -> None:
        leaving.delete(self.counselor)
        self.assert_gone()

    def test_its_set_stays_where_a_real_client_was_given_it(self) -> None:
        connection = make_connection(self.counselor, make_user())
        prompt_set = PromptSet.objects.get(source=examples.SOURCE)
        assigning.assign(
            self.counselor,
            prompt_set,
            Plan(cadence=Assignment.Cadence.WHEN_DONE),
            [Recipient(connection.pk, None, "")],
            batch=new_id(),
            now=NOW,
        )
        leaving.delete_example(self.counselor)
        assert PromptSet.objects.filter(source=examples.SOURCE).exists()
        assert examples.make(self.counselor, NOW).parent.example_of_id == self.counselor.pk

    def test_the_set_is_not_among_the_counselors_own(self) -> None:
        assert "Five evenings" not in main_text(self.client.get("/prompts/sets/"))
