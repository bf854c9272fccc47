"""Restoring an archive: verified first, never over a site that is in use, only with the keys that open it, and tested afterwards."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from accounts.keys import key_file, keyring
from accounts.keys.crypto import KeyringError, KeysUnreadable
from accounts.models import User
from common.database import address
from journal.models import Entry
from operations.backup import archive, copying, creation, database, dumped_rows, postgres, sqlite
from operations.backup.archive import BackupError, Manifest, TooNew

SAMPLE_SIZE = 200
DATABASE_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Sample:
    """How many of all entries were tried, and how many of those could not be opened."""

    tried: int
    total: int
    unreadable: int


@contextlib.contextmanager
def unpacked(path: Path, *, database_only: bool = False) -> Iterator[tuple[Manifest, Path]]:
    """The manifest of a verified archive and the private folder that it is unpacked into, which is deleted afterwards.

    With `database_only`, everything is verified and only the database is unpacked. Raises `BackupError` or OSError.
    """
    if not path.is_file():
        raise BackupError(f"There is no archive at {path}.")
    with creation.folder_lock(settings.DATA_DIR, wait=False) as locked, creation.work_folder(settings.DATA_DIR) as work:
        if not locked:
            raise BackupError("Another restore, or a backup, is at work in the data folder. Wait until it has ended.")
        manifest = archive.unpack(path, work, archive.only_database if database_only else archive.everything)
        creation.check_database(manifest.database, work / manifest.database_file)
        if unknown := database.unknown_migrations(dict(manifest.migrations)):
            raise TooNew(
                f"{path.name} was made by Nightlight {manifest.nightlight}, which is newer than this one: "
                f"its database knows {unknown[0]}. Restore it with a Nightlight at least as new."
            )
        yield manifest, work


# --- Refusals.


def _existing_tables() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def _refuse_people(tables: set[str]) -> None:
    if any(model._meta.db_table in tables and model.objects.exists() for model in (User, Entry)):
        raise BackupError(
            "There are people in this database already, and a restore overwrites nobody’s pages. Point NIGHTLIGHT_DATA "
            "(or DATABASE_URL) at an empty place, or move the old database away, and run the restore again."
        )


def _refuse_other_tables(tables: set[str], manifest: Manifest) -> None:
    """pg_restore replaces only the tables that it brings: migrations would fail on any others that are left."""
    if MigrationRecorder.Migration._meta.db_table not in tables:
        return
    applied = dict(MigrationRecorder.Migration.objects.order_by("pk").values_list("app", "name"))
    if applied != dict(manifest.migrations):
        raise BackupError("This database was prepared by another version than the archive’s. Restore into an empty one: createdb makes it.")


def refuse_live_site(manifest: Manifest) -> None:
    """Raises `BackupError` unless this site is not running, and has no people and no files."""
    try:
        if database.is_postgresql():
            tables = _existing_tables()
            _refuse_people(tables)
            _refuse_other_tables(tables, manifest)
        else:
            target = database.sqlite_file()
            if target.exists():
                _refuse_people(_existing_tables())
                connection.close()
            sqlite.refuse_in_use(target)
    except DatabaseError as error:
        raise BackupError("The database that the archive would go into cannot be used. Look at DATABASE_URL or NIGHTLIGHT_DATA.") from error
    finally:
        connection.close()
    files = creation.sealed_files()
    if files.exists() and (not files.is_dir() or any(files.iterdir())):
        raise BackupError(
            f"{files} holds files already, and a restore overwrites none. Move them away, or point NIGHTLIGHT_DATA elsewhere."
        )


# --- Keys.


def _installed_keys() -> set[str]:
    """Ids of the keys of this installation, read anew; none where they cannot be read."""
    try:
        key_file.clear_cache()
        return {key.id for key in key_file.key_encryption_keys()}
    except KeysUnreadable:
        return set()


def missing_keys(manifest: Manifest) -> list[str]:
    """Ids of the keys that the archive needs and this installation does not have, sorted."""
    return sorted(set(manifest.keys) - _installed_keys())


def _can_install_keys(manifest: Manifest) -> bool:
    """Whether the archive has keys and they would replace none of this installation."""
    return manifest.holds_keys and not settings.KEY_ENCRYPTION_KEYS and not settings.KEY_FILE.exists()


def _restore_keys(manifest: Manifest, work: Path, undo: contextlib.ExitStack) -> bool:
    """Install the archive's keys where they are needed and replace none; returns whether it did.

    Raises `BackupError` where a needed key is still missing then.
    """
    should_install = bool(missing_keys(manifest)) and _can_install_keys(manifest)
    if should_install:
        key_file.write_secret(settings.KEY_FILE, (work / archive.KEYS).read_text(encoding="ascii"))
        undo.callback(settings.KEY_FILE.unlink, missing_ok=True)
    if missing := missing_keys(manifest):
        where = "first in NIGHTLIGHT_KEYS" if settings.KEY_ENCRYPTION_KEYS else f"into {settings.KEY_FILE}, mode 0600"
        hint = " The archive holds it, but beside other keys it is not put there: move those away." if manifest.holds_keys else ""
        raise BackupError(
            f"Nothing was restored: the archive needs key {' and '.join(missing)}, which this installation does not hold. "
            f"Put the key from your copy {where}, and run the restore again.{hint}"
        )
    return should_install


# --- Restoring.


def _restore_files(work: Path, undo: contextlib.ExitStack) -> None:
    files, unpacked_files = creation.sealed_files(), work / archive.FILES
    if unpacked_files.is_dir():
        unpacked_files.rename(files)  # `files` does not exist or is empty: see refuse_live_site
        undo.callback(shutil.rmtree, files, ignore_errors=True)


def _restore_database(manifest: Manifest, work: Path) -> None:
    dump = work / manifest.database_file
    if database.is_postgresql():
        if manifest.database == "postgresql":
            postgres.load(dump)
        else:
            _copy_rows_of_file(dump, manifest)
    else:
        file = dump if manifest.database == "sqlite" else _file_of_dump(dump, manifest)
        sqlite.load(file, database.sqlite_file())


def _copy_rows_of_file(file: Path, manifest: Manifest) -> None:
    """The rows of an SQLite file into this site's PostgreSQL, which is brought to the archive's migrations first."""
    with copying.opened(address.of_file(str(file))) as source:
        copying.copy(copying.DatabaseSource(source), copying.prepare(dict(manifest.migrations)))


def _file_of_dump(dump: Path, manifest: Manifest) -> Path:
    """An SQLite file beside the dump with the rows that are in it."""
    path = dump.with_name(f"{dump.name}.sqlite3")
    with copying.redirected(address.of_file(str(path))):
        copying.copy(dumped_rows.DumpSource(dump), copying.prepare(dict(manifest.migrations)))
    return path


def _upgrade() -> None:
    """Add what an older archive lacks: migrations, the cache's table, newer questions. Raises `BackupError`."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("load_prompts", verbosity=0)
    except DatabaseError as error:
        raise BackupError("All was restored, but the database could not be brought up to date. Run manage.py prepare.") from error


def restore(manifest: Manifest, work: Path) -> bool:
    """Restore an unpacked archive, whole or not at all. Returns whether its keys were installed, too.

    `manifest` and `work` are what `unpacked` yielded. Raises `BackupError`; where only the upgrade afterwards failed, its
    message says that all was restored.
    """
    refuse_live_site(manifest)
    with contextlib.ExitStack() as undo:
        keys_restored = _restore_keys(manifest, work, undo)
        _restore_files(work, undo)
        _restore_database(manifest, work)  # last, since it cannot be undone
        undo.pop_all()
    _upgrade()
    return keys_restored


def current_counts() -> dict[str, int]:
    """The rows of this database, counted as a manifest counts them."""
    return {name: model._default_manager.count() for name, model in database.COUNTED_MODELS.items()}


def open_sample(limit: int = SAMPLE_SIZE) -> Sample:
    """Open up to `limit` entries: the newest of each author, then the second newest of each, and so on."""
    turn = Window(RowNumber(), partition_by=F("author"), order_by=F("saved_at").desc())
    entries = Entry.objects.annotate(turn=turn).order_by("turn", "pk")[:limit]
    tried = unreadable = 0
    with keyring.cached():
        for entry in entries.iterator(chunk_size=20):
            tried += 1
            try:
                _ = entry.content, entry.summary
            except KeyringError:
                unreadable += 1
    return Sample(tried=tried, total=Entry.objects.count(), unreadable=unreadable)
