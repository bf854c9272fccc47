"""How long an answer takes tells nobody who has an account: the same work is done where there is one and where there is none."""

import gc
import statistics
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, PBKDF2PasswordHasher, get_hashers
from django.core import mail
from django.test import Client
from pytest_django import Settings

from tests.factories import PASSWORD, make_user

PAIRS = 14
FIRST = 2  # which are not counted: templates and modules are loaded
LEVEL = 0.1

numbers = count()


class CountingHasher(MD5PasswordHasher):
    """A fast hasher that notes how often it hashed."""

    algorithm = "counting"
    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return super().encode(password, salt)


class ShortHasher(PBKDF2PasswordHasher):
    """A seventh of what a site's hasher takes: beside it, other work weighs seven times as much as on a site."""

    algorithm = "short"
    iterations = 60_000


@pytest.fixture
def verified_site(settings: Settings) -> None:
    """As config/settings.py has it where a mail server is set."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True


@pytest.fixture
def hasher(settings: Settings) -> type[CountingHasher]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    [hasher] = get_hashers()
    assert isinstance(hasher, CountingHasher)
    return type(hasher)


def sign_up(address: str) -> Any:
    return Client().post("/accounts/signup/", {"email": address, "password1": PASSWORD})


ANOTHER = "another, quite another"


def sign_in(address: str, password: str = ANOTHER) -> Any:
    return Client().post("/accounts/login/", {"login": address, "password": password})


def ask_for_code(address: str) -> Any:
    return Client().post("/accounts/login/code/", {"email": address})


def reset_password(address: str) -> Any:
    return Client().post("/accounts/password/reset/", {"email": address})


def sign_up_and_ask_for_another_code(address: str) -> Any:
    client = Client()
    client.post("/accounts/signup/", {"email": address, "password1": PASSWORD})
    return client.post("/accounts/confirm-email/", {"action": "resend"})


def ask_for_two_codes(address: str) -> Any:
    client = Client()
    client.post("/accounts/login/code/", {"email": address})
    return client.post("/accounts/login/code/confirm/", {"action": "resend"})


def unknown() -> str:
    return f"nobody-{next(numbers)}@example.org"


@pytest.mark.usefixtures("verified_site", "db")
@pytest.mark.parametrize("way", [sign_up, sign_up_and_ask_for_another_code, sign_in, ask_for_code, ask_for_two_codes, reset_password])
def test_an_address_with_an_account_takes_as_many_hashings_mails_and_the_same_answer(
    way: Callable[[str], Any], hasher: type[CountingHasher]
) -> None:
    make_user(email="known@example.org")
    done = []
    for address in ("known@example.org", unknown()):
        hasher.hashed = 0
        mail.outbox.clear()
        response = way(address)
        done.append((hasher.hashed, len(mail.outbox), response.status_code, response.headers.get("Location")))

    assert done[0] == done[1]
    assert done[0] != (0, 0, 200, None)


@pytest.mark.usefixtures("verified_site", "db")
@pytest.mark.parametrize("password", ["ﬁne words, ﬁve of them", "cafe\u0301 and a lamp"])
def test_nor_does_a_password_that_a_keyboard_may_write_in_two_ways(password: str, hasher: type[CountingHasher]) -> None:
    make_user(email="known@example.org")
    done = []
    for address in ("known@example.org", unknown()):
        hasher.hashed = 0
        sign_in(address, password)
        done.append(hasher.hashed)

    assert done == [2, 2]


@pytest.mark.usefixtures("verified_site", "db")
@pytest.mark.parametrize("way", [sign_up, sign_in])
def test_an_address_with_an_account_takes_as_long(way: Callable[[str], Any], settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.ShortHasher"]
    make_user(email="known@example.org")
    times: dict[bool, list[float]] = {True: [], False: []}
    gc.disable()
    try:
        for pair in range(PAIRS):
            for is_known in (True, False) if pair % 2 else (False, True):
                address = "known@example.org" if is_known else unknown()
                began = time.process_time()
                way(address)
                times[is_known].append(time.process_time() - began)
    finally:
        gc.enable()

    ratio = statistics.median(times[True][FIRST:]) / statistics.median(times[False][FIRST:])
    assert 1 - LEVEL < ratio < 1 + LEVEL, times
