"""/journal/signed-in/: tells a page's script who is signed in."""

from http import HTTPStatus

from django.test import TestCase

from accounts.models import User
from tests.factories import make_user
from tests.helpers import JSON

DEVICE = "7f1d0c5e-3d5b-4a8e-9a57-0d8f6a1b2c3d"


class SignedInTests(TestCase):
    def test_names_who_is_signed_in_and_gives_a_token(self) -> None:
        author = make_user()
        self.client.force_login(author)

        response = self.client.get("/journal/signed-in/")

        assert response.json()["author"] == str(author.pk)
        assert len(response.json()["token"]) == 64
        assert response.headers["Cache-Control"] == "no-store"

    def test_gives_the_half_of_a_devices_key_to_its_own_person_alone(self) -> None:
        halves = []
        for email in ("one@example.org", "two@example.org", "one@example.org"):
            self.client.force_login(User.objects.filter(email=email).first() or make_user(email=email))

            response = self.client.get(f"/journal/signed-in/?device={DEVICE}")

            assert response.headers["Cache-Control"] == "no-store"
            halves.append(response.json()["half"])

        assert halves[0] == halves[2] != halves[1]

    def test_gives_no_half_to_what_is_no_device(self) -> None:
        self.client.force_login(make_user())

        for device in ("", "phone", "\0", "1" * 500):
            assert "half" not in self.client.get("/journal/signed-in/", {"device": device}).json()

    def test_gives_nobody_a_half_who_is_not_signed_in(self) -> None:
        response = self.client.get(f"/journal/signed-in/?device={DEVICE}", headers=JSON)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert b"half" not in response.content

    def test_says_so_where_nobody_is(self) -> None:
        response = self.client.get("/journal/signed-in/", headers=JSON)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
