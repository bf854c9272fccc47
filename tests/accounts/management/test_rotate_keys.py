"""manage.py rotate_keys: wraps every data key with the newest key-encryption key, and loses none where it is interrupted."""

from pathlib import Path
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import TestCase

from accounts.keys import key_file, keyring
from accounts.models import KeySlot, User
from journal.models import Entry
from tests.factories import make_entry, make_user
from tests.helpers import TEST_KEY, mode, refusal, run, sealed_bytes


class RotateKeysTests(TestCase):
    person: User
    entry: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()
        cls.entry = make_entry(cls.person)
        make_user(email="other@example.org")

    @pytest.fixture(autouse=True)
    def _path(self, moved_key_file: Path) -> None:
        self.path = moved_key_file

    def remove_older_keys(self) -> None:
        newest = key_file.HEADING + self.path.read_text().splitlines()[2]
        self.path.write_text(newest)
        key_file.clear_cache()

    def opened(self) -> list[str]:
        """What opens: the length of each person's data key, and the text of the entry."""
        assert keyring.has_installation_key()
        return [len(keyring.data_key(person.pk).material) * "*" for person in User.objects.all()] + [Entry.objects.get().content.text]

    def test_says_so_where_nothing_is_to_do(self) -> None:
        output = run("rotate_keys")

        assert output == f"Newest key: {key_file.key_encryption_keys()[0].id}. Re-wrapped 0, already under it 3.\n"

    def test_puts_a_new_key_first_and_wraps_all_with_it(self) -> None:
        output = run("rotate_keys", "--new-key")

        keys = key_file.key_encryption_keys()
        assert "Re-wrapped 3, already under it 0." in output
        assert "No slot of this database needs the older keys now." in output
        assert self.path.read_text().splitlines()[3:] == [TEST_KEY]
        assert {slot.params["key"] for slot in KeySlot.objects.all()} == {keys[0].id} != {keys[1].id}

    def test_opens_what_was_written_before_with_the_new_key_alone(self) -> None:
        before = self.opened()

        run("rotate_keys", "--new-key")
        self.remove_older_keys()

        assert len(key_file.key_encryption_keys()) == 1
        assert self.opened() == before

    def test_changes_no_sealed_text_and_no_data_key(self) -> None:
        before, key = sealed_bytes(Entry.objects.get()), keyring.data_key(self.person.pk)

        run("rotate_keys", "--new-key")

        assert sealed_bytes(Entry.objects.get()) == before
        assert keyring.data_key(self.person.pk) == key

    def test_says_so_when_it_is_repeated(self) -> None:
        run("rotate_keys", "--new-key")

        assert "Re-wrapped 0, already under it 3." in run("rotate_keys")

    def test_takes_in_whoever_another_process_wraps_with_the_key_that_it_knows(self) -> None:
        """A process that has read the file before the rotation, in the middle of making a person."""
        key_file.key_encryption_keys()
        newest = key_file.key_encryption_keys
        stale = newest()

        def sign_up(pk: object) -> bool:
            """While the rotation is at its last slot."""
            if not User.objects.filter(email="late@example.org").exists():
                with mock.patch("accounts.keys.key_file.key_encryption_keys", return_value=stale):
                    make_user(email="late@example.org")
            return rewrap(pk)  # type: ignore[arg-type]

        rewrap = keyring._rewrap
        with mock.patch("accounts.keys.keyring._rewrap", side_effect=sign_up):
            output = run("rotate_keys", "--new-key")

        assert "Re-wrapped 4, already under it 0." in output
        self.remove_older_keys()
        assert len(self.opened()) == 4

    def test_takes_in_whoever_is_committed_after_it_is_done(self) -> None:
        with self.captureOnCommitCallbacks(execute=True):
            late = make_user(email="late@example.org")
            key_file.add_new_key(self.path)  # by a rotation that does not see this slot yet

        assert KeySlot.objects.get(owner=late).params["key"] == key_file.key_encryption_keys()[0].id

    def test_a_process_that_knew_the_file_wraps_new_people_with_the_new_key(self) -> None:
        key_file.key_encryption_keys()  # as this process has known them since it started
        self.path.write_text(f"{key_file.new_key_line()}\n{self.path.read_text()}")  # as another process changes it

        later = make_user(email="later@example.org")
        self.path.write_text(self.path.read_text().splitlines()[0])

        assert len(keyring.data_key(later.pk).material) == 32

    def test_says_when_an_older_key_may_be_removed(self) -> None:
        output = run("rotate_keys", "--new-key")

        assert "run manage.py rotate_keys once more before you remove an older one" in output

    def test_keeps_the_key_file_private(self) -> None:
        run("rotate_keys", "--new-key")

        assert mode(self.path) == 0o600

    def test_goes_on_where_it_was_interrupted(self) -> None:
        for failing in (1, 2, 3):
            saves = mock.Mock(side_effect=[None] * (failing - 1) + [OperationalError("the power went")])
            before = self.opened()

            with mock.patch.object(KeySlot, "save", autospec=True, side_effect=self.save_unless(saves)), pytest.raises(OperationalError):
                run("rotate_keys", "--new-key")

            assert self.opened() == before
            assert f"Re-wrapped {4 - failing}, already under it {failing - 1}." in run("rotate_keys")
            self.remove_older_keys()
            assert self.opened() == before

    def save_unless(self, failure: mock.Mock) -> object:
        """A `KeySlot.save` that first calls `failure`, which may raise."""
        save = KeySlot.save

        def save_or_fail(slot: KeySlot, **kwargs: object) -> None:
            failure()
            save(slot, **kwargs)  # type: ignore[arg-type]

        return save_or_fail

    def test_stops_at_a_slot_it_cannot_open_and_says_that_nothing_was_lost(self) -> None:
        KeySlot.objects.filter(owner=self.person).update(params={"key": "0123456789abcdef"})

        output = refusal("rotate_keys", "--new-key")

        assert output.startswith("Nothing was lost, but not everything was re-wrapped")
        assert keyring.has_installation_key()

    def test_adds_nothing_to_a_file_it_cannot_read(self) -> None:
        self.path.write_text("damaged")

        assert "holds a line that is not a key" in refusal("rotate_keys", "--new-key")
        assert self.path.read_text() == "damaged"

    def test_makes_no_new_file_where_there_is_none(self) -> None:
        self.path.unlink()

        assert "no key file" in refusal("rotate_keys", "--new-key")
        assert not self.path.exists()

    def test_makes_no_key_where_keys_come_from_the_environment(self) -> None:
        with self.settings(KEY_ENCRYPTION_KEYS=[TEST_KEY]):
            assert "put the new one first there" in refusal("rotate_keys", "--new-key")

        assert self.path.read_text() == TEST_KEY + "\n"

    def test_wraps_with_a_new_key_from_the_environment(self) -> None:
        with self.settings(KEY_ENCRYPTION_KEYS=[key_file.new_key_line(), TEST_KEY]):
            key_file.clear_cache()

            assert "Re-wrapped 3, already under it 0." in run("rotate_keys")
