"""accounts.checks: Django's system check warns of a key file that others may read."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test import SimpleTestCase

from tests.helpers import TEST_KEY


class ExposedKeyFileTests(SimpleTestCase):
    @pytest.fixture(autouse=True)
    def _path(self, moved_key_file: Path) -> None:
        self.path = moved_key_file

    def warnings(self) -> list[str]:
        return [str(warning.msg) for warning in run_checks(tags=["security"]) if warning.id == "accounts.W001"]

    def test_is_warned_about_with_what_to_do(self) -> None:
        self.path.chmod(0o644)

        [warning] = [warning for warning in run_checks(tags=["security"]) if warning.id == "accounts.W001"]

        assert (str(self.path) in warning.msg, warning.hint) == (True, f"chmod 600 {self.path}")

    def test_gives_no_warning_where_it_is_private(self) -> None:
        assert self.warnings() == []

    def test_gives_no_warning_where_it_is_missing(self) -> None:
        self.path.unlink()

        assert self.warnings() == []

    def test_gives_no_warning_where_it_is_not_used(self) -> None:
        self.path.chmod(0o644)

        with self.settings(KEY_ENCRYPTION_KEYS=[TEST_KEY]):
            assert self.warnings() == []
