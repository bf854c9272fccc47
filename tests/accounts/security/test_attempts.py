"""How often one may try: strangers lock nobody out, and go on for ever themselves nowhere."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.models import User
from accounts.security import attempts, devices
from config.limits import RATE_LIMITS
from tests.factories import PASSWORD, make_user

ADDRESS = "parent@example.org"
STRANGER, HOME = "203.0.113.9", "198.51.100.7"
TRIES, ANYWHERE = 5, 50  # wrong passwords for one address: from one network, and from all of them


@pytest.fixture(autouse=True)
def _limits(db: None, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = RATE_LIMITS
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def person() -> User:
    return make_user(email=ADDRESS)


def browser(network: str) -> Client:
    return Client(REMOTE_ADDR=network)


def signs_in(client: Client, password: str = PASSWORD, address: str = ADDRESS) -> bool:
    client.post("/accounts/login/", {"login": address, "password": password})
    return "_auth_user_id" in client.session


def guess(network: str, times: int, address: str = ADDRESS) -> None:
    for number in range(times):
        assert not signs_in(browser(network), f"a wrong guess {number}", address)


def from_many_networks(times: int) -> None:
    """As wrong passwords from many networks are counted, of which none sends more than it may."""
    for number in range(times):
        request = RequestFactory().post("/accounts/login/", REMOTE_ADDR=f"192.0.2.{number // TRIES}")
        request.user = AnonymousUser()
        assert attempts.consume(request, attempts.Act.PASSWORD, ADDRESS)


def test_a_strangers_guesses_lock_out_the_stranger_alone(person: User) -> None:
    guess(STRANGER, TRIES)

    assert not signs_in(browser(STRANGER))
    assert signs_in(browser(HOME))


def test_another_spelling_of_the_address_is_no_other_address(person: User) -> None:
    for number in range(TRIES):
        guess(STRANGER, 1, f"{'PARENT'[:number]}{'parent'[number:]}@Example.org")

    assert not signs_in(browser(STRANGER))


def test_a_network_of_ipv6_is_its_64_bits_and_addresses_of_ipv4_in_it_are_networks_of_their_own(person: User) -> None:
    for number in range(TRIES):
        guess(f"2001:db8:1:2::{number + 1}", 1)
    assert not signs_in(browser("2001:db8:1:2:ffff::1"))
    assert signs_in(browser("2001:db8:1:3::1"))

    guess(f"::ffff:{STRANGER}", TRIES)
    assert signs_in(browser(f"::ffff:{HOME}"))


def test_behind_a_proxy_the_network_is_the_visitors(person: User, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def forwarded(*addresses: str) -> Client:
        return Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": ", ".join(addresses)})

    for number in range(TRIES):  # what a visitor claims stands before what the proxy adds
        assert not signs_in(forwarded(f"10.0.0.{number}", STRANGER), "a wrong guess")
    assert not signs_in(forwarded("10.0.0.99", STRANGER))
    assert signs_in(forwarded(HOME))


def test_many_networks_together_have_a_limit_that_a_known_device_passes(person: User) -> None:
    known = browser(HOME)
    assert signs_in(known)
    known.post("/accounts/logout/")

    from_many_networks(ANYWHERE)

    assert not signs_in(browser("198.51.100.200"))
    assert signs_in(known)


def test_a_known_device_has_a_limit_of_its_own(person: User) -> None:
    known = browser(HOME)
    signs_in(known)
    known.post("/accounts/logout/")
    for number in range(TRIES):
        assert not signs_in(known, f"a wrong guess {number}")

    assert not signs_in(known)


def test_a_device_is_known_for_whom_it_signed_in_alone(person: User) -> None:
    make_user(email="other@example.org")
    strangers = browser(HOME)
    assert signs_in(strangers, address="other@example.org")
    strangers.post("/accounts/logout/")
    from_many_networks(ANYWHERE)

    assert not signs_in(strangers)


def test_several_people_of_one_device_are_known_there(person: User) -> None:
    make_user(email="other@example.org")
    shared = browser(HOME)
    for address in (ADDRESS, "other@example.org"):
        assert signs_in(shared, address=address)
        shared.post("/accounts/logout/")
    from_many_networks(ANYWHERE)

    assert signs_in(shared)


def test_a_signed_in_person_confirms_their_password_whatever_strangers_do(person: User) -> None:
    client = browser(HOME)
    client.force_login(person)  # with no cookie of the device
    from_many_networks(ANYWHERE)

    response = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/tonight/"})

    assert response.headers["Location"] == "/tonight/"


def test_success_takes_no_try_away(person: User) -> None:
    for _number in range(2 * TRIES):
        assert signs_in(browser(HOME))


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_strangers_keep_nobody_from_a_code_and_flood_no_mailbox(person: User, path: str, mailoutbox: list[object]) -> None:
    known = browser(HOME)
    signs_in(known)
    known.post("/accounts/logout/")

    refused = [browser(STRANGER).post(path, {"email": ADDRESS}) for _number in range(6)][-1]
    assert len(mailoutbox) == 3
    assert "sent several codes" in refused.content.decode()
    for number in range(20):
        browser(f"192.0.2.{number}").post(path, {"email": ADDRESS})
    assert len(mailoutbox) == 20

    known.post(path, {"email": ADDRESS})
    assert len(mailoutbox) == 21


def test_the_cookie_says_nothing_to_whoever_reads_it_and_forged_ones_count_for_nothing(person: User) -> None:
    client = browser(HOME)
    signs_in(client)
    cookie = client.cookies["nightlight-device"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert ADDRESS not in cookie.value
    assert str(person.pk) not in cookie.value
    device, signature = cookie.value.split(".")
    from_many_networks(ANYWHERE)
    for forged in ("", ".", f"{device}.", f"{'0' * 32}.{signature}", f"{device}.{'0' * 64}", "é" * 40, f"{device}.{'x.' * 900}"):
        stranger = browser(STRANGER)
        stranger.cookies["nightlight-device"] = forged
        assert not signs_in(stranger)


def test_no_more_people_are_remembered_than_a_device_has(person: User) -> None:
    client = browser(HOME)
    for number in range(devices.PEOPLE + 2):
        make_user(email=f"{number}@example.org")
        signs_in(client, address=f"{number}@example.org")
        client.post("/accounts/logout/")

    assert len(client.cookies["nightlight-device"].value.split(".")) == 1 + devices.PEOPLE
