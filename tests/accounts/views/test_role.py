"""/accounts/role/: whoever has a workspace uses the site as a parent or as a counselor."""

from http import HTTPStatus

from django.test import TestCase

from accounts.models import Role, User
from tests.factories import make_counselor, make_user


class RoleTests(TestCase):
    counselor: User
    parent: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor, cls.parent = make_counselor(), make_user()

    def switch(self, person: User, role: str) -> str:
        """Where the person is sent to; `person.role` is as it is stored afterwards."""
        self.client.force_login(person)
        response = self.client.post("/accounts/role/", {"role": role})
        assert response.status_code == HTTPStatus.FOUND
        person.refresh_from_db()
        return response.headers["Location"]

    def test_a_counselor_switches_there_and_back(self) -> None:
        for _ in range(2):  # safe to send twice
            assert self.switch(self.counselor, "parent") == "/tonight/"
            assert self.counselor.role == Role.PARENT

        assert self.switch(self.counselor, "counselor") == "/today/"
        assert self.counselor.role == Role.COUNSELOR

    def test_nobody_without_a_workspace_becomes_a_counselor(self) -> None:
        assert self.switch(self.parent, "counselor") == "/tonight/"

        assert self.parent.role == Role.PARENT

    def test_an_unknown_role_changes_nothing(self) -> None:
        for role in ("admin", "", "COUNSELOR"):
            assert self.switch(self.counselor, role) == "/today/"
            assert self.counselor.role == Role.COUNSELOR

    def test_is_not_switched_by_a_link(self) -> None:
        self.client.force_login(self.counselor)

        assert self.client.get("/accounts/role/?role=parent").status_code == HTTPStatus.METHOD_NOT_ALLOWED
