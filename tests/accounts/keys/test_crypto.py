"""accounts.keys.crypto: what is sealed opens in its place, with its key, unaltered, or not at all."""

import re
import uuid

import pytest
from django.test import SimpleTestCase
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.keys.crypto import NONCE_BYTES, VERSION, Binding, Key, SealBroken

KEY = Key(bytes(range(32)))
PLACE = Binding(label="journal.entry.content", row=uuid.UUID(int=1), owner=uuid.UUID(int=2), version=3)
names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
places = st.builds(Binding, label=names, row=st.uuids(), owner=st.none() | st.uuids(), version=st.integers(0, 2**31))


class KeyTests(SimpleTestCase):
    @given(plaintext=st.binary(), place=places)
    def test_opens_what_it_sealed(self, plaintext: bytes, place: Binding) -> None:
        assert KEY.open(KEY.seal(plaintext, place), place) == plaintext

    @given(plaintext=st.binary(max_size=100), position=st.integers(min_value=0), bit=st.integers(0, 7))
    def test_never_opens_with_a_bit_flipped(self, plaintext: bytes, position: int, bit: int) -> None:
        sealed = bytearray(KEY.seal(plaintext, PLACE))
        sealed[position % len(sealed)] ^= 1 << bit

        with pytest.raises(SealBroken):
            KEY.open(bytes(sealed), PLACE)

    def test_never_opens_with_any_one_bit_of_a_short_text_flipped(self) -> None:
        sealed = KEY.seal(b"rain", PLACE)
        for number in range(len(sealed) * 8):
            flipped = bytearray(sealed)
            flipped[number // 8] ^= 1 << number % 8

            with pytest.raises(SealBroken):
                KEY.open(bytes(flipped), PLACE)

    def test_never_opens_cut_short_at_any_length(self) -> None:
        sealed = KEY.seal(b"We read two chapters.", PLACE)

        for length in range(len(sealed)):
            with pytest.raises(SealBroken):
                KEY.open(sealed[:length], PLACE)

    @given(added=st.binary(min_size=1))
    def test_never_opens_with_bytes_added(self, added: bytes) -> None:
        sealed = KEY.seal(b"rain", PLACE)

        with pytest.raises(SealBroken):
            KEY.open(sealed + added, PLACE)

    @given(noise=st.binary())
    def test_never_opens_noise(self, noise: bytes) -> None:
        with pytest.raises(SealBroken):
            KEY.open(noise, PLACE)

    @given(version=st.integers(0, 255).filter(lambda number: bytes([number]) != VERSION))
    def test_refuses_a_version_it_does_not_know(self, version: int) -> None:
        sealed = KEY.seal(b"rain", PLACE)

        with pytest.raises(SealBroken, match="known version"):
            KEY.open(bytes([version]) + sealed[1:], PLACE)

    @given(place=places, other=places)
    def test_does_not_open_in_another_place(self, place: Binding, other: Binding) -> None:
        assume(place != other)

        with pytest.raises(SealBroken):
            KEY.open(KEY.seal(b"rain", place), other)

    def test_another_key_does_not_open(self) -> None:
        with pytest.raises(SealBroken):
            Key.random().open(KEY.seal(b"rain", PLACE), PLACE)

    def test_seals_with_a_fresh_nonce_each_time(self) -> None:
        sealed = [KEY.seal(b"rain", PLACE) for _ in range(200)]

        assert len({value[1 : 1 + NONCE_BYTES] for value in sealed}) == 200

    def test_shows_nothing_of_itself(self) -> None:
        shown = f"{KEY} {KEY!r} {[KEY]}"

        assert "material" not in shown
        assert repr(KEY.material)[2:-1] not in shown
        assert KEY.material.hex() not in shown

    def test_has_an_id_of_its_own_that_gives_nothing_away(self) -> None:
        assert KEY.id == Key(KEY.material).id != Key.random().id
        assert len(KEY.id) == 16
        assert bytes.fromhex(KEY.id) not in KEY.material

    def test_is_256_random_bits(self) -> None:
        assert len({Key.random().material for _ in range(50)}) == 50
        assert len(Key.random().material) == 32


class PlaceTests(SimpleTestCase):
    def test_every_part_of_it_counts(self) -> None:
        sealed = KEY.seal(b"rain", PLACE)
        others = [
            Binding("journal.entry.summary", PLACE.row, PLACE.owner, PLACE.version),
            Binding(PLACE.label, uuid.UUID(int=9), PLACE.owner, PLACE.version),
            Binding(PLACE.label, PLACE.row, uuid.UUID(int=9), PLACE.version),
            Binding(PLACE.label, PLACE.row, None, PLACE.version),
            Binding(PLACE.label, PLACE.row, PLACE.owner, PLACE.version - 1),
        ]

        for other in others:
            with pytest.raises(SealBroken, match=rf"^{re.escape(other.label)}: "):
                KEY.open(sealed, other)

    @given(place=places, other=places)
    def test_no_two_places_read_alike(self, place: Binding, other: Binding) -> None:
        assume(place != other)

        assert place.additional_data() != other.additional_data()
