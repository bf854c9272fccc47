"""The operator's commands about keys: none loses one, none makes one beside what it would not open."""

import os
import stat
import subprocess
import sys
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import SimpleTestCase, TestCase
from pytest_django import Settings

from accounts.keys import key_file, keyring
from accounts.models import KeySlot, User
from journal.models import Entry
from tests.accounts.conftest import TEST_KEY
from tests.factories import make_entry, make_user
from tests.helpers import sealed_bytes


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def refusal(command: str, *arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        run(command, *arguments)
    return str(refused.value)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class MakeKeysTests(SimpleTestCase):
    @pytest.fixture(autouse=True)
    def _new_installation(self, key_file: Path, settings: Settings) -> None:
        settings.DATA_DIR = key_file.parent.parent / "data"
        settings.KEY_FILE = settings.DATA_DIR / "keys" / "key-encryption-keys"
        settings.SECRET_KEY = "not-secret-" + "0" * 50
        self.data: Path = settings.DATA_DIR
        self.key_file, self.secret_key = settings.KEY_FILE, self.data / "keys" / "secret-key"

    def test_makes_both_files_and_says_so(self) -> None:
        told = run("make_keys")

        assert f"Made {self.secret_key}." in told
        assert f"Made {self.key_file}. Keep a copy apart from the database and its backups: without it nothing" in told
        assert "`manage.py keys export --words`" in told
        assert len(key_file.key_encryption_keys()) == 1
        assert len(self.secret_key.read_text().strip()) >= 50

    def test_makes_them_for_their_owner_alone(self) -> None:
        run("make_keys")

        assert [mode(path) for path in (self.key_file, self.secret_key)] == [0o600, 0o600]
        assert [mode(path) for path in (self.data, self.data / "keys")] == [0o700, 0o700]

    def test_shows_no_secret(self) -> None:
        told = run("make_keys")

        assert self.secret_key.read_text().strip() not in told
        assert self.key_file.read_text().splitlines()[-1] not in told

    def test_changes_nothing_that_is_there(self) -> None:
        run("make_keys")
        before = [self.key_file.read_bytes(), self.secret_key.read_bytes()]

        assert run("make_keys") == ""

        assert [self.key_file.read_bytes(), self.secret_key.read_bytes()] == before

    def test_keeps_a_key_file_that_cannot_be_used(self) -> None:
        self.key_file.parent.mkdir(parents=True)
        self.key_file.write_text("damaged")

        run("make_keys")

        assert self.key_file.read_text() == "damaged"

    def test_makes_nothing_where_the_environment_has_it(self) -> None:
        with self.settings(KEY_ENCRYPTION_KEYS=[TEST_KEY], SECRET_KEY="only-the-tests-sign-with-this"):
            assert run("make_keys") == ""

        assert not self.data.exists()

    def test_says_what_to_do_where_it_may_not_write(self) -> None:
        self.data.write_text("a file in its place")

        told = refusal("make_keys")

        assert str(self.data) in told
        assert "Set NIGHTLIGHT_DATA to a folder this user may write to" in told


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

    def forget_older_keys(self) -> None:
        newest = key_file.HEADING + self.path.read_text().splitlines()[2]
        self.path.write_text(newest)
        key_file.clear_cache()

    def opened(self) -> list[str]:
        assert keyring.has_installation_key()
        return [len(keyring.data_key(person.pk).material) * "*" for person in User.objects.all()] + [Entry.objects.get().content.text]

    def test_says_that_all_is_done_when_it_is(self) -> None:
        told = run("rotate_keys")

        assert told == f"Newest key: {key_file.key_encryption_keys()[0].id}. Re-wrapped 0, already under it 3.\n"

    def test_puts_a_new_key_first_and_wraps_all_with_it(self) -> None:
        told = run("rotate_keys", "--new-key")

        keys = key_file.key_encryption_keys()
        assert "Re-wrapped 3, already under it 0." in told
        assert "Older keys open no slot of this database now." in told
        assert self.path.read_text().splitlines()[3:] == [TEST_KEY]
        assert {slot.params["key"] for slot in KeySlot.objects.all()} == {keys[0].id} != {keys[1].id}

    def test_opens_what_was_written_before_with_the_new_key_alone(self) -> None:
        before = self.opened()

        run("rotate_keys", "--new-key")
        self.forget_older_keys()

        assert len(key_file.key_encryption_keys()) == 1
        assert self.opened() == before

    def test_changes_no_sealed_text_and_no_data_key(self) -> None:
        before, key = sealed_bytes(Entry.objects.get()), keyring.data_key(self.person.pk)

        run("rotate_keys", "--new-key")

        assert sealed_bytes(Entry.objects.get()) == before
        assert keyring.data_key(self.person.pk) == key

    def test_says_on_repeating_that_all_is_done(self) -> None:
        run("rotate_keys", "--new-key")

        assert "Re-wrapped 0, already under it 3." in run("rotate_keys")

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
            self.forget_older_keys()
            assert self.opened() == before

    def save_unless(self, failure: mock.Mock) -> object:
        save = KeySlot.save

        def saved(slot: KeySlot, **kwargs: object) -> None:
            failure()
            save(slot, **kwargs)  # type: ignore[arg-type]

        return saved

    def test_stops_at_a_slot_it_cannot_open_and_says_that_nothing_was_lost(self) -> None:
        KeySlot.objects.filter(owner=self.person).update(params={"key": "0123456789abcdef"})

        told = refusal("rotate_keys", "--new-key")

        assert told.startswith("Nothing was lost, but not everything was re-wrapped")
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


@mock.patch("prompts.management.commands.load_prompts.Command.handle", new=mock.Mock(return_value=None))
class PrepareTests(TestCase):
    """`prepare` with the library left out: tests/prompts loads that."""

    @pytest.fixture(autouse=True)
    def _path(self, moved_key_file: Path, settings: Settings) -> None:
        settings.DATA_DIR = moved_key_file.parent.parent
        self.path = moved_key_file

    def test_gives_a_new_site_keys_that_open(self) -> None:
        KeySlot.objects.all().delete()
        self.path.unlink()

        told = run("prepare")

        assert f"Made {self.path}." in told
        assert keyring.has_installation_key()
        assert KeySlot.objects.get().params == {"key": key_file.key_encryption_keys()[0].id}

    def test_changes_nothing_when_repeated(self) -> None:
        KeySlot.objects.all().delete()
        self.path.unlink()
        run("prepare")
        before = [self.path.read_bytes(), bytes(KeySlot.objects.get().wrapped)]

        assert run("prepare") == ""

        assert [self.path.read_bytes(), bytes(KeySlot.objects.get().wrapped)] == before

    def test_says_of_a_key_in_the_environment_too_that_it_must_be_kept(self) -> None:
        KeySlot.objects.all().delete()
        with self.settings(KEY_ENCRYPTION_KEYS=[TEST_KEY]):
            told = run("prepare")

            assert "The key is in NIGHTLIGHT_KEYS, a variable of the server's environment. Keep a copy apart" in told
            assert "`manage.py keys export --words`" in told
            assert TEST_KEY not in told
            assert run("prepare") == ""

    def test_makes_no_new_key_beside_an_old_database(self) -> None:
        self.path.unlink()

        told = refusal("prepare")

        assert f"there is no key file at {self.path}. Restore it from your copy" in told
        assert not self.path.exists()

    def test_refuses_a_key_file_of_another_database(self) -> None:
        self.path.write_text(key_file.new_key_line() + "\n")

        assert "Put back the key file that belongs to this database." in refusal("prepare")

    def test_refuses_a_damaged_key_file(self) -> None:
        self.path.write_bytes(b"\xff\xfe")

        assert f"the key file {self.path} cannot be read" in refusal("prepare")

    def test_names_a_database_that_cannot_be_used(self) -> None:
        with mock.patch.object(KeySlot.objects, "exists", side_effect=OperationalError("disk I/O error")):
            told = refusal("prepare")

        assert told.startswith("the database cannot be used: disk I/O error. Look at DATABASE_URL or NIGHTLIGHT_DATA")


class FreshInstallationTests(SimpleTestCase):
    @pytest.fixture(autouse=True)
    def _data(self, tmp_path: Path) -> None:
        self.data = tmp_path / "data"

    def test_is_ready_after_one_command(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTLIGHT_", "DJANGO_", "DATABASE_"))}
        environment = {**kept, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(self.data)}
        arguments = [sys.executable, str(settings.BASE_DIR / "manage.py"), "prepare"]

        told = subprocess.run(arguments, env=environment, check=True, capture_output=True, text=True).stdout

        files = {path.relative_to(self.data).as_posix() for path in self.data.rglob("*") if path.is_file()}
        assert files == {"keys/key-encryption-keys", "keys/secret-key", "nightlight.sqlite3"}
        assert told.count("Made ") == 2
        assert "The database is up to date." in told
        assert mode(self.data) == 0o700


class ExposedKeyFileTests(SimpleTestCase):
    @pytest.fixture(autouse=True)
    def _path(self, moved_key_file: Path) -> None:
        self.path = moved_key_file

    def warnings(self) -> list[str]:
        return [str(found.msg) for found in run_checks(tags=["security"]) if found.id == "accounts.W001"]

    def test_is_warned_about_with_what_to_do(self) -> None:
        self.path.chmod(0o644)

        [warning] = [found for found in run_checks(tags=["security"]) if found.id == "accounts.W001"]

        assert (str(self.path) in warning.msg, warning.hint) == (True, f"chmod 600 {self.path}")

    def test_that_is_private_is_not(self) -> None:
        assert self.warnings() == []

    def test_that_is_not_there_is_not(self) -> None:
        self.path.unlink()

        assert self.warnings() == []

    def test_that_is_not_used_is_not(self) -> None:
        self.path.chmod(0o644)

        with self.settings(KEY_ENCRYPTION_KEYS=[TEST_KEY]):
            assert self.warnings() == []
