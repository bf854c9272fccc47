"""/accounts/lock/ and the middleware: a session that was not used for a while shows nothing, and loses nothing that was typed."""

from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.test import Client, TestCase
from django.urls import reverse

from accounts.keys.installation import encrypt_secret
from accounts.models import User
from journal.models import Entry
from tests.factories import PASSWORD, make_counselor, make_entry, make_user, page_fields
from tests.helpers import EVENING, HOUR, JSON, MINUTE, form_fields, main_text, on_own_device, parsed, read, signed_in

LOGIN = {"login": "parent@example.org", "password": PASSWORD}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
BACKGROUND = {"Sec-Fetch-Mode": "cors"}
COOKIE = settings.USED_COOKIE_NAME
LOCK, UNLOCK = "/accounts/lock/", "/accounts/reauthenticate/"
SECRET = "Tonight the walrus sang."


@time_machine.travel(EVENING, tick=False)
class LockCase(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user(name="Mara")
        make_entry(cls.person, text=SECRET)

    def setUp(self) -> None:
        self.client.post("/accounts/login/", LOGIN)

    def later(self, minutes: float) -> Any:
        return time_machine.travel(EVENING + minutes * MINUTE, tick=False)

    def is_open(self, client: Client | None = None, **headers: Any) -> bool:
        return (client or self.client).get("/journal/", **headers).status_code == HTTPStatus.OK


class UnlockPageTests(LockCase):
    def test_an_error_stands_beside_the_password_and_not_below_the_way_out(self) -> None:
        self.client.post(LOCK)

        page = parsed(self.client.post(UNLOCK, {"password": "not the one"}))

        error, forgot = page.select(".field .errorlist, main a[href='/accounts/password/reset/']")
        assert (error.name, forgot.name) == ("ul", "a")


class IdleTests(LockCase):
    def test_a_session_is_open_for_thirty_minutes_without_use(self) -> None:
        with self.later(29.9):
            assert self.is_open()

    def test_and_locked_after_them(self) -> None:
        with self.later(30):
            self.assertRedirects(self.client.get("/journal/"), f"{LOCK}?next=%2Fjournal%2F", fetch_redirect_response=False)
            self.assertRedirects(self.client.get(f"{LOCK}?next=/journal/"), f"{UNLOCK}?next=%2Fjournal%2F")

    def test_locking_by_hand_leads_back_to_where_one_was(self) -> None:
        form = form_fields(read(self.client, "/journal/?page=1"), f'form[action="{LOCK}"]')

        response = self.client.post(LOCK, form)

        assert response.headers["Location"] == f"{LOCK}?next=%2Fjournal%2F%3Fpage%3D1"
        assert self.client.post(LOCK, {"next": "https://evil.example/"}).headers["Location"] == LOCK

    def test_no_address_is_a_way_round_it(self) -> None:
        for method in ("get", "post", "head"):
            for path in ("/nothing-here/", "/tonight", "/favicon.ico", "/accounts/", "/journal/x/", "/admin/nothing/"):
                with self.later(100):
                    response = getattr(self.client, method)(path)
                    assert COOKIE not in response.cookies, path
                    assert not self.is_open(), path

    def test_nor_is_somebody_elses_account(self) -> None:
        other = make_user(email="other@example.org")
        TOTP.activate(other, "JBSWY3DPEHPK3PXP")
        with self.later(100):
            response = self.client.post("/accounts/login/", {**LOGIN, "login": other.email, "own_device": "on"})

            assert response.headers["Location"].startswith("/accounts/2fa/authenticate/")
            assert not self.is_open()
            assert SECRET not in self.client.get("/journal/", follow=True).content.decode()

    def test_what_is_said_of_the_device_counts_once_all_steps_are_taken(self) -> None:
        Authenticator.objects.create(user=self.person, type="recovery_codes", data={"seed": encrypt_secret("seed"), "used_mask": 0})
        TOTP.activate(self.person, "JBSWY3DPEHPK3PXP")
        client = Client()
        client.post("/accounts/login/", {**LOGIN, "own_device": "on"})
        assert not client.session.get("own_device")

        (code, *_others) = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
        client.post("/accounts/2fa/authenticate/", {"code": code})

        assert client.session["own_device"]
        assert "own_device_wished" not in client.session

    def test_it_stays_open_while_it_is_used(self) -> None:
        for minutes in range(0, 200, 20):
            with self.later(minutes):
                assert self.is_open()

    def test_reading_writes_nothing_to_the_session(self) -> None:
        with self.later(20):
            before = dict(self.client.session)
            with self.assertNumQueries(4):  # session with its person, entries, years and months: nothing is written
                self.client.get("/journal/")
            assert dict(self.client.session) == before

    def test_the_cookie_is_renewed_at_most_once_a_minute(self) -> None:
        with self.later(0.5):
            assert COOKIE not in self.client.get("/journal/").cookies
        with self.later(1.1):
            cookie = self.client.get("/journal/").cookies[COOKIE]
            assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (True, "Lax", "/", 1800)
        with self.later(1.5):
            assert COOKIE not in self.client.get("/journal/").cookies

    def test_what_a_page_asks_for_by_itself_is_no_use(self) -> None:
        for minutes in range(0, 30, 5):
            with self.later(minutes):
                assert COOKIE not in self.client.get("/journal/signed-in/", headers=JSON).cookies
                assert COOKIE not in self.client.get("/accounts/lock/use/", headers=JSON).cookies
                assert COOKIE not in self.client.get("/journal/", headers=BACKGROUND).cookies
        with self.later(31):
            assert not self.is_open()

    def test_what_was_refused_is_no_use(self) -> None:
        other = {**page_fields(make_user(email="other@example.org"), night="2026-03-01")}
        with self.later(20):
            response = self.client.post("/tonight/", other, headers=JSON)
        assert (response.status_code, COOKIE in response.cookies) == (HTTPStatus.FORBIDDEN, False)

    def test_saving_is_use(self) -> None:
        with self.later(29):
            self.client.post("/tonight/", page_fields(self.person), headers=JSON)
        with self.later(58):
            assert self.is_open()

    def test_a_script_tells_that_somebody_reads(self) -> None:
        with self.later(29):
            answer = self.client.post("/accounts/lock/use/", headers={**JSON, **SAME_SITE})
            assert COOKIE in answer.cookies
        with self.later(30):
            answer = self.client.get("/accounts/lock/use/", headers=JSON)
            assert answer.json() == {"person": str(self.person.pk), "left": 29 * 60}

    def test_another_site_does_not(self) -> None:
        with self.later(29):
            answer = self.client.post("/accounts/lock/use/", headers={**JSON, "Sec-Fetch-Site": "cross-site"})
        assert (answer.status_code, COOKIE in answer.cookies) == (HTTPStatus.UNAUTHORIZED, False)

    def test_an_old_cookie_that_is_sent_again_opens_nothing(self) -> None:
        with self.later(10):
            self.client.get("/journal/")
        stolen = self.client.cookies[COOKIE].value
        with self.later(25):
            self.client.get("/journal/")
        with self.later(41):
            self.client.cookies[COOKIE] = stolen
            assert not self.is_open()

    def test_a_cookie_of_another_session_or_of_ones_own_making_opens_nothing(self) -> None:
        with self.later(29):
            other = Client()
            other.post("/accounts/login/", LOGIN)
        with self.later(31):
            other.get("/journal/")
            for forged in (other.cookies[COOKIE].value, f"{int(EVENING.timestamp()) + 1800}:x", "9999999999", "nan:nan", "", "é"):
                self.client.cookies[COOKIE] = forged
                assert not self.is_open(), forged

    def test_without_the_cookie_only_the_time_since_signing_in_counts(self) -> None:
        with self.later(29):
            self.client.get("/journal/")
        del self.client.cookies[COOKIE]
        with self.later(31):
            assert not self.is_open()

    def test_the_cookie_goes_when_the_session_ends(self) -> None:
        for end in ("/accounts/logout/", "/leave/"):
            self.client.post("/accounts/login/", LOGIN)
            with self.later(2):
                self.client.get("/journal/")
                assert self.client.cookies[COOKIE].value
                self.client.post(end, headers=SAME_SITE)
            assert self.client.cookies[COOKIE].value == "", end

    def test_the_time_is_the_persons_choice(self) -> None:
        for minutes in (10, 30, 120):
            User.objects.update(locks_after=minutes)
            client = signed_in(self.person)
            with self.later(minutes - 0.1):
                assert self.is_open(signed_in(self.person))
            with self.later(minutes):
                assert not self.is_open(client)

    def test_counselors_and_staff_are_locked_out_too(self) -> None:
        for person, address in (
            (make_counselor(), "/accounts/clients/"),
            (make_user(email="staff@example.org", is_staff=True, is_superuser=True), "/admin/"),
        ):
            client = signed_in(person)
            assert client.get(address).status_code == HTTPStatus.OK
            with self.later(30):
                assert client.get(address).headers["Location"].startswith(LOCK)


class OwnDeviceTests(LockCase):
    def test_ticked_at_sign_in_the_session_stays_open(self) -> None:
        own = Client()
        own.post("/accounts/login/", {**LOGIN, "own_device": "on"})
        with self.later(60 * 24 * 20):
            assert self.is_open(own)

    def test_unless_the_person_wants_their_own_locked_too(self) -> None:
        User.objects.update(locks_own_devices=True)
        with self.later(31):
            assert not self.is_open(on_own_device(self.client))

    def test_the_sign_in_page_offers_it_unticked(self) -> None:
        box = parsed(Client().get("/accounts/login/")).select_one("[name=own_device][type=checkbox]")
        assert box is not None
        assert not box.has_attr("checked")

    def test_ticked_when_unlocking_the_session_stays_open_from_then_on(self) -> None:
        with self.later(31):
            self.client.post(UNLOCK, {"password": PASSWORD, "own_device": "on"})
        with self.later(60 * 24):
            assert self.is_open()


class LockedTests(LockCase):
    """Half an hour later."""

    def setUp(self) -> None:
        super().setUp()
        traveller = time_machine.travel(EVENING + HOUR, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    def test_leads_to_unlocking_and_from_there_on_to_where_one_was_going(self) -> None:
        page = self.client.get("/journal/?page=2", follow=True)
        assert "Locked" in main_text(page)

        fields = {**form_fields(parsed(page)), "password": PASSWORD}
        self.assertRedirects(self.client.post(UNLOCK, fields), "/journal/?page=2", fetch_redirect_response=False)
        assert SECRET in read(self.client, "/journal/").get_text()

    def test_a_wrong_password_opens_nothing(self) -> None:
        assert self.client.post(UNLOCK, {"password": "not the one"}).status_code == HTTPStatus.OK
        assert not self.is_open()

    def test_shows_nothing_of_the_person_on_pages_for_everybody(self) -> None:
        for address in (
            "/help/",
            "/privacy/",
            "/prompts/",
            "/prompts/paths/",
            "/prompts/hard-nights/work-ate-the-day/",
            "/offline/",
            "/nowhere/",
        ):
            page = self.client.get(address).content.decode()
            assert SECRET not in page
            assert "Mara" not in page
            assert str(self.person.pk) not in page, address

    def test_the_front_page_and_the_sign_in_lead_to_unlocking(self) -> None:
        for address in ("/", "/accounts/login/"):
            assert self.client.get(address).headers["Location"].startswith(LOCK)

    def test_says_nothing_of_the_person_while_it_is_locked(self) -> None:
        page = self.client.get(UNLOCK).content.decode()
        assert "Mara" not in page
        assert "parent@example.org" not in page

    def test_a_text_that_is_sent_comes_back_and_is_saved_after_unlocking(self) -> None:
        fields = {
            key: str(value) for key, value in page_fields(self.person, text="A line more.", entry=Entry.objects.get().pk, base=1).items()
        }

        kept = self.client.post("/tonight/", fields, headers=SAME_SITE)

        assert kept.status_code == HTTPStatus.UNAUTHORIZED
        assert "A line more." in kept.content.decode()
        assert "locked in the meantime" in main_text(kept)
        assert Entry.objects.get().content.text == SECRET
        self.client.post(UNLOCK, {"password": PASSWORD})
        again = form_fields(parsed(kept))
        self.client.post("/tonight/", {name: values[0] for name, values in again.items()}, headers=SAME_SITE)
        assert Entry.objects.get().content.text == "A line more."

    def test_so_does_a_form_with_several_fields(self) -> None:
        response = self.client.post("/accounts/settings/", {"name": "Mallory"}, headers=SAME_SITE)
        self.assertContains(response, "Mallory", status_code=HTTPStatus.UNAUTHORIZED)
        self.assertContains(response, "Unlock in a new tab", status_code=HTTPStatus.UNAUTHORIZED)

    def test_a_script_gets_a_401_and_no_page(self) -> None:
        for method in ("get", "post"):
            answer = getattr(self.client, method)("/tonight/", headers=JSON)
            assert (answer.status_code, answer.json()) == (HTTPStatus.UNAUTHORIZED, {"state": "locked"})

    def test_a_button_does_nothing(self) -> None:
        entry = Entry.objects.get()
        response = self.client.post(f"/journal/{entry.pk}/delete/")
        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert "Nothing was changed" in main_text(response)
        assert Entry.objects.not_deleted().exists()

    def test_leaving_quickly_still_saves_and_ends_the_session(self) -> None:
        fields = page_fields(self.person, text="In a hurry.", entry=Entry.objects.get().pk, base=1)
        self.client.post("/leave/", {**fields, "at": "/tonight/"}, headers=SAME_SITE)
        assert Entry.objects.get().content.text == "In a hurry."
        assert "_auth_user_id" not in self.client.session

    def test_somebody_else_can_sign_in(self) -> None:
        other = make_user(email="other@example.org")
        assert "/accounts/logout/" in str(parsed(self.client.get(UNLOCK)).main)
        self.client.post("/accounts/login/", {**LOGIN, "login": other.email})
        assert self.is_open()
        assert SECRET not in read(self.client, "/journal/").get_text()

    def test_signing_out_needs_no_unlocking(self) -> None:
        assert self.client.get("/accounts/logout/").status_code == HTTPStatus.OK
        self.client.post("/accounts/logout/")
        assert "_auth_user_id" not in self.client.session

    def test_is_not_opened_by_waiting_or_trying(self) -> None:
        for _ in range(3):
            assert not self.is_open()

    def test_somebody_without_password_and_factor_signs_in_with_a_code(self) -> None:
        person = User.objects.get()
        person.set_unusable_password()
        person.save()
        client = Client()
        client.force_login(person)
        with time_machine.travel(EVENING + 3 * HOUR, tick=False):
            assert "sign in again with a code" in main_text(client.get("/journal/", follow=True))


class LockNowTests(LockCase):
    def test_a_press_locks_at_once_on_ones_own_device_too(self) -> None:
        on_own_device(self.client)
        for _twice in range(2):
            self.assertRedirects(self.client.post(LOCK), LOCK, fetch_redirect_response=False)
        assert not self.is_open()
        self.client.post(UNLOCK, {"password": PASSWORD})
        assert self.is_open()

    def test_an_open_session_is_led_on(self) -> None:
        self.assertRedirects(self.client.get(f"{LOCK}?next=/journal/"), "/journal/")
        for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "journal/", "journal:entry"):
            assert self.client.get(LOCK, {"next": elsewhere}).headers["Location"] == "/"

    def test_a_waiting_deletion_is_not_done_by_unlocking(self) -> None:
        self.client.post("/accounts/delete/", {"sure": "on"})
        with self.later(31):
            self.client.post(UNLOCK, {"password": PASSWORD, "next": "/journal/"})
        assert User.objects.filter(pk=self.person.pk).exists()


@pytest.mark.django_db
def test_a_visitor_is_never_locked() -> None:
    assert Client().get("/help/").status_code == HTTPStatus.OK
    assert Client().get(reverse("accounts:lock")).headers["Location"].startswith("/accounts/login/")
