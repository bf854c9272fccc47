"""/accounts/care/: what a parent's counselors may see, and ending a connection from either side."""

from http import HTTPStatus

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts import connections
from accounts.connections import hand_overs
from accounts.keys import keyring
from accounts.keys.crypto import NoSuchKey
from accounts.models import Connection, KeySlot, User
from tests.factories import PASSWORD, make_connection, make_counselor, make_user
from tests.helpers import main_text, signed_in


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

        self.assertContains(response, "Give a name", status_code=422)

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

    assert "Nobody yet." in page


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
        assert "Bo Lind gets nothing of what you shared before" in page
        assert self.active() == ["Ines Holm"]

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
