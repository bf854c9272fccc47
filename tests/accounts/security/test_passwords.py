"""accounts.security.passwords: what stands in lists of breaches is refused, what people make up themselves is not."""

import time
from contextlib import suppress

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.security.passwords import BreachedPasswordValidator
from tests.factories import PASSWORD
from tests.helpers import only_element, parsed

REFUSED = [
    "password123",
    "Password1234!",
    "qwertyuiop1",
    "iloveyou2024",
    "trustno1trustno1",
    "1q2w3e4r5t6y",
    "Michelle1985!",
    "abcdefghijkl",
    "telechargement",
]
TAKEN = [
    PASSWORD,
    "lamp-on-the-bedside-table",
    "te quiero mucho",
    "luna y el mar",
    "blue kettle rain",
    "correcthorsebatterystaple",
    "три тихих лодки",
]


@pytest.mark.parametrize("password", REFUSED)
def test_what_is_tried_first_is_refused_in_one_sentence(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)

    [message] = refused.value.messages
    assert "three or four words" in message
    assert password not in message


@pytest.mark.parametrize("password", TAKEN)
def test_a_few_words_are_taken(password: str) -> None:
    validate_password(password)


@given(st.text(max_size=200))
def test_anything_typed_is_taken_or_refused(password: str) -> None:
    with suppress(ValidationError):
        BreachedPasswordValidator().validate(password)


def test_a_long_password_costs_no_more_than_a_short_one() -> None:
    def cost(password: str) -> float:
        start = time.process_time()
        for _ in range(3):
            BreachedPasswordValidator()._is_guessed_soon(password)
        return time.process_time() - start

    cost("x")
    assert cost("4@8({[<3&96" * 10_000) < 8 * cost("4@8({[<3&96" * 6)


@pytest.mark.django_db
def test_sign_up_says_so_and_keeps_the_address() -> None:
    page = parsed(Client().post("/accounts/signup/", {"email": "new@example.org", "password1": "iloveyou2024"}))

    assert "leaked from another site" in only_element(page, "#id_password1_error").get_text()
    assert only_element(page, "#id_email")["value"] == "new@example.org"
    assert not User.objects.exists()
