"""/accounts/care/: what a parent's counselors may see, and ending a connection from either side."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection as database
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import connections
from accounts.connections import hand_overs
from accounts.keys import keyring
from accounts.keys.crypto import NoSuchKey
from accounts.models import Connection, KeySlot, User
from common.ids import new_id
from counselor import labels
from journal.models import RecordCopy, Share
from journal.sharing import readings, replies, shares
from journal.views.sharing import supporters
from prompts.models import Assignment
from tests.factories import PASSWORD, make_assignment, make_connection, make_counselor, make_entry, make_set, make_user
from tests.helpers import DAY, main_text, read, signed_in


class ConsentTests(TestCase):
    counselor: User
    parent: User
    connection: Connection

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor, cls.parent = make_counselor(), make_user()
        cls.connection = make_connection(cls.counselor, cls.parent)

    def test_what_they_may_see_is_changed_at_any_time(self) -> None:
        signed_in(self.parent).post(f"/accounts/care/{self.connection.pk}/", {"parent_name": "M."})

        self.connection.refresh_from_db()
        assert (self.connection.parent_name, self.connection.sees_answered) == ("M.", False)

    def test_an_empty_name_is_refused(self) -> None:
        response = signed_in(self.parent).post(f"/accounts/care/{self.connection.pk}/", {"parent_name": " "})

        self.assertContains(response, "Enter a name", status_code=422)

    def test_either_side_ends_it_at_once(self) -> None:
        for person, side in ((self.parent, "parent"), (self.counselor, "counselor")):
            client = signed_in(person)
            assert client.get(f"/accounts/care/{self.connection.pk}/end/").status_code == HTTPStatus.OK
            for _ in range(2):
                client.post(f"/accounts/care/{self.connection.pk}/end/")

            self.connection.refresh_from_db()
            assert self.connection.ended_by == side
            with pytest.raises(NoSuchKey):
                keyring.data_key(self.connection.pk)
            self.connection = make_connection(self.counselor, self.parent)

    def test_a_new_connection_of_the_same_two_has_another_key(self) -> None:
        first_key = keyring.data_key(self.connection.pk)
        connections.end(self.parent, self.connection.pk, timezone.now())

        second = make_connection(self.counselor, self.parent)

        assert second.pk != self.connection.pk
        assert keyring.data_key(second.pk) != first_key

    def test_strangers_find_nothing(self) -> None:
        for stranger in (make_user(email="stranger@example.org"), make_counselor(email="other@example.org")):
            client = signed_in(stranger)
            for act in ("", "end/", "seen/"):
                assert client.post(f"/accounts/care/{self.connection.pk}/{act}").status_code == HTTPStatus.NOT_FOUND
        assert Connection.objects.active().count() == 1

    def test_the_other_side_is_shown_the_end_until_it_was_seen(self) -> None:
        connections.end(self.counselor, self.connection.pk, timezone.now())
        client = signed_in(self.parent)
        self.assertContains(client.get("/tonight/"), "has ended your connection")

        client.post(f"/accounts/care/{self.connection.pk}/seen/")

        self.assertNotContains(client.get("/tonight/"), "has ended your connection")
        self.assertContains(client.get("/accounts/care/"), "they ended it on")

    def test_whoever_ended_it_is_not_shown_the_end(self) -> None:
        connections.end(self.parent, self.connection.pk, timezone.now())

        self.assertNotContains(signed_in(self.parent).get("/tonight/"), "has ended your connection")

    def test_deleting_an_account_ends_its_connections(self) -> None:
        other = make_connection(make_counselor(email="second@example.org", name="Second"), self.parent)
        client = signed_in(self.counselor)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.post("/accounts/delete/", {"sure": "on"})

        self.connection.refresh_from_db()
        assert (self.connection.ended_by, self.connection.counselor, self.connection.counselor_name) == ("closed", None, "Ines Holm")
        self.assertContains(signed_in(self.parent).get("/tonight/"), "<bdi>Ines Holm</bdi> has ended your connection")
        client = signed_in(self.parent)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.post("/accounts/delete/", {"sure": "on"})
        assert not Connection.objects.exists()
        assert not KeySlot.objects.filter(connection=other.pk).exists()


@pytest.mark.django_db
def test_without_a_counselor_the_page_says_so() -> None:
    page = signed_in(make_user()).get("/accounts/care/").content.decode()

    assert "No one yet." in page


@pytest.mark.django_db
def test_a_counselor_sees_whom_they_are_about_to_leave() -> None:
    counselor, parent = make_counselor(), make_user()
    connection = make_connection(counselor, parent, parent_name="Mara")
    labels.save(counselor, connection.pk, "of Tuesdays", timezone.now())
    url = f"/accounts/care/{connection.pk}/end/"

    assert "End the connection with Mara (of Tuesdays)" in main_text(signed_in(counselor).get(url))
    assert "Tuesdays" not in main_text(signed_in(parent).get(url))


class HandOverTests(TestCase):
    def setUp(self) -> None:
        self.now = timezone.now()
        self.parent = make_user()
        self.counselor, self.colleague = make_counselor(), make_counselor(email="colleague@example.org", name="Bo Lind")
        self.connection = make_connection(self.counselor, self.parent, sees_answered=False)
        self.asked = hand_overs.ask(self.counselor, self.connection.pk, self.colleague, "Bo Lind", self.now)
        self.client.force_login(self.parent)
        self.url = f"/accounts/care/hand-over/{self.asked.pk}/"

    def active(self) -> list[str]:
        return list(Connection.objects.of_parent(self.parent).active().values_list("counselor_name", flat=True))

    def test_the_page_says_what_passes_on_and_what_does_not(self) -> None:
        page = main_text(self.client.get(self.url))

        assert "May Bo Lind take over?" in page
        assert "Bo Lind gets nothing you shared before" in page
        assert self.active() == ["Ines Holm"]

    def test_tonight_and_support_lead_to_the_question_until_it_is_answered(self) -> None:
        for page in ("/tonight/", "/accounts/care/"):
            self.assertContains(self.client.get(page), f'href="{self.url}"')

        hand_overs.decline(self.parent, self.asked.pk, self.now)

        for page in ("/tonight/", "/accounts/care/"):
            self.assertNotContains(self.client.get(page), f'href="{self.url}"')

    def test_the_client_agrees_on_terms_of_their_own(self) -> None:
        for _twice in range(2):
            self.client.post(self.url, {"act": "accept", "parent_name": "Mara L.", "sees_answered": "on"})

        assert self.active() == ["Bo Lind"]
        new = Connection.objects.of_parent(self.parent).active().get()
        assert (new.parent_name, new.sees_answered) == ("Mara L.", True)

    def test_the_client_would_rather_not(self) -> None:
        for _twice in range(2):
            assert self.client.post(self.url, {"act": "decline"}).headers["Location"] == "/accounts/care/"

        assert self.active() == ["Ines Holm"]
        assert self.client.get(self.url).headers["Location"] == "/accounts/care/"

    def test_what_was_withdrawn_meanwhile_changes_nothing(self) -> None:
        hand_overs.withdraw(self.counselor, self.connection.pk, self.now)

        response = self.client.post(self.url, {"act": "accept", "parent_name": "Mara"}, follow=True)

        assert "This question was withdrawn" in response.content.decode()
        assert self.active() == ["Ines Holm"]


class SupportTests(TestCase):
    counselor: User
    parent: User
    connection: Connection
    tonight: dt.date

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor, cls.parent = make_counselor(), make_user(knows_leave=True)
        cls.connection = make_connection(cls.counselor, cls.parent)
        cls.parent.refresh_from_db()
        cls.tonight = cls.parent.tonight(timezone.now())

    def setUp(self) -> None:
        self.client.force_login(self.parent)

    def give(self, **fields: Any) -> Assignment:
        return make_assignment(self.connection, make_set(self.counselor), **{"starts_on": self.tonight, **fields})

    def share(self, *, days: int) -> Share:
        entry = make_entry(self.parent, entry_id=new_id(), night=self.tonight - days * DAY)
        with keyring.cached():
            return shares.share(self.parent, self.connection, entry, timezone.now())

    def text(self) -> str:
        return main_text(self.client.get("/accounts/care/"))

    def test_is_in_the_navigation_of_whoever_has_or_had_a_counselor(self) -> None:
        def links() -> list[str]:
            return [str(link["href"]) for link in read(self.client, "/tonight/").select("header nav a")]

        assert "/accounts/care/" in links()
        connections.end(self.parent, self.connection.pk, timezone.now())
        assert "/accounts/care/" in links()
        self.client.force_login(make_user(email="alone@example.org"))
        assert "/accounts/care/" not in links()

    def test_says_how_far_each_set_is_and_when_its_next_question_comes(self) -> None:
        self.give()
        self.give(starts_on=self.tonight + 3 * DAY)
        self.give(starts_on=None)
        self.give(paused=True)

        text = self.text()

        assert "0 of 2 answered · a question is waiting for you" in text
        assert "0 of 2 answered · next on " in text
        assert "starts when you like" in text
        assert "0 of 2 answered · paused" in text

    def test_shows_the_latest_shares_who_read_them_and_first_where_a_reply_waits(self) -> None:
        made = [self.share(days=days) for days in (9, 8, 7, 6, 5, 4)]
        replies.reply(self.counselor, made[0], new_id(), "Thank you.", timezone.now())
        readings.open_share(self.counselor, made[-1].pk, timezone.now())

        page = read(self.client, "/accounts/care/")

        rows = [" ".join(row.get_text().split()) for row in page.select("[aria-labelledby^=shared] li")]
        assert len(rows) == supporters.LATEST
        assert rows[0].endswith("not read yet · you have a reply")
        assert " read on " in rows[1]

    def test_says_when_copies_were_taken_and_when_the_next_session_is(self) -> None:
        RecordCopy.objects.create(connection=self.connection, form=RecordCopy.Form.PAPER, made_at=timezone.now())
        Connection.objects.update(next_session_on=self.tonight + DAY)
        text = self.text()
        assert "Ines Holm took a copy of what you shared for their own files." in text
        assert "Your next session is on " in text

        Connection.objects.update(next_session_on=self.tonight - DAY)

        assert "Your next session" not in self.text()

    def test_what_was_given_stays_readable_after_the_end(self) -> None:
        given = self.give(note="For you.")
        given.steps.filter(position=0).update(answered_on=self.tonight - DAY)
        unkept = self.give()
        Assignment.objects.filter(pk=unkept.pk).update(sealed_content=None)
        connections.end(self.counselor, self.connection.pk, timezone.now())

        page, address = read(self.client, "/accounts/care/"), f"/prompts/given/{given.pk}/"

        assert [str(link["href"]) for link in page.select(".list a")] == [address]
        text = main_text(self.client.get(address))
        for words in (
            "First weeks",
            "For you.",
            "What was said at the door?",
            "What was left unsaid?",
            "not answered",
            "no longer connected",
        ):
            assert words in text
        assert "Sharing" not in text
        for missing in (self.client.post(address, {"action": "begin"}), self.client.get(f"/prompts/given/{unkept.pk}/")):
            assert missing.status_code == HTTPStatus.NOT_FOUND
        for other in (self.counselor, make_user(email="stranger@example.org")):
            assert signed_in(other).get(address).status_code == HTTPStatus.NOT_FOUND

    def test_costs_the_same_however_much_there_is(self) -> None:
        second = make_counselor(email="second@example.org", name="Olu Okafor")
        ended = make_connection(second, self.parent)
        make_assignment(ended, make_set(second))
        connections.end(self.parent, ended.pk, timezone.now())
        self.give()
        self.share(days=1)
        self.text()
        with CaptureQueriesContext(database) as few:
            self.text()

        make_assignment(make_connection(second, self.parent), make_set(second))
        for days in (2, 3):
            self.give()
            self.share(days=days)

        with self.assertNumQueries(len(few)):
            self.text()
