"""accounts.keys.installation: a short secret is sealed with the installation's key, and opens as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from accounts.keys.crypto import SealBroken
from accounts.keys.installation import decrypt_secret, encrypt_secret


class SecretTests(PropertyTestCase):
    @given(text=st.text())
    def test_opens_as_it_was(self, text: str) -> None:
        token = encrypt_secret(text)

        assert token.isascii()
        assert decrypt_secret(token) == text

    def test_is_never_sealed_alike_twice(self) -> None:
        assert len({encrypt_secret("JBSWY3DPEHPK3PXP") for _ in range(20)}) == 20

    def test_altered_anywhere_does_not_open(self) -> None:
        token = encrypt_secret("fifteen letters")

        for position, letter in enumerate(token[:-2]):  # of the last two characters not every bit counts
            with pytest.raises(SealBroken):
                decrypt_secret(token[:position] + ("A" if letter != "A" else "B") + token[position + 1 :])

    @given(nonsense=st.text())
    def test_nonsense_does_not_open(self, nonsense: str) -> None:
        with pytest.raises(SealBroken):
            decrypt_secret(nonsense)
