"""/accounts/sessions/: marks one's own device and ends the others, after asking again who one is."""

from http import HTTPStatus

from allauth.usersessions.models import UserSession
from django.test import Client, TestCase

from accounts.models import User
from tests.factories import PASSWORD, make_user
from tests.helpers import confirm, main_text

URL = "/accounts/sessions/"
LOGIN = {"login": "parent@example.org", "password": PASSWORD}


class SessionsTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def setUp(self) -> None:
        self.other = Client()
        for client in (self.client, self.other):
            client.post("/accounts/login/", LOGIN)

    def test_asks_who_one_is_before_anything_is_changed(self) -> None:
        for fields in ({}, {"device": "own"}, {"device": "shared"}):
            assert self.client.post(URL, fields).headers["Location"].startswith("/accounts/reauthenticate/")
        assert UserSession.objects.count() == 2
        assert not self.client.session.get("own_device")

    def test_ends_the_other_sessions(self) -> None:
        confirm(self.client).post(URL)
        assert UserSession.objects.count() == 1
        assert self.other.get("/journal/").status_code == HTTPStatus.FOUND
        assert self.client.get("/journal/").status_code == HTTPStatus.OK

    def test_marks_ones_own_device_and_takes_the_mark_off(self) -> None:
        confirm(self.client)
        for _twice in range(2):
            self.assertRedirects(self.client.post(URL, {"device": "own"}), URL)
        assert self.client.session["own_device"]
        assert "This is your own device" in main_text(self.client.get(URL))
        for _twice in range(2):
            self.client.post(URL, {"device": "shared"})
        assert "own_device" not in self.client.session
        assert "Is this your own device?" in main_text(self.client.get(URL))

    def test_takes_the_mark_off_without_locking_at_once(self) -> None:
        confirm(self.client).post(URL, {"device": "own"})
        self.client.post(URL, {"device": "shared"})
        assert self.client.get("/journal/").status_code == HTTPStatus.OK
