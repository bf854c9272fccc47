"""/accounts/second-step/, and the line on a counselor's page that it puts away."""

from http import HTTPStatus

from django.test import TestCase

from accounts.models import User
from tests.factories import make_counselor
from tests.helpers import main_text

OFFER = "A second step at sign-in"


class OfferTests(TestCase):
    counselor: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor = make_counselor(role="counselor")

    def setUp(self) -> None:
        self.client.force_login(self.counselor)

    def offer(self) -> bool:
        return OFFER in main_text(self.client.get("/today/"))

    def test_stands_there_until_it_is_put_away(self) -> None:
        assert self.offer()
        assert self.offer()
        for _twice in range(2):
            assert self.client.post("/accounts/second-step/").status_code == HTTPStatus.FOUND
        assert not self.offer()

    def test_is_for_nobody_by_a_link(self) -> None:
        assert self.client.get("/accounts/second-step/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert self.offer()
