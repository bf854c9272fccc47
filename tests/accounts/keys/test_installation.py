"""accounts.keyring: what is sealed opens in its place, with its key, unaltered, or not at all."""

from pathlib import Path

import pytest
from django.test import SimpleTestCase

from accounts.keys import key_file
from accounts.keys.crypto import KeysUnreadable


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
