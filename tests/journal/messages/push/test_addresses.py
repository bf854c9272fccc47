"""journal.messages.push.addresses: a browser names where this server connects to, and it may not be just anywhere."""

import asyncio
import ipaddress
import socket

import pytest

from journal.messages.push.addresses import LONGEST, NotAllowed, PublicResolver, is_endpoint, is_public


@pytest.mark.parametrize(
    "address",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://web.push.apple.com:443/QGu",
    ],
)
def test_a_push_service_is_reached_by_https(address: str) -> None:
    assert is_endpoint(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://push.example.org/a",
        "ftp://push.example.org/a",
        "https://push.example.org:8443/a",
        "https://localhost/a",
        "https://127.0.0.1/a",
        "https://127.1/a",
        "https://[::1]/a",
        "https://[::ffff:10.0.0.1]/a",
        "https://2130706433/a",
        "https://user:secret@push.example.org/a",
        "https://push.example.org/a b",
        "https://push.example.org/\n",
        "https://pusĥ.example.org/a",
        "https://push.example.org:99999/a",
        "https://./a",
        f"https://push.example.org/{'a' * LONGEST}",
        "push.example.org",
    ],
)
def test_anything_else_is_none(address: str) -> None:
    assert not is_endpoint(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001:80b::200a", "64:ff9b::808:808"])
def test_a_machine_on_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::1",
    ],
)
def test_a_machine_in_the_house_is_not(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(("found", "allowed"), [(["10.0.0.1", "8.8.8.8"], ["8.8.8.8"]), (["127.0.0.1", "192.168.1.1"], [])])
def test_of_a_name_only_public_addresses_are_connected_to(found: list[str], allowed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_about, **_more: answers)

    async def resolved() -> list[str]:
        resolver = PublicResolver()
        try:
            return [each["host"] for each in await resolver.resolve("push.example.org", 443)]
        except NotAllowed:
            return []
        finally:
            await resolver.close()

    assert asyncio.run(resolved()) == allowed
