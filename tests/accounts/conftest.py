"""Keys in a file of the test's own, instead of the one in the environment that other tests share."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    """The path of a key file that does not exist yet."""
    settings.KEY_ENCRYPTION_KEYS = []
    path = tmp_path / "keys" / "key-encryption-keys"
    settings.KEY_FILE = path
    return path


@pytest.fixture
def moved_key_file(key_file: Path) -> Path:
    """The same, holding the key that the test database was made with."""
    key_file.parent.mkdir(mode=0o700)
    key_file.touch(mode=0o600)
    key_file.write_text(TEST_KEY + "\n")
    return key_file


TEST_KEY: str = django_settings.KEY_ENCRYPTION_KEYS[0]
