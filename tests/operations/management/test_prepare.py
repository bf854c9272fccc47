"""manage.py prepare: makes an installation ready, keeps what exists, and never makes a key beside data that needs another."""

import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import SimpleTestCase, TestCase
from pytest_django import Settings

from accounts.keys import key_file, keyring
from accounts.models import KeySlot
from operations.locking import LOCK_FILE
from tests.helpers import TEST_KEY, mode, refusal, run


class FreshInstallationTests(SimpleTestCase):
    @pytest.fixture(autouse=True)
    def _data(self, tmp_path: Path) -> None:
        self.data = tmp_path / "data"

    def test_is_ready_after_one_command(self) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTLIGHT_", "DJANGO_", "DATABASE_"))}
        environment = {**inherited, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(self.data)}
        arguments = [sys.executable, str(settings.BASE_DIR / "manage.py"), "prepare"]

        output = subprocess.run(arguments, env=environment, check=True, capture_output=True, text=True).stdout

        files = {path.relative_to(self.data).as_posix() for path in self.data.rglob("*") if path.is_file()}
        assert files == {"keys/key-encryption-keys", "keys/secret-key", "nightlight.sqlite3", LOCK_FILE}
        assert output.count("Made ") == 2
        assert "The database is up to date." in output
        assert mode(self.data) == 0o700


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

        output = run("prepare")

        assert f"Made {self.path}." in output
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
            output = run("prepare")

            assert "The key is in NIGHTLIGHT_KEYS, a variable of the server's environment. Keep a copy apart" in output
            assert "`manage.py keys export --words`" in output
            assert TEST_KEY not in output
            assert run("prepare") == ""

    def test_makes_no_new_key_beside_an_old_database(self) -> None:
        self.path.unlink()

        output = refusal("prepare")

        assert f"there is no key file at {self.path}. Restore it from your copy" in output
        assert not self.path.exists()

    def test_refuses_a_key_file_of_another_database(self) -> None:
        self.path.write_text(key_file.new_key_line() + "\n")

        assert "Put back the key file that belongs to this database." in refusal("prepare")

    def test_refuses_a_damaged_key_file(self) -> None:
        self.path.write_bytes(b"\xff\xfe")

        assert f"the key file {self.path} cannot be read" in refusal("prepare")

    def test_names_a_database_that_cannot_be_used(self) -> None:
        with mock.patch.object(KeySlot.objects, "exists", side_effect=OperationalError("disk I/O error")):
            output = refusal("prepare")

        assert output.startswith("the database can’t be used: disk I/O error. Look at DATABASE_URL or NIGHTLIGHT_DATA")
