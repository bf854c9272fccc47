"""journal.messages.push.delivery: each message is sealed for one browser, signed, and sent to public addresses alone."""

import base64
import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from accounts.models import User
from common.ids import new_id
from journal.messages.push import delivery, identity, subscriptions
from journal.messages.push.delivery import Push
from journal.models import PushSubscription
from tests.factories import make_user
from tests.helpers import EVENING
from tests.journal.messages.push.browser import HOST, Browser, Service, service

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    identity.make_key()
    with service(tmp_path, monkeypatch) as shown:
        yield shown


@pytest.fixture
def person() -> User:
    return make_user()


def pushed(person: User, browser: Browser, content: Any) -> Push:
    row = subscriptions.add(person, browser.address, EVENING)
    return Push(row.pk, browser.address, content)


def opened(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_what_is_sent_opens_in_its_browser_alone(shown: Service, person: User) -> None:
    one, other = Browser("one"), Browser("other")

    assert delivery.send([pushed(person, one, {"title": "Your reminder"})], EVENING) == 1

    [message] = shown.received
    assert one.open(message.body) == {"title": "Your reminder"}
    assert b"reminder" not in message.body
    with pytest.raises(Exception):  # noqa: B017, PT011  http_ece's own kinds differ by what is wrong
        other.open(message.body)


def test_what_is_sent_is_signed_with_the_key_that_browsers_are_told(shown: Service, person: User) -> None:
    delivery.send([pushed(person, Browser(), {})], EVENING)

    [message] = shown.received
    scheme, _space, parts = message.headers["Authorization"].partition(" ")
    token, key = (part.split("=", 1)[1] for part in parts.split(","))
    head, claims, signature = token.split(".")
    raw = opened(signature)
    numbers = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), opened(identity.public_key()))
    public.verify(numbers, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    said = json.loads(opened(claims))
    assert (scheme, key.strip()) == ("vapid", identity.public_key())
    assert said["aud"] == f"https://{HOST}"
    assert said["exp"] == (EVENING + delivery.SIGNED_FOR).timestamp()
    assert said["sub"].startswith("mailto:")
    assert (message.headers["TTL"], message.headers["Content-Encoding"]) == ("7200", "aes128gcm")


def test_a_browser_that_is_gone_is_forgotten_and_no_other(shown: Service, person: User) -> None:
    shown.answers |= {"gone": 410, "unknown": 404, "busy": 429}
    rows = [pushed(person, Browser(name), {}) for name in ("gone", "here", "unknown", "busy")]

    assert delivery.send(rows, EVENING) == 1

    assert set(PushSubscription.objects.values_list("pk", flat=True)) == {rows[1].subscription, rows[3].subscription}


def test_what_fails_is_logged_without_where_it_went(shown: Service, person: User, caplog: pytest.LogCaptureFixture) -> None:
    shown.answers["one"] = 503

    with caplog.at_level(logging.ERROR, "nightlight.messages"):
        assert delivery.send([pushed(person, Browser("one"), {})], EVENING) == 0

    assert "503" in caplog.text
    assert not [word for word in (HOST, "send/one", person.email) if word in caplog.text]


def test_a_key_that_is_none_holds_nobody_up(shown: Service, person: User) -> None:
    broken = Push(new_id(), replace(Browser().address, p256dh="A" * 87), {})

    assert delivery.send([broken, pushed(person, Browser("two"), {})], EVENING) == 1


def test_it_is_led_nowhere_else(shown: Service, person: User) -> None:
    shown.answers["one"] = 307

    assert delivery.send([pushed(person, Browser("one"), {})], EVENING) == 0
    assert len(shown.received) == 1


def test_a_name_that_leads_into_the_house_is_not_connected_to(
    person: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    identity.make_key()
    connected = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))])
    monkeypatch.setattr(socket.socket, "connect", lambda *to: connected.append(to))

    assert delivery.send([Push(new_id(), Browser().address, {})], EVENING) == 0

    assert not connected
    assert "could not be pushed (Client" in caplog.text


def test_nothing_to_send_needs_no_key() -> None:
    assert delivery.send([], EVENING) == 0


class IdentityTests:
    def test_the_pair_is_made_once(self) -> None:
        assert identity.make_key() is True
        first = identity.public_key(), identity.private_key()

        assert identity.make_key() is False
        assert (identity.public_key(), identity.private_key()) == first
        assert len(opened(first[0])) == 65

    def test_its_private_half_is_sealed(self) -> None:
        identity.make_key()

        from journal.models import PushKey

        assert identity.private_key() not in PushKey.objects.get().private
