"""manage.py make_keys: makes the files of a new installation's keys, and changes none that exists."""

from pathlib import Path

import pytest
from django.test import SimpleTestCase
from pytest_django import Settings

from accounts.keys import key_file
from tests.helpers import TEST_KEY, mode, refusal, run


class MakeKeysTests(SimpleTestCase):
    @pytest.fixture(autouse=True)
    def _new_installation(self, own_key_file: Path, settings: Settings) -> None:
        settings.DATA_DIR = own_key_file.parent.parent / "data"
        settings.KEY_FILE = settings.DATA_DIR / "keys" / "key-encryption-keys"
        settings.SECRET_KEY = "not-secret-" + "0" * 50
        self.data: Path = settings.DATA_DIR
        self.path, self.secret_key = settings.KEY_FILE, self.data / "keys" / "secret-key"

    def test_makes_both_files_and_says_so(self) -> None:
        output = run("make_keys")

        assert f"Made {self.secret_key}." in output
        assert f"Made {self.path}. Keep a copy apart from the database and its backups: without it nothing" in output
        assert "`manage.py keys export --words`" in output
        assert len(key_file.key_encryption_keys()) == 1
        assert len(self.secret_key.read_text().strip()) >= 50

    def test_makes_them_for_their_owner_alone(self) -> None:
        run("make_keys")

        assert [mode(path) for path in (self.path, self.secret_key)] == [0o600, 0o600]
        assert [mode(path) for path in (self.data, self.data / "keys")] == [0o700, 0o700]

    def test_shows_no_secret(self) -> None:
        output = run("make_keys")

        assert self.secret_key.read_text().strip() not in output
        assert self.path.read_text().splitlines()[-1] not in output

    def test_changes_no_existing_file(self) -> None:
        run("make_keys")
        before = [self.path.read_bytes(), self.secret_key.read_bytes()]

        assert run("make_keys") == ""

        assert [self.path.read_bytes(), self.secret_key.read_bytes()] == before

    def test_keeps_a_key_file_that_cannot_be_used(self) -> None:
        self.path.parent.mkdir(parents=True)
        self.path.write_text("damaged")

        run("make_keys")

        assert self.path.read_text() == "damaged"

    def test_makes_nothing_where_the_environment_has_it(self) -> None:
        with self.settings(KEY_ENCRYPTION_KEYS=[TEST_KEY], SECRET_KEY="only-the-tests-sign-with-this"):
            assert run("make_keys") == ""

        assert not self.data.exists()

    def test_says_what_to_do_where_it_may_not_write(self) -> None:
        self.data.write_text("a file in its place")

        output = refusal("make_keys")

        assert str(self.data) in output
        assert "Set NIGHTLIGHT_DATA to a folder this user may write to" in output
