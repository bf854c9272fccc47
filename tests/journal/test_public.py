"""Pages for everybody, error pages, and what the operator's tools ask."""

from http import HTTPStatus
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from accounts.keys import key_file
from accounts.models import KeySlot
from tests.factories import make_prompt, make_user


class FrontTests(TestCase):
    def test_says_what_nightlight_is(self) -> None:
        self.assertContains(self.client.get("/"), "A lamp, a page, one good question")

    def test_leads_who_is_signed_in_on_to_tonight(self) -> None:
        self.client.force_login(make_user())

        self.assertRedirects(self.client.get("/"), reverse("journal:tonight"), fetch_redirect_response=False)

    def actions(self) -> list[tuple[str, bool]]:
        """Where the buttons lead, and whether each is the main one."""
        buttons = BeautifulSoup(self.client.get("/").content, "html.parser").select("main .button")
        return [(str(button["href"]), "main" in button["class"]) for button in buttons]

    def test_offers_an_account_where_one_can_be_made(self) -> None:
        with self.settings(SIGNUP_OPEN=True):
            assert self.actions() == [("/accounts/signup/", True), ("/accounts/login/", False)]
            self.assertNotContains(self.client.get("/"), "given by whoever runs this site")

    def test_says_who_gives_the_accounts_where_the_operator_closed_sign_up(self) -> None:
        with self.settings(SIGNUP_OPEN=False), self.assertNumQueries(0):
            assert self.actions() == [("/accounts/login/", True)]
            self.assertContains(self.client.get("/"), "Accounts here are given by whoever runs this site.")

    def test_asks_the_database_nothing(self) -> None:
        for path in ("/", "/privacy/", "/help/", "/healthz", "/nowhere/"):
            with self.assertNumQueries(0):
                self.client.get(path)

    def test_help_is_found_from_the_foot_of_every_page(self) -> None:
        for path in ("/", "/privacy/", "/help/", "/accounts/login/", "/accounts/signup/", "/nowhere/"):
            assert 'href="/help/"' in self.client.get(path).content.decode()


class WireTests(TestCase):
    def test_every_page_has_a_strict_policy(self) -> None:
        self.client.force_login(make_user())
        for path in ("/privacy/", "/tonight/", "/journal/", "/accounts/login/", "/nowhere/"):
            policy = self.client.get(path).headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy

    def test_private_pages_are_stored_nowhere(self) -> None:
        self.client.force_login(make_user())
        for path in ("/tonight/", "/journal/", "/accounts/settings/", "/journal/deleted/", "/nowhere/"):
            assert self.client.get(path).headers["Cache-Control"] == "no-store"

    def test_no_page_asks_for_anything_from_elsewhere(self) -> None:
        self.client.force_login(make_user())
        for path in ("/privacy/", "/help/", "/tonight/", "/journal/", "/journal/new/", "/accounts/settings/", "/nowhere/"):
            page = self.client.get(path).content.decode()
            assert 'src="http' not in page
            assert 'href="http' not in page
            assert " style=" not in page

    def test_pages_are_not_to_be_sniffed_or_framed(self) -> None:
        headers = self.client.get("/").headers

        assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
        assert headers["Referrer-Policy"] == "same-origin"


class HealthTests(TestCase):
    def test_alive_is_alive(self) -> None:
        assert self.client.get("/healthz").content == b"alive\n"

    def test_is_ready_with_library_and_keys(self) -> None:
        make_prompt()

        response = self.client.get("/readyz")

        told = response.json()
        assert (response.status_code, told["database"], told["keys"]) == (HTTPStatus.OK, "ok", "ok")
        assert told.keys() == {"database", "keys", "key_is"}

    def test_says_where_the_key_is_and_to_keep_a_copy_and_no_path(self) -> None:
        data = Path("/srv/somewhere")
        usual, elsewhere = data / "keys" / "key-encryption-keys", Path("/run/secrets/keys")
        for keys, file, where in (
            ([key_file.new_key_line()], usual, "in NIGHTLIGHT_KEYS"),
            ([], usual, "in keys/key-encryption-keys of the data folder"),
            ([], elsewhere, "in the file that NIGHTLIGHT_KEY_FILE names"),
        ):
            with self.settings(KEY_ENCRYPTION_KEYS=keys, KEY_FILE=file, DATA_DIR=data):
                key_file.clear_cache()
                response = self.client.get("/readyz")

            assert response.json()["key_is"].startswith(where)
            assert "Keep a copy apart from the database and its backups" in response.json()["key_is"]
            assert not any(secret in response.content.decode() for secret in ["/srv", "/run", *keys])

    def test_says_when_the_library_is_missing(self) -> None:
        response = self.client.get("/readyz")

        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "load_prompts" in response.json()["database"]

    def test_says_when_the_key_file_is_another_databases(self) -> None:
        with override_settings(KEY_ENCRYPTION_KEYS=[key_file.new_key_line()]):
            key_file.clear_cache()
            assert self.client.get("/readyz").json()["keys"] == "the key file does not belong to this database"

    def test_says_when_the_key_file_is_missing_and_not_where_it_was(self) -> None:
        with override_settings(KEY_ENCRYPTION_KEYS=[]), self.settings(KEY_FILE=Path("/nowhere/at/all")):
            key_file.clear_cache()
            response = self.client.get("/readyz")
            assert response.json()["keys"] == "the key file cannot be used"
            assert "nowhere" not in response.content.decode()

    def test_says_when_no_installation_key_was_made(self) -> None:
        KeySlot.objects.filter(owner=None).delete()

        assert "prepare" in self.client.get("/readyz").json()["keys"]


@pytest.mark.django_db
def test_nothing_written_is_ever_cached() -> None:
    assert cache.get("anything") is None
    assert Client().get("/").headers.get("Set-Cookie") is None
