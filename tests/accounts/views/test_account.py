"""/accounts/delete/: asks for the password and a confirmation, then deletes all that is a person's and nothing else."""

from http import HTTPStatus

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client, TestCase
from django.urls import reverse

from accounts.models import KeySlot, User
from journal.models import Entry
from tests.factories import PASSWORD, make_entry, make_user
from tests.helpers import only_element, read

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
        assert "This cannot be undone" in self.client.get(self.url).content.decode()

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
