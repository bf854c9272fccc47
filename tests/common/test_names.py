"""common.names: a name in a mail to a stranger carries no message."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common.fields import NameField
from common.names import tidy_name, validate_name

NAMES = [
    "Ines Holm",
    "Dr. med. Anna-Lena Groß",
    "J. R. Müller, M.A.",
    "O'Brien & Söhne",
    "Praxis am Markt 12",
    "Nº 7 / Haus 3",
    "محمد علی‌زاده",
    "क्षमा",
    "山田 太郎",
    "St. Mary's",
    "👩🏽‍⚕️ Olu",
    "a",
    "12345",
]
ADDRESSES = [
    "Win at example.com",
    "https://example.org",
    "www.example",
    "write to me@example.org",
    "bit.ly/x",
    "example．com",
    "example。com",
    "ｅｘａｍｐｌｅ.ｃｏｍ",
    "Ines.münchen",
    "call +1 (900) 555-0199",
    "0900 555 01 99",
    "t.me/x",
    "exa\u200bmple.c\u2060om",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_names(name: str) -> None:
    validate_name(name)
    assert NameField().clean(name) == name


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses_and_numbers_are_none(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        NameField().clean(text)
    assert "can’t include a web or email address" in str(refused.value)


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\t", "\u2028", "\u2029", "\x85", "\x0b", "\xa0", "  "])
def test_stands_on_one_line(gap: str) -> None:
    assert NameField().clean(f"Ines{gap}Holm") == "Ines Holm"


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\x07", "\x1b", "\ufeff", "\u00ad", "\U000e0041"])
def test_has_no_sign_that_cannot_be_seen(sign: str) -> None:
    assert NameField().clean(f"Ines{sign} Holm") == "Ines Holm"
    with pytest.raises(ValidationError):
        validate_name(f"Ines{sign} Holm")


@given(st.text(max_size=40))
def test_tidying_leaves_nothing_to_tidy(text: str) -> None:
    once = tidy_name(text)
    assert tidy_name(once) == once
    try:
        validate_name(once)
    except ValidationError as refused:
        assert refused.code == "address"  # noqa: PT017
