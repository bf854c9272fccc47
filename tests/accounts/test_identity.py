"""One form for identities: an address and a password are the same however they are written, wherever they are given."""

from importlib import import_module
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD, make_user
from tests.helpers import refusal, run, signed_in

MUNICH = "mara@xn--mnchen-3ya.de"
SPELLINGS = ["Mara@MÜNCHEN.de", "mara@mu\u0308nchen.de", "MARA@xn--mnchen-3ya.de", "ma\u200bra@münchen.de", "ｍａｒａ＠münchen.de "]
LIGATURE, PLAIN = "ﬁve words and a ﬁsh", "five words and a fish"
COMPOSED, DECOMPOSED = "caf\u00e9 and a lamp", "cafe\u0301 and a lamp"

pytestmark = pytest.mark.django_db


def signs_in(address: str, password: str = PASSWORD) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": address, "password": password})
    return "_auth_user_id" in client.session


def store_as_typed(person: User, password: str) -> None:
    """As passwords were hashed before they were normalised."""
    User.objects.filter(pk=person.pk).update(password=make_password(password))


# --- Addresses.


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_signing_up_and_in(spelling: str) -> None:
    Client().post("/accounts/signup/", {"email": spelling, "password1": PASSWORD})
    Client().post("/accounts/signup/", {"email": MUNICH, "password1": PASSWORD})

    assert list(User.objects.values_list("email", flat=True)) == [MUNICH]
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [MUNICH]
    for other in SPELLINGS:
        assert signs_in(other)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_codes_go_to_the_address_of_the_account(path: str, spelling: str) -> None:
    make_user(email=MUNICH)

    Client().post(path, {"email": spelling})

    assert [message.to for message in mail.outbox] == [[MUNICH]]
    assert "code" in str(mail.outbox[0].body)


@pytest.mark.parametrize("address", ["mıra@example.org", "mara@exa\u200cmple.org", "mara@ex..ämple", "mara"])
@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/login/code/", "/accounts/password/reset/"])
def test_what_looks_like_anothers_address_is_none(path: str, address: str) -> None:
    response = Client().post(path, {"email": address, "password1": PASSWORD})

    assert "valid" in response.content.decode()
    assert not mail.outbox
    assert not User.objects.exists()


def test_changing_it() -> None:
    person = make_user(email="old@example.org")
    make_user(email="taken@example.org")
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    for address in ("ｔａｋｅｎ@example.org", "Mara@MÜNCHEN.de"):
        client.post("/accounts/email/", {"email": address, "action_add": ""})

    person.refresh_from_db()
    assert person.email == MUNICH


def test_commands_of_the_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    run("createsuperuser", "--noinput", email="Operator@Example.ORG")

    assert User.objects.get().email == "operator@example.org"
    assert signs_in("operator@example.org")
    assert "already" in refusal("createsuperuser", "--noinput", email="OPERATOR@example.org")


def test_addresses_from_before_are_brought_into_the_form() -> None:
    people = [make_user(email=f"{number}@example.org") for number in range(3)]
    for person, address in zip(people, ["Operator@example.org", "mara@münchen.de", "taken@example.org"], strict=True):
        User.objects.filter(pk=person.pk).update(email=address)
        EmailAddress.objects.create(user=person, email=address, primary=True, verified=True)
    twin = make_user(email="twin@example.org")
    User.objects.filter(pk=twin.pk).update(email="Taken@example.org")

    import_module("accounts.migrations.0002_one_form_of_addresses").canonicalise(apps, mock.Mock(connection=connection))

    assert signs_in("Operator@example.org")
    assert signs_in("mara@münchen.de")
    twin.refresh_from_db()
    assert twin.email == "Taken@example.org"  # not made another account's


# --- Passwords.


@pytest.mark.parametrize(("set_as", "typed"), [(LIGATURE, PLAIN), (PLAIN, LIGATURE), (COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])
def test_a_password_is_the_same_on_every_keyboard(set_as: str, typed: str) -> None:
    Client().post("/accounts/signup/", {"email": "new@example.org", "password1": set_as})

    assert signs_in("new@example.org", typed)
    assert signs_in("new@example.org", set_as)
    assert not signs_in("new@example.org", typed + "!")


@pytest.mark.parametrize("typed", [LIGATURE, DECOMPOSED])
def test_a_password_from_before_is_accepted_and_then_in_the_new_form(typed: str) -> None:
    person = make_user()
    store_as_typed(person, typed)

    assert signs_in(person.email, typed)
    assert signs_in(person.email, PLAIN if typed == LIGATURE else COMPOSED)


def test_confirming_a_password_from_before_keeps_the_session() -> None:
    person = make_user()
    store_as_typed(person, DECOMPOSED)
    person.refresh_from_db()
    client = Client()
    client.force_login(person)

    client.post("/accounts/reauthenticate/", {"password": DECOMPOSED, "next": "/tonight/"})

    assert client.get("/tonight/").status_code == 200
    assert signs_in(person.email, COMPOSED)


def test_changing_a_password_from_before() -> None:
    person = make_user()
    store_as_typed(person, DECOMPOSED)
    person.refresh_from_db()
    client = Client()
    client.force_login(person)
    client.post("/accounts/reauthenticate/", {"password": DECOMPOSED})

    client.post("/accounts/password/change/", {"oldpassword": COMPOSED, "password1": LIGATURE, "password2": PLAIN})
    client.post("/accounts/password/change/", {"oldpassword": COMPOSED, "password1": LIGATURE, "password2": LIGATURE})

    assert signs_in(person.email, PLAIN)


def test_a_common_password_is_common_in_any_letters() -> None:
    response = Client().post("/accounts/signup/", {"email": "new@example.org", "password1": "ｐａｓｓｗｏｒｄ１２３"})

    assert "id_password1_error" in response.content.decode()
    assert not User.objects.exists()


# --- Whoever saves a person saves what they changed.


def test_the_command_for_a_password_changes_nothing_else() -> None:
    person = make_user(email=MUNICH)

    def typed(prompt: str) -> str:
        User.objects.filter(pk=person.pk).update(name="Mara", email="new@example.org")
        return LIGATURE

    with mock.patch("getpass.getpass", typed):
        run("changepassword", "Mara@münchen.de")

    person.refresh_from_db()
    assert (person.name, person.email) == ("Mara", "new@example.org")
    assert signs_in("new@example.org", PLAIN)


@pytest.mark.parametrize("typed", [["one long password", "another long password"] * 3, ["12345", "12345"] * 3])
def test_the_command_for_a_password_gives_up_after_three_tries(typed: list[str]) -> None:
    person = make_user()

    with mock.patch("getpass.getpass", side_effect=typed):
        assert refusal("changepassword", person.email, stderr=mock.Mock()) == "Nothing was changed."
    assert signs_in(person.email)


def test_the_command_for_a_password_knows_who_is_there() -> None:
    assert refusal("changepassword", "nobody@example.org") == "No one has this address."


def test_the_admin_page_changes_nothing_else() -> None:
    client = signed_in(User.objects.create_superuser("operator@example.org"))
    person = make_user(name="Mara")
    original = User.full_clean

    def meanwhile(self: User, *args: object, **kwargs: object) -> None:
        User.objects.filter(pk=person.pk).update(email="new@example.org", password="changed")
        original(self, *args, **kwargs)  # type: ignore[arg-type]

    with mock.patch.object(User, "full_clean", meanwhile):
        client.post(reverse("admin:accounts_user_change", args=[person.pk]), {"name": "Tomas", "is_active": "on"})

    person.refresh_from_db()
    assert (person.name, person.email, person.password) == ("Tomas", "new@example.org", "changed")


def test_a_name_holds_no_address_wherever_it_is_given() -> None:
    person, operator = make_user(), User.objects.create_superuser("operator@example.org")
    fields = {"language": "", "time_zone": "UTC", "night_ends_at": 4, "appearance": "device"}
    for visitor, path in ((person, "/accounts/settings/"), (operator, reverse("admin:accounts_user_change", args=[person.pk]))):
        response = signed_in(visitor).post(path, {**fields, "name": "Win at example.com", "is_active": "on"})
        assert "can’t include a web or email address" in response.content.decode()

    person.refresh_from_db()
    assert person.name == ""
