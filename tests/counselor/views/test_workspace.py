"""A counselor's workspace, invitations, and what accepting them makes."""

from http import HTTPStatus

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.models import Connection, KeySlot, Role, User
from counselor.models import Invitation, Workspace
from tests.factories import make_connection, make_invitation, make_user
from tests.helpers import signed_in


def offer(counselor: User, **words: str) -> tuple[Invitation, str]:
    """An invitation and its address."""
    made = make_invitation(counselor, email=words.get("email", ""), name=words.get("name", ""))
    return made, reverse("counselor:invitation", args=[made.content.token])


class WorkspaceTests(TestCase):
    def setUp(self) -> None:
        self.person = make_user()
        self.client.force_login(self.person)

    def open(self, **fields: str) -> None:
        self.client.post("/accounts/workspace/", {"name": "Ines Holm", "practice": "Lindgatan", "line": "I listen.", **fields})
        self.person.refresh_from_db()

    def test_is_opened_by_anyone_and_gives_access_to_nobody(self) -> None:
        self.open()

        assert (self.person.is_counselor, self.person.role) == (True, Role.COUNSELOR)
        assert not Connection.objects.exists()

    def test_needs_a_name_and_keeps_what_was_typed(self) -> None:
        response = self.client.post("/accounts/workspace/", {"name": "", "practice": "Lindgatan", "line": ""})

        self.assertContains(response, "Lindgatan", status_code=422)
        assert not Workspace.objects.exists()

    def test_opened_twice_is_one(self) -> None:
        self.open()
        self.open(practice="Another")

        assert Workspace.objects.get().practice == "Another"

    def test_each_role_has_its_own_navigation(self) -> None:
        self.open()
        assert ">Clients<" in (page := self.client.get("/accounts/settings/").content.decode())
        assert ">Tonight<" not in page

        response = self.client.post("/accounts/role/", {"role": "parent"})

        assert response.headers["Location"] == "/tonight/"
        assert ">Tonight<" in (page := self.client.get("/accounts/settings/").content.decode())
        assert ">Clients<" not in page
        assert self.client.post("/accounts/role/", {"role": "counselor"}).headers["Location"] == "/accounts/clients/"
        assert self.client.get("/").headers["Location"] == "/accounts/clients/"

    def test_nobody_chooses_a_role_that_is_not_theirs(self) -> None:
        for role in ("counselor", "admin", ""):
            self.client.post("/accounts/role/", {"role": role})

        self.person.refresh_from_db()
        assert self.person.role == Role.PARENT

    def test_clients_see_a_new_name(self) -> None:
        self.open()
        connection = make_connection(self.person, make_user(email="client@example.org"))

        self.open(name="Ines Berg")

        connection.refresh_from_db()
        assert connection.counselor_name == "Ines Berg"

    def test_closing_ends_connections_withdraws_and_tells(self) -> None:
        self.open()
        parent = make_user(email="client@example.org")
        connection = make_connection(self.person, parent)
        invitation, _address = offer(self.person)
        assert "Your connection with 1 client ends" in self.client.get("/accounts/workspace/close/").content.decode()

        for _twice in range(2):
            self.client.post("/accounts/workspace/close/")

        connection.refresh_from_db()
        invitation.refresh_from_db()
        assert connection.ended_by == Connection.Ended.CLOSED
        assert invitation.state(timezone.now()) == Invitation.State.WITHDRAWN
        assert not KeySlot.objects.filter(connection=connection).exists()
        self.assertContains(signed_in(parent).get("/tonight/"), "Ines Holm has ended your connection")

    def test_who_has_none_is_led_to_open_one(self) -> None:
        for address in ("/accounts/invitations/", "/accounts/workspace/close/"):
            assert self.client.get(address).headers["Location"] == "/accounts/workspace/"
            assert self.client.post(address).status_code == HTTPStatus.NOT_FOUND
