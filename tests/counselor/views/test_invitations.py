"""A counselor's workspace, invitations, and what accepting them makes."""

import datetime as dt
import logging
import re
from http import HTTPStatus

import time_machine
from django.core import mail
from django.db import connection as database
from django.test import Client, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.keys import keyring
from accounts.models import Connection, User
from common.ids import new_id
from counselor import invitations
from counselor.models import Invitation
from tests.factories import PASSWORD, make_counselor, make_invitation, make_user
from tests.helpers import signed_in

TERMS = {"parent_name": "Mara", "sees_answered": "on", "understood": "on"}
LOCMEM = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}


def offer(counselor: User, **words: str) -> tuple[Invitation, str]:
    """An invitation and its address."""
    made = make_invitation(counselor, email=words.get("email", ""), name=words.get("name", ""))
    return made, reverse("counselor:invitation", args=[made.content.token])


class InvitingTests(TestCase):
    def setUp(self) -> None:
        self.counselor = make_counselor()
        self.client.force_login(self.counselor)

    def test_makes_a_link_to_hand_over(self) -> None:
        fields = {"id": new_id(), "name": "The family on Tuesdays"}
        for _twice in range(2):
            self.client.post("/accounts/invitations/", fields)

        made = Invitation.objects.get()
        page = self.client.get("/accounts/invitations/").content.decode()
        assert f"/accounts/invitations/{made.content.token}/" in page
        assert "The family on Tuesdays" in page

    def test_whom_it_is_for_and_its_token_lie_in_no_plain_column(self) -> None:
        made, _address = offer(self.counselor, email="mara@example.org", name="The family on Tuesdays")

        with database.cursor() as cursor:
            cursor.execute("SELECT * FROM counselor_invitation")
            row = b" ".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in cursor.fetchone())
        for secret in ("mara@example.org", "Tuesdays", made.content.token):
            assert secret.encode() not in row

    @override_settings(MAILER=LOCMEM, MAILERS={"default": LOCMEM})
    def test_is_mailed_with_its_link_and_no_more(self) -> None:
        self.client.post("/accounts/invitations/", {"id": new_id(), "name": "Tuesdays", "email": "mara@example.org"})

        (sent,) = mail.outbox
        assert sent.to == ["mara@example.org"]
        assert "Ines Holm invites you" in sent.body
        assert f"/accounts/invitations/{Invitation.objects.get().content.token}/" in sent.body
        assert "Tuesdays" not in f"{sent.body}{sent.subject}"

    @override_settings(MAILER=LOCMEM)
    def test_a_wrong_address_is_told_and_kept(self) -> None:
        response = self.client.post("/accounts/invitations/", {"id": new_id(), "name": "Tuesdays", "email": "mara at home"})

        self.assertContains(response, "mara at home", status_code=422)
        assert not Invitation.objects.exists()

    @override_settings(
        MAILER=LOCMEM,
        MAILERS={"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": 9}}},
    )
    def test_a_mail_that_does_not_go_leaves_the_link(self) -> None:
        with self.assertLogs("nightlight.invitations", logging.ERROR) as logs:
            response = self.client.post("/accounts/invitations/", {"id": new_id(), "name": "", "email": "mara@example.org"}, follow=True)

        self.assertContains(response, "hand its link over yourself")
        self.assertContains(response, Invitation.objects.get().content.token)
        assert "mara@example.org" not in "".join(logs.output)

    def test_there_are_so_many_a_day(self) -> None:
        for _n in range(invitations.PER_DAY):
            offer(self.counselor)

        response = self.client.post("/accounts/invitations/", {"id": new_id(), "name": "One more"})
        self.assertContains(response, "the most there can be", status_code=422)
        self.assertContains(response, "One more", status_code=422)
        with time_machine.travel(timezone.now() + dt.timedelta(days=1, minutes=1)):
            offer(self.counselor)

    def test_somebody_elses_is_not_found_and_its_id_not_taken_over(self) -> None:
        theirs, address = offer(make_counselor(email="other@example.org"))

        assert self.client.post(f"/accounts/invitations/{theirs.pk}/withdraw/").status_code == HTTPStatus.NOT_FOUND
        assert self.client.post("/accounts/invitations/", {"id": theirs.pk, "name": "Mine"}).status_code == HTTPStatus.FOUND
        assert Invitation.objects.exclude(pk=theirs.pk).get().content.name == "Mine"
        assert Invitation.objects.get(pk=theirs.pk).content == theirs.content
        assert theirs.content.token not in self.client.get("/accounts/invitations/").content.decode()
        assert self.client.get(address).status_code == HTTPStatus.OK


class InvitedTests(TestCase):
    def setUp(self) -> None:
        self.counselor = make_counselor()
        self.invitation, self.address = offer(self.counselor, name="Tuesdays", email="somebody@example.org")
        self.parent = make_user(name="Mara")

    def test_whoever_holds_it_sees_who_invites_and_what_it_means_and_nothing_else(self) -> None:
        page = Client().get(self.address)

        for said in (
            "Ines Holm",
            "Lindgatan",
            "What they will see",
            "What they will not see",
            "Nobody watches",
            "obliged by law",
            "keep notes",
        ):
            self.assertContains(page, said)
        for hidden in ("Tuesdays", "somebody@example.org", self.counselor.email):
            self.assertNotContains(page, hidden)
        self.assertContains(page, f"/accounts/login/?next={self.address}")

    def test_accepting_connections_with_a_key_of_its_own(self) -> None:
        response = signed_in(self.parent).post(self.address, TERMS)

        connection = Connection.objects.get()
        assert response.headers["Location"] == f"/accounts/care/{connection.pk}/"
        assert (connection.counselor, connection.parent, connection.parent_name, connection.sees_answered) == (
            self.counselor,
            self.parent,
            "Mara",
            True,
        )
        assert keyring.data_key(connection.pk) not in {keyring.data_key(self.parent.pk), keyring.data_key(self.counselor.pk)}

    def test_nothing_is_accepted_without_having_read_it(self) -> None:
        response = signed_in(self.parent).post(self.address, {"parent_name": "M."})

        self.assertContains(response, "Nothing is accepted yet", status_code=422)
        self.assertContains(response, 'value="M."', status_code=422)
        assert not Connection.objects.exists()

    def test_accepting_twice_is_one_connection(self) -> None:
        client = signed_in(self.parent)
        first, second = client.post(self.address, TERMS), client.post(self.address, TERMS)

        assert first.headers["Location"] == second.headers["Location"]
        assert Connection.objects.count() == 1

    def test_works_once(self) -> None:
        signed_in(self.parent).post(self.address, TERMS)
        other = signed_in(make_user(email="other@example.org"))

        for response in (other.get(self.address), other.post(self.address, TERMS), Client().get(self.address)):
            self.assertContains(response, "accepted already", status_code=410)
        assert Connection.objects.count() == 1

    def test_an_expired_one_says_so(self) -> None:
        with time_machine.travel(timezone.now() + dt.timedelta(days=14, minutes=1)):
            client = signed_in(self.parent)
            for response in (client.get(self.address), client.post(self.address, TERMS)):
                self.assertContains(response, "has expired", status_code=410)
        assert not Connection.objects.exists()

    def test_is_good_until_its_fourteenth_day(self) -> None:
        with time_machine.travel(timezone.now() + dt.timedelta(days=13, hours=23)):
            signed_in(self.parent).post(self.address, TERMS)
        assert Connection.objects.count() == 1

    def test_a_withdrawn_one_says_so(self) -> None:
        for _twice in range(2):
            signed_in(self.counselor).post(f"/accounts/invitations/{self.invitation.pk}/withdraw/")

        self.assertContains(signed_in(self.parent).post(self.address, TERMS), "was withdrawn", status_code=410)
        assert not Connection.objects.exists()

    def test_a_wrong_one_says_so(self) -> None:
        self.assertContains(Client().get("/accounts/invitations/not-a-token/"), "no such invitation", status_code=404)
        self.assertContains(signed_in(self.parent).get(self.address[:-2] + "/"), "no such invitation", status_code=404)

    def test_a_counselors_own_makes_no_connection_to_themselves(self) -> None:
        client = signed_in(self.counselor)

        self.assertContains(client.get(self.address), "your own invitation")
        client.post(self.address, TERMS)
        assert not Connection.objects.exists()

    def test_accepted_once_another_of_the_same_counselor_adds_nothing(self) -> None:
        signed_in(self.parent).post(self.address, TERMS)
        another, address = offer(self.counselor)

        signed_in(self.parent).post(address, TERMS)

        another.refresh_from_db()
        assert Connection.objects.count() == 1
        assert another.state(timezone.now()) == Invitation.State.OPEN

    def test_nobody_accepts_without_an_account(self) -> None:
        response = Client().post(self.address)

        assert response.headers["Location"].startswith("/accounts/login/?next=")
        assert Client().post(self.address, TERMS).status_code == HTTPStatus.UNAUTHORIZED
        assert not Connection.objects.exists()

    @override_settings(SIGNUP_OPEN=False)
    def test_lets_a_new_parent_in_where_accounts_are_given(self) -> None:
        client = Client()
        self.assertNotContains(client.get("/accounts/signup/"), "password1")
        page = client.get(f"/accounts/signup/?next={self.address}").content.decode()
        assert 'name="next"' in page

        response = client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD, "next": self.address})

        assert response.headers["Location"] == self.address
        self.assertContains(client.get(self.address), "Accept")

    @override_settings(SIGNUP_OPEN=False)
    def test_a_spent_or_made_up_one_lets_nobody_in(self) -> None:
        invitations.withdraw(self.counselor, self.invitation.pk, timezone.now())
        for wanted in (self.address, "/accounts/invitations/made-up/", "/tonight/", "//[", "https://elsewhere.example/"):
            response = Client().post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD, "next": wanted})
            assert not User.objects.filter(email="new@example.org").exists()
            assert "password1" not in response.content.decode()

    def test_one_is_open_on_the_page_of_a_signed_in_parent_by_their_own_name(self) -> None:
        page = signed_in(self.parent).get(self.address).content.decode()

        assert re.search(r'name="parent_name" value="Mara"', page)
        assert "<title>An invitation · Nightlight</title>" in page
