"""accounts.keys.key_file: key-encryption keys are read from their file or the environment, or a message says what is wrong."""

from pathlib import Path
from unittest import mock

import pytest
from django.test import SimpleTestCase

from accounts.keys import key_file
from accounts.keys.crypto import KeysUnreadable
from tests.helpers import mode


class KeyFileTests(SimpleTestCase):
    @pytest.fixture(autouse=True)
    def _path(self, own_key_file: Path) -> None:
        self.path = own_key_file

    def write(self, content: bytes) -> None:
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_bytes(content)
        key_file.clear_cache()

    def refusal(self) -> str:
        with pytest.raises(KeysUnreadable) as refused:
            key_file.key_encryption_keys()
        return str(refused.value)

    def test_missing_says_where_it_is_looked_for(self) -> None:
        assert f"no key file at {self.path}" in self.refusal()

    def test_that_is_a_folder_cannot_be_read(self) -> None:
        self.path.mkdir(parents=True)

        assert f"{self.path} cannot be read" in self.refusal()

    def test_that_is_not_text_cannot_be_read(self) -> None:
        self.write(b"\xff\xfe\x00k")

        assert f"{self.path} cannot be read" in self.refusal()

    def test_without_a_key_is_called_empty(self) -> None:
        for content in (b"", b"\n\n", b"# only a heading\n   \n"):
            self.write(content)

            assert f"{self.path} is empty" in self.refusal()

    def test_with_a_broken_line_is_refused_without_showing_the_line(self) -> None:
        good = key_file.new_key_line()
        for line in ("hunter2", good[:-1], good[:-8] + "====", good + good, "~" + good[1:]):
            self.write(f"{good}\n{line}\n".encode())

            message = self.refusal()

            assert "holds a line that is not a key" in message
            assert line not in message

    def test_keeps_comments_and_space_apart_from_keys(self) -> None:
        line = key_file.new_key_line()

        self.write(f"# newest first\r\n\r\n  # indented\r\n  {line}  \r\n".encode())

        assert [key.id for key in key_file.key_encryption_keys()] == [key_file._parse(line, "").id]

    def test_is_made_for_its_owner_alone(self) -> None:
        key_file.add_new_key(self.path)

        assert mode(self.path) == 0o600
        assert mode(self.path.parent) == 0o700
        assert len(key_file.key_encryption_keys()) == 1

    def test_holds_several_keys_newest_first(self) -> None:
        ids = []
        for _ in range(3):
            key_file.add_new_key(self.path)
            ids.append(key_file.key_encryption_keys()[0].id)

        assert [key.id for key in key_file.key_encryption_keys()] == ids[::-1]
        assert len(set(ids)) == 3
        assert mode(self.path) == 0o600

    def test_is_exposed_where_others_may_read_it(self) -> None:
        self.write(b"")
        for permissions, exposed in [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o660, True)]:
            self.path.chmod(permissions)

            assert key_file.is_exposed(self.path) is exposed

    def test_stays_whole_when_the_disk_fails_half_way(self) -> None:
        key_file.add_new_key(self.path)
        before = self.path.read_text()

        with mock.patch("os.fsync", side_effect=OSError("no space left")), pytest.raises(OSError, match="no space"):
            key_file.add_new_key(self.path)

        assert self.path.read_text() == before
        assert list(self.path.parent.iterdir()) == [self.path]

    def test_is_read_once_while_it_stays_as_it_is(self) -> None:
        key_file.add_new_key(self.path)
        keys = key_file.key_encryption_keys()

        with mock.patch.object(Path, "read_text", side_effect=AssertionError):
            assert key_file.key_encryption_keys() is keys

    def test_is_read_again_when_another_process_changed_or_replaced_it(self) -> None:
        key_file.add_new_key(self.path)
        [first] = key_file.key_encryption_keys()
        lines = [key_file.new_key_line(), key_file.new_key_line()]

        self.path.write_text(lines[0])
        [second] = key_file.key_encryption_keys()
        key_file.write_secret(self.path, lines[1])
        [third] = key_file.key_encryption_keys()

        assert len({first.id, second.id, third.id}) == 3

    def test_that_can_be_used_no_longer_leaves_the_process_with_its_keys_and_is_told_of_once(self) -> None:
        key_file.add_new_key(self.path)
        keys = key_file.key_encryption_keys()
        for content in (None, b"hunter2"):
            self.path.unlink() if content is None else self.path.write_bytes(content)

            with self.assertLogs("nightlight.keys") as log:
                assert [key_file.key_encryption_keys(), key_file.key_encryption_keys()] == [keys, keys]

            assert len(log.output) == 1
            assert "hunter2" not in log.output[0]
            with pytest.raises(KeysUnreadable):
                key_file.read_anew()

    def test_put_back_is_used_again(self) -> None:
        key_file.add_new_key(self.path)
        content, keys = self.path.read_text(), key_file.key_encryption_keys()
        self.path.unlink()
        with self.assertLogs("nightlight.keys"):
            key_file.key_encryption_keys()

        self.path.write_text(f"{key_file.new_key_line()}\n{content}")

        assert [key.id for key in key_file.read_anew()] == [key.id for key in key_file.key_encryption_keys()] != [key.id for key in keys]


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
