"""accounts.keyring: what is sealed opens in its place, with its key, unaltered, or not at all."""

import contextlib
import re
import stat
import uuid
from pathlib import Path
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.test import SimpleTestCase, TestCase
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from accounts.keys import key_file, keyring
from accounts.keys.crypto import NONCE_BYTES, VERSION, Binding, Key, KeyMismatch, KeysUnreadable, NoSuchKey, SealBroken
from accounts.keys.installation import decrypt_secret, encrypt_secret
from accounts.keys.padding import PAGE_STEP, pad, padded_length, unpad
from accounts.models import KeySlot, User
from common.ids import new_id
from tests.factories import make_user

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

    @given(more=st.binary(min_size=1))
    def test_never_opens_with_bytes_added(self, more: bytes) -> None:
        sealed = KEY.seal(b"rain", PLACE)

        with pytest.raises(SealBroken):
            KEY.open(sealed + more, PLACE)

    @given(noise=st.binary())
    def test_never_opens_noise(self, noise: bytes) -> None:
        with pytest.raises(SealBroken):
            KEY.open(noise, PLACE)

    @given(version=st.integers(0, 255).filter(lambda number: bytes([number]) != VERSION))
    def test_refuses_a_version_it_does_not_know(self, version: int) -> None:
        sealed = KEY.seal(b"rain", PLACE)

        with pytest.raises(SealBroken, match="known version"):
            KEY.open(bytes([version]) + sealed[1:], PLACE)

    @given(here=places, there=places)
    def test_does_not_open_in_another_place(self, here: Binding, there: Binding) -> None:
        assume(here != there)

        with pytest.raises(SealBroken):
            KEY.open(KEY.seal(b"rain", here), there)

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

    def test_has_an_id_that_tells_it_from_others_and_gives_nothing_away(self) -> None:
        assert KEY.id == Key(KEY.material).id != Key.random().id
        assert len(KEY.id) == 16
        assert bytes.fromhex(KEY.id) not in KEY.material

    def test_is_256_random_bits(self) -> None:
        assert len({Key.random().material for _ in range(50)}) == 50
        assert len(Key.random().material) == 32


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

    def test_leaves_few_lengths_to_be_told_apart(self) -> None:
        lengths = {padded_length(length) for length in range(1_000_000)}

        assert len(lengths) == 38
        assert sorted(lengths)[:6] == [512, 2048, 2560, 3072, 3584, 4096]

    @given(noise=st.binary(max_size=40))
    def test_refuses_what_was_never_padded(self, noise: bytes) -> None:
        assume(not noise.rstrip(b"\0").endswith(b"\x80"))

        with pytest.raises(SealBroken, match="padded"):
            unpad(noise)


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

    @given(here=places, there=places)
    def test_no_two_places_read_alike(self, here: Binding, there: Binding) -> None:
        assume(here != there)

        assert here.additional_data() != there.additional_data()


@pytest.mark.usefixtures("key_file")
class KeyFileTests(SimpleTestCase):
    @pytest.fixture(autouse=True)
    def _path(self, key_file: Path) -> None:
        self.path = key_file

    def write(self, content: bytes) -> None:
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_bytes(content)
        key_file.clear_cache()

    def refusal(self) -> str:
        with pytest.raises(KeysUnreadable) as refused:
            key_file.key_encryption_keys()
        return str(refused.value)

    def test_missing_says_where_it_is_looked_for(self) -> None:
        assert f"no key file at {self.path}" in self.refusal()

    def test_that_is_a_folder_cannot_be_read(self) -> None:
        self.path.mkdir(parents=True)

        assert f"{self.path} cannot be read" in self.refusal()

    def test_that_is_not_text_cannot_be_read(self) -> None:
        self.write(b"\xff\xfe\x00k")

        assert f"{self.path} cannot be read" in self.refusal()

    def test_without_a_key_is_called_empty(self) -> None:
        for content in (b"", b"\n\n", b"# only a heading\n   \n"):
            self.write(content)

            assert f"{self.path} is empty" in self.refusal()

    def test_with_a_broken_line_is_refused_without_showing_the_line(self) -> None:
        good = key_file.new_key_line()
        for line in ("hunter2", good[:-1], good[:-8] + "====", good + good, "~" + good[1:]):
            self.write(f"{good}\n{line}\n".encode())

            told = self.refusal()

            assert "holds a line that is not a key" in told
            assert line not in told

    def test_keeps_comments_and_space_apart_from_keys(self) -> None:
        line = key_file.new_key_line()

        self.write(f"# newest first\r\n\r\n  # indented\r\n  {line}  \r\n".encode())

        assert [key.id for key in key_file.key_encryption_keys()] == [key_file._parse(line, "").id]

    def test_is_made_for_its_owner_alone(self) -> None:
        key_file.add_new_key(self.path)

        assert stat.S_IMODE(self.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(self.path.parent.stat().st_mode) == 0o700
        assert len(key_file.key_encryption_keys()) == 1

    def test_holds_several_keys_newest_first(self) -> None:
        ids = []
        for _ in range(3):
            key_file.add_new_key(self.path)
            ids.append(key_file.key_encryption_keys()[0].id)

        assert [key.id for key in key_file.key_encryption_keys()] == ids[::-1]
        assert len(set(ids)) == 3
        assert stat.S_IMODE(self.path.stat().st_mode) == 0o600

    def test_is_known_to_be_exposed_where_others_may_read_it(self) -> None:
        self.write(b"")
        for mode, exposed in [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o660, True)]:
            self.path.chmod(mode)

            assert key_file.is_exposed(self.path) is exposed

    def test_stays_whole_when_the_disk_fails_half_way(self) -> None:
        key_file.add_new_key(self.path)
        before = self.path.read_text()

        with mock.patch("os.fsync", side_effect=OSError("no space left")), pytest.raises(OSError, match="no space"):
            key_file.add_new_key(self.path)

        assert self.path.read_text() == before
        assert list(self.path.parent.iterdir()) == [self.path]

    def test_is_read_once_a_process(self) -> None:
        key_file.add_new_key(self.path)
        keys = key_file.key_encryption_keys()

        self.path.unlink()

        assert key_file.key_encryption_keys() is keys


class KeysFromTheEnvironmentTests(SimpleTestCase):
    def test_come_before_the_key_file_newest_first(self) -> None:
        lines = [key_file.new_key_line(), key_file.new_key_line()]

        with self.settings(KEY_ENCRYPTION_KEYS=lines, KEY_FILE=Path("/nowhere")):
            assert [key.id for key in key_file.key_encryption_keys()] == [key_file._parse(line, "").id for line in lines]

    def test_are_refused_by_name_and_not_shown_when_malformed(self) -> None:
        with self.settings(KEY_ENCRYPTION_KEYS=["hunter2"]), pytest.raises(KeysUnreadable) as refused:
            key_file.key_encryption_keys()

        assert str(refused.value).startswith("NIGHTLIGHT_KEYS holds a line")
        assert "hunter2" not in str(refused.value)


class DataKeyTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def test_is_another_for_each_person(self) -> None:
        other = make_user(email="other@example.org")

        assert keyring.data_key(self.person.pk).id != keyring.data_key(other.pk).id

    def test_lies_in_the_database_wrapped_only(self) -> None:
        slot = KeySlot.objects.get(owner=self.person)

        assert bytes(slot.wrapped).find(keyring.data_key(self.person.pk).material) == -1
        assert slot.params == {"key": key_file.key_encryption_keys()[0].id}

    def test_is_not_there_for_nobody(self) -> None:
        with pytest.raises(NoSuchKey):
            keyring.data_key(new_id())

    def test_is_made_once_for_a_person(self) -> None:
        before = keyring.data_key(self.person.pk).id

        with pytest.raises(IntegrityError), transaction.atomic():
            keyring.make_data_key(self.person.pk)

        assert keyring.data_key(self.person.pk).id == before

    def test_is_made_once_for_the_installation(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            keyring.make_data_key(None)

    def test_in_an_altered_slot_does_not_open(self) -> None:
        slot = KeySlot.objects.get(owner=self.person)
        wrapped = bytearray(bytes(slot.wrapped))
        wrapped[-1] ^= 1
        KeySlot.objects.filter(pk=slot.pk).update(wrapped=bytes(wrapped))

        with pytest.raises(SealBroken):
            keyring.data_key(self.person.pk)

    def test_in_a_slot_given_to_someone_else_does_not_open(self) -> None:
        other = make_user(email="other@example.org")
        KeySlot.objects.filter(owner=other).delete()

        KeySlot.objects.filter(owner=self.person).update(owner=other)

        with pytest.raises(SealBroken):
            keyring.data_key(other.pk)


class HeldTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def test_fetches_a_slot_once(self) -> None:
        with keyring.cached(), self.assertNumQueries(1):
            assert keyring.data_key(self.person.pk) == keyring.data_key(self.person.pk)

    def test_fetches_a_slot_for_each_owner(self) -> None:
        with keyring.cached(), self.assertNumQueries(2):
            for _ in range(2):
                keyring.data_key(self.person.pk)
                keyring.data_key(None)

    def test_outside_it_nothing_is_remembered(self) -> None:
        with self.assertNumQueries(3):
            keyring.data_key(self.person.pk)
            with keyring.cached():
                keyring.data_key(self.person.pk)
            keyring.data_key(self.person.pk)

    def test_forgets_after_a_failure(self) -> None:
        with contextlib.suppress(RuntimeError), keyring.cached():
            keyring.data_key(self.person.pk)
            raise RuntimeError

        with self.assertNumQueries(1):
            keyring.data_key(self.person.pk)

    def test_forgets_one_key_when_told_to(self) -> None:
        with keyring.cached():
            keyring.data_key(self.person.pk)
            keyring.evict(self.person.pk)

            with self.assertNumQueries(1):
                keyring.data_key(self.person.pk)


class OtherKeysTests(TestCase):
    """The key file of a running site changes under it, or is not the one of its database."""

    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    @pytest.fixture(autouse=True)
    def _path(self, moved_key_file: Path) -> None:
        self.path = moved_key_file

    def test_the_same_key_opens_from_the_file(self) -> None:
        assert len(keyring.data_key(self.person.pk).material) == 32

    def test_another_key_is_named_as_a_mismatch(self) -> None:
        held, wanted = key_file.new_key_line(), KeySlot.objects.get(owner=self.person).params["key"]
        self.path.write_text(held + "\n")

        with pytest.raises(KeyMismatch, match=wanted) as refused:
            keyring.data_key(self.person.pk)

        assert held not in str(refused.value)

    def test_a_key_added_by_another_process_is_found(self) -> None:
        before = self.path.read_text()
        self.path.write_text(f"{key_file.new_key_line()}\n{before}")
        after, later = self.path.read_text(), make_user(email="later@example.org")
        self.path.write_text(before)
        key_file.clear_cache()
        key_file.key_encryption_keys()  # as this process has known them since it started

        self.path.write_text(after)

        assert len(keyring.data_key(later.pk).material) == 32
        assert len(keyring.data_key(self.person.pk).material) == 32

    def test_a_key_put_back_is_found(self) -> None:
        right = self.path.read_text()
        self.path.write_text(key_file.new_key_line() + "\n")
        with pytest.raises(KeyMismatch):
            keyring.data_key(self.person.pk)

        self.path.write_text(right)

        assert len(keyring.data_key(self.person.pk).material) == 32


class InstallationTests(TestCase):
    def test_opens_with_its_key(self) -> None:
        assert keyring.has_installation_key()

    def test_without_a_slot_is_new(self) -> None:
        KeySlot.objects.filter(owner=None).delete()

        assert not keyring.has_installation_key()

    def test_does_not_open_with_another_key(self) -> None:
        with self.settings(KEY_ENCRYPTION_KEYS=[key_file.new_key_line()]), pytest.raises(KeyMismatch):
            keyring.has_installation_key()

    def test_cannot_be_judged_without_keys(self) -> None:
        KeySlot.objects.filter(owner=None).delete()

        with self.settings(KEY_ENCRYPTION_KEYS=[], KEY_FILE=Path("/nowhere/keys")), pytest.raises(KeysUnreadable):
            keyring.has_installation_key()


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
