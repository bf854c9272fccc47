"""`/accounts/invitations/`, `<id>/withdraw/` and `<token>/`: inviting clients, and accepting an invitation."""

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
from accounts.models import Connection, Preferences, User
from common.ids import new_id
from common.rendering import qr_codes
from counselor import invitations
from counselor.models import Invitation, MailDay
from tests.factories import PASSWORD, make_counselor, make_invitation, make_user
from tests.helpers import DAY, HOUR, MINUTE, signed_in
from tests.mails import check

TERMS = {"parent_name": "Mara", "sees_answered": "on", "understood": "on"}
LOCMEM = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}


def address_of(invitation: Invitation) -> str:
    return reverse("counselor:invitation", args=[invitation.content.token])


class InvitingTests(TestCase):
    counselor: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor = make_counselor()

    def setUp(self) -> None:
        self.client.force_login(self.counselor)

    def test_makes_a_link_to_hand_over(self) -> None:
        fields = {"id": new_id(), "name": "The family on Tuesdays"}
        for _twice in range(2):
            self.client.post("/accounts/invitations/", fields)

        invitation = Invitation.objects.get()
        page = self.client.get(f"/accounts/invitations/{invitation.pk}/").content.decode()
        assert f"/accounts/invitations/{invitation.content.token}/" in page
        assert "The family on Tuesdays" in page
        self.assertContains(self.client.get("/accounts/invitations/"), f"/accounts/invitations/{invitation.pk}/")

    def test_sent_again_for_somebody_else_from_the_page_one_went_back_to_is_another(self) -> None:
        fields = {"id": new_id(), "name": "Anna"}
        self.client.post("/accounts/invitations/", fields)

        for _twice in range(2):
            response = self.client.post("/accounts/invitations/", {**fields, "name": "Bert"}, follow=True)

        assert {invitation.content.name for invitation in Invitation.objects.all()} == {"Anna", "Bert"}
        assert Invitation.objects.count() == 2
        self.assertContains(response, "Bert")

    def test_sent_again_after_it_was_withdrawn_is_another(self) -> None:
        fields = {"id": new_id(), "name": "Anna"}
        self.client.post("/accounts/invitations/", fields)
        invitations.withdraw(self.counselor, Invitation.objects.get().pk, timezone.now())

        self.client.post("/accounts/invitations/", fields)

        assert [invitation.withdrawn_at is None for invitation in Invitation.objects.order_by("made_at")] == [False, True]

    def test_its_recipient_and_its_token_are_stored_sealed(self) -> None:
        invitation = make_invitation(self.counselor, email="mara@example.org", name="The family on Tuesdays")

        with database.cursor() as cursor:
            cursor.execute("SELECT * FROM counselor_invitation")
            row = b" ".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in cursor.fetchone())
        for secret in ("mara@example.org", "Tuesdays", invitation.content.token):
            assert secret.encode() not in row

    @override_settings(MAILER=LOCMEM, MAILERS={"default": LOCMEM})
    def test_is_mailed_with_its_link_and_no_more(self) -> None:
        self.client.post("/accounts/invitations/", {"id": new_id(), "name": "Tuesdays", "email": "mara@example.org"})

        (message,) = mail.outbox
        assert message.to == ["mara@example.org"]
        assert re.search(r"\A.*invited to Nightlight.*\n\n“Ines Holm”\n“Lindgatan”\n", str(message.body))
        assert f"/accounts/invitations/{Invitation.objects.get().content.token}/" in message.body
        assert "Tuesdays" not in f"{message.body}{message.subject}"

    def test_is_for_somebody_whom_the_counselor_names(self) -> None:
        response = self.client.post("/accounts/invitations/", {"id": new_id(), "name": " "})

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not Invitation.objects.exists()

    def test_a_personal_line_is_stored_sealed_and_shown_to_whom_it_is_for(self) -> None:
        line = "It was good to meet you on Tuesday."
        self.client.post("/accounts/invitations/", {"id": new_id(), "name": "Tuesdays", "line": line})

        invitation = Invitation.objects.get()
        self.assertContains(Client().get(address_of(invitation)), line)
        with database.cursor() as cursor:
            cursor.execute("SELECT content FROM counselor_invitation")
            assert b"Tuesday" not in bytes(cursor.fetchone()[0])

    def test_a_personal_line_leads_nowhere_and_has_an_end(self) -> None:
        for line in ("Look at https://example.org", "Call 0900 555 01 99", "x" * 301):
            response = self.client.post("/accounts/invitations/", {"id": new_id(), "name": "Tuesdays", "line": line})
            self.assertContains(response, line, status_code=422)
        assert not Invitation.objects.exists()

    @override_settings(MAILER=LOCMEM, MAILERS={"default": LOCMEM})
    def test_the_mail_is_in_the_counselors_language_or_in_the_one_they_chose(self) -> None:
        self.counselor.language = "es"
        self.counselor.save()
        self.client.force_login(self.counselor)
        self.assertContains(self.client.get("/accounts/invitations/"), '<option value="es" selected>')

        for language in ("", "en"):
            fields = {"id": new_id(), "name": "Tuesdays", "email": "mara@example.org", "language": language, "line": "Hola & gracias."}
            self.client.post("/accounts/invitations/", fields)

        spanish, english = mail.outbox
        assert "Te invitan a Nightlight" in spanish.body
        assert "You’re invited to Nightlight" in english.body
        for message in (spanish, english):
            assert isinstance(message, mail.EmailMultiAlternatives)
            assert "“Hola & gracias.”" in message.body or "«Hola & gracias.»" in message.body
            check(str(message.body), str(message.alternatives[0][0]))

    @override_settings(MAILER=LOCMEM, MAILERS={"default": LOCMEM})
    def test_sent_again_is_the_same_link_for_another_14_days_and_not_at_once(self) -> None:
        self.client.post("/accounts/invitations/", {"id": new_id(), "name": "Tuesdays", "email": "mara@example.org"})
        invitation = Invitation.objects.get()
        send = f"/accounts/invitations/{invitation.pk}/send/"

        self.assertContains(self.client.post(send, follow=True), "sent it a moment ago")
        assert len(mail.outbox) == 1
        with time_machine.travel(timezone.now() + 15 * DAY):
            self.client.force_login(self.counselor)
            assert Client().get(address_of(invitation)).status_code == HTTPStatus.GONE
            for _twice in range(2):
                self.client.post(send)
            assert Client().get(address_of(invitation)).status_code == HTTPStatus.OK

        first, second = mail.outbox
        assert first.body == second.body
        assert sum(day.invitations for day in MailDay.objects.all()) == 1  # that of the first day is forgotten

    @override_settings(MAILER=LOCMEM, MAILERS={"default": LOCMEM})
    def test_nobody_is_written_to_for_ever(self) -> None:
        invitation = make_invitation(self.counselor, email="mara@example.org")
        for number in range(1, 8):
            with time_machine.travel(timezone.now() + number * HOUR):
                self.client.force_login(self.counselor)
                last = self.client.post(f"/accounts/invitations/{invitation.pk}/send/", follow=True)

        assert len(mail.outbox) == invitations.MAILS - 1  # the factory mails nothing
        self.assertContains(last, "which is the limit")

    @override_settings(MAILER=LOCMEM, MAILERS={"default": LOCMEM})
    def test_one_without_an_address_a_withdrawn_one_and_anothers_is_not_sent(self) -> None:
        bare, withdrawn = make_invitation(self.counselor), make_invitation(self.counselor, email="mara@example.org")
        theirs = make_invitation(make_counselor(email="other@example.org"), email="mara@example.org")
        invitations.withdraw(self.counselor, withdrawn.pk, timezone.now())

        with time_machine.travel(timezone.now() + HOUR):
            self.client.force_login(self.counselor)
            for row in (bare, withdrawn):
                page = self.client.post(f"/accounts/invitations/{row.pk}/send/", follow=True)
                self.assertContains(page, "be sent again")
                self.assertNotContains(page, "Send again")
            assert self.client.post(f"/accounts/invitations/{theirs.pk}/send/").status_code == HTTPStatus.NOT_FOUND
        assert not mail.outbox

    def test_its_page_has_the_link_and_a_drawing_of_it_while_it_is_open(self) -> None:
        invitation = make_invitation(self.counselor, name="Tuesdays")
        page = f"/accounts/invitations/{invitation.pk}/"
        address = f"http://testserver{address_of(invitation)}"

        shown = self.client.get(page)
        self.assertContains(shown, address)
        self.assertContains(shown, f'd="{qr_codes.drawn(address).path}"')
        self.assertContains(shown, "<title>An invitation · Nightlight</title>")
        invitations.withdraw(self.counselor, invitation.pk, timezone.now())
        shown = self.client.get(page)
        self.assertContains(shown, "Withdrawn")
        self.assertNotContains(shown, address)

    @override_settings(MAILER=LOCMEM)
    def test_an_invalid_address_comes_back_with_what_was_typed(self) -> None:
        response = self.client.post("/accounts/invitations/", {"id": new_id(), "name": "Tuesdays", "email": "mara at home"})

        self.assertContains(response, "mara at home", status_code=422)
        assert not Invitation.objects.exists()

    @override_settings(
        MAILER=LOCMEM,
        MAILERS={"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": 9}}},
    )
    def test_when_the_mail_cannot_be_sent_the_link_is_there(self) -> None:
        with self.assertLogs("nightlight.invitations", logging.ERROR) as logs:
            response = self.client.post(
                "/accounts/invitations/", {"id": new_id(), "name": "Tuesdays", "email": "mara@example.org"}, follow=True
            )

        self.assertContains(response, "share the link yourself")
        self.assertContains(response, Invitation.objects.get().content.token)
        assert "mara@example.org" not in "".join(logs.output)

    def test_there_is_a_limit_for_each_day(self) -> None:
        for _number in range(invitations.PER_DAY):
            make_invitation(self.counselor)

        response = self.client.post("/accounts/invitations/", {"id": new_id(), "name": "One more"})
        self.assertContains(response, "which is the limit", status_code=422)
        self.assertContains(response, "One more", status_code=422)
        with time_machine.travel(timezone.now() + DAY + MINUTE):
            make_invitation(self.counselor)

    def test_another_counselors_is_not_found_and_its_id_not_taken_over(self) -> None:
        theirs = make_invitation(make_counselor(email="other@example.org"))

        assert self.client.post(f"/accounts/invitations/{theirs.pk}/withdraw/").status_code == HTTPStatus.NOT_FOUND
        assert self.client.post("/accounts/invitations/", {"id": theirs.pk, "name": "Mine"}).status_code == HTTPStatus.FOUND
        assert Invitation.objects.exclude(pk=theirs.pk).get().content.name == "Mine"
        assert Invitation.objects.get(pk=theirs.pk).content == theirs.content
        assert theirs.content.token not in self.client.get("/accounts/invitations/").content.decode()
        assert self.client.get(address_of(theirs)).status_code == HTTPStatus.OK


class InvitedTests(TestCase):
    counselor: User
    invitation: Invitation
    address: str
    parent: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor = make_counselor()
        cls.invitation = make_invitation(cls.counselor, name="Tuesdays", email="somebody@example.org")
        cls.address = address_of(cls.invitation)
        cls.parent = make_user(name="Mara")

    def test_anybody_who_has_the_link_sees_who_invites_and_what_it_means_and_nothing_else(self) -> None:
        page = Client().get(self.address)

        for words in (
            "Ines Holm",
            "Lindgatan",
            "What they’ll see",
            "What they won’t see",
            "No one watches",
            "obliged by law",
            "keep their own notes",
        ):
            self.assertContains(page, words)
        for words in ("Tuesdays", "somebody@example.org", self.counselor.email):
            self.assertNotContains(page, words)
        self.assertContains(page, f"/accounts/login/?next={self.address}")

    def test_accepting_makes_a_connection_with_a_key_of_its_own(self) -> None:
        response = signed_in(self.parent).post(self.address, TERMS)

        connection = Connection.objects.get()
        assert response.headers["Location"] == "/accounts/welcome/"
        assert (connection.counselor, connection.parent, connection.parent_name, connection.sees_answered) == (
            self.counselor,
            self.parent,
            "Mara",
            True,
        )
        assert keyring.data_key(connection.pk) not in {keyring.data_key(self.parent.pk), keyring.data_key(self.counselor.pk)}

    def test_who_has_been_through_welcome_goes_on_to_the_connection(self) -> None:
        self.parent.sealed_preferences = Preferences(welcomed=True)
        self.parent.save()

        response = signed_in(self.parent).post(self.address, TERMS)

        assert response.headers["Location"] == f"/accounts/care/{Connection.objects.get().pk}/"

    def test_nothing_is_accepted_unless_it_was_understood(self) -> None:
        response = signed_in(self.parent).post(self.address, {"parent_name": "M."})

        self.assertContains(response, "You haven’t accepted anything yet", status_code=422)
        self.assertContains(response, 'value="M."', status_code=422)
        assert not Connection.objects.exists()

    def test_accepting_twice_is_one_connection(self) -> None:
        client = signed_in(self.parent)
        first, second = client.post(self.address, TERMS), client.post(self.address, TERMS)

        assert first.headers["Location"] == "/accounts/welcome/"
        assert second.headers["Location"] == f"/accounts/care/{Connection.objects.get().pk}/"
        assert Connection.objects.count() == 1

    def test_works_once(self) -> None:
        signed_in(self.parent).post(self.address, TERMS)
        other = signed_in(make_user(email="other@example.org"))

        for response in (other.get(self.address), other.post(self.address, TERMS), Client().get(self.address)):
            self.assertContains(response, "already been accepted", status_code=410)
        assert Connection.objects.count() == 1

    def test_an_expired_one_says_so(self) -> None:
        with time_machine.travel(timezone.now() + 14 * DAY + MINUTE):
            client = signed_in(self.parent)
            for response in (client.get(self.address), client.post(self.address, TERMS)):
                self.assertContains(response, "has expired", status_code=410)
        assert not Connection.objects.exists()

    def test_is_good_until_its_fourteenth_day(self) -> None:
        with time_machine.travel(timezone.now() + 14 * DAY - HOUR):
            signed_in(self.parent).post(self.address, TERMS)
        assert Connection.objects.count() == 1

    def test_a_withdrawn_one_says_so(self) -> None:
        for _twice in range(2):
            signed_in(self.counselor).post(f"/accounts/invitations/{self.invitation.pk}/withdraw/")

        self.assertContains(signed_in(self.parent).post(self.address, TERMS), "was withdrawn", status_code=410)
        assert not Connection.objects.exists()

    def test_an_unknown_one_says_so(self) -> None:
        self.assertContains(Client().get("/accounts/invitations/not-a-token/"), "can’t find this invitation", status_code=404)
        self.assertContains(signed_in(self.parent).get(self.address[:-2] + "/"), "can’t find this invitation", status_code=404)

    def test_a_counselors_own_makes_no_connection_to_themselves(self) -> None:
        client = signed_in(self.counselor)

        self.assertContains(client.get(self.address), "your own invitation")
        client.post(self.address, TERMS)
        assert not Connection.objects.exists()

    def test_accepted_once_another_of_the_same_counselor_adds_nothing(self) -> None:
        signed_in(self.parent).post(self.address, TERMS)
        another = make_invitation(self.counselor)

        signed_in(self.parent).post(address_of(another), TERMS)

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
    def test_a_withdrawn_or_invented_one_opens_no_account(self) -> None:
        invitations.withdraw(self.counselor, self.invitation.pk, timezone.now())
        for address in (self.address, "/accounts/invitations/made-up/", "/tonight/", "//[", "https://elsewhere.example/"):
            response = Client().post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD, "next": address})
            assert not User.objects.filter(email="new@example.org").exists()
            assert "password1" not in response.content.decode()

    def test_suggests_a_signed_in_parents_own_name(self) -> None:
        page = signed_in(self.parent).get(self.address).content.decode()

        assert re.search(r'name="parent_name" value="Mara"', page)
        assert "<title>An invitation · Nightlight</title>" in page
