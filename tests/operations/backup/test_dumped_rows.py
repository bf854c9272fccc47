"""Values as COPY writes them are what the fields of models hold."""

import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.keys.sealing import Sealed
from accounts.models import KeySlot, User
from journal.models import Entry
from operations.backup.dumped_rows import value_of

NAME: Any = User._meta.get_field("name")
CONTENT: Any = Entry._meta.get_field("content")
ESCAPES = {"\\": r"\\", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_text_comes_back_whatever_is_in_it(text: str) -> None:
    raw = "".join(ESCAPES.get(sign, sign) for sign in text).encode()

    assert value_of(NAME, raw) == text


@given(st.binary())
def test_what_is_sealed_comes_back_as_the_bytes_that_it_is(data: bytes) -> None:
    value = value_of(CONTENT, rb"\\x" + data.hex().encode())

    assert isinstance(value, Sealed)
    assert value.raw == data


@pytest.mark.parametrize(
    ("field", "raw", "expected"),
    [
        (Entry._meta.get_field("created_at"), b"2026-02-28 21:04:00.5+01", dt.datetime(2026, 2, 28, 20, 4, 0, 500_000, dt.UTC)),
        (User._meta.get_field("is_staff"), b"t", True),
        (User._meta.get_field("is_staff"), b"f", False),
        (Entry._meta.get_field("author"), b"0199b2f0-0000-7000-8000-000000000001", uuid.UUID("0199b2f0-0000-7000-8000-000000000001")),
        (KeySlot._meta.get_field("params"), rb'{"key": "a\\"b\\n"}', {"key": 'a"b\n'}),
        (KeySlot._meta.get_field("owner"), rb"\N", None),
        (User._meta.get_field("name"), rb"\\N", r"\N"),
    ],
)
def test_each_kind_of_column(field: Any, raw: bytes, expected: object) -> None:
    assert value_of(field, raw) == expected
