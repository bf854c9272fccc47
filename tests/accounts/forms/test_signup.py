"""Signing up asks for whom it is, and leads there: to Welcome, or to opening a workspace."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.factories import PASSWORD, make_counselor, make_invitation, make_user
from tests.helpers import main_text
from tests.mails import MAILER

pytestmark = pytest.mark.django_db
SIGN_UP, WORKSPACE, WELCOME = "/accounts/signup/", "/accounts/workspace/", "/accounts/welcome/"


@pytest.fixture
def with_mail(settings: Settings) -> None:
    settings.MAILER, settings.MAILERS = MAILER, {"default": MAILER}
    settings.ACCOUNT_EMAIL_VERIFICATION, settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = "mandatory", True


def sign_up(client: Client, **fields: str) -> Any:
    return client.post(SIGN_UP, {"email": "new@example.org", "password1": PASSWORD, **fields})


def chosen(page: Any) -> list[str]:
    return [str(field["value"]) for field in BeautifulSoup(page.content, "html.parser").select("[name=purpose][checked]")]


@pytest.mark.parametrize(
    ("fields", "onward"),
    [
        ({}, WELCOME),
        ({"purpose": "myself"}, WELCOME),
        ({"purpose": "clients"}, WORKSPACE),
        ({"purpose": "clients", "next": WORKSPACE}, WORKSPACE),
        ({"purpose": "myself", "next": WORKSPACE}, WELCOME),
        ({"purpose": "clients", "next": "/tonight/"}, WORKSPACE),
        ({"purpose": "clients", "next": "/prompts/paths/"}, f"{WELCOME}?next=%2Fprompts%2Fpaths%2F"),  # it was not asked
    ],
)
def test_leads_to_what_it_is_for(fields: dict[str, str], onward: str) -> None:
    assert sign_up(Client(), **fields).headers["Location"].replace("/prompts/paths/", "%2Fprompts%2Fpaths%2F") == onward


def test_is_for_oneself_unless_one_comes_from_the_page_for_counselors() -> None:
    client = Client()

    assert chosen(client.get(SIGN_UP)) == ["myself"]
    assert chosen(client.get(f"{SIGN_UP}?next={WORKSPACE}")) == ["clients"]
    assert 'name="purpose"' not in client.get(f"{SIGN_UP}?next=/prompts/paths/").content.decode()


def test_the_invited_are_not_asked_and_go_to_their_invitation() -> None:
    address = f"/accounts/invitations/{make_invitation(make_counselor()).content.token}/"
    client = Client()

    assert 'name="purpose"' not in client.get(f"{SIGN_UP}?next={address}").content.decode()
    assert sign_up(client, purpose="clients", next=address).headers["Location"] == address


def test_the_answer_outlives_the_code_in_the_mail(with_mail: None) -> None:
    client = Client()
    sign_up(client, purpose="clients")
    code = next(line for line in str(mail.outbox[0].body).splitlines() if len(line) == 9 and line[4] == "-")

    response = client.post("/accounts/confirm-email/", {"code": code})

    assert response.headers["Location"] == WORKSPACE
    assert User.objects.get(email="new@example.org").last_login
    assert "for_clients" not in client.session


def test_says_nothing_about_who_has_an_account(with_mail: None) -> None:
    make_user(email="new@example.org")
    client = Client()

    assert sign_up(client, purpose="clients").headers["Location"] == sign_up(Client(), email="x@example.org").headers["Location"]


def test_a_passkey_sign_up_asks_too(with_mail: None, settings: Settings) -> None:
    settings.MFA_PASSKEY_SIGNUP_ENABLED, settings.ROOT_URLCONF = True, "tests.browser.urls_with_mail"

    assert chosen(Client().get("/accounts/signup/passkey/")) == ["myself"]


def test_where_accounts_are_given_it_says_how(settings: Settings) -> None:
    settings.SIGNUP_OPEN = False

    page = Client().get(SIGN_UP)
    assert "Accounts are by invitation" in main_text(page)
    assert "counselor’s workspace" in main_text(page)
    for address in ("/for-counselors/", "/accounts/invitations/code/"):
        assert f'href="{address}"' in page.content.decode()
