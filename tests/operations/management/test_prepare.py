"""The operator's commands about keys: none loses one, none makes one beside what it would not open."""

from pathlib import Path
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import TestCase
from pytest_django import Settings

from accounts.keys import key_file, keyring
from accounts.models import KeySlot
from tests.helpers import TEST_KEY, refusal, run


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

        assert output.startswith("the database cannot be used: disk I/O error. Look at DATABASE_URL or NIGHTLIGHT_DATA")
