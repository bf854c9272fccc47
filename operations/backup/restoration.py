"""Bringing an archive back: verified first, never over a live site, with keys that open it, and tried afterwards."""

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
from journal.models import Entry
from operations.backup import archive, creation, database, postgres, sqlite
from operations.backup.archive import BackupError, Manifest, TooNew

SAMPLE = 200
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Sample:
    """How many entries were opened to try the keys, and how many of them did not open."""

    tried: int
    of: int
    unreadable: int


@contextlib.contextmanager
def unpacked(path: Path, *, whole: bool = True) -> Iterator[tuple[Manifest, Path]]:
    """The verified archive in a private folder that is gone afterwards. Raises `BackupError`.

    Without `whole`, everything is verified and nothing but the database written.
    """
    if not path.is_file():
        raise BackupError(f"There is no archive at {path}.")
    with creation.alone_in(settings.DATA_DIR, wait=False) as alone, creation.work_folder(settings.DATA_DIR) as work:
        if not alone:
            raise BackupError("Another restore, or a backup, is at work in the data folder. Wait until it has ended.")
        manifest = archive.unpack(path, work, archive.everything if whole else archive.only_database)
        creation.check_database(manifest.database, work / manifest.database_file)
        if unknown := database.unknown_migrations(dict(manifest.migrations)):
            raise TooNew(
                f"{path.name} was made by Nightlight {manifest.nightlight}, which is newer than this one: "
                f"its database knows {unknown[0]}. Restore it with a Nightlight at least as new."
            )
        yield manifest, work


# --- What stands in the way.


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
    """pg_restore replaces the very tables that it brings; among others the migrations after it would stumble."""
    if MigrationRecorder.Migration._meta.db_table not in tables:
        return
    applied = dict(MigrationRecorder.Migration.objects.order_by("pk").values_list("app", "name"))
    if applied != dict(manifest.migrations):
        raise BackupError("This database was prepared by another version than the archive’s. Restore into an empty one: createdb makes it.")


def refuse_live_site(manifest: Manifest) -> None:
    """Raises `BackupError` unless the archive's kind of database is here, and holds nobody's pages."""
    if manifest.database != connection.vendor:
        here, there = NAMES.get(connection.vendor, connection.vendor), NAMES[manifest.database]
        raise BackupError(
            f"The archive is of a {there} database, and this site uses {here}: an archive goes back into the kind of database it "
            "came from. DATABASE_URL says which that is; without it, it is SQLite in the data folder."
        )
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


def _held() -> set[str]:
    try:
        key_file.forget()
        return {key.id for key in key_file.key_encryption_keys()}
    except KeysUnreadable:
        return set()


def missing_keys(manifest: Manifest) -> list[str]:
    """Ids of the keys that the archive's entries need and that this installation does not hold."""
    return sorted(set(manifest.keys) - _held())


def _can_take_keys(manifest: Manifest) -> bool:
    """Whether the archive brings keys and there is nothing here that they would replace."""
    return manifest.holds_keys and not settings.KEY_ENCRYPTION_KEYS and not settings.KEY_FILE.exists()


def _bring_keys(manifest: Manifest, work: Path, undo: contextlib.ExitStack) -> bool:
    """Raises `BackupError` unless every key that the archive needs is held then. Says whether it brought them."""
    brought = bool(missing_keys(manifest)) and _can_take_keys(manifest)
    if brought:
        key_file.write_secret(settings.KEY_FILE, (work / archive.KEYS).read_text(encoding="ascii"))
        undo.callback(settings.KEY_FILE.unlink, missing_ok=True)
    if missing := missing_keys(manifest):
        where = "first in NIGHTLIGHT_KEYS" if settings.KEY_ENCRYPTION_KEYS else f"into {settings.KEY_FILE}, mode 0600"
        hint = " The archive holds it, but beside other keys it is not put there: move those away." if manifest.holds_keys else ""
        raise BackupError(
            f"Nothing was restored: the archive needs key {' and '.join(missing)}, which this installation does not hold. "
            f"Put the key from your copy {where}, and run the restore again.{hint}"
        )
    return brought


# --- Restoring.


def _bring_files(work: Path, undo: contextlib.ExitStack) -> None:
    files, brought = creation.sealed_files(), work / archive.FILES
    if brought.is_dir():
        brought.rename(files)  # onto nothing, or an empty folder
        undo.callback(shutil.rmtree, files, ignore_errors=True)


def _bring_database(manifest: Manifest, work: Path) -> None:
    dump = work / manifest.database_file
    if database.is_postgresql():
        postgres.load(dump)
    else:
        sqlite.load(dump, database.sqlite_file())


def _finish() -> None:
    """What an older archive lacks: migrations, the cache's table, newer questions."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("load_prompts", verbosity=0)
    except DatabaseError as error:
        raise BackupError("All was restored, but the database could not be brought up to date. Run manage.py prepare.") from error


def restore(manifest: Manifest, work: Path) -> bool:
    """Bring an unpacked archive into this installation, whole or not at all. Says whether its keys were brought, too.

    Raises `BackupError`, which says so where it was restored nonetheless.
    """
    refuse_live_site(manifest)
    with contextlib.ExitStack() as undo:
        brought_keys = _bring_keys(manifest, work, undo)
        _bring_files(work, undo)
        _bring_database(manifest, work)  # last: from here on the site is there
        undo.pop_all()
    _finish()
    return brought_keys


def counts() -> dict[str, int]:
    """What the database holds, in the words of a manifest."""
    return {name: model._default_manager.count() for name, model in database.COUNTED.items()}


def try_entries(limit: int = SAMPLE) -> Sample:
    """Open entries, some of everybody's before more of anybody's, newest first, and count those that stay shut."""
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
    return Sample(tried=tried, of=Entry.objects.count(), unreadable=unreadable)
