"""allauth's pages as this site sets them up: signing up, signing in and out, and the second step at sign-in."""

from http import HTTPStatus
from typing import Any
from unittest import mock

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.sessions.models import Session
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from accounts.models import KeySlot, User
from tests.factories import PASSWORD, make_user
from tests.helpers import confirm, element, main_text, only_element, parsed, read, signed_in
from tests.system.test_mail import mailed_code

LOGIN = {"login": "parent@example.org", "password": PASSWORD}


class SignupTests(TestCase):
    def sign_up(self, **fields: str) -> Any:
        return self.client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD, **fields})

    def test_makes_a_person_with_a_key_in_the_browsers_time_zone(self) -> None:
        response = self.sign_up(time_zone="Asia/Kathmandu")

        person = User.objects.get()
        self.assertRedirects(response, reverse("prompts:welcome"))
        assert (person.email, person.time_zone) == ("new@example.org", "Asia/Kathmandu")
        assert KeySlot.objects.filter(owner=person).count() == 1

    def test_takes_the_names_that_browsers_give_to_cities(self) -> None:
        sent = {"Asia/Calcutta": "Asia/Kolkata", "Europe/Kiev": "Europe/Kyiv", "America/Buenos_Aires": "America/Argentina/Buenos_Aires"}
        for number, zone in enumerate(sent):
            self.sign_up(email=f"{number}@example.org", time_zone=zone)
            self.client.logout()

        assert list(User.objects.order_by("email").values_list("time_zone", flat=True)) == list(sent.values())

    def test_takes_a_person_whose_time_zone_it_does_not_know(self) -> None:
        for number, zone in enumerate(["Mars/Olympus", "", "../../etc/passwd", "Undefined"]):
            self.sign_up(email=f"{number}@example.org", time_zone=zone)
            self.client.logout()

        assert list(User.objects.values_list("time_zone", flat=True)) == ["UTC"] * 4

    def test_keeps_the_address_where_the_password_is_too_short(self) -> None:
        response = self.sign_up(password1="short", time_zone="Asia/Kathmandu")

        page = parsed(response)
        assert only_element(page, "#id_email")["value"] == "new@example.org"
        assert only_element(page, "[name=time_zone]")["value"] == "Asia/Kathmandu"
        assert "10 characters" in only_element(page, "#id_password1_error").get_text()
        assert not User.objects.exists()

    def test_says_of_each_field_what_is_wrong_with_it(self) -> None:
        for fields, said in (
            ({"password1": ""}, ["Password: This is still empty."]),
            (
                {"email": "nobody", "password1": "short"},
                ["Email address: This doesn’t", "Password: This is too short: it needs 10 characters."],
            ),
        ):
            failures = parsed(self.sign_up(**fields)).select(".failures li")
            assert [failure.get_text().startswith(words) for failure, words in zip(failures, said, strict=True)] == [True] * len(said)

    def test_never_sends_a_password_back(self) -> None:
        assert b"short-one" not in self.sign_up(password1="short-one").content

    def test_makes_no_second_person_of_one_address(self) -> None:
        make_user(email="new@example.org")

        for email in ("new@example.org", "New@Example.org"):
            self.sign_up(email=email)

        assert User.objects.count() == 1

    def test_is_shut_where_the_operator_closed_it(self) -> None:
        with override_settings(SIGNUP_OPEN=False):
            assert not read(self.client, reverse("account_signup")).select("[name=password1]")
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

        assert (
            only_element(parsed(response), f"main p a[href^='{reverse('account_signup')}']")["href"]
            == f"{reverse('account_signup')}?next=%2Fjournal%2F"
        )
        self.assertNotContains(response, "ask the site’s owner")

    def test_says_who_gives_the_accounts_where_the_operator_closed_sign_up(self) -> None:
        with override_settings(SIGNUP_OPEN=False), self.assertNumQueries(0):
            response = self.client.get(self.url)

        self.assertContains(response, "Accounts are by invitation.")
        assert not parsed(response).select(f"[href^='{reverse('account_signup')}']")
        assert only_element(parsed(response), "main .button.main").get_text(strip=True) == "Sign in"

    def test_lets_people_in_where_the_operator_closed_sign_up(self) -> None:
        with override_settings(SIGNUP_OPEN=False):
            self.assertRedirects(self.client.post(self.url, LOGIN), reverse("journal:tonight"))

    def test_says_the_same_of_a_wrong_password_and_of_an_unknown_address(self) -> None:
        errors = [
            element(parsed(self.client.post(self.url, {**LOGIN, **wrong})), ".failures li")
            for wrong in ({"password": "not the one"}, {"login": "nobody@example.org"})
        ]

        assert errors[0] == errors[1]
        assert "_auth_user_id" not in self.client.session

    def test_is_refused_to_a_person_who_was_made_inactive(self) -> None:
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
    person: User
    url: str

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()
        cls.url = reverse("account_logout")

    def setUp(self) -> None:
        self.client.force_login(self.person)

    def test_asks_first(self) -> None:
        assert self.client.get(self.url).status_code == HTTPStatus.OK
        assert "_auth_user_id" in self.client.session

    def test_who_stays_goes_on_where_they_begin(self) -> None:
        for role, start in (("parent", "/tonight/"), ("counselor", "/today/")):
            User.objects.update(is_counselor=True, role=role)
            browser = signed_in(User.objects.get(pk=self.person.pk))
            stay = next(link for link in parsed(browser.get(self.url)).select("main a") if link.get_text() == "Cancel")
            assert browser.get(str(stay["href"])).headers["Location"] == start

    def test_ends_the_session(self) -> None:
        self.assertRedirects(self.client.post(self.url), reverse("home"))

        assert not Session.objects.exists()
        assert self.client.get(reverse("journal:tonight")).status_code == HTTPStatus.FOUND

    def test_twice_does_no_harm(self) -> None:
        for _ in range(2):
            assert self.client.post(self.url).status_code == HTTPStatus.FOUND


class TwoStepTests(TestCase):
    """An authenticator's secret is as good as a password: it is stored sealed."""

    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def activate(self) -> str:
        """Set up an authenticator, and return its secret."""
        self.client.post(reverse("account_login"), LOGIN)
        self.client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        secret: str = self.client.get(reverse("mfa_activate_totp")).context["form"].secret
        self.client.post(reverse("mfa_activate_totp"), {"code": self.code(secret)})
        return secret

    def code(self, secret: str) -> str:
        """The code that the authenticator shows now."""
        return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))

    def test_keeps_no_secret_in_the_clear(self) -> None:
        secret = self.activate()

        stored = {row.type: str(row.data) for row in Authenticator.objects.all()}
        assert set(stored) == {"totp", "recovery_codes"}
        assert secret not in stored["totp"]
        assert self.shown_codes()[0] not in stored["recovery_codes"]

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

        for status in (HTTPStatus.FOUND, HTTPStatus.OK):
            browser = Client()
            browser.post(reverse("account_login"), LOGIN)
            assert browser.post(reverse("mfa_authenticate"), {"code": code}).status_code == status


class SecondStepTests(TestCase):
    """Whoever signs in, by password or by a code from the mail, is asked for what they set up, and for nothing else."""

    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def set_up(self, *kinds: str) -> None:
        Authenticator.objects.all().delete()
        for kind in kinds:
            data = {"secret": "", "seed": "", "used_mask": 0, "name": "Phone", "credential": {}}
            Authenticator.objects.create(user=self.person, type=kind, data=data)

    def sign_in(self, way: str) -> Client:
        browser = Client()
        if way == "password":
            browser.post(reverse("account_login"), LOGIN)
        else:
            browser.post(reverse("account_request_login_code"), {"email": self.person.email})
            browser.post(reverse("account_confirm_login_code"), {"code": mailed_code()})
        return browser

    def test_nobody_is_asked_who_set_up_none(self) -> None:
        for kinds in ((), ("recovery_codes",)):
            self.set_up(*kinds)
            for way in ("password", "code"):
                assert "_auth_user_id" in self.sign_in(way).session, (kinds, way)

    def test_what_was_set_up_is_asked_for(self) -> None:
        code, passkey, spare = "app shows now", "Use your passkey", "You don’t have the passkey with you"
        for kinds, shown in (
            (("totp", "recovery_codes"), {code}),
            (("webauthn", "recovery_codes"), {passkey, spare}),
            (("webauthn",), {passkey}),
            (("totp", "webauthn", "recovery_codes"), {code, passkey}),
        ):
            self.set_up(*kinds)
            for way in ("password", "code"):
                browser = self.sign_in(way)
                assert "_auth_user_id" not in browser.session
                with mock.patch("allauth.mfa.webauthn.internal.auth.get_credentials", return_value=[]):
                    response = browser.get(reverse("mfa_authenticate"))
                assert {words for words in (code, passkey, spare) if words in main_text(response)} == shown, (kinds, way)
                assert len(parsed(response).select("[name=code]")) == int(kinds != ("webauthn",))

    def test_who_confirms_is_asked_for_no_app_that_they_do_not_have(self) -> None:
        app, spare = "app shows now", "one of your recovery codes"
        for kinds, shown in ((("totp", "recovery_codes"), app), (("webauthn", "recovery_codes"), spare)):
            self.set_up(*kinds)
            words = main_text(signed_in(self.person).get(reverse("mfa_reauthenticate")))
            assert {text for text in (app, spare) if text in words} == {shown}

    def test_a_passkey_that_is_refused_is_said_above_all_else(self) -> None:
        self.set_up("webauthn")
        with mock.patch("allauth.mfa.webauthn.internal.auth.get_credentials", return_value=[]):
            signing_in, signed = self.sign_in("password"), signed_in(self.person)
            confirm(signed)
            for browser, url in ((signing_in, reverse("mfa_authenticate")), (signed, reverse("mfa_add_webauthn"))):
                for answer in ("", "{}", "[]", '{"id": "a", "rawId": "YQ", "type": "public-key", "response": {}}'):
                    page = parsed(browser.post(url, {"credential": answer}))

                    assert only_element(page, "title").get_text().startswith("Error:")
                    assert "The passkey wasn’t used" in only_element(page, ".failures li").get_text()
                    assert not page.select("main .errorlist")

    def test_who_confirms_with_a_passkey_that_is_refused_stays_on_their_way(self) -> None:
        self.set_up("webauthn")
        for is_locked in (False, True):
            browser = signed_in(self.person)
            if is_locked:
                browser.post(reverse("accounts:lock"))
            with mock.patch("allauth.mfa.webauthn.internal.auth.get_credentials", return_value=[]):
                response = browser.post(reverse("mfa_reauthenticate_webauthn"), {"credential": "{}", "next": "/journal/"})

            page = parsed(response)
            assert "The passkey wasn’t used" in only_element(page, ".failures li").get_text()
            assert only_element(page, "form.card [name=next]")["value"] == "/journal/"
            assert browser.get("/journal/").status_code == (HTTPStatus.FOUND if is_locked else HTTPStatus.OK)

    def test_localhost_is_never_named_on_a_site_with_a_name(self) -> None:
        for host, is_named in (("", True), ("localhost", True), ("journal.example.org", False), ("192.0.2.7", False)):
            with override_settings(SITE_HOST=host):
                notice = only_element(parsed(Client().get(reverse("account_login"))), "[data-passkey-elsewhere]")
                assert notice.has_attr("data-open") == is_named

    def test_a_passkeys_name_runs_in_its_own_direction(self) -> None:
        self.set_up("webauthn")
        passkey, browser = Authenticator.objects.get(), signed_in(self.person)
        confirm(browser)
        for url, times in ((reverse("mfa_list_webauthn"), 3), (reverse("mfa_remove_webauthn", args=[passkey.pk]), 1)):
            page = parsed(browser.get(url))
            assert [name.get_text() for name in page.select("main bdi")] == ["Phone"] * times
            assert main_text(browser.get(url)).count("Phone") == times

    def test_a_passkeys_name_is_asked_for_in_the_readers_language(self) -> None:
        self.set_up("webauthn")
        browser = signed_in(self.person)
        confirm(browser)
        passkey = Authenticator.objects.get(type="webauthn").pk
        for page in (reverse("mfa_add_webauthn"), reverse("mfa_edit_webauthn", args=[passkey])):
            with mock.patch("allauth.mfa.webauthn.internal.auth.get_credentials", return_value=[]):
                response = browser.get(page, headers={"Accept-Language": "es"})
            assert only_element(parsed(response), "label[for=id_name]").get_text() == "Nombre"
