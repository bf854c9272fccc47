"""accounts.middleware: confirming that it is you keeps nothing of a request in the session, and loses nothing that was typed."""

from typing import Any

from django.contrib.sessions.models import Session
from django.test import Client, TestCase
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD, make_user
from tests.helpers import element, everything_stored, hidden_fields, main_text, parsed, session_contents, signed_in

SECRETS = {
    "NIGHTLIGHT_KEYS": "of-the-environment",
    "NIGHTLIGHT_SECRET_KEY": "which-signs-everything",
    "DATABASE_URL": "postgres://u:pw@db/n",
}
EMAIL, DELETE, REAUTHENTICATE = reverse("account_email"), reverse("accounts:delete"), reverse("account_reauthenticate")
NEW_ADDRESS = {"email": "another@example.org", "action_add": ""}


class ReauthenticationTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def setUp(self) -> None:
        self.client = Client(**SECRETS)  # type: ignore[arg-type]  # as a server does that puts its own environment into each request
        self.client.force_login(self.person)

    def confirm(self, next_url: str) -> Any:
        return self.client.post(REAUTHENTICATE, {"password": PASSWORD, "next": next_url})

    def test_keeps_neither_headers_nor_environment_nor_what_was_posted(self) -> None:
        for url, fields in ((EMAIL, NEW_ADDRESS), (DELETE, {"sure": "on", "note": "heliotrope"}), (DELETE, {"password": PASSWORD})):
            self.client.post(url, fields, headers={"X-Secret": "of-a-header"})

            held = str(session_contents()).encode() + everything_stored()
            assert not [word for word in (*SECRETS.values(), "of-a-header", "another@", "heliotrope", PASSWORD) if word.encode() in held]

    def test_leads_a_page_that_was_asked_for_to_itself(self) -> None:
        response = self.client.get(f"{DELETE}?from=settings")

        self.assertRedirects(response, f"{REAUTHENTICATE}?next=%2Faccounts%2Fdelete%2F%3Ffrom%3Dsettings")
        self.assertRedirects(self.confirm(f"{DELETE}?from=settings"), f"{DELETE}?from=settings")

    def test_says_that_the_button_has_to_be_pressed_again(self) -> None:
        response = self.client.post(DELETE, {"sure": "on"}, follow=True)

        assert response.redirect_chain == [(f"{REAUTHENTICATE}?next=%2Faccounts%2Fdelete%2F", 302)]
        assert "can press the button again" in response.content.decode()

    def test_leads_back_to_the_page_whose_button_was_pressed(self) -> None:
        page = f"http://testserver{reverse('accounts:settings')}"
        for referer, way_back in (
            (page, "%2Faccounts%2Fsettings%2F"),
            ("http://elsewhere.example/accounts/settings/", "%2Faccounts%2Fdelete%2F"),
            ("http://testserver", "%2Faccounts%2Fdelete%2F"),
            ("http://[", "%2Faccounts%2Fdelete%2F"),
            ("", "%2Faccounts%2Fdelete%2F"),
        ):
            response = self.client.post(DELETE, {"sure": "on"}, headers={"Referer": referer})

            assert response.headers["Location"] == f"{REAUTHENTICATE}?next={way_back}", referer

    def test_keeps_what_was_typed_on_a_page_that_sends_it_again(self) -> None:
        response = self.client.post(EMAIL, NEW_ADDRESS)

        assert response.status_code == 403
        page = parsed(response)
        assert "confirm it’s you first" in main_text(response)
        assert element(page, "main .button.main")["href"] == f"{REAUTHENTICATE}?next=%2Faccounts%2Femail%2F"
        kept = hidden_fields(page)
        kept.pop("csrfmiddlewaretoken", None)
        assert kept == NEW_ADDRESS

        self.confirm(EMAIL)
        self.client.post(EMAIL, kept)

        assert User.objects.get().email == "another@example.org"

    def test_answers_a_script_without_a_page(self) -> None:
        response = self.client.post(EMAIL, NEW_ADDRESS, headers={"Accept": "application/json"})

        assert response.status_code == 302

    def test_leads_whoever_is_not_signed_in_to_signing_in(self) -> None:
        response = Client().post(DELETE, {"sure": "on"})

        self.assertRedirects(response, f"{reverse('account_login')}?next={DELETE}")

    def test_comes_once_for_each_press(self) -> None:
        for _ in range(3):
            self.client.post(DELETE, {"sure": "on"})

        assert Session.objects.count() == 1
        assert User.objects.exists()


def test_a_page_without_a_session_needs_no_key(db: None) -> None:
    assert signed_in(None).get(reverse("privacy")).status_code == 200
