"""accounts.security.second_step: no admin page without a second step, and a way to set one up."""

from http import HTTPStatus

from allauth.mfa.models import Authenticator
from django.test import Client, TestCase

from accounts.models import User
from tests.factories import make_user
from tests.helpers import confirm, main_text, only_element, parsed, signed_in

PAGES = ("/admin/", "/admin/accounts/user/", "/admin/login/", "/admin/password_change/")


class StaffTests(TestCase):
    staff: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.staff = make_user(is_staff=True, is_superuser=True)

    def browser(self) -> Client:
        """Signed in with a password alone."""
        client = Client()
        client.force_login(self.staff)
        return client

    def test_without_one_are_led_to_setting_it_up(self) -> None:
        client = self.browser()
        for page in PAGES:
            response = client.get(page, follow=True)
            assert response.redirect_chain[-1][0] == "/accounts/2fa/", page
            assert "The admin pages ask for a second step" in main_text(response)

    def test_who_have_set_it_up_find_the_way_back(self) -> None:
        client = signed_in(self.staff)
        confirm(client)
        for page in ("/accounts/2fa/", "/accounts/2fa/recovery-codes/generate/"):
            response = client.get(page) if page == "/accounts/2fa/" else client.post(page, follow=True)
            assert only_element(parsed(response), "main a[href='/admin/']").get_text() == "To the admin pages"
        other = signed_in(make_user(email="other@example.org"))
        assert not parsed(other.get("/accounts/2fa/")).select("[href='/admin/']")

    def test_who_have_one_and_did_not_take_it_are_led_to_taking_it(self) -> None:
        for kind, page in (("totp", "/accounts/2fa/reauthenticate/"), ("webauthn", "/accounts/2fa/webauthn/reauthenticate/")):
            Authenticator.objects.all().delete()
            Authenticator.objects.create(user=self.staff, type=kind, data={"secret": "", "credential": {}})
            location = self.browser().get("/admin/login/?next=/admin/accounts/user/").headers["Location"]
            assert location.startswith(f"{page}?next="), location

    def test_who_took_it_are_let_in(self) -> None:
        assert signed_in(self.staff).get("/admin/").status_code == HTTPStatus.OK

    def test_who_removed_it_are_kept_out_again(self) -> None:
        client = signed_in(self.staff)
        Authenticator.objects.all().delete()
        assert client.get("/admin/").status_code == HTTPStatus.FOUND

    def test_change_nothing_without_it(self) -> None:
        person = make_user(email="other@example.org")
        self.browser().post(f"/admin/accounts/user/{person.pk}/delete/", {"post": "yes"})
        assert User.objects.filter(pk=person.pk).exists()

    def test_everybody_else_is_refused(self) -> None:
        client = signed_in(make_user(email="other@example.org"))
        assert client.get("/admin/", follow=True).status_code == HTTPStatus.FORBIDDEN
