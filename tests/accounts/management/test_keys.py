"""manage.py keys: says where the keys are, proves that they open everything, and brings them back from paper."""

import datetime as dt
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import SimpleTestCase, TestCase
from pytest_django import Settings

from accounts import key_audit
from accounts.keys import key_file, keyring, sheet
from accounts.keys.crypto import Key
from accounts.models import KeySlot, User
from tests.factories import make_user
from tests.helpers import TEST_KEY, mode

TEST_MATERIAL = b"0123456789abcdef0123456789abcdef"
TEST_ID = Key(TEST_MATERIAL).id
OTHER = bytes(range(32))
OTHER_ID = Key(OTHER).id
OTHER_LINE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


class Screen(io.StringIO):
    """A terminal: what is written to it is shown to whoever sits there."""

    def isatty(self) -> bool:
        return True


def run(*arguments: str, out: io.StringIO | None = None) -> str:
    """What `manage.py keys` prints, also into `out`, which may be a `Screen`."""
    out = out or io.StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments: str, out: io.StringIO | None = None) -> str:
    """The message with which it refuses."""
    with pytest.raises(CommandError) as refused:
        run(*arguments, out=out)
    return str(refused.value)


def words(material: bytes) -> str:
    return " ".join(sheet.to_words(material))


def shows_a_key(text: str) -> bool:
    secrets = [form for key in (TEST_MATERIAL, OTHER) for form in (words(key), key.hex(), sheet.to_code(key))]
    return any(secret.lower() in text.lower() for secret in [*secrets, TEST_KEY, OTHER_LINE])


class KeysCase(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False):
            cls.person = make_user()
            KeySlot.objects.filter(owner=None).update(created_at=dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC))

    @pytest.fixture(autouse=True)
    def _path(self, moved_key_file: Path, settings: Settings) -> None:
        settings.DATA_DIR = moved_key_file.parent.parent
        self.path, self.folder = moved_key_file, moved_key_file.parent.parent

    @pytest.fixture(autouse=True)
    def _typed(self) -> Iterator[None]:
        with mock.patch("sys.stdin", io.StringIO("")) as self.stdin:
            yield

    def type(self, text: str) -> None:
        self.stdin.write(text)
        self.stdin.seek(0)

    def hold(self, *lines: str) -> None:
        """Put these lines into the key file."""
        self.path.write_text("\n".join(lines) + "\n")
        key_file.clear_cache()

    def held(self) -> list[str]:
        """The ids of the keys in the key file, newest first."""
        key_file.clear_cache()
        return [key.id for key in key_file.key_encryption_keys()]

    def break_slot(self) -> None:
        slot = KeySlot.objects.get(owner=self.person)
        KeySlot.objects.filter(pk=slot.pk).update(wrapped=bytes(slot.wrapped)[:-1] + bytes([bytes(slot.wrapped)[-1] ^ 1]))


class ShowTests(KeysCase):
    def test_says_where_the_keys_are_and_to_keep_a_copy(self) -> None:
        output = run()

        assert f"The key-encryption keys are in {self.path}." in output
        assert f"{TEST_ID}  the newest" in output
        assert "Only its owner may read the file (mode 0600)." in output
        assert "Keep a copy apart from the database and its backups" in output

    def test_counts_slots_by_kind_and_key_with_their_age(self) -> None:
        with time_machine.travel(dt.datetime(2026, 3, 2, 13, tzinfo=dt.UTC), tick=False):
            row = run().splitlines()[-1]

        assert row.split() == ["instance", TEST_ID, "2", "2026-02-01", "(29", "days)", "2026-03-01", "(1", "day)"]

    def test_marks_slots_of_a_key_that_is_not_held(self) -> None:
        KeySlot.objects.filter(owner=self.person).update(params={"key": OTHER_ID})
        KeySlot.objects.filter(owner=None).update(params={})

        output = run()

        assert output.count("(key missing here)") == 2
        assert f"instance  {OTHER_ID}        1" in output
        assert "instance  not named" in output

    def test_lists_older_keys_after_the_newest(self) -> None:
        self.hold(OTHER_LINE, TEST_KEY)

        output = run()

        assert output.index(f"{OTHER_ID}  the newest") < output.index(f"{TEST_ID}  older")

    def test_says_what_to_do_where_others_may_read_the_file(self) -> None:
        self.path.chmod(0o644)

        assert f"Others on this machine may read the file (mode 0644). Run: chmod 600 {self.path}" in run()

    def test_names_the_environment_where_the_keys_come_from_it(self) -> None:
        with self.settings(KEY_ENCRYPTION_KEYS=[TEST_KEY]):
            output = run()

        assert "The key-encryption keys are in NIGHTLIGHT_KEYS." in output
        assert str(self.path) not in output

    def test_shows_no_key(self) -> None:
        self.hold(OTHER_LINE, TEST_KEY)

        assert not shows_a_key(run())

    def test_says_what_to_do_without_a_key_file(self) -> None:
        self.path.unlink()

        for action in ((), ("verify",), ("export", "--words")):
            output = refusal(*action)
            assert f"there is no key file at {self.path}" in output
            assert "keys import" in output

    def test_says_so_where_there_is_no_database(self) -> None:
        missing = {**connection.settings_dict, "NAME": str(self.folder / "none.sqlite3")}
        with mock.patch.object(connection, "settings_dict", missing), mock.patch.object(connection, "vendor", "sqlite"):
            assert "There’s no database yet." in run()
            assert "there’s no database to verify" in refusal("verify")

        assert list(self.folder.iterdir()) == [self.path.parent]

    def test_names_a_database_that_cannot_be_used(self) -> None:
        with mock.patch.object(key_audit, "slot_groups", side_effect=OperationalError("disk I/O error")):
            assert refusal().startswith("the database can’t be used: disk I/O error. Look at DATABASE_URL")


class VerifyTests(KeysCase):
    def failed_verification(self) -> tuple[str, str]:
        """The message with which it refuses, and what it printed before."""
        out = io.StringIO()
        return refusal("verify", out=out), out.getvalue()

    def test_opens_every_slot(self) -> None:
        assert run("verify") == "2 of 2 slots open.\n"

    def test_opens_slots_of_an_older_key(self) -> None:
        self.hold(OTHER_LINE, TEST_KEY)

        assert run("verify") == "2 of 2 slots open.\n"

    def test_names_the_owner_of_a_broken_slot(self) -> None:
        self.break_slot()

        message, output = self.failed_verification()

        assert message.startswith("1 of 2 slots cannot be opened.")
        assert output == f"1 of 2 slots open.\n1 altered, cut short or moved from its place: {self.person.pk}.\n"

    def test_names_the_key_that_a_slot_needs(self) -> None:
        self.hold(OTHER_LINE)

        message, output = self.failed_verification()

        assert "manage.py keys import" in message
        assert f"2 wrapped with key {TEST_ID}, which this installation does not hold: " in output
        assert "the installation" in output
        assert not shows_a_key(message + output)

    def test_finds_slots_that_hold_no_key_or_name_none(self) -> None:
        installation = KeySlot.objects.get(owner=None)
        place = keyring._binding(installation)
        short = Key(TEST_MATERIAL).seal(b"short", place)
        changes: list[dict[str, Any]] = [{"params": []}, {"params": {"key": 7}}, {"wrapped": short}]
        for change in changes:
            KeySlot.objects.filter(pk=installation.pk).update(**change)

            assert "1 altered, cut short or moved from its place: the installation." in self.failed_verification()[1]

            KeySlot.objects.filter(pk=installation.pk).update(params=installation.params, wrapped=installation.wrapped)

    def test_finds_who_has_no_slot(self) -> None:
        KeySlot.objects.all().delete()

        assert self.failed_verification()[1] == f"0 of 2 slots open.\n2 missing: the installation, {self.person.pk}.\n"

    def test_names_the_first_few_of_many(self) -> None:
        for number in range(7):
            make_user(email=f"{number}@example.org")
        KeySlot.objects.exclude(owner=None).delete()

        output = self.failed_verification()[1]

        assert output.startswith("1 of 9 slots open.\n8 missing: ")
        assert output.endswith(" and 3 more.\n")

    def test_asks_the_database_as_often_for_many_as_for_few(self) -> None:
        with self.assertNumQueries(5):
            run("verify")
        for number in range(9):
            make_user(email=f"{number}@example.org")
        with self.assertNumQueries(5):
            run("verify")


class ExportTests(KeysCase):
    def test_writes_words_that_come_back_as_the_keys(self) -> None:
        self.hold(OTHER_LINE, TEST_KEY)

        output = run("export", "--words")

        assert sheet.read(output) == [OTHER, TEST_MATERIAL]
        assert f"kept in {self.path}" in " ".join(output.split())

    def test_takes_keys_from_the_environment(self) -> None:
        with self.settings(KEY_ENCRYPTION_KEYS=[TEST_KEY]):
            output = run("export", "--words")

        assert sheet.read(output) == [TEST_MATERIAL]
        assert "kept in NIGHTLIGHT_KEYS" in output

    def test_draws_a_code(self) -> None:
        output = run("export", "--qr")

        assert "▀" in output
        assert "\x1b" not in output

    def test_asks_before_it_shows_anything_on_a_screen(self) -> None:
        for answer in ("", "no", "maybe"):
            screen = Screen()
            with mock.patch("builtins.input", return_value=answer):
                assert refusal("export", "--words", out=screen).startswith("nothing was shown")
            assert not shows_a_key(" ".join(screen.getvalue().split()))
            assert TEST_ID not in screen.getvalue()

    def test_shows_nothing_where_nobody_can_answer(self) -> None:
        with mock.patch("builtins.input", side_effect=EOFError):
            assert refusal("export", "--qr", out=Screen()).startswith("nothing was shown")

    def test_shows_it_when_the_answer_is_yes(self) -> None:
        with mock.patch("builtins.input", return_value="yes") as asked:
            assert sheet.read(run("export", "--words", out=Screen())) == [TEST_MATERIAL]
        asked.assert_called_once()

    def test_does_not_ask_with_yes(self) -> None:
        with mock.patch("builtins.input") as asked:
            assert "\x1b[" in run("export", "--qr", "--yes", out=Screen())
        asked.assert_not_called()

    def test_writes_a_file_for_its_owner_alone_and_shows_nothing(self) -> None:
        for form, name in (("--words", "words.txt"), ("--qr", "codes.txt"), ("--qr", "codes.svg")):
            file = self.folder / name

            output = run("export", form, "--to", str(file), out=Screen())

            assert f"Wrote {file}, which only you may read." in output
            assert not shows_a_key(output)
            assert mode(file) == 0o600
        assert sheet.read((self.folder / "words.txt").read_text()) == [TEST_MATERIAL]
        assert (self.folder / "codes.svg").read_text().startswith("<svg")

    def test_keeps_the_file_private_whatever_the_mask(self) -> None:
        before = os.umask(0)
        try:
            run("export", "--words", "--to", str(self.folder / "sheet.txt"))
        finally:
            os.umask(before)

        assert mode(self.folder / "sheet.txt") == 0o600

    def test_writes_over_no_file_and_through_no_link(self) -> None:
        file, link = self.folder / "sheet.txt", self.folder / "link.txt"
        file.write_text("kept")
        link.symlink_to(self.folder / "elsewhere.txt")

        for path in (file, link):
            message = refusal("export", "--words", "--to", str(path))
            assert message == f"{path} already exists, and won’t be overwritten. Name another."

        assert file.read_text() == "kept"
        assert not (self.folder / "elsewhere.txt").exists()

    def test_says_what_to_do_where_it_may_not_write(self) -> None:
        assert "Name a file in a folder this user may write to" in refusal(
            "export", "--words", "--to", str(self.folder / "no" / "sheet.txt")
        )

    def test_leaves_no_half_of_a_sheet_on_a_full_disk(self) -> None:
        with mock.patch("os.fsync", side_effect=OSError(28, "No space left on device")):
            assert "No space left on device" in refusal("export", "--words", "--to", str(self.folder / "sheet.txt"))

        assert not (self.folder / "sheet.txt").exists()

    def test_writes_no_words_into_an_svg(self) -> None:
        assert "use --qr" in refusal("export", "--words", "--to", str(self.folder / "sheet.svg"))

    def test_asks_for_one_form(self) -> None:
        assert "one of the arguments --words --qr is required" in refusal("export")
        assert "not allowed with" in refusal("export", "--words", "--qr")


class ImportTests(KeysCase):
    def test_makes_the_key_file_and_opens_the_database(self) -> None:
        exported = run("export", "--words")
        self.path.unlink()
        self.type(exported)

        output = run("import", "--words")

        assert output == f"Key {TEST_ID} is now in {self.path}.\nEvery slot of the database opens (2).\n"
        assert self.held() == [TEST_ID]
        assert mode(self.path) == 0o600

    def test_makes_private_folders_on_a_new_machine(self) -> None:
        self.path.unlink()
        self.path.parent.rmdir()
        self.folder = self.folder / "new" / "data"
        path = self.folder / "keys" / "key-encryption-keys"
        self.type(words(TEST_MATERIAL))

        with self.settings(DATA_DIR=self.folder, KEY_FILE=path):
            run("import")

        assert [mode(folder) for folder in (self.folder, path.parent)] == [0o700, 0o700]

    def test_takes_the_text_of_a_code_and_shows_no_key(self) -> None:
        self.path.unlink()
        self.type(sheet.to_code(TEST_MATERIAL))

        assert not shows_a_key(run("import"))
        assert run("verify") == "2 of 2 slots open.\n"

    def test_takes_a_file(self) -> None:
        file = self.folder / "sheet.txt"
        self.hold(OTHER_LINE, TEST_KEY)
        run("export", "--words", "--to", str(file))
        self.path.unlink()

        run("import", "--from", str(file))

        assert self.held() == [OTHER_ID, TEST_ID]

    def test_adds_to_a_key_file_as_an_older_key_and_keeps_all_that_is_in_it(self) -> None:
        self.hold("# mine", TEST_KEY)
        self.type(words(OTHER))

        output = run("import")

        assert f"Key {OTHER_ID} is now in {self.path}." in output
        assert self.path.read_text() == f"# mine\n{TEST_KEY}\n{OTHER_LINE}\n"

    def test_adds_nothing_twice(self) -> None:
        before = self.path.read_bytes()
        self.type(words(TEST_MATERIAL))

        assert f"Key {TEST_ID} is already in {self.path}." in run("import")
        assert self.path.read_bytes() == before

    def test_brings_an_old_database_to_a_site_that_has_a_key_of_its_own(self) -> None:
        self.hold(OTHER_LINE)
        self.type(words(TEST_MATERIAL))

        assert "Every slot of the database opens (2)." in run("import")
        assert self.held() == [OTHER_ID, TEST_ID]

    def test_says_when_the_key_is_another_databases(self) -> None:
        self.path.unlink()
        self.type(words(OTHER))

        assert "0 of 2 slots of the database open." in run("import")

    def test_says_so_where_there_is_no_database(self) -> None:
        self.type(words(TEST_MATERIAL))

        with mock.patch.object(key_audit, "has_slot_table", return_value=False):
            assert "There’s no database yet. Put it back" in run("import")

    def test_refuses_words_that_do_not_make_a_key_and_writes_nothing(self) -> None:
        self.path.unlink()
        right = sheet.to_words(TEST_MATERIAL)
        for wrong, says in (
            (["abandn", *right[1:]], "word 1, 'abandn', is not in the list; near it are abandon"),
            (right[::-1], "do not fit together"),
            (right[:-1], "23 were given"),
            ([], "no words"),
        ):
            with mock.patch("sys.stdin", io.StringIO(" ".join(wrong))):
                output = refusal("import")

            assert output.startswith("nothing was imported: ")
            assert says in output
        assert not self.path.exists()

    def test_adds_nothing_to_a_file_it_cannot_read(self) -> None:
        for damaged in (b"damaged\n", b"", b"\xff\xfe"):
            self.path.write_bytes(damaged)

            with mock.patch("sys.stdin", io.StringIO(words(TEST_MATERIAL))):
                assert "Or move that file elsewhere, and import again." in refusal("import")

            assert self.path.read_bytes() == damaged

    def test_writes_no_file_where_the_environment_has_the_keys(self) -> None:
        self.path.unlink()
        with self.settings(KEY_ENCRYPTION_KEYS=[TEST_KEY]):
            assert "NIGHTLIGHT_KEYS" in refusal("import")

        assert not self.path.exists()

    def test_says_what_to_do_where_it_may_not_write(self) -> None:
        self.path.unlink()
        self.type(words(TEST_MATERIAL))

        with mock.patch("os.open", side_effect=PermissionError(13, "Permission denied")):
            assert "can’t be written: Permission denied. Set NIGHTLIGHT_DATA or NIGHTLIGHT_KEY_FILE" in refusal("import")

    def test_says_what_to_do_with_a_file_it_cannot_take(self) -> None:
        binary = self.folder / "photo.jpg"
        binary.write_bytes(b"\xff\xd8\xff")

        assert "that isn’t text" in refusal("import", "--from", str(binary))
        assert "can’t be read: No such file or directory" in refusal("import", "--from", str(self.folder / "none"))

    def test_says_how_to_type_on_a_terminal(self) -> None:
        self.type(words(TEST_MATERIAL))
        with mock.patch.object(self.stdin, "isatty", return_value=True):
            assert "Ctrl-D" in run("import")


class HelpTests(SimpleTestCase):
    def test_lists_the_actions_for_another_word(self) -> None:
        assert "'verify', 'export', 'import'" in refusal("show")
