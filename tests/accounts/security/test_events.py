"""accounts.security.events and all that records an event: one line each, and nothing typed in any."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from accounts import leaving
from accounts.models import User
from accounts.security.log import Event
from tests.accounts.security.test_log import LINE
from tests.factories import PASSWORD, make_connection, make_counselor, make_user
from tests.helpers import confirm, run, signed_in

LOGIN = {"login": "parent@example.org", "password": PASSWORD}
WRONG, NEW = "not the one at all", "three quiet boats"
TYPED = ("parent@example.org", "nobody@example.org", "new@example.org", PASSWORD, WRONG, NEW, "example.org", "654321")

pytestmark = pytest.mark.django_db


class Lines:
    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self.caplog = caplog

    def taken(self) -> list[str]:
        """The events since this was called last, each with whom it names: `person` for the parent."""
        lines = [entry.getMessage() for entry in self.caplog.records if entry.name == "nightlight.security"]
        self.caplog.clear()
        for line in lines:
            assert LINE.fullmatch(line)
            assert not any(typed in line for typed in TYPED), line
        return [re.sub(r" network=\S+", "", line.removeprefix("event=")) for line in lines]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Lines]:
    caplog.set_level("INFO", "nightlight.security")
    yield Lines(caplog)
    Lines(caplog).taken()


@pytest.fixture
def person() -> User:
    return make_user()


@pytest.fixture
def visit(person: User, lines: Lines) -> Client:
    client = Client()
    client.post("/accounts/login/", LOGIN)
    lines.taken()
    return client


def test_signing_up(lines: Lines) -> None:
    Client().post("/accounts/signup/", {"email": "new@example.org", "password1": NEW})
    person = User.objects.get().pk
    assert sorted(lines.taken()) == [f"signed_in person={person}", f"signed_up person={person}"]


def test_signing_in_and_out(lines: Lines, person: User) -> None:
    client = Client()
    client.post("/accounts/login/", LOGIN)
    assert lines.taken() == [f"signed_in person={person.pk}"]
    client.post("/accounts/logout/")
    assert lines.taken() == [f"signed_out person={person.pk}"]


def test_a_wrong_password(lines: Lines, person: User) -> None:
    Client().post("/accounts/login/", {**LOGIN, "password": WRONG})
    assert lines.taken() == [f"sign_in_failed person={person.pk}"]
    Client().post("/accounts/login/", {**LOGIN, "login": "nobody@example.org"})
    assert lines.taken() == ["sign_in_failed person=unknown"]


def test_reauthentication(lines: Lines, person: User, visit: Client) -> None:
    visit.post("/accounts/reauthenticate/", {"password": WRONG})
    assert lines.taken() == [f"reauthentication_failed person={person.pk}"]
    visit.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert lines.taken() == [f"reauthenticated person={person.pk} method=password"]


def test_locking_and_unlocking(lines: Lines, person: User, visit: Client) -> None:
    visit.post("/accounts/lock/")
    assert lines.taken() == [f"locked person={person.pk} by=person"]
    visit.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert lines.taken() == [f"reauthenticated person={person.pk} method=password", f"unlocked person={person.pk}"]


def test_devices_and_sessions(lines: Lines, person: User, visit: Client) -> None:
    confirm(visit)
    lines.taken()
    visit.post("/accounts/sessions/", {"device": "own"})
    assert lines.taken() == [f"device_marked person={person.pk} own=yes"]
    visit.post("/accounts/sessions/")
    assert lines.taken() == [f"other_sessions_ended person={person.pk}"]


def test_a_changed_password(lines: Lines, person: User, visit: Client) -> None:
    visit.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert lines.taken() == [f"password_changed person={person.pk}"]


def test_a_changed_address(lines: Lines, person: User, visit: Client) -> None:
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"primary": True, "verified": True})
    confirm(visit)
    lines.taken()
    visit.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert lines.taken() == [f"email_changed person={person.pk}"]


@pytest.mark.django_db(transaction=True)
def test_factors(lines: Lines, person: User, visit: Client) -> None:
    confirm(visit)
    lines.taken()
    secret = visit.get("/accounts/2fa/totp/activate/").context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    visit.post("/accounts/2fa/totp/activate/", {"code": code})
    assert sorted(lines.taken()) == [f"factor_added person={person.pk} factor={factor}" for factor in ("recovery_codes", "totp")]
    assert User.objects.get().second_step_settled

    other = Client()
    other.post("/accounts/login/", LOGIN)
    assert lines.taken() == []  # not signed in yet
    other.post("/accounts/2fa/authenticate/", {"code": "654321"})
    assert lines.taken() == [f"second_step_failed person={person.pk} factor=totp"]

    visit.post("/accounts/2fa/recovery-codes/generate/")
    assert lines.taken() == [f"factor_replaced person={person.pk} factor=recovery_codes"]
    visit.post("/accounts/2fa/totp/deactivate/")
    assert sorted(lines.taken()) == [f"factor_removed person={person.pk} factor={factor}" for factor in ("recovery_codes", "totp")]
    assert not User.objects.get().second_step_settled


def test_a_passkey_that_does_not_fit(lines: Lines, person: User, visit: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever one is asked for, and whatever came in place of its answer: nothing of it is in the line."""
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.get_credentials", lambda _user: [])  # the person's is none of a real device
    Authenticator.objects.create(user=person, type="webauthn", data={"name": "Phone", "credential": {}})
    second = Client()
    second.post("/accounts/login/", LOGIN)
    for answer in ('{"id": "654321"}', "654321", ""):
        Client().post("/accounts/2fa/webauthn/login/", {"credential": answer})
        assert lines.taken() == ["sign_in_failed person=unknown factor=webauthn"]
        second.post("/accounts/2fa/authenticate/", {"credential": answer})
        assert lines.taken() == [f"second_step_failed person={person.pk} factor=webauthn"]
        visit.post("/accounts/2fa/webauthn/reauthenticate/", {"credential": answer})
        assert lines.taken() == [f"reauthentication_failed person={person.pk} factor=webauthn"]


def test_a_rejected_code(lines: Lines, person: User) -> None:
    client = Client()
    client.post("/accounts/login/code/", {"email": person.email})
    client.post("/accounts/login/code/confirm/", {"code": "654321"})
    assert lines.taken() == [f"code_rejected person={person.pk}"]


def test_connections(lines: Lines, person: User, django_capture_on_commit_callbacks: object) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        connection = make_connection(make_counselor(), person)
    assert lines.taken() == [f"connection_made person={person.pk} connection={connection.pk}"]
    client = signed_in(person)
    lines.taken()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post(f"/accounts/care/{connection.pk}/end/")
    assert lines.taken() == [f"connection_ended person={person.pk} connection={connection.pk}"]


def test_a_deleted_account(lines: Lines, person: User, django_capture_on_commit_callbacks: object) -> None:
    pk = person.pk
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        leaving.delete(person)
    assert lines.taken() == [f"account_deleted person={pk}"]


def test_what_staff_do(lines: Lines, person: User) -> None:
    staff = make_user(email="staff@example.org", is_staff=True, is_superuser=True)
    client = signed_in(staff)
    lines.taken()
    change = {"name": "Typed by staff", "is_active": "on"}
    client.post(f"/admin/accounts/user/{person.pk}/change/", change)
    client.post(f"/admin/accounts/user/{person.pk}/delete/", {"post": "yes"})
    acts = [f"staff_acted person={staff.pk} act={act} model=accounts.user row={person.pk}" for act in ("changed", "deleted")]
    assert [line for line in lines.taken() if line.startswith("staff")] == acts


def test_keys_used_by_commands(lines: Lines, moved_key_file: Path) -> None:
    run("rotate_keys", "--new-key")
    assert lines.taken() == ["keys_used command=rotate_keys new_key=yes rewrapped=1"]
    run("keys", "verify")
    run("keys")
    assert lines.taken() == ["keys_used command=keys action=verify", "keys_used command=keys action=show"]


def test_the_documentation_names_every_event() -> None:
    text = (Path(__file__).parents[3] / "docs" / "security-log.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == {event.value for event in Event}
