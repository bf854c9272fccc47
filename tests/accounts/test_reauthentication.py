"""What changes or ends an account asks again who one is, unless that was shown within the last five minutes."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD, make_counselor
from tests.helpers import EVENING, MINUTE, confirm, element, parsed

pytestmark = pytest.mark.django_db

REAUTHENTICATE = "/accounts/reauthenticate/"
# Every address of the site that changes what keeps an account safe, or ends something for good, and what its page sends.
ACTS: list[tuple[str, dict[str, Any]]] = [
    ("/accounts/delete/", {"sure": "on"}),
    ("/accounts/workspace/close/", {}),
    ("/accounts/email/", {"email": "new@example.org", "action_add": ""}),
    ("/accounts/email/", {"email": "second@example.org", "action_remove": ""}),
    ("/accounts/email/", {"email": "second@example.org", "action_primary": ""}),
    ("/accounts/password/set/", {"password1": "three quiet boats", "password2": "three quiet boats"}),
    ("/accounts/sessions/", {}),
    ("/accounts/sessions/", {"device": "own"}),
    ("/accounts/2fa/totp/deactivate/", {}),
    ("/accounts/2fa/recovery-codes/generate/", {}),
    ("/accounts/2fa/webauthn/add/", {"name": "x", "credential": "{}"}),
    ("/accounts/2fa/webauthn/keys/{passkey}/remove/", {}),
    ("/accounts/2fa/webauthn/keys/{passkey}/edit/", {"name": "Mine now"}),
]
SHOWN = ["/accounts/2fa/recovery-codes/", "/accounts/2fa/recovery-codes/download/", "/accounts/2fa/webauthn/add/", "/accounts/delete/"]


def everything(person: User) -> list[object]:
    """What the acts could change."""
    return [
        User.objects.filter(pk=person.pk).values_list("email", "password", "is_counselor").get(),
        sorted(EmailAddress.objects.filter(user=person).values_list("email", "primary")),
        sorted(Authenticator.objects.filter(user=person).values_list("type", "data__name", "pk")),
        UserSession.objects.filter(user=person).count(),
    ]


@pytest.fixture
def person(time_machine_at_evening: None) -> User:
    person = make_counselor()
    for email, primary in ((person.email, True), ("second@example.org", False)):
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=primary)
    for kind in ("totp", "recovery_codes", "webauthn"):
        Authenticator.objects.create(
            user=person, type=kind, data={"name": "Phone", "secret": "", "seed": "", "used_mask": 0, "credential": {}}
        )
    return person


@pytest.fixture
def time_machine_at_evening() -> Any:
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def phone(person: User) -> Client:
    """Signed in with a password, as if the second step had been taken; another device is signed in, too."""
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(person)
        UserSession.objects.create(user=person, ip="127.0.0.1", session_key=client.session.session_key, user_agent="")
    return clients[0]


def address(path: str) -> str:
    return path.format(passkey=Authenticator.objects.get(type="webauthn").pk)


@pytest.mark.parametrize(("path", "fields"), ACTS)
def test_each_act_asks_and_changes_nothing(path: str, fields: dict[str, Any], person: User, phone: Client) -> None:
    before = everything(person)
    url = address(path)

    response = phone.post(url, fields)

    # What was typed is shown meanwhile, beside a link; else the next page is the one that asks.
    leads_to = response.headers.get("Location") or element(parsed(response), "main a.button")["href"]
    assert str(leads_to).startswith(f"{REAUTHENTICATE}?next=")
    assert everything(person) == before
    assert not phone.session.get("own_device")


@pytest.mark.parametrize("path", SHOWN)
def test_what_is_secret_is_not_shown(path: str, phone: Client) -> None:
    assert phone.get(path).headers["Location"].startswith(f"{REAUTHENTICATE}?next=")


@pytest.mark.parametrize(("minutes", "asks"), [(4.9, False), (5, True)])
def test_for_five_minutes_it_is_not_asked_again(minutes: float, asks: bool, phone: Client) -> None:
    confirm(phone)
    with time_machine.travel(EVENING + minutes * MINUTE, tick=False):
        response = phone.get("/accounts/delete/")
    assert (response.status_code == 302) is asks


def test_signing_in_is_no_confirmation(person: User) -> None:
    Authenticator.objects.all().delete()
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert client.get("/accounts/delete/").headers["Location"].startswith(REAUTHENTICATE)


def test_the_password_of_another_person_confirms_nothing(phone: Client, make_other: Callable[[], User]) -> None:
    make_other()
    phone.post(REAUTHENTICATE, {"password": "the other's password"})
    assert phone.get("/accounts/delete/").status_code == 302


@pytest.fixture
def make_other() -> Callable[[], User]:
    return lambda: make_counselor(email="other@example.org", password="the other's password")


def test_a_changed_password_needs_the_old_one(person: User, phone: Client) -> None:
    confirm(phone)
    new = {"password1": "three quiet boats", "password2": "three quiet boats"}
    phone.post("/accounts/password/change/", {"oldpassword": "not the one", **new})
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)
    phone.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert User.objects.get(pk=person.pk).check_password("three quiet boats")
