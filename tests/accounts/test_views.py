"""accounts.views and allauth's pages: coming in, settings, leaving; and what every private page carries."""

import datetime as dt
from http import HTTPStatus
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from bs4 import BeautifulSoup
from bs4.element import Tag
from django.contrib.sessions.models import Session
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from accounts.models import KeySlot, User
from journal.models import Entry
from tests.factories import PASSWORD, make_entry, make_user

LOGIN = {"login": "parent@example.org", "password": PASSWORD}


def page(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def tag(response: Any, selector: str) -> Tag:
    [found] = page(response).select(selector)
    return found


class SettingsTests(TestCase):
    person: User
    url: str

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user(name="Mara", time_zone="Europe/Stockholm")
        cls.url = reverse("accounts:settings")

    def setUp(self) -> None:
        self.client.force_login(self.person)

    def send(self, **fields: object) -> Any:
        told = {"name": "Mara", "time_zone": "Europe/Stockholm", "night_ends_at": 4, "appearance": "device"}
        return self.client.post(self.url, {**told, **fields})

    def saved(self) -> User:
        return User.objects.get(pk=self.person.pk)

    def test_leads_a_visitor_to_sign_in(self) -> None:
        self.assertRedirects(Client().get(self.url), f"{reverse('account_login')}?next={self.url}")

    def test_shows_what_was_typed_to_whom_the_session_has_ended(self) -> None:
        response = Client().post(self.url, {"name": "Mallory"}, headers={"Sec-Fetch-Site": "same-origin"})

        self.assertContains(response, "Mallory", status_code=HTTPStatus.UNAUTHORIZED)
        assert self.saved().name == "Mara"

    def test_shows_what_is_set(self) -> None:
        response = self.client.get(self.url)

        assert tag(response, "#id_name")["value"] == "Mara"
        assert tag(response, "#id_time_zone option[selected]")["value"] == "Europe/Stockholm"
        assert tag(response, "#id_night_ends_at option[selected]")["value"] == "4"
        assert tag(response, "[name=appearance][checked]")["value"] == "device"

    def test_saves(self) -> None:
        response = self.send(name="M", time_zone="Asia/Kathmandu", night_ends_at=0, appearance="dark")

        self.assertRedirects(response, self.url)
        saved = self.saved()
        assert (saved.name, saved.time_zone, saved.night_ends_at, saved.appearance) == ("M", "Asia/Kathmandu", 0, "dark")

    def test_says_that_it_saved(self) -> None:
        response = self.client.get(self.send().headers["Location"])

        assert tag(response, ".messages").get_text(strip=True) == "Your settings are saved."

    def test_takes_no_name_at_all(self) -> None:
        self.send(name="")

        assert self.saved().name == ""

    def test_gives_back_what_was_typed_where_something_is_wrong(self) -> None:
        response = self.send(name="x" * 81, time_zone="Asia/Kathmandu")

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert tag(response, "#id_name")["value"] == "x" * 81
        assert tag(response, "#id_name")["aria-invalid"] == "true"
        assert tag(response, "#id_time_zone option[selected]")["value"] == "Asia/Kathmandu"
        assert self.saved().time_zone == "Europe/Stockholm"

    def test_refuses_what_is_not_offered(self) -> None:
        for fields in ({"time_zone": "Mars/Olympus"}, {"night_ends_at": 13}, {"night_ends_at": "four"}, {"appearance": "pink"}):
            assert self.send(**fields).status_code == HTTPStatus.UNPROCESSABLE_ENTITY

        assert (self.saved().time_zone, self.saved().night_ends_at, self.saved().appearance) == ("Europe/Stockholm", 4, "device")

    def test_changes_nothing_else_about_a_person(self) -> None:
        self.send(email="mallory@example.org", is_staff="on", is_superuser="on", password="x", id="0")

        assert (self.saved().email, self.saved().is_staff, self.saved().is_superuser) == ("parent@example.org", False, False)

    def test_offers_the_zones_that_people_live_in(self) -> None:
        zones = [option["value"] for option in page(self.client.get(self.url)).select("#id_time_zone option")]

        assert {"UTC", "Europe/Stockholm", "America/Argentina/Ushuaia", "Pacific/Apia"} <= set(zones)
        assert not {"US/Pacific", "Etc/GMT+5", "EST"} & set(zones)
        assert len(zones) == len(set(zones))

    def test_keeps_an_old_name_of_a_zone_that_somebody_has(self) -> None:
        User.objects.update(time_zone="US/Pacific")

        assert tag(self.client.get(self.url), "#id_time_zone option[selected]")["value"] == "US/Pacific"
        self.assertRedirects(self.send(time_zone="US/Pacific", name="M"), self.url)
        assert (self.saved().time_zone, self.saved().name) == ("US/Pacific", "M")

    def test_appearance_shows_at_once(self) -> None:
        for appearance in ("dark", "light", "device"):
            self.send(appearance=appearance)

            assert tag(self.client.get(self.url), "html")["data-appearance"] == appearance

    def test_an_appearance_that_was_refused_does_not_show(self) -> None:
        assert tag(self.send(appearance="pink"), "html")["data-appearance"] == "device"

    def test_refuses_other_methods(self) -> None:
        assert self.client.delete(self.url).status_code == HTTPStatus.METHOD_NOT_ALLOWED


class SignupTests(TestCase):
    def sign_up(self, **fields: str) -> Any:
        return self.client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD, **fields})

    def test_makes_a_person_with_a_key_in_the_browsers_time_zone(self) -> None:
        response = self.sign_up(time_zone="Asia/Kathmandu")

        person = User.objects.get()
        self.assertRedirects(response, reverse("journal:tonight"))
        assert (person.email, person.time_zone) == ("new@example.org", "Asia/Kathmandu")
        assert KeySlot.objects.filter(owner=person).count() == 1

    def test_takes_anybody_whose_time_zone_it_does_not_know(self) -> None:
        for number, zone in enumerate(["Mars/Olympus", "", "../../etc/passwd", "Undefined"]):
            self.sign_up(email=f"{number}@example.org", time_zone=zone)
            self.client.logout()

        assert list(User.objects.values_list("time_zone", flat=True)) == ["UTC"] * 4

    def test_keeps_the_address_where_the_password_is_too_short(self) -> None:
        response = self.sign_up(password1="short", time_zone="Asia/Kathmandu")

        assert tag(response, "#id_email")["value"] == "new@example.org"
        assert tag(response, "[name=time_zone]")["value"] == "Asia/Kathmandu"
        assert "10 characters" in tag(response, "#id_password1_error").get_text()
        assert not User.objects.exists()

    def test_never_sends_a_password_back(self) -> None:
        assert b"short-one" not in self.sign_up(password1="short-one").content

    def test_makes_no_second_person_of_one_address(self) -> None:
        make_user(email="new@example.org")

        for email in ("new@example.org", "New@Example.org"):
            self.sign_up(email=email)

        assert User.objects.count() == 1

    def test_is_shut_where_the_operator_closed_it(self) -> None:
        with override_settings(SIGNUP_OPEN=False):
            assert not page(self.client.get(reverse("account_signup"))).select("[name=password1]")
            self.sign_up()

        assert not User.objects.exists()

    def test_makes_no_operator(self) -> None:
        self.sign_up(is_staff="on", is_superuser="on")

        assert (User.objects.get().is_staff, User.objects.get().is_superuser) == (False, False)


class LoginTests(TestCase):
    person: User
    url: str

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()
        cls.url = reverse("account_login")

    def test_leads_to_tonight(self) -> None:
        self.assertRedirects(self.client.post(self.url, LOGIN), reverse("journal:tonight"))

    def test_leads_where_one_was_going(self) -> None:
        response = self.client.post(self.url, {**LOGIN, "next": reverse("journal:timeline")})

        self.assertRedirects(response, reverse("journal:timeline"))

    def test_leads_to_no_other_site(self) -> None:
        response = self.client.post(self.url, {**LOGIN, "next": "https://elsewhere.example/"})

        self.assertRedirects(response, reverse("journal:tonight"))

    def test_offers_an_account_where_one_can_be_made(self) -> None:
        with override_settings(SIGNUP_OPEN=True):
            response = self.client.get(f"{self.url}?next={reverse('journal:timeline')}")

        assert tag(response, "main p a")["href"] == f"{reverse('account_signup')}?next=%2Fjournal%2F"
        self.assertNotContains(response, "given by whoever runs this site")

    def test_says_who_gives_the_accounts_where_the_operator_closed_sign_up(self) -> None:
        with override_settings(SIGNUP_OPEN=False), self.assertNumQueries(0):
            response = self.client.get(self.url)

        self.assertContains(response, "Accounts here are given by whoever runs this site.")
        assert not page(response).select(f"[href^='{reverse('account_signup')}']")
        assert tag(response, "main .button.main").get_text(strip=True) == "Sign in"

    def test_lets_people_in_where_the_operator_closed_sign_up(self) -> None:
        with override_settings(SIGNUP_OPEN=False):
            self.assertRedirects(self.client.post(self.url, LOGIN), reverse("journal:tonight"))

    def test_says_the_same_of_a_wrong_password_and_of_an_unknown_address(self) -> None:
        said = [
            page(self.client.post(self.url, {**LOGIN, **wrong})).select_one(".errorlist")
            for wrong in ({"password": "not the one"}, {"login": "nobody@example.org"})
        ]

        assert said[0] == said[1] is not None
        assert "_auth_user_id" not in self.client.session

    def test_is_refused_to_somebody_who_was_made_inactive(self) -> None:
        User.objects.update(is_active=False)

        self.client.post(self.url, LOGIN)

        assert "_auth_user_id" not in self.client.session

    def test_gives_a_session_cookie_that_no_script_reads(self) -> None:
        cookie = self.client.post(self.url, LOGIN).cookies["nightlight-session"]

        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")

    def test_gives_a_new_session(self) -> None:
        self.client.get(self.url)
        self.client.cookies["nightlight-session"] = "a" * 32

        self.client.post(self.url, LOGIN)

        assert self.client.cookies["nightlight-session"].value != "a" * 32


class LogoutTests(TestCase):
    def setUp(self) -> None:
        self.client.force_login(make_user())
        self.url = reverse("account_logout")

    def test_asks_first(self) -> None:
        assert self.client.get(self.url).status_code == HTTPStatus.OK
        assert "_auth_user_id" in self.client.session

    def test_ends_the_session(self) -> None:
        self.assertRedirects(self.client.post(self.url), reverse("home"))

        assert not Session.objects.exists()
        assert self.client.get(reverse("journal:tonight")).status_code == HTTPStatus.FOUND

    def test_twice_does_no_harm(self) -> None:
        for _ in range(2):
            assert self.client.post(self.url).status_code == HTTPStatus.FOUND


class DeleteTests(TestCase):
    person: User
    url: str

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()
        cls.url = reverse("accounts:delete")
        make_entry(cls.person)
        make_entry(make_user(email="other@example.org"))

    def confirmed(self) -> Client:
        """A browser in which the person gave the password twice: to sign in and to come here."""
        browser = Client()
        browser.post(reverse("account_login"), LOGIN)
        browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return browser

    def assert_all_is_there(self) -> None:
        assert (User.objects.count(), Entry.objects.count(), KeySlot.objects.count()) == (2, 2, 3)

    def test_leads_a_visitor_to_sign_in(self) -> None:
        self.assertRedirects(self.client.post(self.url, {"sure": "on"}), f"{reverse('account_login')}?next={self.url}")

        self.assert_all_is_there()

    def test_asks_for_the_password_again(self) -> None:
        self.client.post(reverse("account_login"), LOGIN)
        again = f"{reverse('account_reauthenticate')}?next={self.url}"

        self.assertRedirects(self.client.get(self.url), again)
        self.assertRedirects(self.client.post(self.url, {"sure": "on"}), again)

        self.assert_all_is_there()

    def test_stays_shut_after_a_wrong_password(self) -> None:
        self.client.force_login(self.person)
        self.client.post(self.url, {"sure": "on"})

        self.client.post(reverse("account_reauthenticate"), {"password": "not the one", "next": self.url})

        assert self.client.post(self.url, {"sure": "on"}).headers["Location"].startswith(reverse("account_reauthenticate"))
        self.assert_all_is_there()

    def test_opens_after_the_right_password(self) -> None:
        self.client.force_login(self.person)

        response = self.client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": self.url})

        self.assertRedirects(response, self.url)
        assert "This cannot be undone" in self.client.get(self.url).content.decode()

    def test_goes_on_where_the_password_was_asked_for(self) -> None:
        self.client.force_login(self.person)
        self.client.post(self.url, {"sure": "on"})

        response = self.client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": self.url})

        assert response.headers["Location"] == reverse("accounts:gone")
        assert User.objects.get().email == "other@example.org"

    def test_deletes_nothing_before_the_box_is_ticked(self) -> None:
        response = self.confirmed().post(self.url)

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Nothing has been deleted." in response.content.decode()
        self.assert_all_is_there()

    def test_deletes_all_that_is_theirs_and_nothing_else(self) -> None:
        response = self.confirmed().post(self.url, {"sure": "on"})

        assert response.headers["Location"] == reverse("accounts:gone")
        assert User.objects.get().email == Entry.objects.get().author.email == "other@example.org"
        assert KeySlot.objects.count() == 2

    def test_signs_out_every_device(self) -> None:
        phone, laptop = self.confirmed(), self.confirmed()

        phone.post(self.url, {"sure": "on"})

        assert not UserSession.objects.exists()
        assert not Session.objects.exists()
        for device in (phone, laptop):
            assert device.get(reverse("journal:tonight")).status_code == HTTPStatus.FOUND

    def test_twice_does_no_harm(self) -> None:
        browser = self.confirmed()

        for _ in range(2):
            assert browser.post(self.url, {"sure": "on"}).status_code == HTTPStatus.FOUND

        assert User.objects.count() == 1

    def test_ends_on_a_page_for_everybody(self) -> None:
        browser = self.confirmed()

        response = browser.get(browser.post(self.url, {"sure": "on"}).headers["Location"])

        assert tag(response, "h1").get_text() == "Your account is deleted"
        assert "parent@example.org" not in response.content.decode()

    def test_frees_the_address(self) -> None:
        self.confirmed().post(self.url, {"sure": "on"})

        self.client.post(reverse("account_signup"), {"email": "parent@example.org", "password1": PASSWORD})

        assert not Entry.objects.by(User.objects.get(email="parent@example.org")).exists()


class EveryPageTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def addresses(self) -> list[str]:
        names = ["journal:tonight", "journal:timeline", "accounts:settings", "prompts:choices", "home", "help"]
        return [reverse(name) for name in names]

    def test_of_somebody_signed_in_is_kept_out_of_every_cache(self) -> None:
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

    def test_tells_other_sites_nothing(self) -> None:
        headers = self.client.get(reverse("home")).headers

        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"

    def test_keeps_time_by_the_persons_clock(self) -> None:
        User.objects.update(time_zone="Pacific/Kiritimati")
        make_entry(self.person, now=dt.datetime(2026, 3, 1, 10, 30, tzinfo=dt.UTC))
        self.client.force_login(self.person)

        response = self.client.get(reverse("journal:entry", args=[Entry.objects.get().pk]))

        assert "0:30" in response.content.decode()


class TwoStepTests(TestCase):
    """An authenticator's secret is as good as a password: it is sealed where it lies."""

    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def activate(self) -> str:
        self.client.post(reverse("account_login"), LOGIN)
        self.client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        secret: str = self.client.get(reverse("mfa_activate_totp")).context["form"].secret
        self.client.post(reverse("mfa_activate_totp"), {"code": self.code(secret)})
        return secret

    def code(self, secret: str) -> str:
        return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))

    def test_keeps_no_secret_in_the_clear(self) -> None:
        secret = self.activate()

        kept = {row.type: str(row.data) for row in Authenticator.objects.all()}
        assert set(kept) == {"totp", "recovery_codes"}
        assert secret not in kept["totp"]
        assert self.shown_codes()[0] not in kept["recovery_codes"]

    def shown_codes(self) -> list[str]:
        codes: list[str] = self.client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
        assert len(codes) == 10
        return codes

    def test_asks_for_a_code_at_the_next_sign_in(self) -> None:
        self.activate()
        browser = Client()

        response = browser.post(reverse("account_login"), LOGIN)

        assert response.headers["Location"] == reverse("mfa_authenticate")
        assert "_auth_user_id" not in browser.session

    def test_takes_a_recovery_code_once(self) -> None:
        self.activate()
        code = self.shown_codes()[0]

        for outcome in (HTTPStatus.FOUND, HTTPStatus.OK):
            browser = Client()
            browser.post(reverse("account_login"), LOGIN)
            assert browser.post(reverse("mfa_authenticate"), {"code": code}).status_code == outcome
