"""The operator's commands about keys: none loses one, none makes one beside what it would not open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.test import SimpleTestCase

from tests.helpers import TEST_KEY, mode


class FreshInstallationTests(SimpleTestCase):
    @pytest.fixture(autouse=True)
    def _data(self, tmp_path: Path) -> None:
        self.data = tmp_path / "data"

    def test_is_ready_after_one_command(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTLIGHT_", "DJANGO_", "DATABASE_"))}
        environment = {**kept, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(self.data)}
        arguments = [sys.executable, str(settings.BASE_DIR / "manage.py"), "prepare"]

        output = subprocess.run(arguments, env=environment, check=True, capture_output=True, text=True).stdout

        files = {path.relative_to(self.data).as_posix() for path in self.data.rglob("*") if path.is_file()}
        assert files == {"keys/key-encryption-keys", "keys/secret-key", "nightlight.sqlite3"}
        assert output.count("Made ") == 2
        assert "The database is up to date." in output
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
