"""/accounts/password/set/: an account that was made with a passkey gets a password only from its person."""

from allauth.mfa.models import Authenticator
from django.test import TestCase

from accounts.models import User
from tests.factories import PASSWORD, make_user

URL = "/accounts/password/set/"
SENT = {"password1": "three quiet boats", "password2": "three quiet boats"}


class PasswordSetTests(TestCase):
    def test_asks_for_the_passkey_first(self) -> None:
        person = make_user()
        person.set_unusable_password()
        person.save()
        Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": {}})
        self.client.force_login(person)

        for response in (self.client.get(URL), self.client.post(URL, SENT)):
            assert response.headers["Location"].startswith("/accounts/2fa/webauthn/reauthenticate/")

        assert not User.objects.get().has_usable_password()

    def test_leads_who_has_one_to_changing_it_which_asks_for_it(self) -> None:
        person = make_user()
        self.client.force_login(person)
        assert self.client.get(URL).headers["Location"].startswith("/accounts/reauthenticate/")

        self.client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert self.client.get(URL).headers["Location"] == "/accounts/password/change/"
        self.client.post("/accounts/password/change/", {"oldpassword": "not the one", **SENT})
        assert User.objects.get().check_password(PASSWORD)
