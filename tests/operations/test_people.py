"""manage.py people: invites, disables, enables and counts, and shows nothing that anybody wrote."""

from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from accounts.models import User
from operations import people
from tests.factories import PASSWORD, make_entry, make_user
from tests.helpers import signed_in
from tests.mails import MAILER
from tests.system.test_mail import mailed_code

pytestmark = pytest.mark.django_db

WITH_MAIL = override_settings(MAILER=MAILER, MAILERS={"default": MAILER}, SITE_ORIGIN="https://journal.example.org")


@WITH_MAIL
def test_an_invited_person_gets_a_mail_in_their_language_and_signs_in_by_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("people", "invite", "Mara@example.org", "--language", "es")
    person = User.objects.get()
    assert (person.email, person.has_usable_password(), person.language) == ("mara@example.org", False, "es")
    [sent] = mail.outbox
    assert sent.to == ["mara@example.org"]
    assert "https://journal.example.org/accounts/login/code/" in sent.body
    assert "on its way to Mara@example.org" in capsys.readouterr().out

    call_command("people", "resend", "mara@example.org")
    assert len(mail.outbox) == 2


@override_settings(
    MAILER=MAILER, MAILERS={"default": MAILER}, ACCOUNT_EMAIL_VERIFICATION="mandatory", ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED=True
)
def test_whoever_has_not_confirmed_their_address_gets_a_mail_and_comes_in_by_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    browser = Client()
    browser.post("/accounts/signup/", {"email": "mara@example.org", "password1": PASSWORD})
    mail.outbox.clear()
    for _twice in range(2):
        call_command("people", "resend", "mara@example.org")
    assert capsys.readouterr().out.count("on its way to mara@example.org") == 2
    assert [(each.to, each.subject) for each in mail.outbox] == [(["mara@example.org"], "Your Nightlight account is almost ready")] * 2
    assert not EmailAddress.objects.get().verified

    browser = Client()
    browser.post("/accounts/login/code/", {"email": "mara@example.org"})
    browser.post("/accounts/login/code/confirm/", {"code": mailed_code()})
    assert EmailAddress.objects.get().verified
    assert browser.get("/tonight/").status_code == 200
    with pytest.raises(CommandError, match="has signed in before"):
        call_command("people", "resend", "mara@example.org")


@WITH_MAIL
def test_a_mail_that_is_not_taken_is_said_and_the_others_are_sent(capsys: pytest.CaptureFixture[str]) -> None:
    send, tried = EmailMessage.send, []

    def refuse_the_first(message: EmailMessage, **options: object) -> int:
        tried.append(message.to)
        if len(tried) == 1:
            raise ConnectionRefusedError
        return send(message)

    with mock.patch.object(EmailMessage, "send", refuse_the_first), pytest.raises(CommandError, match="people resend mara"):
        call_command("people", "invite", "mara@example.org", "olu@example.org")
    assert "on its way to olu@example.org" in capsys.readouterr().out
    assert User.objects.count() == 2


@WITH_MAIL
def test_says_what_cannot_be_done_and_does_nothing() -> None:
    make_user()
    signed_in(make_user(email="came@example.org"))
    make_user(email="shut@example.org", is_active=False)
    for act, address, why in (
        ("invite", "parent@example.org", "already"),
        ("resend", "came@example.org", "has signed in before"),
        ("resend", "nobody@example.org", "No one has the address"),
        ("resend", "shut@example.org", "people enable shut@example.org"),
        ("disable", "nobody@example.org", "No one has the address"),
        ("enable", "nobody@example.org", "No one has the address"),
    ):
        with pytest.raises(CommandError, match=why):
            call_command("people", act, address)
    with pytest.raises(CommandError, match="Who"):
        call_command("people", "invite")
    assert mail.outbox == []


def test_without_a_mail_server_it_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("people", "invite", "mara@example.org")
    assert "manage.py changepassword mara@example.org" in capsys.readouterr().out
    make_user()
    call_command("people", "resend", "parent@example.org")
    assert "nothing was sent. Without one, people don’t confirm their address" in capsys.readouterr().out


def test_a_disabled_account_is_signed_out_and_stays_as_it_is() -> None:
    person = make_user()
    make_entry(person)
    browser = signed_in(person)
    for _twice in range(2):
        call_command("people", "disable", person.email)
    assert browser.get("/tonight/").status_code == 302
    assert not Client().login(email=person.email, password=PASSWORD)
    assert person.entries.count() == 1
    call_command("people", "enable", person.email)
    assert signed_in(User.objects.get()).get("/tonight/").status_code == 200


def test_lists_sizes_and_opens_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    make_entry(make_user(), text="The heron came back.")
    make_entry(make_user(email="large@example.org"), text="Long. " * 3000)
    call_command("people", "sizes")
    shown = capsys.readouterr().out
    assert [line.split()[-1] for line in shown.splitlines()[:2]] == ["large@example.org", "parent@example.org"]
    assert "heron" not in shown
    assert people.sizes()[0].stored > 18_000
