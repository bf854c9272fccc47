"""On a site with a mail server addresses are verified by a code; no mail holds a word of anybody's; text and HTML say the same."""

import re
from http import HTTPStatus
from pathlib import Path

import allauth
import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sites.requests import RequestSite
from django.core import mail
from django.test import RequestFactory, TestCase, override_settings
from django.utils import translation

from accounts.adapter import AccountAdapter
from accounts.models import User
from common.rendering import mails
from counselor.models import Workspace
from tests.factories import PASSWORD, make_entry, make_user
from tests.helpers import EVENING
from tests.mails import WITH_MAIL, check, whole

PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"


def mailed_code() -> str:
    """The code in the mail that was sent last."""
    body = str(mail.outbox[-1].body)
    match = re.search(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4}|\d{6})\s*$", body, re.MULTILINE)
    assert match, body
    return match.group(1)


@override_settings(ACCOUNT_EMAIL_VERIFICATION="mandatory", ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED=True)
class VerificationTests(TestCase):
    def sign_up(self, email: str = "new@example.org") -> None:
        response = self.client.post("/accounts/signup/", {"email": email, "password1": PASSWORD})
        assert response.status_code == HTTPStatus.FOUND

    def test_lets_in_with_the_code(self) -> None:
        self.sign_up()
        assert self.client.get("/tonight/").status_code == HTTPStatus.FOUND

        response = self.client.post("/accounts/confirm-email/", {"code": mailed_code()})

        assert response.headers["Location"] == "/accounts/welcome/"
        assert self.client.get("/tonight/").status_code == HTTPStatus.OK

    def test_lets_the_invited_in_to_what_they_accept(self) -> None:
        self.client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD, "next": "/accounts/invitations/token/"})

        response = self.client.post("/accounts/confirm-email/", {"code": mailed_code()})

        assert response.headers["Location"] == "/accounts/invitations/token/"

    def test_a_wrong_code_says_so_and_lets_nobody_in(self) -> None:
        self.sign_up()

        response = self.client.post("/accounts/confirm-email/", {"code": "WRNG-CODE"})

        assert response.status_code == HTTPStatus.OK
        assert self.client.get("/tonight/").status_code == HTTPStatus.FOUND

    def test_does_not_show_who_has_an_account(self) -> None:
        make_user(email="there@example.org")

        self.sign_up("there@example.org")

        assert User.objects.count() == 1
        assert mail.outbox[-1].to == ["there@example.org"]


class CodeTests(TestCase):
    def test_signs_in_by_a_code_from_the_mail(self) -> None:
        make_user()
        self.client.post("/accounts/login/code/", {"email": "parent@example.org"})

        response = self.client.post("/accounts/login/code/confirm/", {"code": mailed_code()})

        assert response.headers["Location"] == "/tonight/"
        assert self.client.get("/tonight/").status_code == HTTPStatus.OK

    def test_no_mail_holds_a_word_of_what_was_written(self) -> None:
        make_entry(make_user(), text="Heliotrope evening.")

        self.client.post("/accounts/login/code/", {"email": "parent@example.org"})
        self.client.post("/accounts/password/reset/", {"email": "parent@example.org"})

        assert len(mail.outbox) == 2
        for message in mail.outbox:
            assert "heliotrope" not in whole(message).lower()


class NoticeTests(TestCase):
    """A change to an account is told to its person, with the device and the time as they would say them."""

    def change(self, agent: str, **fields: str) -> str:
        person = make_user(**fields)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        self.client.force_login(person)
        with time_machine.travel(EVENING, tick=False):
            self.client.post(
                "/accounts/password/change/",
                {"oldpassword": PASSWORD, "password1": "three quiet boats", "password2": "three quiet boats"},
                headers={"User-Agent": agent, "Accept-Language": "en"},
            )
        return str(mail.outbox[-1].body).replace("\u00a0", " ")

    def test_names_the_device_in_words_and_the_time_as_where_the_person_lives(self) -> None:
        for agent, device, zone, time in (
            (PHONE, "Chrome on Android", "America/New_York", "Sunday, March 1 at 4:04 PM"),
            ("curl/8", "A browser", "Europe/Stockholm", "Sunday, 1 March at 22:04"),
        ):
            body = self.change(agent, time_zone=zone, email=f"{device[:1]}@example.org")
            assert f"- device: {device}\n- time: {time}\n" in body
            assert "Mozilla" not in body

    def test_is_in_the_language_that_the_person_chose(self) -> None:
        assert "Algo cambió en tu cuenta" in self.change(PHONE, language="es")

    def test_is_in_that_of_the_page_where_the_site_gave_it_up(self) -> None:
        assert "- time: Sunday, 1 March at 22:04\n" in self.change(PHONE, language="de", time_zone="Europe/Stockholm")


ALLAUTH = Path(allauth.__file__).parent / "templates"
TEMPLATES = sorted(
    str(path.relative_to(ALLAUTH)).removesuffix("_message.txt")
    for folder in ("account", "mfa")
    for path in (ALLAUTH / folder / "email").glob("[!b]*_message.txt")
)


@WITH_MAIL
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_each_mail_of_allauths_says_in_html_what_it_says_in_text(template: str, language: str) -> None:
    context = {
        "code": "NCCD-FJFM",
        "current_site": RequestSite(RequestFactory().get("/")),
        "deleted_email": "old@example.org",
        "email": "parent@example.org",
        "from_email": "old@example.org",
        "ip": "192.0.2.1",
        "password_reset_url": "https://example.org/accounts/password/reset/",
        "signup_url": "https://example.org/accounts/signup/",
        "timestamp": EVENING,
        "to_email": "new@example.org",
        "user": User(email="parent@example.org"),
        "user_agent": PHONE,
    }
    with translation.override(language):
        message = AccountAdapter().render_mail(template, "parent@example.org", context)

    assert isinstance(message, mail.EmailMultiAlternatives)
    [(content, kind)] = message.alternatives
    html = str(content)
    assert kind == "text/html"
    check(str(message.body), html)
    assert f'<html lang="{language}"' in html
    assert ("mail-code" in html.partition("</style>")[2]) == ("NCCD-FJFM" in str(message.body))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("template", "context"),
    [
        ("accounts/notification", {"url": "https://example.org/", "settings": "https://example.org/accounts/settings/"}),
        ("accounts/invited", {"login": "https://example.org/accounts/login/code/", "email": "mara@example.org"}),
        ("accounts/unconfirmed", {"login": "https://example.org/accounts/login/code/", "email": "mara@example.org"}),
        (
            "counselor/invitations/mail",
            {
                "workspace": Workspace(name="Ines <Holm>", practice="Lind & gatan"),
                "line": "See <you> & yours.",
                "url": "https://example.org/a/",
            },
        ),
        ("counselor/invitations/mail", {"workspace": Workspace(name="Ines"), "url": "https://example.org/a/"}),
    ],
)
def test_each_of_ours_says_the_same_in_both(template: str, context: dict[str, object], language: str) -> None:
    composed = mails.compose(template, context, language)

    check(composed.text, composed.html)
