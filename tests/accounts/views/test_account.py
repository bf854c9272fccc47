"""/accounts/delete/: asks for the password and a confirmation, then deletes all that is a person's and nothing else."""

import datetime as dt
from http import HTTPStatus
from pathlib import Path
from unittest import mock

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import leaving
from accounts.models import KeySlot, User
from journal.models import Entry
from operations.backup import daily
from tests.factories import PASSWORD, make_entry, make_user
from tests.helpers import confirm, main_text, only_element, read, signed_in

LOGIN = {"login": "parent@example.org", "password": PASSWORD}


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
        """A browser in which the person gave the password twice: to sign in, and again for this page."""
        browser = Client()
        browser.post(reverse("account_login"), LOGIN)
        browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return browser

    def assert_nothing_is_deleted(self) -> None:
        assert (User.objects.count(), Entry.objects.count(), KeySlot.objects.count()) == (2, 2, 3)

    def test_leads_a_visitor_to_sign_in(self) -> None:
        self.assertRedirects(self.client.post(self.url, {"sure": "on"}), f"{reverse('account_login')}?next={self.url}")

        self.assert_nothing_is_deleted()

    def test_asks_for_the_password_again(self) -> None:
        self.client.post(reverse("account_login"), LOGIN)
        reauthentication = f"{reverse('account_reauthenticate')}?next={self.url}"

        self.assertRedirects(self.client.get(self.url), reauthentication)
        self.assertRedirects(self.client.post(self.url, {"sure": "on"}), reauthentication)

        self.assert_nothing_is_deleted()

    def test_stays_shut_after_a_wrong_password(self) -> None:
        self.client.force_login(self.person)
        self.client.post(self.url, {"sure": "on"})

        self.client.post(reverse("account_reauthenticate"), {"password": "not the one", "next": self.url})

        assert self.client.post(self.url, {"sure": "on"}).headers["Location"].startswith(reverse("account_reauthenticate"))
        self.assert_nothing_is_deleted()

    def test_opens_after_the_right_password(self) -> None:
        self.client.force_login(self.person)

        response = self.client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": self.url})

        self.assertRedirects(response, self.url)
        assert "This can’t be undone" in self.client.get(self.url).content.decode()

    def test_comes_back_to_be_asked_once_more_after_the_password(self) -> None:
        self.client.force_login(self.person)
        self.client.post(self.url, {"sure": "on"})

        response = self.client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": self.url})

        self.assertRedirects(response, self.url)
        self.assert_nothing_is_deleted()
        assert self.client.post(self.url, {"sure": "on"}).headers["Location"] == reverse("accounts:gone")
        assert User.objects.get().email == "other@example.org"

    def test_deletes_nothing_before_the_box_is_ticked(self) -> None:
        response = self.confirmed().post(self.url)

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Nothing has been deleted." in response.content.decode()
        self.assert_nothing_is_deleted()

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

        page = read(browser, browser.post(self.url, {"sure": "on"}).headers["Location"])

        assert only_element(page, "h1").get_text() == "Your account is deleted"
        assert "parent@example.org" not in str(page)

    def test_frees_the_address(self) -> None:
        self.confirmed().post(self.url, {"sure": "on"})

        self.client.post(reverse("account_signup"), {"email": "parent@example.org", "password1": PASSWORD})

        assert not Entry.objects.by(User.objects.get(email="parent@example.org")).exists()


class InAWeekTests(TestCase):
    """Whoever wants time to think gets it; nothing is deleted before, and nothing has to be done for it."""

    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()
        make_entry(cls.person)

    def leave(self) -> Client:
        browser = confirm(signed_in(self.person))
        response = browser.post(reverse("accounts:delete"), {"sure": "on", "when": "week"})
        assert response.headers["Location"] == reverse("accounts:gone_in_a_week")
        return browser

    def test_signs_out_everywhere_and_deletes_nothing_yet(self) -> None:
        other = signed_in(self.person)
        browser = self.leave()
        for device in (browser, other):
            assert device.get("/tonight/").status_code == HTTPStatus.FOUND
        assert Entry.objects.count() == 1
        assert leaving.delete_due(timezone.now() + dt.timedelta(days=6)) == 0
        assert "deleted in a week" in main_text(browser.get(reverse("accounts:gone_in_a_week")))

    def test_says_so_on_every_page_until_it_is_called_off(self) -> None:
        self.leave()
        again = signed_in(self.person)
        assert "Keep my account" in main_text(again.get("/tonight/"))
        assert "Your account stays." in main_text(again.post(reverse("accounts:stay"), follow=True))
        assert "Keep my account" not in main_text(again.get("/tonight/"))
        assert leaving.delete_due(timezone.now() + dt.timedelta(days=8)) == 0
        assert Entry.objects.count() == 1

    def test_after_the_week_everything_goes_by_itself_once(self) -> None:
        self.leave()
        due = timezone.now() + dt.timedelta(days=7, minutes=1)
        assert [leaving.delete_due(due) for _ in range(2)] == [1, 0]
        assert not User.objects.exists()
        assert not Entry.objects.exists()

    def test_one_that_cannot_be_deleted_keeps_no_other_from_it(self) -> None:
        self.leave()
        stuck = make_user(email="stuck@example.org")
        leaving.plan(stuck, timezone.now() - dt.timedelta(days=1))
        due = timezone.now() + dt.timedelta(days=7, minutes=1)
        delete = leaving.delete

        def refuse(person: User) -> None:
            if person.pk == stuck.pk:
                raise RuntimeError
            delete(person)

        with mock.patch.object(leaving, "delete", refuse):
            assert leaving.delete_due(due) == 1
        assert User.objects.get() == stuck
        assert leaving.delete_due(due) == 1


def test_offers_to_take_the_journal_along_first(db: None) -> None:
    page = read(confirm(signed_in(make_user())), reverse("accounts:delete"))
    assert page.select_one(f'main a[href="{reverse("journal:export")}"]')


def test_the_last_page_says_until_when_backups_may_hold_it(db: None, settings: Settings) -> None:
    settings.BACKUPS = Path("/backups")
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False):
        assert "until 29 March" in main_text(Client().get(reverse("accounts:gone")))


@pytest.mark.parametrize(
    ("language", "made", "none"), [("en", "Daily backups", "automatic daily backups"), ("es", "Las copias", "no hace copias")]
)
def test_says_of_backups_only_what_is_so_here(db: None, settings: Settings, language: str, made: str, none: str) -> None:
    pages = [reverse(f"accounts:{name}") for name in ("delete", "gone", "gone_in_a_week")]
    browser = confirm(signed_in(make_user(language=language)))
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for kept, said, not_said in ((Path("/backups"), made, none), (None, none, made)):
        settings.BACKUPS = kept
        for page in pages:
            text = main_text(browser.get(page))
            assert said in text, page
            assert not_said not in text, page


def test_backups_are_kept_as_long_as_is_said() -> None:
    assert dt.timedelta(weeks=daily.WEEKS) == leaving.BACKUPS_KEPT
