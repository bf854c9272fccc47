"""What a parser may see of a file that says it is an export."""

import io
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.exchange.formats.errors import Refused
from journal.exchange.nightlight import guarded
from journal.exchange.nightlight.guarded import DEPTH_LIMIT, Guarded

NESTED = st.recursive(
    st.text('[]{}"\\a1', max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text('"[\\', max_size=3), inner, max_size=2),
)


def read(data: bytes, size: int = 64) -> bytes:
    stream, found = Guarded(io.BytesIO(data)), b""
    while chunk := stream.read(size):
        found += chunk
    return found


def deep(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


@given(value=NESTED, size=st.integers(1, 9), levels=st.integers(0, DEPTH_LIMIT))
def test_whatever_is_nested_in_moderation_passes_in_pieces_of_any_size(value: object, size: int, levels: int) -> None:
    data = json.dumps([value, value] if levels < 2 else "[" * 90 + json.dumps(value)).encode()

    assert read(data, size) == data


@given(text=st.text('[]{}"\\a', max_size=30), size=st.integers(1, 40))
def test_what_is_nested_too_deep_is_refused_whatever_stands_before_it(text: str, size: int) -> None:
    data = b"[" + json.dumps(text).encode() + b"," + deep(DEPTH_LIMIT) + b"]"

    with pytest.raises(Refused):
        read(data, size)
    assert read(data.replace(deep(DEPTH_LIMIT), deep(DEPTH_LIMIT - 1)), size)


def test_digits_and_brackets_of_a_text_are_none_of_the_file() -> None:
    data = json.dumps({"text": "[{" * 5_000 + "7" * 5_000}).encode()

    assert read(data, 1_000) == data
    with pytest.raises(Refused):
        read(b'{"text": ' + b"7" * 5_000 + b"}", 1_000)


def test_a_row_has_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "ROW_LIMIT", 100)
    stream = Guarded(io.BytesIO(b'"' + b"a" * 200 + b'"'))

    stream.read(60)
    stream.begin()
    stream.read(60)
    with pytest.raises(Refused):
        stream.read(60)


def test_quotes_without_end_cost_no_more_than_their_length() -> None:
    """As many bytes that are escaped quotes as those that are letters: at most so many times as long."""

    def cost(piece: bytes) -> float:
        data = b'"' + piece * 200_000
        start = time.process_time()
        read(data, 1 << 20)
        return time.process_time() - start

    assert min(cost(b'\\"') for _ in range(3)) < 200 * max(min(cost(b"aa") for _ in range(3)), 1e-4)
