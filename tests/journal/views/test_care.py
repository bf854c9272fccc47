"""A counselor's workspace, invitations, and what accepting them makes."""

from http import HTTPStatus

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts import connections
from accounts.keys import keyring
from accounts.keys.crypto import NoSuchKey
from accounts.models import Connection, KeySlot
from tests.factories import (
    PASSWORD,
    make_connection,
    make_counselor,
    make_user,
)
from tests.helpers import signed_in


class ConsentTests(TestCase):
    def setUp(self) -> None:
        self.counselor, self.parent = make_counselor(), make_user()
        self.connection = make_connection(self.counselor, self.parent)

    def test_what_they_may_see_is_changed_at_any_time(self) -> None:
        signed_in(self.parent).post(f"/accounts/care/{self.connection.pk}/", {"parent_name": "M."})

        self.connection.refresh_from_db()
        assert (self.connection.parent_name, self.connection.sees_answered) == ("M.", False)

    def test_an_empty_name_is_refused(self) -> None:
        response = signed_in(self.parent).post(f"/accounts/care/{self.connection.pk}/", {"parent_name": " "})

        self.assertContains(response, "Give a name", status_code=422)

    def test_either_side_ends_it_at_once(self) -> None:
        for person, how in ((self.parent, "parent"), (self.counselor, "counselor")):
            client = signed_in(person)
            assert client.get(f"/accounts/care/{self.connection.pk}/end/").status_code == HTTPStatus.OK
            for _twice in range(2):
                client.post(f"/accounts/care/{self.connection.pk}/end/")

            self.connection.refresh_from_db()
            assert self.connection.ended_by == how
            with pytest.raises(NoSuchKey):
                keyring.data_key(self.connection.pk)
            self.connection = make_connection(self.counselor, self.parent)

    def test_connected_again_the_key_is_another(self) -> None:
        first = keyring.data_key(self.connection.pk)
        connections.end(self.parent, self.connection.pk, timezone.now())

        again = make_connection(self.counselor, self.parent)

        assert again.pk != self.connection.pk
        assert keyring.data_key(again.pk) != first

    def test_strangers_find_nothing(self) -> None:
        for stranger in (make_user(email="stranger@example.org"), make_counselor(email="other@example.org")):
            client = signed_in(stranger)
            for address in ("", "end/", "seen/"):
                assert client.post(f"/accounts/care/{self.connection.pk}/{address}").status_code == HTTPStatus.NOT_FOUND
        assert Connection.objects.active().count() == 1

    def test_who_was_left_reads_it_once(self) -> None:
        connections.end(self.counselor, self.connection.pk, timezone.now())
        client = signed_in(self.parent)
        self.assertContains(client.get("/tonight/"), "has ended your connection")

        client.post(f"/accounts/care/{self.connection.pk}/seen/")

        self.assertNotContains(client.get("/tonight/"), "has ended your connection")
        self.assertContains(client.get("/accounts/care/"), "they ended it on")

    def test_who_ended_it_need_not_be_told(self) -> None:
        connections.end(self.parent, self.connection.pk, timezone.now())

        self.assertNotContains(signed_in(self.parent).get("/tonight/"), "has ended your connection")

    def test_an_account_that_goes_ends_its_connections(self) -> None:
        other = make_connection(make_counselor(email="second@example.org", name="Second"), self.parent)
        client = signed_in(self.counselor)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.post("/accounts/delete/", {"sure": "on"})

        self.connection.refresh_from_db()
        assert (self.connection.ended_by, self.connection.counselor, self.connection.counselor_name) == ("closed", None, "Ines Holm")
        self.assertContains(signed_in(self.parent).get("/tonight/"), "Ines Holm has ended your connection")
        client = signed_in(self.parent)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.post("/accounts/delete/", {"sure": "on"})
        assert not Connection.objects.exists()
        assert not KeySlot.objects.filter(connection=other.pk).exists()


@pytest.mark.django_db
def test_who_has_nobody_is_told_how_it_would_come_about() -> None:
    page = signed_in(make_user()).get("/accounts/care/").content.decode()

    assert "Nobody yet." in page
