"""/: what a visitor reads first, and where it leads."""

from django.test import TestCase
from django.urls import reverse

from tests.factories import make_user
from tests.helpers import read


class HomeTests(TestCase):
    def test_says_what_nightlight_is(self) -> None:
        self.assertContains(self.client.get("/"), "A lamp, a page, one good question")

    def test_redirects_a_signed_in_person_to_tonight(self) -> None:
        self.client.force_login(make_user())

        self.assertRedirects(self.client.get("/"), reverse("journal:tonight"), fetch_redirect_response=False)

    def actions(self) -> list[tuple[str, bool]]:
        """Where the buttons lead, and whether each is the main one."""
        buttons = read(self.client, "/").select("main .button")
        return [(str(button["href"]), "main" in button["class"]) for button in buttons]

    def test_offers_an_account_where_one_can_be_made(self) -> None:
        with self.settings(SIGNUP_OPEN=True):
            assert self.actions() == [("/accounts/signup/", True), ("/accounts/login/", False)]
            self.assertNotContains(self.client.get("/"), "ask the site’s owner")

    def test_says_who_gives_the_accounts_where_the_operator_closed_sign_up(self) -> None:
        with self.settings(SIGNUP_OPEN=False), self.assertNumQueries(0):
            assert self.actions() == [("/accounts/login/", True)]
            self.assertContains(self.client.get("/"), "Accounts are by invitation.")

    def test_asks_the_database_nothing(self) -> None:
        for path in ("/", "/privacy/", "/help/", "/healthz", "/nowhere/"):
            with self.assertNumQueries(0):
                self.client.get(path)

    def test_help_is_found_from_the_foot_of_every_page(self) -> None:
        for path in ("/", "/privacy/", "/help/", "/accounts/login/", "/accounts/signup/", "/nowhere/"):
            assert 'href="/help/"' in self.client.get(path).content.decode()
