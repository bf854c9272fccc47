"""What lies in the database after every flow that there is: no secret of the environment, no password, no code, no posted text.

Requests carry the secrets of the environment, as from a server that puts its own environment into each.
"""

import base64
import contextlib
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from bs4 import Tag
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import Connection, User
from tests.factories import PASSWORD, make_counselor, make_invitation, make_prompt, make_user
from tests.helpers import everything_stored, parsed, session_contents
from tests.system.test_access import TABLE, People, address
from tests.system.test_access import people as people
from tests.system.test_mail import mailed_code

pytestmark = pytest.mark.django_db
SECRETS = {
    "NIGHTLIGHT_KEYS": "wrapping-all-there-is",
    "NIGHTLIGHT_SECRET_KEY": "signing-all-there-is",
    "NIGHTLIGHT_MAIL_URL": "smtp://me:mailing-all@mail.example.org",
    "DATABASE_URL": "postgres://me:storing-all@db/n",
}
MARK = "heliotrope"  # in every text that is posted
# Stored in the clear, since the site cannot run without: docs and the privacy page say so.
IN_THE_CLEAR = {"email", "login", "name", "practice", "parent_name"}
TEXT_FIELDS = "textarea, input:not([type]), input[type=text], input[type=password], input[type=search]"


def browser(person: User | None = None) -> Client:
    client = Client(**SECRETS, raise_request_exception=False)  # type: ignore[arg-type]
    if person is not None:
        client.force_login(person)
    return client


def found_in_the_clear(*words: str) -> list[str]:
    """Those of these words, and of what requests carry and sessions hold, that can be read in the database."""
    stored = readable()
    return [word for word in {MARK, PASSWORD, *SECRETS.values(), *words, *session_strings()} if word.encode() in stored]


ENCODED = re.compile(rb"[A-Za-z0-9+/_=-]{16,}")


def readable() -> bytes:
    """What is stored, also what is only encoded or compressed, as Django writes sessions and cached values."""
    stored = everything_stored()
    decoded = [stored]
    for part in ENCODED.findall(stored):
        with contextlib.suppress(ValueError):
            raw = base64.urlsafe_b64decode(part.rstrip(b"=") + b"=" * (-len(part.rstrip(b"=")) % 4))
            decoded.append(raw)
            with contextlib.suppress(zlib.error):
                decoded.append(zlib.decompress(raw))
    return b"\n".join(decoded)


def session_strings() -> set[str]:
    """What sessions hold, without the ids and addresses of people, which stand in tables of their own."""
    people = {word for pair in User.objects.values_list("pk", "email") for word in (str(pair[0]), pair[0].hex, pair[1])}
    return {text for text in _strings(session_contents()) if len(text) > 5 and "@" not in text} - people - {"password", "reauthenticated"}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, str):
        yield value


# --- Every form on every page.


def filled(form: Tag) -> dict[str, Any]:
    """What the form sends when a marked text is typed wherever one can be typed."""
    fields: dict[str, Any] = {}
    for field in form.select("input[name], select[name], button[name]"):
        if field.get("type") in {"checkbox", "radio"} and str(field["name"]) in fields:
            continue
        chosen = field.select_one("option[selected], option[value]:not([value=''])") if field.name == "select" else field
        if chosen is not None:
            fields[str(field["name"])] = str(chosen.get("value", ""))
    for field in form.select(TEXT_FIELDS):
        name = str(field.get("name", ""))
        if name and name.rpartition("-")[2] not in IN_THE_CLEAR:
            fields[name] = f"The {MARK} by the window, {name}."
    return fields


def forms(client: Client, url: str) -> list[tuple[str, dict[str, Any]]]:
    response = client.get(url)
    if response.status_code != 200 or "text/html" not in response.headers["Content-Type"]:
        return []
    found = [form for form in parsed(response).select("form") if str(form.get("method", "")).lower() == "post"]
    return [(str(form.get("action") or url), filled(form)) for form in found]


@pytest.mark.parametrize(("visitor", "at_least"), [("nobody", 2), ("owner", 20), ("connected", 20)])
def test_no_form_leaves_what_was_typed_or_what_the_request_carried(visitor: str, at_least: int, people: People) -> None:
    person = None if visitor == "nobody" else getattr(people, visitor)
    client = browser(person)
    sent: set[tuple[str, ...]] = set()
    done = 0
    for route in TABLE:
        for action, fields in forms(client, address(route, visitor, people)):
            if not action.startswith("/") or (action, *sorted(fields)) in sent:
                continue
            sent.add((action, *sorted(fields)))
            with transaction.atomic():
                response = browser(person).post(action, fields)  # one of its own, since some forms sign out
                assert (action, found_in_the_clear()) == (action, [])
                done += response.status_code == 302
                transaction.set_rollback(True)

    assert done >= at_least, sent


@pytest.mark.parametrize("route", ["accounts/delete/", "accounts/email/", "accounts/2fa/totp/activate/", "accounts/2fa/webauthn/add/"])
def test_what_waits_for_its_person_to_confirm_it_is_kept_nowhere(route: str, people: People) -> None:
    client = browser(people.owner)

    client.post(f"/{route}", {"text": f"The {MARK}.", "password": PASSWORD, "email": "new@example.org"})

    assert found_in_the_clear("new@example.org") == []


# --- Signing up, in and out, and all that belongs to it, on a site with mail.


def walk(client: Client, steps: list[tuple[str, dict[str, str]]]) -> None:
    for name, fields in steps:
        url = reverse(name)
        client.get(url)
        assert (name, found_in_the_clear()) == (name, [])
        client.post(url, fields)
        assert (name, found_in_the_clear(*codes())) == (name, [])


def codes() -> list[str]:
    """Every code that was mailed."""
    return [
        code for message in mail.outbox for code in re.findall(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4}|\d{6})\s*$", str(message.body), re.MULTILINE)
    ]


@override_settings(
    MAILER=settings.MAILERS["default"], ACCOUNT_EMAIL_VERIFICATION="mandatory", ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED=True
)
def test_no_password_and_no_code_can_be_read() -> None:
    make_prompt()
    wrong, new, newer = "a lamp that is not mine", "another lamp at the window", "a third lamp on the stairs"
    client = browser()
    walk(client, [("account_signup", {"email": "new@example.org", "password1": PASSWORD})])
    walk(client, [("account_email_verification_sent", {"code": "WRNG-CODE"}), ("account_email_verification_sent", {"code": mailed_code()})])
    assert client.get(reverse("journal:tonight")).status_code == 200
    walk(client, [("account_change_password", {"oldpassword": PASSWORD, "password1": new, "password2": new})])
    assert found_in_the_clear(new) == []
    walk(client, [("account_reauthenticate", {"password": wrong}), ("account_reauthenticate", {"password": new})])
    walk(client, [("account_email", {"email": "newer@example.org", "action_add": ""})])
    walk(client, [("account_email_verification_sent", {"code": mailed_code()})])
    assert User.objects.get().email == "newer@example.org"

    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))
    assert found_in_the_clear(secret) == []
    client.post(reverse("mfa_activate_totp"), {"code": code})
    recovery = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert found_in_the_clear(secret, *recovery) == []
    client.get(reverse("mfa_add_webauthn"))
    assert "challenge" in str(session_contents())
    walk(
        client,
        [("mfa_generate_recovery_codes", {}), ("mfa_deactivate_totp", {}), ("mfa_add_webauthn", {"name": "key", "credential": "{}"})],
    )
    walk(client, [("account_logout", {})])

    login = {"login": "newer@example.org", "password": new}
    walk(client, [("account_login", {**login, "password": wrong}), ("account_login", login), ("account_logout", {})])
    walk(client, [("account_request_login_code", {"email": "newer@example.org"})])
    walk(client, [("account_confirm_login_code", {"code": "WRNG-CODE"}), ("account_confirm_login_code", {"code": mailed_code()})])
    assert client.get(reverse("journal:tonight")).status_code == 200
    walk(client, [("account_logout", {}), ("account_reset_password", {"email": "newer@example.org"})])
    walk(client, [("account_confirm_password_reset_code", {"code": mailed_code()})])
    walk(client, [("account_complete_password_reset", {"password1": newer, "password2": newer})])
    assert found_in_the_clear(wrong, new, newer) == []
    assert browser().post(reverse("account_login"), {**login, "password": newer}).status_code == 302
    assert len(set(codes())) >= 4


def test_no_invitation_can_be_read_before_and_after_it_is_accepted() -> None:
    invitation = make_invitation(make_counselor())
    token, url = invitation.content.token, reverse("counselor:invitation", args=[invitation.content.token])
    client = browser()
    assert client.get(url).status_code == 200
    assert found_in_the_clear(token) == []

    client.post(url, {"parent_name": "Mara"})
    client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD, "next": url})
    assert found_in_the_clear(token) == []
    client.post(url, {"parent_name": "Mara", "understood": "on"})
    assert Connection.objects.count() == 1
    assert found_in_the_clear(token) == []


def test_what_is_looked_for_would_be_found() -> None:
    """In a column that is not sealed, in a session as Django's own store keeps it, and in the cache."""
    person = make_user(name=MARK)
    assert found_in_the_clear() == [MARK]
    User.objects.filter(pk=person.pk).update(name="")
    for secrets in (SECRETS, SECRETS | dict.fromkeys(map(str, range(99)), "compressed")):
        session = DjangosStore()
        session["request"] = secrets
        session.save()
        assert set(found_in_the_clear()) == set(SECRETS.values())
        session.delete()
    assert found_in_the_clear() == []
    cache.set("key", SECRETS)

    assert set(found_in_the_clear()) == set(SECRETS.values())
    cache.clear()
