"""What many tests do in the same way."""

import datetime as dt
import stat
from http import HTTPStatus
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from accounts.keys.sealing import Sealed
from accounts.models import User
from accounts.security import locking
from accounts.sessions import SessionStore
from tests.factories import PASSWORD

TEST_KEY: str = settings.KEY_ENCRYPTION_KEYS[0]

# The evening on which tests take place, in UTC, which is where people are unless a test says otherwise.
EVENING = dt.datetime(2026, 3, 1, 21, 4, tzinfo=dt.UTC)
TONIGHT = EVENING.date()
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)

JSON = {"Accept": "application/json"}  # the headers of a request that a script sends


# --- Pages.


def signed_in(person: User | None) -> Client:
    """A browser of this person's, or of a visitor who has not signed in."""
    client = Client()
    if person is not None:
        client.force_login(person)
        list_session(client, person)
        if person.is_staff:
            take_second_step(client, person)
    return client


def list_session(client: Client, person: User) -> None:
    """Put the browser's session on its person's list of devices, as allauth does where somebody signs in."""
    UserSession.objects.create(user=person, session_key=client.session.session_key, ip="127.0.0.1")


def on_own_device(client: Client) -> Client:
    """Mark the browser as the person's own: its session is not locked, however long it is not used."""
    session = client.session
    session[locking.OWN_DEVICE] = True
    session.save()
    return client


def confirm(client: Client) -> Client:
    """Give the password again, as Nightlight asks before what cannot be undone."""
    response = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert response.status_code == HTTPStatus.FOUND
    return client


def take_second_step(client: Client, person: User) -> None:
    """Give the person an authenticator, and let them have used it when they signed in."""
    authenticator, _made = Authenticator.objects.get_or_create(user=person, type=Authenticator.Type.TOTP, defaults={"data": {"secret": ""}})
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, person, "mfa", id=authenticator.pk, type="totp")
    request.session.save()


def body(response: Any) -> bytes:
    """What the response holds, also where it is streamed."""
    return b"".join(response) if response.streaming else bytes(response.content)


def parsed(response: Any) -> BeautifulSoup:
    return BeautifulSoup(body(response), "html.parser")


def read(client: Client, url: str, **query: Any) -> BeautifulSoup:
    """The page at this address, which has to be there."""
    response = client.get(url, query)
    assert response.status_code == HTTPStatus.OK, f"{url}: {response.status_code}"
    return parsed(response)


def main_text(response: Any) -> str:
    """The words of the page, without its head, navigation and foot, on one line."""
    main = parsed(response).main
    assert main is not None
    for name in main.select("bdi"):  # runs in its own direction, and is a word of its sentence
        name.unwrap()
    main.smooth()
    return " ".join(main.get_text(" ").split())


def element(page: Tag, selector: str) -> Tag:
    """The first element that the selector finds; there has to be one."""
    match = page.select_one(selector)
    assert match is not None, f"there is no {selector}"
    return match


def only_element(page: Tag, selector: str) -> Tag:
    """The element that the selector finds; there has to be exactly one."""
    [match] = page.select(selector)
    return match


def hidden_fields(page: Tag, form: str = "main form") -> dict[str, str]:
    """What the form sends by itself."""
    return {str(field["name"]): str(field.get("value", "")) for field in element(page, form).select("input[type=hidden]")}


def form_fields(page: Tag, form: str = "main form") -> dict[str, list[str]]:
    """What the form sends when nothing is touched, without the token and its buttons."""
    fields: dict[str, list[str]] = {}
    for field in element(page, form).select("input, textarea, select"):
        name = str(field.get("name", ""))
        is_unchecked = field.get("type") in {"checkbox", "radio"} and not field.has_attr("checked")
        if not name or name == "csrfmiddlewaretoken" or is_unchecked or field.has_attr("disabled"):
            continue
        fields.setdefault(name, []).extend(_values(field))
    return fields


def _values(field: Tag) -> list[str]:
    if field.name == "textarea":
        return [field.get_text().removeprefix("\n")]
    if field.name == "select":
        options = field.select("option[selected]") or ([] if field.has_attr("multiple") else field.select("option")[:1])
        return [str(option.get("value", "")) for option in options]
    return [str(field.get("value") or "")]


# --- Commands.


def run(command: str, *arguments: str | Path, **options: Any) -> str:
    """Run a management command, and return what it printed."""
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def refusal(command: str, *arguments: str | Path, **options: Any) -> str:
    """The message with which a management command refuses."""
    with pytest.raises(CommandError) as refused:
        run(command, *arguments, **options)
    return str(refused.value)


def mode(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


# --- What lies in the database.


def sealed_bytes(row: models.Model, column: str = "content") -> bytes:
    """The bytes as they lie in the row's column."""
    sealed: object = type(row)._default_manager.values_list(column, flat=True).get(pk=row.pk)
    assert isinstance(sealed, Sealed)
    return sealed.raw


def session_contents() -> list[dict[str, Any]]:
    """What each session holds, opened."""
    return [SessionStore(session_key).load() for session_key in Session.objects.values_list("session_key", flat=True)]


def everything_stored() -> bytes:
    """Every column of every table, as it lies in the database."""
    with connection.cursor() as cursor:
        stored = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  no input
            stored += [bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for row in cursor for value in row]
    return b"\n".join(stored)
