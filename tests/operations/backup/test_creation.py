"""operations.backup.creation and restoration: an archive is made and restored whole or not at all, and overwrites nothing."""

import datetime as dt
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.test import TestCase
from pytest_django import Settings

from accounts.keys import key_file
from accounts.models import KeySlot, User
from operations.backup import archive, creation, database, postgres, restoration, sqlite
from operations.backup.archive import BackupError, Damaged, Manifest
from operations.locking import LOCK_FILE
from tests.factories import make_entry, make_user
from tests.helpers import DAY, mode, refusal, run

NOW = dt.datetime(2026, 11, 21, 21, 4, 30, tzinfo=dt.UTC)
ABOUT = Manifest(nightlight="0.1.0", made_at=NOW, database="sqlite", migrations={"journal": "0001_initial"}, counts={}, keys=("ab12",))


# --- Making an archive, of a small stand-in for a site's database.

TABLES = {
    "django_migrations": "app, name",
    "accounts_keyslot": "params",
    "cache": "x",
    "django_session": "x",
    "usersessions_usersession": "x",
}


@pytest.fixture
def site(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a database in SQLite, whatever the tests run on."""
    settings.DATA_DIR, settings.BACKUPS = tmp_path, tmp_path / "backups"
    path = tmp_path / "nightlight.sqlite3"
    with closing(sqlite3.connect(path)) as site, site:
        site.execute("PRAGMA journal_mode=WAL")
        for table in ("accounts_user", "journal_entry", "journal_revision"):
            site.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, text)")
        for table, columns in TABLES.items():
            site.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {columns})")
        site.execute("INSERT INTO django_migrations (app, name) VALUES ('journal', '0001_initial'), ('journal', '0002_more')")
        site.execute("""INSERT INTO accounts_keyslot (params) VALUES ('{"key": "b"}'), ('{"key": "a"}'), ('{"key": "b"}')""")
        site.execute("INSERT INTO journal_entry (text) VALUES (zeroblob(5000)), ('sealed')")
        site.execute("INSERT INTO django_session (x) VALUES ('who holds this is signed in')")
        site.execute("INSERT INTO cache (x) VALUES ('who tried to sign in')")
    monkeypatch.setattr(database, "is_postgresql", lambda: False)
    monkeypatch.setattr(database, "sqlite_file", lambda: path)
    return path


def names(folder: Path) -> set[str]:
    """What stands in a folder of backups."""
    return {path.name for path in folder.iterdir()} - {LOCK_FILE}


def test_lists_what_is_in_it(site: Path) -> None:
    path, manifest = creation.create(None, NOW)

    assert path == site.parent / "backups" / "nightlight-2026-11-21T2104Z.tar"
    assert manifest.counts == {"people": 0, "entries": 2, "revisions": 0, "key_slots": 3}
    assert (manifest.migrations, manifest.keys, manifest.holds_keys) == ({"journal": "0002_more"}, ("a", "b"), False)
    assert mode(path) == 0o600
    assert names(path.parent) == {path.name}


def test_leaves_out_what_would_sign_a_person_in(site: Path) -> None:
    path, _manifest = creation.create(None, NOW)

    assert b"signed in" not in path.read_bytes()
    assert b"tried to sign in" not in path.read_bytes()
    with closing(sqlite3.connect(site)) as live:
        assert live.execute("SELECT COUNT(*) FROM django_session").fetchone() == (1,), "the site itself keeps them"


def test_copies_one_moment_while_others_write(site: Path) -> None:
    with closing(sqlite3.connect(site)) as writer:
        writer.execute("INSERT INTO journal_entry (text) VALUES ('not committed')")
        path, manifest = creation.create(None, NOW)
        writer.commit()

    assert manifest.counts["entries"] == 2
    assert b"not committed" not in path.read_bytes()


def test_holds_keys_only_where_asked(site: Path) -> None:
    path, manifest = creation.create(None, NOW, with_keys=True)

    assert manifest.holds_keys
    with tarfile.open(path) as tar:
        keys = tar.extractfile(archive.KEYS)
        assert keys is not None
        assert keys.read().decode().splitlines()[2:] == list(django_settings.KEY_ENCRYPTION_KEYS)


def test_goes_where_it_is_asked_to(site: Path, tmp_path: Path) -> None:
    assert creation.create(tmp_path / "usb", NOW)[0] == tmp_path / "usb" / "nightlight-2026-11-21T2104Z.tar"
    assert creation.create(tmp_path / "usb", NOW)[0] == tmp_path / "usb" / "nightlight-2026-11-21T2104Z-2.tar"
    assert creation.create(tmp_path / "usb" / "mine.tar", NOW)[0] == tmp_path / "usb" / "mine.tar"
    with pytest.raises(BackupError, match="overwrites nothing"):
        creation.create(tmp_path / "usb" / "mine.tar", NOW)


@pytest.mark.parametrize(
    "failing", ["operations.backup.archive.write", "operations.backup.sqlite.check", "operations.backup.creation._verify"]
)
def test_leaves_nothing_behind_when_it_fails(site: Path, failing: str) -> None:
    with mock.patch(failing, side_effect=OSError(28, "No space left on device")), pytest.raises(OSError, match="No space"):
        creation.create(None, NOW)

    assert names(site.parent / "backups") == set()


def test_does_not_take_an_archive_that_reads_otherwise_than_it_was_written(site: Path) -> None:
    with mock.patch("operations.backup.archive.unpack", return_value=ABOUT), pytest.raises(Damaged, match="Try another disk"):
        creation.create(None, NOW)

    assert names(site.parent / "backups") == set()


def test_clears_away_what_a_killed_backup_left(site: Path) -> None:
    folder = site.parent / "backups" / f"{creation.WORK_PREFIX}x"
    folder.mkdir(parents=True)
    (folder / "scratch").touch()

    creation.create(None, NOW)

    assert not folder.exists()


def test_does_not_back_up_a_database_that_is_not_sound(site: Path) -> None:
    with closing(sqlite3.connect(site)) as broken, broken:
        broken.execute("CREATE TABLE child (parent REFERENCES accounts_user (id))")
        broken.execute("INSERT INTO child VALUES (9)")

    with pytest.raises(Damaged, match="not sound"):
        creation.create(None, NOW)


def test_says_so_where_there_is_nothing_to_back_up(site: Path) -> None:
    with closing(sqlite3.connect(site)) as emptied, emptied:
        emptied.execute("DROP TABLE accounts_user")
    assert "holds no Nightlight yet" in refusal("backup")

    site.unlink()
    assert "There is no database at" in refusal("backup")
    assert not site.exists()


def test_the_command_says_what_it_made_and_where_the_keys_are(site: Path) -> None:
    assert "0 people, 2 entries, 0 revisions.\nThe keys aren’t in it. To read it you need key a, b" in run("backup")
    assert "anyone who has this archive can read everything" in run("backup", "--with-keys")
    assert "Made and verified" in run("backup", "--daily")
    assert run("backup", "--daily") == "No daily backup is due.\n"
    assert "use --daily alone" in refusal("backup", "--daily", "--with-keys")
    assert "No backup was made: Not a directory" in refusal("backup", "--to", site / "under-a-file")


def test_checks_an_archive_without_restoring_it(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "unknown_migrations", mock.Mock(return_value=[]))
    path, _manifest = creation.create(None, NOW)

    output = run("restore", path, "--check")

    assert "is sound: 0 people, 2 entries, 0 revisions, in SQLite, made 2026-11-21 21:04 UTC by Nightlight" in output
    assert "It needs key b, which this installation does not hold." in output
    assert "There is no archive at" in refusal("restore", tmp_path / "nowhere.tar")


def test_restores_one_at_a_time(site: Path) -> None:
    path, _manifest = creation.create(None, NOW)

    with creation.folder_lock(site.parent, wait=True):
        assert "Another restore, or a backup, is at work" in refusal("restore", path)


def test_refuses_an_archive_of_a_newer_nightlight(site: Path) -> None:
    path, _manifest = creation.create(None, NOW)

    assert "newer than this one: its database knows journal.0002_more" in refusal("restore", path, "--check")


# --- Restoring it.


def test_loads_a_copy_where_there_is_no_database(site: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "nightlight.sqlite3"

    sqlite.load(site, target)

    assert target.read_bytes() == site.read_bytes()
    assert mode(target) == 0o600
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_overwrites_no_database_that_is_open_elsewhere(site: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(site)) as server:
        server.execute("SELECT COUNT(*) FROM cache").fetchone()

        with pytest.raises(BackupError, match="is in use"):
            sqlite.load(tmp_path / "nightlight.sqlite3", site)


def test_loads_nothing_beside_what_another_database_left(tmp_path: Path) -> None:
    (tmp_path / "db-wal").touch()

    with pytest.raises(BackupError, match="db-wal lies there without its database"):
        sqlite.refuse_in_use(tmp_path / "db")


class OpenSampleTests(TestCase):
    parent: User
    other: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.parent, cls.other = make_user(), make_user(email="other@example.org")
        for day in range(1, 5):
            make_entry(cls.parent, night=dt.date(2026, 3, day), now=NOW + day * DAY)
        make_entry(cls.other)

    def test_opens_all_of_a_few(self) -> None:
        assert restoration.open_sample() == restoration.Sample(tried=5, total=5, unreadable=0)

    def test_opens_some_of_everybodys_where_there_are_many(self) -> None:
        KeySlot.objects.filter(owner=self.other).delete()

        assert restoration.open_sample(2) == restoration.Sample(tried=2, total=5, unreadable=1)

    def test_counts_what_does_not_open(self) -> None:
        KeySlot.objects.filter(owner=self.parent).update(params={"key": "0123456789abcdef"})

        assert restoration.open_sample().unreadable == 4

    def test_knows_the_keys_that_are_held(self) -> None:
        key = key_file.key_encryption_keys()[0].id
        manifest = Manifest(nightlight="", made_at=NOW, database="sqlite", migrations={}, counts={}, keys=(key, "fedcba9876543210"))

        assert restoration.missing_keys(manifest) == ["fedcba9876543210"]


# --- PostgreSQL's tools.


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts this shell script in the place of pg_dump."""

    def put(script: str) -> None:
        (tmp_path / "pg_dump").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "pg_dump").chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))
    return put


def test_names_a_tool_that_is_missing(tool: Callable[[str], None]) -> None:
    with pytest.raises(BackupError, match=r"pg_dump was not found. Install PostgreSQL’s client tools"):
        postgres._refuse_old_tool("pg_dump", 15)


def test_names_a_tool_that_is_older_than_the_server(tool: Callable[[str], None]) -> None:
    tool("echo 'pg_dump (PostgreSQL) 14.9 (Debian 14.9-1)'")

    postgres._refuse_old_tool("pg_dump", 14)
    with pytest.raises(BackupError, match="pg_dump is of PostgreSQL 14, and the server is of 15"):
        postgres._refuse_old_tool("pg_dump", 15)


def test_gives_the_password_to_the_environment_alone(tool: Callable[[str], None], tmp_path: Path) -> None:
    tool(f"""echo "$0 $@" > {tmp_path}/arguments; echo "$PGPASSWORD" > {tmp_path}/password""")

    postgres._run("pg_dump", postgres._ConnectionParameters("host='db' dbname='o\\'hara'", "invented"), "--format=custom", failure="")

    assert "invented" not in (tmp_path / "arguments").read_text()
    assert "dbname='o\\'hara'" in (tmp_path / "arguments").read_text()
    assert (tmp_path / "password").read_text() == "invented\n"
    assert "invented" not in repr(postgres._ConnectionParameters("", "invented"))


def test_repeats_nothing_that_a_tool_quotes(tool: Callable[[str], None]) -> None:
    tool("""echo 'pg_dump: error: duplicate key "x": Key (email)=(mara@example.org)\nDETAIL: mara' >&2; exit 1""")

    with pytest.raises(BackupError) as refused:
        postgres._run("pg_dump", postgres._ConnectionParameters("", ""), failure="It failed")

    assert str(refused.value) == "It failed: pg_dump: error: duplicate key …: Key …."
