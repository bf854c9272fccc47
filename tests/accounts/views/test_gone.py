"""/accounts/gone/: the page after an account was deleted, which has the device forget whose it was."""

from django.test import TestCase

from tests.factories import make_user
from tests.helpers import element, read


class GoneTests(TestCase):
    def test_says_what_is_gone(self) -> None:
        page = read(self.client, "/accounts/gone/")

        assert element(page, "h1").get_text() == "Your account is deleted"
        assert "What you wrote is gone from this site" in page.get_text()

    def test_the_device_forgets_the_person(self) -> None:
        page = read(self.client, "/accounts/gone/")

        assert page.select("[data-forget]")
        assert page.select('script[src*="joined/forget"]')

    def test_is_the_same_for_whoever_comes_upon_it(self) -> None:
        self.client.force_login(make_user())

        assert element(read(self.client, "/accounts/gone/"), "h1").get_text() == "Your account is deleted"
