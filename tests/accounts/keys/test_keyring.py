"""accounts.keys.keyring: data keys are made once for each owner, fetched once while cached, and opened by the key file's keys."""

import contextlib
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import TestCase

from accounts.keys import key_file, keyring
from accounts.keys.crypto import KeyMismatch, KeysUnreadable, NoSuchKey, SealBroken
from accounts.models import KeySlot, User
from common.ids import new_id
from tests.factories import make_user


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

    def test_is_missing_for_an_unknown_owner(self) -> None:
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


class CachedTests(TestCase):
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

    def test_remembers_nothing_outside(self) -> None:
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

    def test_forgets_one_key_that_is_evicted(self) -> None:
        with keyring.cached():
            keyring.data_key(self.person.pk)
            keyring.evict(self.person.pk)

            with self.assertNumQueries(1):
                keyring.data_key(self.person.pk)


class OtherKeysTests(TestCase):
    """The key file of a running site is changed, or belongs to another database."""

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
