"""`/accounts/workspace/` and `close/`: a person opens a workspace, becomes a counselor, and closes it."""

from http import HTTPStatus

from django.test import TestCase
from django.utils import timezone

from accounts.models import Connection, KeySlot, Role, User
from counselor.models import Invitation, Workspace
from tests.factories import make_connection, make_invitation, make_user
from tests.helpers import confirm, signed_in


class WorkspaceTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def setUp(self) -> None:
        self.client.force_login(self.person)

    def open(self, **fields: str) -> str:
        """Opens it, and where that leads."""
        response = self.client.post("/accounts/workspace/", {"name": "Ines Holm", "practice": "Lindgatan", "line": "I listen.", **fields})
        self.person.refresh_from_db()
        return response.headers["Location"]

    def test_is_opened_by_anyone_and_gives_access_to_nobody(self) -> None:
        assert self.open() == "/today/"
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
        assert self.client.post("/accounts/role/", {"role": "counselor"}).headers["Location"] == "/today/"
        assert self.client.get("/").headers["Location"] == "/today/"

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

    def test_closing_ends_connections_withdraws_invitations_and_notifies_the_clients(self) -> None:
        self.open()
        parent = make_user(email="client@example.org")
        connection = make_connection(self.person, parent)
        invitation = make_invitation(self.person)
        confirm(self.client)
        assert "Your connection with 1 client ends" in self.client.get("/accounts/workspace/close/").content.decode()

        assert "1 open invitation is withdrawn" in self.client.get("/accounts/workspace/close/").content.decode()
        self.assertContains(self.client.get("/accounts/workspace/close/"), f"/accounts/clients/{connection.pk}/records/")
        for wrong in ({}, {"word": "yes"}):
            assert self.client.post("/accounts/workspace/close/", wrong).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert Connection.objects.active().exists()

        for _twice in range(2):
            self.client.post("/accounts/workspace/close/", {"word": " Close "})

        connection.refresh_from_db()
        invitation.refresh_from_db()
        assert connection.ended_by == Connection.Ended.CLOSED
        assert invitation.state(timezone.now()) == Invitation.State.WITHDRAWN
        assert not KeySlot.objects.filter(connection=connection).exists()
        self.assertContains(signed_in(parent).get("/tonight/"), "<bdi>Ines Holm</bdi> has ended your connection")

    def test_people_without_one_are_led_to_open_one(self) -> None:
        for address in ("/accounts/invitations/", "/accounts/workspace/close/"):
            assert self.client.get(address).headers["Location"] == "/accounts/workspace/"
            assert self.client.post(address).status_code == HTTPStatus.NOT_FOUND
