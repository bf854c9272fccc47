"""/journal/signed-in/: tells a page's script who is signed in."""

from http import HTTPStatus

from django.test import TestCase

from tests.factories import make_user
from tests.helpers import JSON


class SignedInTests(TestCase):
    def test_names_who_is_signed_in_and_gives_a_token(self) -> None:
        author = make_user()
        self.client.force_login(author)

        response = self.client.get("/journal/signed-in/")

        assert response.json()["author"] == str(author.pk)
        assert len(response.json()["token"]) == 64
        assert response.headers["Cache-Control"] == "no-store"

    def test_says_so_where_nobody_is(self) -> None:
        response = self.client.get("/journal/signed-in/", headers=JSON)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
