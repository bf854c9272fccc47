"""/accounts/email/: changing one's address on a site that sends no mail, where it cannot be confirmed."""

from http import HTTPStatus

from django.test import TestCase

from accounts.models import User
from tests.factories import PASSWORD, make_user


class ChangeTests(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user(email="old@example.org")

    def setUp(self) -> None:
        self.client.post("/accounts/login/", {"login": "old@example.org", "password": PASSWORD})
        self.client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    def change(self, address: str, action: str = "action_add") -> int:
        return self.client.post("/accounts/email/", {"email": address, action: ""}).status_code

    def address(self) -> str:
        return User.objects.get(pk=self.author.pk).email

    def test_counts_at_once(self) -> None:
        for address in ("new@example.org", "newer@example.org"):
            assert self.change(address) == HTTPStatus.FOUND
            assert self.address() == address
        assert "newer@example.org" in self.client.get("/accounts/email/").content.decode()

    def test_lets_in_with_the_new_address(self) -> None:
        self.change("new@example.org")
        self.client.post("/accounts/logout/")

        self.client.post("/accounts/login/", {"login": "new@example.org", "password": PASSWORD})

        assert self.client.get("/tonight/").status_code == HTTPStatus.OK

    def test_takes_nobody_elses_address(self) -> None:
        make_user(email="taken@example.org")

        self.change("TAKEN@example.org")

        assert self.address() == "old@example.org"

    def test_never_leaves_an_account_without_an_address(self) -> None:
        self.client.get("/accounts/email/")

        self.change("old@example.org", "action_remove")

        assert self.address() == "old@example.org"
