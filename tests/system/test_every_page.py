"""The headers of every page: what may be cached, what the browser may run, and what other sites see."""

import datetime as dt
from http import HTTPStatus

import pytest
from django.core.cache import cache
from django.test import Client, TestCase
from django.urls import reverse

from accounts.models import User
from journal.models import Entry
from tests.factories import PASSWORD, make_entry, make_user
from tests.helpers import read, signed_in

LOGIN = {"login": "parent@example.org", "password": PASSWORD}


class EveryPageTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def addresses(self) -> list[str]:
        names = ["journal:tonight", "journal:timeline", "accounts:settings", "prompts:choices", "home", "help"]
        return [reverse(name) for name in names]

    def test_of_a_signed_in_person_is_kept_out_of_every_cache(self) -> None:
        self.client.force_login(self.person)

        for address in [*self.addresses(), "/nowhere/"]:
            assert self.client.get(address).headers["Cache-Control"] == "no-store", address

    def test_about_an_account_is_kept_out_of_every_cache(self) -> None:
        for name in ("account_login", "account_signup", "account_reset_password", "accounts:gone", "accounts:settings"):
            assert self.client.get(reverse(name)).headers["Cache-Control"] == "no-store", name

    def test_of_signing_in_and_out_is_kept_out_of_every_cache(self) -> None:
        for response in (self.client.post(reverse("account_login"), LOGIN), self.client.post(reverse("account_logout"))):
            assert (response.status_code, response.headers["Cache-Control"]) == (HTTPStatus.FOUND, "no-store")

    def test_that_is_everybodys_may_be_cached(self) -> None:
        assert "no-store" not in self.client.get(reverse("home")).headers.get("Cache-Control", "")

    def test_lets_the_browser_run_nothing_but_files_of_this_site(self) -> None:
        self.client.force_login(self.person)

        for address in [*self.addresses(), "/nowhere/", reverse("mfa_index")]:
            policy = self.client.get(address).headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy

    def test_reveals_nothing_to_other_sites(self) -> None:
        headers = self.client.get(reverse("home")).headers

        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"

    def test_keeps_time_by_the_persons_clock(self) -> None:
        User.objects.update(time_zone="Pacific/Kiritimati")
        make_entry(self.person, now=dt.datetime(2026, 3, 1, 10, 30, tzinfo=dt.UTC))

        page = read(signed_in(self.person), reverse("journal:entry", args=[Entry.objects.get().pk]))

        assert "12:30\u00a0AM" in str(page)  # as Kiribati writes half past midnight


@pytest.mark.django_db
def test_nothing_written_is_ever_cached() -> None:
    assert cache.get("anything") is None
    assert Client().get("/").headers.get("Set-Cookie") is None
