"""`common.numbers`: whole numbers that come from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.numbers import MOST, parse_number


@given(st.integers(0, MOST))
def test_a_plain_number_is_that_number(number: int) -> None:
    assert parse_number(str(number)) == number


@given(st.text(max_size=20))
def test_whatever_else_there_is_gives_a_number_in_bounds_or_none(text: str) -> None:
    number = parse_number(text, most=100)

    assert number is None or (0 <= number <= 100 and text.isdigit())


@pytest.mark.parametrize("text", [None, "", "-1", "+1", " 1", "1.0", "1e9", "٣", "²", "1_0", "0x1", "\0", str(MOST + 1), "9" * 5000])
def test_no_number(text: str | None) -> None:
    assert parse_number(text) is None
