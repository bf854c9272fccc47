"""accounts.keys.padding: sealed values come in a few lengths, and what was padded comes back."""

import pytest
from django.test import SimpleTestCase
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.keys.crypto import SealBroken
from accounts.keys.padding import PAGE_STEP, pad, padded_length, unpad


class PaddingTests(SimpleTestCase):
    @given(plaintext=st.binary(max_size=3_000) | st.builds(bytes, st.integers(0, 3_000)))
    def test_gives_back_what_was_padded(self, plaintext: bytes) -> None:
        assert unpad(pad(plaintext)) == plaintext

    @given(length=st.integers(0, 10_000_000))
    def test_costs_a_quarter_at_most_once_a_value_is_past_a_page(self, length: int) -> None:
        padded = padded_length(length)

        assert padded > length
        assert padded <= max(2048, length * 5 / 4 + 1)

    @given(length=st.integers(0, 2047))
    def test_begins_with_a_page_where_that_is_asked_for(self, length: int) -> None:
        assert padded_length(length, PAGE_STEP) == PAGE_STEP

    def test_leaves_few_different_lengths(self) -> None:
        lengths = {padded_length(length) for length in range(1_000_000)}

        assert len(lengths) == 38
        assert sorted(lengths)[:6] == [512, 2048, 2560, 3072, 3584, 4096]

    @given(noise=st.binary(max_size=40))
    def test_refuses_what_was_never_padded(self, noise: bytes) -> None:
        assume(not noise.rstrip(b"\0").endswith(b"\x80"))

        with pytest.raises(SealBroken, match="padded"):
            unpad(noise)
